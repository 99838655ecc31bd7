"""How well exercises are seen: simulated sets, labelled recordings, and sets seen where there were none.

    python benchmarks/exercises.py DATA [--page docs/exercises.md] [--sets 300]

DATA holds ``exercise/thigh`` (UTD-MHAD, MEx) and ``posture/thigh`` (HARTH, SENS). With ``--page`` the figures replace
what stands between the markers there.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from exercise_bodies import MOTION_OF, REPORTED, STRETCHES, SimulatedSet, draw
from numpy.typing import NDArray

from monitor.accel.epochs import EpochBuilder
from monitor.accel.following import Follower
from monitor.accel.limb import Reference, Vector
from monitor.accel.motions import MOTIONS
from monitor.coach.catalogue import load_catalogue
from monitor.model import SEDENTARY, AccelBlock
from monitor.posture.base import decides_after_s
from monitor.posture.thigh import Thigh

BEGIN, END = "<!-- figures: benchmarks/exercises.py -->", "<!-- end of figures -->"
SEED = 71_000
"""Of the reported bodies; thresholds were found with seeds below 100 and the narrower ``DEVELOPMENT`` ranges."""
WINDOW_S = 600.0
"""Somebody is expected to do an exercise for so long, again and again."""
SQUAT, LUNGE, RISE, SIT = 1, 2, 3, 4
Samples = NDArray[np.float64]


def follow(motion: str, reference: Reference, t_s: Samples, xyz_g: NDArray[np.floating]) -> Follower:
    """Everything that is seen of these samples."""
    follower = Follower.of(MOTIONS[motion], reference, on_leg=True)
    follower.feed(t_s, np.asarray(xyz_g, np.float32))
    follower.finish(float(t_s[-1]))
    return follower


# --- simulated sets -----------------------------------------------------------------------------------------


def simulated(sets: int) -> Iterator[str]:
    """Lines of a table: each exercise, with upright known from walking, and from the seat alone."""
    yield "| simulated sets | reference | sets | within 1 | exact |"
    yield "|---|---|---|---|---|"
    for exercise, motion in MOTION_OF.items():
        if exercise in STRETCHES:
            continue
        for name in ("upright known", "seat only"):
            rng = np.random.default_rng([SEED, *exercise.encode()])
            off = np.array([_count(motion, draw(exercise, rng, REPORTED), name) for _ in range(sets)])
            within, exact = 100 * np.mean(np.abs(off) <= 1), 100 * np.mean(off == 0)
            yield f"| {exercise} | {name} | {sets} | {within:.1f} % | {exact:.1f} % |"


def held(sets: int) -> Iterator[str]:
    """The same for holds: how many sets are believed, and the error of their seconds."""
    yield "| simulated holds | sets | seen | seconds, median error | 90 % of errors below |"
    yield "|---|---|---|---|---|"
    for exercise in STRETCHES:
        rng = np.random.default_rng([SEED, *exercise.encode()])
        errors = []
        for _ in range(sets):
            drawn = draw(exercise, rng, REPORTED)
            follower = follow(MOTION_OF[exercise], _reference(drawn, "upright known"), drawn.t_s, drawn.xyz_g)
            if follower.hold_s:
                errors.append(abs(follower.hold_s - drawn.held_s) / drawn.held_s)
        shares = 100 * np.quantile(errors, [0.5, 0.9]) if errors else [np.nan, np.nan]
        yield f"| {exercise} | {sets} | {100 * len(errors) / sets:.1f} % | {shares[0]:.0f} % | {shares[1]:.0f} % |"


def _reference(drawn: SimulatedSet, name: str) -> Reference:
    return Reference(upright=drawn.upright if name == "upright known" else None, begins_seated=True)


def _count(motion: str, drawn: SimulatedSet, name: str) -> int:
    return follow(motion, _reference(drawn, name), drawn.t_s, drawn.xyz_g).repetitions - drawn.repetitions


# --- labelled repetitions -----------------------------------------------------------------------------------


def labelled(data: Path) -> Iterator[str]:
    """Single trials of UTD-MHAD, stitched into sets of 5 to 12 of one person with random pauses."""
    yield "| labelled (UTD-MHAD, 5 people) | sets | exact | within 1 |"
    yield "|---|---|---|---|"
    rng = np.random.default_rng(SEED)
    off: dict[str, list[int]] = {"squat": [], "sit_to_stand": [], "forward_lunge": []}
    for path in sorted((data / "exercise" / "thigh").glob("utdmhad*.npz")):
        trials, rate_hz = _trials(path)
        upright = _mean(np.concatenate([trial[:15] for trial in trials[SQUAT]]))
        for motion, kinds in (("squat", [SQUAT]), ("sit_to_stand", [RISE, SIT]), ("forward_lunge", [LUNGE])):
            for _ in range(40):
                count = int(rng.integers(5, 13))
                chosen = [trials[kind][rng.integers(len(trials[kind]))] for _ in range(count) for kind in kinds]
                xyz_g = stitched(chosen, rng, rate_hz)
                t_s = 1000.0 + np.arange(len(xyz_g)) / rate_hz
                off[motion].append(follow(motion, Reference(upright=upright), t_s, xyz_g).repetitions - count)
    for motion, each in off.items():
        exact, within = sum(d == 0 for d in each), sum(abs(d) <= 1 for d in each)
        yield f"| {motion} | {len(each)} | {exact} | {within} |"
    yield from _every_trial(data)


def _every_trial(data: Path) -> Iterator[str]:
    """Each trial four times over: every one of them is counted as one repetition."""
    right = total = 0
    for path in sorted((data / "exercise" / "thigh").glob("utdmhad*.npz")):
        trials, rate_hz = _trials(path)
        upright = _mean(np.concatenate([trial[:15] for trial in trials[SQUAT]]))
        for trial in trials[SQUAT]:
            xyz_g = stitched([trial] * 4, np.random.default_rng(SEED), rate_hz)
            t_s = 1000.0 + np.arange(len(xyz_g)) / rate_hz
            right += follow("squat", Reference(upright=upright), t_s, xyz_g).repetitions == 4
            total += 1
        for rise, sit in zip(trials[RISE], trials[SIT], strict=False):
            xyz_g = stitched([rise, sit] * 4, np.random.default_rng(SEED), rate_hz)
            t_s = 1000.0 + np.arange(len(xyz_g)) / rate_hz
            right += follow("sit_to_stand", Reference(upright=upright), t_s, xyz_g).repetitions == 4
            total += 1
    yield f"| each squat and chair rise, four times over | {total} | {right} | |"


def _trials(path: Path) -> tuple[dict[int, list[Samples]], float]:
    with np.load(path) as stored:
        xyz_g, found = stored["acc"] / 1000.0, dict[int, list[Samples]]()
        for first, last, label in stored["reps"]:
            found.setdefault(int(label), []).append(xyz_g[first:last])
        return found, float(stored["fs"])


def stitched(trials: list[Samples], rng: np.random.Generator, rate_hz: float) -> Samples:
    """One after the other; in between the wearer waits for 0.5 to 4 s and settles into the next beginning."""
    parts = [np.repeat(trials[0][:1], int(2 * rate_hz), 0)]
    for number, trial in enumerate(trials):
        if number:
            last, wait = trials[number - 1][-1:], int(rng.uniform(0.5, 4.0) * rate_hz)
            settle = min(wait, int(rate_hz))
            parts += [np.repeat(last, wait - settle, 0)]
            parts += [last + (trial[:1] - last) * np.linspace(0.0, 1.0, settle)[:, None]]
        parts.append(trial)
    return np.concatenate([*parts, np.repeat(trials[-1][-1:], int(2 * rate_hz), 0)])


def _mean(xyz_g: Samples) -> Vector:
    x, y, z = (xyz_g.mean(axis=0) / np.linalg.norm(xyz_g.mean(axis=0))).tolist()
    return x, y, z


# --- sets where there are none ------------------------------------------------------------------------------


def false_sets(data: Path) -> Iterator[str]:
    """Every exercise expected all the time, in windows of ten minutes."""
    yield "| sets seen where nobody did it | " + " | ".join(("hours", *MOTIONS)) + " |"
    yield "|---|" + "---|" * (1 + len(MOTIONS))
    total = dict.fromkeys(MOTIONS, 0)
    hours = 0.0
    for name, pattern in (
        ("MEx", "exercise/thigh/mex*"),
        ("HARTH", "posture/thigh/harth*"),
        ("SENS", "posture/thigh/sens*"),
    ):
        found, spent_h = dict.fromkeys(MOTIONS, 0), 0.0
        for path in sorted(data.glob(pattern + ".npz")):
            seconds = _false_in(path, name, found)
            spent_h += seconds / 3600
        yield f"| {name} | {spent_h:.1f} | " + " | ".join(str(found[motion]) for motion in MOTIONS) + " |"
        hours += spent_h
        total = {motion: total[motion] + found[motion] for motion in MOTIONS}
    rates = [f"{10 * total[motion] / hours:.2f}" for motion in MOTIONS]
    yield f"| all, per 10 hours | {hours:.1f} | " + " | ".join(rates) + " |"
    ours = {exercise.motion for exercise in load_catalogue().exercises.values() if exercise.motion}
    yield ""
    yield f"The five of the catalogue together: {10 * sum(total[m] for m in ours) / hours:.2f} per 10 hours."


def _false_in(path: Path, name: str, found: dict[str, int]) -> float:
    """Adds what is seen in one recording; returns its seconds."""
    with np.load(path) as stored:
        xyz_g, rate_hz, label = (stored["acc"] / 1000.0).astype(np.float32), float(stored["fs"]), stored["label"]
        index = np.arange(len(xyz_g))
        piece = np.searchsorted(stored["seg_start"], index, "right") - 1
        t_s = stored.get("t", stored["seg_t0"][piece] + (index - stored["seg_start"][piece]) / rate_hz)
    keep = np.concatenate(([True], np.diff(t_s) > 0))
    t_s, xyz_g, label = t_s[keep], xyz_g[keep], label[keep]
    thigh = Thigh()
    rows = thigh.advance(
        EpochBuilder(decides_after_s=decides_after_s(thigh)).feed(AccelBlock(t_s, xyz_g, rate_hz, segment=0))
    )
    given = _upright_of_mex(xyz_g, label) if name == "MEx" else None
    for start_s in np.arange(float(t_s[0]), float(t_s[-1]), WINDOW_S):
        first, last = np.searchsorted(t_s, [start_s, start_s + WINDOW_S])
        if last - first < 20 * rate_hz:
            continue
        upright = given or thigh.upright_at(start_s - 4.0)
        row = min(int(np.searchsorted(rows.start_s, start_s)), len(rows) - 1)
        seated = int(rows.posture[row]) in {int(posture) for posture in SEDENTARY}
        for motion in MOTIONS:
            reference = Reference(upright=upright, begins_seated=seated)
            follower = follow(motion, reference, t_s[first:last], xyz_g[first:last])
            found[motion] += bool(follower.repetitions or follower.hold_s)
    return float(len(rows))


def _upright_of_mex(xyz_g: NDArray[np.float32], label: NDArray[np.uint8]) -> Vector:
    """Nobody walks in MEx: upright is the axis that is level with straight legs, up where bent knees point down."""
    straight, bent = np.isin(label, (27, 28, 29)), label == 25
    axis = int(np.argmin(np.abs(xyz_g[straight]).mean(axis=0)))
    upright = [0.0, 0.0, 0.0]
    upright[axis] = -float(np.sign(xyz_g[bent, axis].mean()))
    return upright[0], upright[1], upright[2]


def main() -> None:
    """Print the figures; put them into the page if there is one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--page", type=Path)
    parser.add_argument("--sets", type=int, default=300)
    options = parser.parse_args()
    parts = (simulated(options.sets), held(options.sets), labelled(options.data), false_sets(options.data))
    text = "\n\n".join("\n".join(part) for part in parts)
    print(text)
    if options.page:
        page = options.page.read_text(encoding="utf-8")
        before, after = page.split(BEGIN)[0], page.split(END)[1]
        options.page.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
