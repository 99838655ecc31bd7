"""Everything the simulated wearer can do: one table, from resting postures to the exercises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from firmware_sim.gait import RUN, STAIRS, WALK, Cycling, Gait
from firmware_sim.pose import Col, Unrest, Vibration, Wander, smooth, still

SETTLE_S = 3.0
"""Time to get into position before the first repetition."""


class Dose(Protocol):
    """How much of something is done."""

    @property
    def step_rate_hz(self) -> float | None:
        """Steps or turns a second; None for the wearer's own."""

    @property
    def repetitions(self) -> int:
        """Repetitions a side."""

    @property
    def hold_s(self) -> float:
        """How long each is held."""


class Motion(Protocol):
    """A span of the body's life as a function of time."""

    def pose(self, elapsed_s: np.ndarray) -> np.ndarray:
        """Return (N, 8) pose rows for (N,) times since the day's origin."""


class Resting:
    """A posture that is kept, with its unrest."""

    def __init__(self, unrest: Unrest, seed: tuple[int, ...], vibration_g: float = 0.0, **values: float) -> None:
        self._values = values
        self._wander = Wander(seed, unrest)
        # Muscles at work tremble by a few milli-g; a vehicle shakes more.
        self._vibration = Vibration(seed, vibration_g) if vibration_g else None

    def pose(self, elapsed_s: np.ndarray) -> np.ndarray:
        """Return (N, 8) pose rows."""
        pose = still(elapsed_s, **self._values)
        pose[:, :4] += self._wander.angles_deg(elapsed_s)
        if self._vibration is not None:
            pose[:, Col.FORWARD_G :] = self._vibration.acceleration_g(elapsed_s)
        return pose


class OnTable:
    """The band lies on a table: nothing moves at all."""

    def __init__(self, seed: tuple[int, ...]) -> None:
        self._roll_deg = float(np.random.default_rng(seed).uniform(-40.0, 40.0))

    def pose(self, elapsed_s: np.ndarray) -> np.ndarray:
        """Return (N, 8) pose rows."""
        lying = {"thigh_deg": 130.0, "trunk_deg": 130.0, "arm_deg": 130.0, "height_m": 0.75}
        return still(elapsed_s, roll_deg=self._roll_deg, **lying)


class Repeating:
    """An exercise: the angles go from standing to a goal and back, side after side."""

    def __init__(self, standing: Resting, start_s: float, dose: Dose, seed: tuple[int, ...], move_s: float,
                 pause_s: float, sides: tuple[dict[Col, float], ...]) -> None:  # fmt: skip
        self._standing = standing
        self._first_s = start_s + SETTLE_S
        self._hold_s, self._move_s = dose.hold_s, move_s
        self._cycle_s = 2 * move_s + dose.hold_s + pause_s
        self._count = dose.repetitions * len(sides)
        self._sides = sides
        rng = np.random.default_rng((*seed, 5))
        self._size = rng.normal(1.0, 0.03, self._count).clip(0.92, 1.06)

    def pose(self, elapsed_s: np.ndarray) -> np.ndarray:
        """Return (N, 8) pose rows."""
        pose = self._standing.pose(elapsed_s)
        since_s = elapsed_s - self._first_s
        number = np.floor(since_s / self._cycle_s).astype(np.int64)
        working = (number >= 0) & (number < self._count)
        within_s = since_s - number * self._cycle_s
        raised = smooth(within_s / self._move_s)
        lowered = smooth((within_s - self._move_s - self._hold_s) / self._move_s)
        reached = np.where(working, (raised - lowered) * self._size[np.clip(number, 0, self._count - 1)], 0.0)
        for side, goal in enumerate(self._sides):
            here = np.where(number % len(self._sides) == side, reached, 0.0)
            for column, change in goal.items():
                pose[:, column] += change * here
        return pose


