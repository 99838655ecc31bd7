"""Bodies whose trunk carries the sensor: how hips rise, sink and step and the trunk leans, and what is read there.

Written apart from the simulator and from the monitor, as ``exercise_bodies.py`` is for thighs. One draw is one set by
one person on one day: from sitting at a desk, up and away, through the exercise, to sitting on the desk's chair again.
The figures of getting up and sitting down: the trunk leans 30 to 50 degrees (Tully et al. 2005; Schenkman et al. 1990).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rng = np.random.Generator
G_M_S2 = 9.81
FINE_HZ = 200.0
HEIGHT_M, FORWARD_M, ASIDE_M, LEAN_DEG, ROLL_DEG = range(5)
COLUMN = {"height_m": HEIGHT_M, "forward_m": FORWARD_M, "lean_deg": LEAN_DEG}
"""Columns of a body: of its hips, and of its trunk (forwards and sideways)."""
MOUNTS: dict[str, tuple[float, float]] = {"waist": (0.05, 0.7), "lower_back": (0.12, 0.75), "chest": (0.40, 1.0)}
"""Metres above the hips, and the share of the trunk's lean that this part of it takes."""


@dataclass(frozen=True)
class TrunkRanges:
    """From where bodies are drawn; development and report use different ones, and different seeds."""

    count: tuple[int, int]
    hold_s: tuple[float, float]
    rest_s: tuple[float, float]
    move_s: tuple[float, float]
    sink_m: tuple[float, float]
    way_lean_deg: tuple[float, float]
    """How far the trunk leans forwards on the way into a lunge and out of it."""
    pose_deg: tuple[float, float]
    """How the trunk is held in a lunge, against standing; back is negative."""
    step_m: tuple[float, float]
    """How far the hips go with the foot."""
    boat_s: tuple[float, float]
    boat_deg: tuple[float, float]
    sway: tuple[float, float]
    """1 is usual."""
    halting: float
    """Chance that a way is gone in two goes."""
    uneven: tuple[float, float]
    rates_hz: tuple[float, ...]


DEVELOPMENT = TrunkRanges(
    (2, 4), (20, 45), (2.0, 8.0), (0.8, 1.8), (0.24, 0.42), (2, 15), (-7, 7), (0.05, 0.25), (9, 22), (25, 45),
    (0.5, 1.3), 0.2, (0.02, 0.10), (12.5, 25.0, 50.0),
)  # fmt: skip
REPORTED = TrunkRanges(
    (2, 6), (18, 60), (1.5, 12.0), (0.7, 2.2), (0.20, 0.45), (0, 20), (-9, 9), (0.0, 0.3), (8, 25), (22, 50),
    (0.3, 1.6), 0.3, (0.02, 0.12), (12.5, 20.0, 31.25, 52.0, 100.0),
)  # fmt: skip


@dataclass(frozen=True)
class TrunkSet:
    """What the sensor reads, and the truth."""

    exercise: str
    placement: str
    t_s: Floats
    xyz_g: NDArray[np.float32]
    rate_hz: float
    holds: tuple[tuple[float, float], ...]
    """From arriving in the pose to leaving it."""

    @property
    def held_s(self) -> float:
        """Of all of them."""
        return sum(end_s - start_s for start_s, end_s in self.holds)


