"""Everything the simulated wearer can do: one table, from resting postures to the exercises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from firmware_sim.gait import RUN, STAIRS, WALK, Cycling, Gait
from firmware_sim.motion_table import Exercise, Pose, Side, motion_table
from firmware_sim.pose import HIPS, Unrest, Vibration, Wander, smooth, still

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
        """Return (N, 11) pose rows for (N,) times since the day's origin."""


class Resting:
    """A posture that is kept, with its unrest."""

    def __init__(self, unrest: Unrest, seed: tuple[int, ...], vibration_g: float = 0.0, **values: float) -> None:
        self._values = values
        self._wander = Wander(seed, unrest)
        # Muscles at work tremble by a few milli-g; a vehicle shakes more.
        self._vibration = Vibration(seed, vibration_g) if vibration_g else None

    def pose(self, elapsed_s: np.ndarray) -> np.ndarray:
        """Return (N, 11) pose rows."""
        pose = still(elapsed_s, **self._values)
        pose[:, :4] += self._wander.angles_deg(elapsed_s)
        if self._vibration is not None:
            pose[:, HIPS] = self._vibration.acceleration_g(elapsed_s)
        return pose


class OnTable:
    """The band lies on a table: nothing moves at all."""

    def __init__(self, seed: tuple[int, ...]) -> None:
        self._roll_deg = float(np.random.default_rng(seed).uniform(-40.0, 40.0))

    def pose(self, elapsed_s: np.ndarray) -> np.ndarray:
        """Return (N, 11) pose rows."""
        lying = {"thigh_deg": 130.0, "trunk_deg": 130.0, "arm_deg": 130.0, "height_m": 0.75}
        return still(elapsed_s, roll_deg=self._roll_deg, **lying)


class Repeating:
    """An exercise: the angles go from its pose through the keyframes and back, repetition after repetition."""

    def __init__(
        self, resting: Resting, exercise: Exercise, pose: Pose, start_s: float, dose: Dose, seed: tuple[int, ...]
    ):
        self._resting = resting
        self._first_s = start_s + SETTLE_S
        self._sides = [changes(side, pose, exercise.back_s, dose.hold_s) for side in exercise.sides]
        self._cycle_s = max(times_s[-1] for times_s, _ in self._sides) + exercise.rest_s
        self._count = dose.repetitions * len(exercise.sides)
        rng = np.random.default_rng((*seed, 5))
        self._size = rng.normal(1.0, 0.03, self._count).clip(0.92, 1.06)

    def pose(self, elapsed_s: np.ndarray) -> np.ndarray:
        """Return (N, 11) pose rows."""
        pose = self._resting.pose(elapsed_s)
        since_s = elapsed_s - self._first_s
        number = np.floor(since_s / self._cycle_s).astype(np.int64)
        size = np.where((number >= 0) & (number < self._count), self._size[np.clip(number, 0, self._count - 1)], 0.0)
        for turn, (times_s, goals) in enumerate(self._sides):
            here = (number % len(self._sides) == turn) & (size > 0)
            within_s = since_s[here] - number[here] * self._cycle_s
            pose[here] += size[here, None] * between(within_s, times_s, goals)
        return pose


def changes(side: Side, pose: Pose, back_s: float, hold_s: float) -> tuple[np.ndarray, np.ndarray]:
    """Return (K,) times within a repetition and (K, 11) how far each keyframe is from the pose; first and last none."""
    start, reached = row(pose), pose
    times_s, goals, later_s = [0.0], [start], 0.0
    for keyframe in side.keyframes:
        reached = keyframe.after(reached)
        times_s.append(keyframe.at_s + later_s)
        goals.append(row(reached))
        if keyframe.hold and hold_s > 0:
            later_s = hold_s
            times_s.append(keyframe.at_s + later_s)
            goals.append(row(reached))
    return np.array([*times_s, times_s[-1] + back_s]), np.array([*goals, start]) - start


def row(pose: Pose) -> np.ndarray:
    """Return one pose as a row."""
    return np.asarray(still(np.zeros(1), **pose.values())[0])


def between(within_s: np.ndarray, times_s: np.ndarray, goals: np.ndarray) -> np.ndarray:
    """Return (N, 11) rows on the way from each keyframe to the next; none after the last."""
    index = np.clip(np.searchsorted(times_s, within_s, side="right") - 1, 0, len(times_s) - 2)
    progress = smooth((within_s - times_s[index]) / (times_s[index + 1] - times_s[index]))[:, None]
    return np.asarray(goals[index] + progress * (goals[index + 1] - goals[index]))


CALM = Unrest((2.5, 4.0, 8.0, 3.0), fidgets_per_min=4.0, fidget_deg=3.6, sway_deg=0.5, hands_deg=0.06)
BUSY = Unrest((6.0, 8.0, 20.0, 8.0), fidgets_per_min=14.0, fidget_deg=6.0, sway_deg=1.0, page_s=12.0, hands_deg=0.12)
UPRIGHT = Unrest((2.0, 2.0, 8.0, 4.0), fidgets_per_min=7.0, fidget_deg=4.8, sway_deg=0.8, page_s=30.0, hands_deg=0.025)
ASLEEP = Unrest(shift_deg=(3.0, 3.0, 8.0, 35.0), fidgets_per_min=0.05, fidget_deg=1.0, sway_deg=0.15, page_s=900.0)
STAND, SIT, LIE = (motion_table().poses[name].values() for name in ("stand", "sit", "lie"))


def _standing(seed: tuple[int, ...]) -> Resting:
    return Resting(UPRIGHT, seed, 0.006, **STAND)


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that can be done."""

    posture: str
    """What a perfect observer would call it."""
    build: Callable[[Dose, float, tuple[int, ...]], Motion]
    """From dose, start and seed."""


def _exercise(exercise: Exercise) -> Kind:
    pose = motion_table().poses[exercise.starts_in]

    def build(dose: Dose, start_s: float, seed: tuple[int, ...]) -> Motion:
        return Repeating(Resting(UPRIGHT, seed, 0.006, **pose.values()), exercise, pose, start_s, dose, seed)

    return Kind(exercise.posture, build)


MOTIONS: dict[str, Kind] = {
    "walk": Kind("stepping", lambda dose, _, seed: Gait(WALK, dose.step_rate_hz, seed)),
    "stairs": Kind("stepping", lambda dose, _, seed: Gait(STAIRS, dose.step_rate_hz, seed)),
    "run": Kind("stepping", lambda dose, _, seed: Gait(RUN, dose.step_rate_hz, seed)),
    "cycle": Kind("cycling", lambda dose, _, seed: Cycling(dose.step_rate_hz, seed)),
    "stand": Kind("standing", lambda _d, _s, seed: _standing(seed)),
    "potter": Kind("active", lambda _d, _s, seed: Resting(BUSY, seed, 0.02, **STAND)),
    "sit": Kind("sitting", lambda _d, _s, seed: Resting(CALM, seed, 0.0045, **SIT)),
    "fidget": Kind("sitting", lambda _d, _s, seed: Resting(BUSY, seed, 0.008, **SIT)),
    "lie": Kind("lying", lambda _d, _s, seed: Resting(CALM, seed, **LIE)),
    "sleep": Kind("asleep", lambda _d, _s, seed: Resting(ASLEEP, seed, **LIE)),
    "drive": Kind("vehicle", lambda _d, _s, seed: Resting(CALM, seed, 0.05, **(SIT | {"thigh_deg": 76.0}))),
    "off_body": Kind("not_worn", lambda _d, _s, seed: OnTable(seed)),
    **{name: _exercise(exercise) for name, exercise in motion_table().exercises.items()},
}