CALM = Unrest(shift_deg=(2.5, 4.0, 8.0, 3.0), fidgets_per_min=1.2, fidget_deg=1.6, sway_deg=0.5)
BUSY = Unrest(shift_deg=(6.0, 8.0, 20.0, 8.0), fidgets_per_min=14.0, fidget_deg=6.0, sway_deg=1.0, page_s=12.0)
UPRIGHT = Unrest(shift_deg=(2.0, 2.0, 8.0, 4.0), fidgets_per_min=3.0, fidget_deg=1.2, sway_deg=0.8, page_s=30.0)
ASLEEP = Unrest(shift_deg=(3.0, 3.0, 8.0, 35.0), fidgets_per_min=0.05, fidget_deg=1.0, sway_deg=0.15, page_s=900.0)
STAND = {"thigh_deg": 2.0, "trunk_deg": -2.0, "arm_deg": 12.0, "height_m": 0.95}
SIT = {"thigh_deg": 84.0, "trunk_deg": 16.0, "arm_deg": 72.0, "height_m": 0.50}
LIE = {"thigh_deg": 87.0, "trunk_deg": 84.0, "arm_deg": 85.0, "height_m": 0.45}

KNEE_LIFT: tuple[dict[Col, float], ...] = (
    {Col.THIGH_DEG: 88.0, Col.TRUNK_DEG: 4.0, Col.HEIGHT_M: 0.01},
    {Col.THIGH_DEG: -2.0, Col.TRUNK_DEG: 4.0, Col.ROLL_DEG: 3.0},
)
"""The sensor's own leg; the other leg, while the sensor's stands."""
LUNGE: tuple[dict[Col, float], ...] = (
    {Col.THIGH_DEG: -16.0, Col.TRUNK_DEG: 6.0, Col.HEIGHT_M: -0.42},
    {Col.THIGH_DEG: 84.0, Col.TRUNK_DEG: 6.0, Col.HEIGHT_M: -0.42},
)
"""The sensor's leg behind, kneeling; then in front."""


def _standing(seed: tuple[int, ...]) -> Resting:
    return Resting(UPRIGHT, seed, 0.004, **STAND)


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that can be done."""

    posture: str
    """What a perfect observer would call it."""
    build: Callable[[Dose, float, tuple[int, ...]], Motion]
    """From dose, start and seed."""


MOTIONS: dict[str, Kind] = {
    "walk": Kind("stepping", lambda dose, _, seed: Gait(WALK, dose.step_rate_hz, seed)),
    "stairs": Kind("stepping", lambda dose, _, seed: Gait(STAIRS, dose.step_rate_hz, seed)),
    "run": Kind("stepping", lambda dose, _, seed: Gait(RUN, dose.step_rate_hz, seed)),
    "cycle": Kind("cycling", lambda dose, _, seed: Cycling(dose.step_rate_hz, seed)),
    "stand": Kind("standing", lambda _d, _s, seed: _standing(seed)),
    "potter": Kind("active", lambda _d, _s, seed: Resting(BUSY, seed, 0.02, **STAND)),
    "sit": Kind("sitting", lambda _d, _s, seed: Resting(CALM, seed, **SIT)),
    "fidget": Kind("sitting", lambda _d, _s, seed: Resting(BUSY, seed, 0.006, **SIT)),
    "lie": Kind("lying", lambda _d, _s, seed: Resting(CALM, seed, **LIE)),
    "sleep": Kind("asleep", lambda _d, _s, seed: Resting(ASLEEP, seed, **LIE)),
    "drive": Kind("vehicle", lambda _d, _s, seed: Resting(CALM, seed, 0.05, **(SIT | {"thigh_deg": 76.0}))),
    "off_body": Kind("not_worn", lambda _d, _s, seed: OnTable(seed)),
    "standing_hip_flexion": Kind(
        "standing", lambda dose, start, seed: Repeating(_standing(seed), start, dose, seed, 1.1, 0.8, KNEE_LIFT)
    ),
    "lunge_stretch": Kind(
        "standing", lambda dose, start, seed: Repeating(_standing(seed), start, dose, seed, 2.5, 2.0, LUNGE)
    ),
}