@dataclass
class Body:
    """A body that is told what to do; each column is a sum of moves without a jerk at their ends."""

    rng: Rng
    at_s: float = 0.0
    moves: list[tuple[int, float, float, float]] = field(default_factory=list)
    """Column, start, duration and size of each."""
    humps: list[tuple[int, float, float, float]] = field(default_factory=list)
    """There and back again."""
    walks: list[tuple[float, float]] = field(default_factory=list)
    holds: list[tuple[float, float]] = field(default_factory=list)

    def wait(self, least_s: float, most_s: float) -> None:
        """Stay as it is."""
        self.at_s += self.rng.uniform(least_s, most_s)

    def move(self, lasts_s: float, *, later_s: float = 0.0, **changes: float) -> None:
        """Change columns by so much from now on; time does not pass."""
        for name, size in changes.items():
            self.moves.append((COLUMN[name], self.at_s + later_s, lasts_s, size))

    def rise(
        self, height_m: float, lasts_s: float, lean_deg: float, turn_deg: float = 0.0, halting: float = 0.0
    ) -> None:
        """Get up or down: the trunk leans forwards on the way."""
        self.move(lasts_s, lean_deg=turn_deg)
        first, pace = (self.rng.uniform(0.3, 0.7), 0.65) if self.rng.random() < halting else (1.0, 1.0)
        self.move(pace * lasts_s, height_m=first * height_m)
        self.move(pace * lasts_s, later_s=(1.0 - pace) * lasts_s, height_m=(1.0 - first) * height_m)
        self.humps.append((LEAN_DEG, self.at_s - 0.2 * lasts_s, 1.3 * lasts_s, lean_deg))
        self.at_s += lasts_s

    def walk(self, lasts_s: float) -> None:
        """A few steps."""
        self.walks.append((self.at_s, self.at_s + lasts_s))
        self.move(lasts_s, forward_m=self.rng.normal(0.0, 0.7) * lasts_s)
        self.at_s += lasts_s

    def columns(self, t_s: Floats, sway: float) -> Floats:
        """(N, 5) with the unrest of a living body."""
        pose = np.zeros((len(t_s), 5))
        for column, start_s, lasts_s, size in self.moves:
            pose[:, column] += size * smooth((t_s - start_s) / lasts_s)
        for column, start_s, lasts_s, size in self.humps:
            pose[:, column] += size * np.sin(np.pi * np.clip((t_s - start_s) / lasts_s, 0, 1)) ** 2
        rate_hz = self.rng.uniform(1.6, 2.1)
        for start_s, end_s in self.walks:
            gate = smooth((t_s - start_s) / 0.5) * smooth((end_s - t_s) / 0.5)
            pose[:, HEIGHT_M] += gate * 0.018 * np.sin(2 * np.pi * rate_hz * t_s)
            pose[:, ASIDE_M] += gate * 0.02 * np.sin(np.pi * rate_hz * t_s)
            pose[:, ROLL_DEG] += gate * 3.0 * np.sin(np.pi * rate_hz * t_s + 1.0)
        return pose + self._unrest(t_s, sway)

    def _unrest(self, t_s: Floats, sway: float) -> Floats:
        """Sway of 0.1 to 1 Hz, breath, and now and then a small correction."""
        rng, size = self.rng, np.array([0.001, 0.004, 0.004, 0.5, 0.4])
        unrest = np.zeros((len(t_s), 5))
        for _ in range(6):
            hz, phase = rng.uniform(0.08, 1.0, 5), rng.uniform(0, 6.3, 5)
            unrest += sway * size * np.sin(2 * np.pi * hz * t_s[:, None] + phase) * (0.3 / hz).clip(0.2, 1.0)
        unrest[:, LEAN_DEG] += 0.3 * np.sin(2 * np.pi * rng.uniform(0.2, 0.35) * t_s)
        for at_s in rng.uniform(0, t_s[-1], rng.poisson(t_s[-1] / 15)):
            bump = np.exp(-(((t_s - at_s) / rng.uniform(0.3, 1.0)) ** 2))[:, None]
            unrest += sway * bump * rng.normal(0, 1, 5) * np.array([0.008, 0.02, 0.02, 2.5, 2.0])
        return unrest


def smooth(progress: Floats) -> Floats:
    """Minimum jerk (Flash and Hogan 1985)."""
    x = np.clip(progress, 0, 1)
    return np.asarray(x**3 * (10 + x * (6 * x - 15)))


