"""What is seen of the exercises at waist, lower back and chest: simulated holds, and holds that nobody did."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from exercise_recordings import Samples, samples, windows
from exercise_trunks import MOUNTS, REPORTED, TrunkRanges, draw_trunk
from numpy.typing import NDArray

from monitor.accel.following import Follower
from monitor.accel.heights import Heights, HeightStep
from monitor.accel.limb import Binning, Reference
from monitor.accel.motions import MOTIONS
from monitor.accel.sinking import SinkRules

SEED = 93_000
"""Of the reported bodies; thresholds were found with seeds below 100 and narrower ranges."""
MOTION_OF = {"lunge_stretch": "lunge_hold", "boat_pose": "boat_hold"}
PLACES = {
    "HAPT (waist)": "waist/hapt*",
    "SisFall (waist)": "waist/sisfall*",
    "HARTH (lower back)": "lower_back/harth*",
    "UCI (chest)": "chest/ucichest*",
}
KNEE_BEND = 15
"""SisFall's own label."""


def at_trunk(data: Path, sets: int) -> Iterator[str]:
    """All tables, for the page; a fifth of the sets at each place."""
    yield from _held(sets // 5, REPORTED)
    yield ""
    yield from _false(data)
    yield ""
    yield _taken_for_lunges(2 * sets // 15)
    yield ""
    yield _knee_bends(data)


def _follow(motion: str, t_s: Samples, xyz_g: NDArray[np.float32]) -> Follower:
    follower = Follower.of(MOTIONS[motion], Reference(), on_leg=False)
    follower.feed(t_s, xyz_g)
    return follower


def _held(sets: int, ranges: TrunkRanges, seed: int = SEED) -> Iterator[str]:
    """How many simulated sets are believed, single holds found, and the error of the seconds."""
    yield "| simulated holds at the trunk | sets | seen | single holds | right to 15 % | median error | 90 % below |"
    yield "|---|---|---|---|---|---|---|"
    for exercise, motion in MOTION_OF.items():
        for place in sorted(MOUNTS):
            rng = np.random.default_rng([seed, *exercise.encode(), *place.encode()])
            errors, found, done = [], 0, 0
            for _ in range(sets):
                drawn = draw_trunk(exercise, rng, ranges, place)
                follower = _follow(motion, drawn.t_s, drawn.xyz_g)
                errors += [abs(follower.hold_s - drawn.held_s) / drawn.held_s] if follower.hold_s else []
                starts_s = [hold.start_s for hold in follower.trunk.set.holds] if follower.trunk else []
                found += sum(any(abs(at_s - start_s) < 3.0 for at_s in starts_s) for start_s, _ in drawn.holds)
                done += len(drawn.holds)
            middle, most = np.quantile(errors, [0.5, 0.9]) if errors else (np.nan, np.nan)
            right = sum(error <= 0.15 for error in errors)
            yield (
                f"| {exercise}, {place} | {sets} | {100 * len(errors) / sets:.1f} % | {100 * found / done:.1f} % "
                f"| {100 * right / sets:.1f} % | {100 * middle:.0f} % | {100 * most:.0f} % |"
            )


def _false(data: Path) -> Iterator[str]:
    """Both expected all the time, in windows of ten minutes; hours are those with samples."""
    yield "| holds seen at the trunk where nobody did it | hours | " + " | ".join(MOTION_OF.values()) + " |"
    yield "|---|---|---|---|"
    total, spent_h = dict.fromkeys(MOTION_OF.values(), 0), 0.0
    for name, pattern in PLACES.items():
        found, hours = dict.fromkeys(MOTION_OF.values(), 0), 0.0
        for path in sorted((data / "posture").glob(pattern + ".npz")):
            t_s, xyz_g, _, rate_hz = samples(path)
            hours += len(t_s) / rate_hz / 3600
            for _, first, last in windows(t_s):
                for motion in found:
                    found[motion] += last > first and bool(_follow(motion, t_s[first:last], xyz_g[first:last]).hold_s)
        yield f"| {name} | {hours:.1f} | " + " | ".join(str(each) for each in found.values()) + " |"
        spent_h, total = spent_h + hours, {motion: total[motion] + found[motion] for motion in found}
    yield (
        f"| all, per 10 hours | {spent_h:.1f} | " + " | ".join(f"{10 * n / spent_h:.2f}" for n in total.values()) + " |"
    )


def _taken_for_lunges(sets: int) -> str:
    """Who sits down twice for as long as a lunge lasts."""
    parts = []
    for place in sorted(MOUNTS):
        rng = np.random.default_rng([SEED, *place.encode()])
        drawn = [draw_trunk("sitting down twice", rng, REPORTED, place) for _ in range(sets)]
        taken = sum(bool(_follow("lunge_hold", each.t_s, each.xyz_g).hold_s) for each in drawn)
        parts.append(f"{place} {taken} of {len(drawn)}")
    return "Simulated, sitting down two to four times in a row for as long, taken for lunges: " + ", ".join(parts) + "."


def _knee_bends(data: Path) -> str:
    """People who bend their knees and come up again, one trial each: which ways are seen."""
    trials = downs = ups = 0
    for path in sorted((data / "posture" / "waist").glob("sisfall*.npz")):
        with np.load(path) as stored:
            xyz_g, rate_hz, label = stored["acc"] / 1000.0, float(stored["fs"]), stored["label_src"]
            borders = [*stored["seg_start"].tolist(), len(label)]
        for first, last in pairwise(borders):
            if label[first] == KNEE_BEND:
                steps = _steps(xyz_g[first:last], rate_hz)
                trials += 1
                downs += any(step.rise_m < 0.0 for step in steps)
                ups += any(step.rise_m > 0.0 for step in steps)
    return (
        f"SisFall, {trials} trials of bending the knees and getting up, at the waist: "
        f"the way down seen in {downs}, the way up in {ups}."
    )


def _steps(xyz_g: Samples, rate_hz: float) -> list[HeightStep]:
    """Ways of a size that a lunge may have; the wearer stands for a while before and after."""
    wait, rules = round(6 * rate_hz), SinkRules()
    xyz_g = np.concatenate([np.repeat(xyz_g[:1], wait, 0), xyz_g, np.repeat(xyz_g[-1:], wait, 0)])
    bins, heights = Binning().feed(np.arange(len(xyz_g)) / rate_hz, xyz_g.astype(np.float32)), Heights()
    steps = [heights.see(*each) for each in zip(bins.at_s.tolist(), bins.strength_g.tolist(), strict=True)]
    return [
        step
        for step in steps
        if step is not None and rules.sink_m[0] <= abs(step.rise_m) <= rules.sink_m[1] and step.lasts_s <= rules.way_s
    ]