def draw_trunk(exercise: str, rng: Rng, ranges: TrunkRanges, placement: str = "") -> TrunkSet:
    """One set, at a placement or at any."""
    placement = placement or str(rng.choice(sorted(MOUNTS)))
    body = Body(rng)
    seat_m, slump_deg = rng.uniform(0.38, 0.5), rng.uniform(-25, 8)  # sitting turns the pelvis back
    body.moves.append((LEAN_DEG, -2.0, 1.0, slump_deg))
    body.wait(6, 20)
    body.rise(seat_m, rng.uniform(1.0, 2.2), rng.uniform(20, 50), turn_deg=-slump_deg)
    if rng.random() < 0.7:
        body.walk(rng.uniform(1.5, 8.0))
    body.wait(2, 8)
    DOINGS[exercise](body, ranges)
    if rng.random() < 0.7:
        body.walk(rng.uniform(1.5, 8.0))
    body.wait(2, 6)
    body.rise(-seat_m, rng.uniform(1.0, 2.2), rng.uniform(20, 50), turn_deg=slump_deg)
    body.wait(25, 40)
    return _read(exercise, body, ranges, placement)


def _lunges(body: Body, ranges: TrunkRanges) -> None:
    """Each side in turn: a step apart, down, hold, up, the feet together."""
    rng = body.rng
    sink_m, hold_s, rest_s = rng.uniform(*ranges.sink_m), rng.uniform(*ranges.hold_s), rng.uniform(*ranges.rest_s)
    lean_deg, pose_deg, uneven = (
        rng.uniform(*ranges.way_lean_deg),
        rng.uniform(*ranges.pose_deg),
        rng.uniform(*ranges.uneven),
    )
    for _ in range(2 * int(rng.integers(ranges.count[0] - 1, ranges.count[1] // 2 + 1))):
        depth_m, tilt_deg = sink_m * (1 + rng.normal(0, uneven)), pose_deg + rng.normal(0, 2.0)
        step_m, stepping_s = rng.uniform(*ranges.step_m), rng.uniform(0.6, 1.2)
        body.move(stepping_s, forward_m=step_m)
        body.humps.append((HEIGHT_M, body.at_s, stepping_s, rng.uniform(-0.03, 0.01)))
        body.at_s += rng.uniform(0.3, 1.5) * stepping_s
        body.rise(-depth_m, rng.uniform(*ranges.move_s), lean_deg, tilt_deg, ranges.halting)
        start_s = body.at_s
        body.at_s += max(16.0, hold_s * (1 + rng.normal(0, uneven)))
        body.holds.append((start_s, body.at_s))
        for at_s in rng.uniform(start_s, body.at_s, 2):  # eased forwards
            body.moves.append((FORWARD_M, at_s, rng.uniform(1, 4), rng.uniform(0.0, 0.04)))
            body.moves.append((HEIGHT_M, at_s, rng.uniform(1, 4), rng.uniform(-0.03, 0.01)))
        body.rise(depth_m, rng.uniform(*ranges.move_s), lean_deg, -tilt_deg, ranges.halting)
        body.at_s -= rng.uniform(0.0, 0.3)
        body.move(stepping_s, forward_m=-step_m)
        body.at_s += stepping_s + max(0.5, rest_s * (1 + rng.normal(0, 2 * uneven)))


def _boats(body: Body, ranges: TrunkRanges) -> None:
    """Down to the mat, lean back and hold, again and again, and up."""
    rng, mat_deg = body.rng, body.rng.uniform(-15, 10)
    body.rise(-0.85, rng.uniform(2.5, 4.5), rng.uniform(30, 60), turn_deg=mat_deg)
    body.wait(4, 15)
    boat_deg, hold_s, uneven = rng.uniform(*ranges.boat_deg), rng.uniform(*ranges.boat_s), rng.uniform(*ranges.uneven)
    rest_s = rng.uniform(*ranges.rest_s)
    for _ in range(int(rng.integers(3, 6))):
        lean_deg, moving_s = -boat_deg * (1 + rng.normal(0, uneven)), rng.uniform(1.2, 3.0)
        body.move(moving_s, lean_deg=lean_deg, height_m=0.02)
        body.at_s += moving_s
        start_s = body.at_s
        body.at_s += max(8.0, hold_s * (1 + rng.normal(0, 2 * uneven)))
        body.holds.append((start_s, body.at_s))
        body.move(moving_s, lean_deg=-lean_deg + rng.normal(0, 2.0), height_m=-0.02)
        body.at_s += moving_s + max(1.5, rest_s * (1 + rng.normal(0, 2 * uneven)))
    body.rise(0.85, rng.uniform(2.0, 4.0), rng.uniform(30, 60), turn_deg=-mat_deg)


def _sits(body: Body, ranges: TrunkRanges) -> None:
    """No exercise: down on a stool and up again, twice or more, for as long as lunges last."""
    rng, seat_m, slump_deg = body.rng, body.rng.uniform(0.25, 0.5), body.rng.uniform(-20, 5)
    hold_s = rng.uniform(*ranges.hold_s)
    for _ in range(int(rng.integers(2, 5))):
        body.rise(-seat_m, rng.uniform(1.0, 2.2), rng.uniform(20, 50), turn_deg=slump_deg)
        body.at_s += hold_s * rng.uniform(0.7, 1.4)
        body.rise(seat_m, rng.uniform(1.0, 2.2), rng.uniform(20, 50), turn_deg=-slump_deg)
        body.wait(2, 12)


DOINGS = {"lunge_stretch": _lunges, "boat_pose": _boats, "sitting down twice": _sits}


def _read(exercise: str, body: Body, ranges: TrunkRanges, placement: str) -> TrunkSet:
    """What an uncalibrated sensor reads there, any way round."""
    rng, rate_hz = body.rng, float(body.rng.choice(ranges.rates_hz))
    (lever_m, share), fine_s = MOUNTS[placement], np.arange(0.0, body.at_s, 1.0 / FINE_HZ)
    pose = body.columns(fine_s, rng.uniform(*ranges.sway))
    lean = np.radians(share * pose[:, LEAN_DEG] + rng.uniform(-15, 15) + rng.normal(0, 1.0) * np.sin(fine_s / 30))
    roll = np.radians(share * pose[:, ROLL_DEG] + rng.uniform(-8, 8))
    place_m = pose[:, [FORWARD_M, ASIDE_M, HEIGHT_M]] + lever_m * np.column_stack(
        (np.sin(lean), np.sin(roll), np.cos(lean) * np.cos(roll))
    )
    force_g = np.gradient(np.gradient(place_m, 1 / FINE_HZ, axis=0), 1 / FINE_HZ, axis=0) / G_M_S2 + [0.0, 0.0, 1.0]
    tremor_g = rng.uniform(0.002, 0.012) * np.sin(2 * np.pi * rng.uniform(5, 11, 3) * fine_s[:, None])
    force_g = _in_trunk(force_g + tremor_g, lean, roll)
    t_s = np.arange(0.0, fine_s[-1] - 1.0, 1.0 / rate_hz)
    wide = max(1, round(FINE_HZ / rate_hz))
    smoothed = np.column_stack([np.convolve(force_g[:, axis], np.full(wide, 1 / wide), "same") for axis in range(3)])
    read_g = np.column_stack([np.interp(t_s + 0.5, fine_s, smoothed[:, axis]) for axis in range(3)])
    read_g = read_g * (1 + rng.normal(0, 0.02, 3)) + rng.normal(0, 0.02, 3) + rng.normal(0, 0.005, read_g.shape)
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))
    holds = tuple((1000.0 + start_s - 0.5, 1000.0 + end_s - 0.5) for start_s, end_s in body.holds)
    return TrunkSet(exercise, placement, 1000.0 + t_s, (read_g @ q.T).astype(np.float32), rate_hz, holds)


def _in_trunk(force_g: Floats, lean: Floats, roll: Floats) -> Floats:
    """(N, 3) along the trunk, to its front and to its side."""
    forth, aside, up = force_g.T
    front, along = np.cos(lean) * forth - np.sin(lean) * up, np.sin(lean) * forth + np.cos(lean) * up
    return np.column_stack(
        (np.sin(roll) * aside + np.cos(roll) * along, front, np.cos(roll) * aside - np.sin(roll) * along)
    )
