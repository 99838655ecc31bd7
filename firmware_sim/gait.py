"""Legs at work: walking, stairs, running and cycling.

Figures: cadence 1.6 to 2.0 steps a second in comfortable walking (Winter 1991, The Biomechanics and Motor Control of
Human Gait); the shape of a stride is that of real people (`stride`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from firmware_sim.pose import HIPS, LEG, Col, Unrest, Vibration, Wander, still
from firmware_sim.stride import HIPS_MG, LEG_MG, Stride

STEP_FACTORS = 251
STEP_TO_STEP = 0.2
"""How much one step's vigour differs from the next one's, in natural logarithms."""
STRIKE_S, STRIKE_LATE_S = 0.045, 0.03
"""Half the length of a heel strike's shock, and how late its middle comes."""
STRIKE_HIPS_G = np.array([-0.1, 0.0, 0.14])
"""Forward, left, up: what the harmonics of the stride are too slow for."""
CALM_LEG, SHAKEN_LEG = 0.58, 1.3
"""Most of what a leg feels is felt at its own strike: shares of the mean stride away from it, and added at its top."""
PEAK_S = 0.014
PEAK_LEG_G = np.array([1.7, 0.25, 0.55])
"""Width and size, along, front and left, of the first sharp peak of the leg's own strike."""
UNEVEN_HIPS_G, UNEVEN_LEG_G = 0.21, 0.05
"""What never comes back: ground, shoes, soft tissue."""
UNEVEN_HZ = (2.0, 9.0)


@dataclass(frozen=True, slots=True)
class Manner:
    """How somebody gets along on foot."""

    step_rate_hz: float
    thigh_mean_deg: float
    thigh_swing_deg: float
    vigour: float
    """Size of what hips and leg feel, against walking's."""


WALK = Manner(1.8, 13.0, 20.0, 0.78)
STAIRS = Manner(1.65, 24.0, 24.0, 0.95)
RUN = Manner(2.7, 18.0, 30.0, 2.4)
GAIT_UNREST = Unrest(shift_deg=(1.0, 1.5, 3.0, 2.0), fidgets_per_min=2.0, fidget_deg=1.0, sway_deg=0.8)
CYCLE_UNREST = Unrest(shift_deg=(1.0, 3.0, 3.0, 2.0), fidgets_per_min=1.0, fidget_deg=1.0, sway_deg=0.8)


class Gait:
    """Steps, one like the other but never quite."""

    def __init__(self, manner: Manner, step_rate_hz: float | None, seed: tuple[int, ...]) -> None:
        rng = np.random.default_rng((*seed, 4))
        self._manner = manner
        self._step_rate_hz = step_rate_hz or manner.step_rate_hz * rng.uniform(0.92, 1.08)
        self._phase = rng.uniform(0.0, 2 * np.pi, 2)
        self._vigour = manner.vigour * rng.lognormal(0.0, 0.15)
        self._strength = rng.lognormal(0.0, STEP_TO_STEP, STEP_FACTORS)
        self._hips, self._leg = Stride(HIPS_MG, rng), Stride(LEG_MG, rng)
        self._uneven = Vibration((*seed, 6), 1.0, *UNEVEN_HZ), Vibration((*seed, 7), 1.0, *UNEVEN_HZ)
        self._wander = Wander(seed, GAIT_UNREST)

    def steps(self, elapsed_s: np.ndarray) -> np.ndarray:
        """Return the number of steps gone, whole at each heel strike; the pace wavers by a few per cent."""
        slow = 0.08 * np.sin(2 * np.pi * elapsed_s / 13.0 + self._phase[0])
        slower = 0.15 * np.sin(2 * np.pi * elapsed_s / 41.0 + self._phase[1])
        return np.asarray(self._step_rate_hz * elapsed_s + slow + slower)

    def pose(self, elapsed_s: np.ndarray) -> np.ndarray:
        """Return (N, 11) pose rows."""
        manner, steps = self._manner, self.steps(elapsed_s)
        stride = np.pi * steps
        pose = still(elapsed_s, thigh_deg=manner.thigh_mean_deg, trunk_deg=-4.0, arm_deg=8.0, height_m=0.92)
        pose[:, :4] += self._wander.angles_deg(elapsed_s)
        pose[:, Col.THIGH_DEG] += manner.thigh_swing_deg * np.cos(stride) + 3.0 * np.sin(2 * stride)
        pose[:, Col.ARM_DEG] -= 0.8 * manner.thigh_swing_deg * np.cos(stride)
        strength = self._strength_at(steps)[:, None]
        number = np.rint(steps)
        since_s = (steps - number) / self._step_rate_hz - STRIKE_LATE_S
        shock = np.exp(-0.5 * (since_s / STRIKE_S) ** 2)[:, None]
        hips, leg = (vibration.acceleration_g(elapsed_s) for vibration in self._uneven)
        hips = self._hips.acceleration_g(steps / 2) + UNEVEN_HIPS_G * hips + STRIKE_HIPS_G * shock
        own = (number % 2 == 0)[:, None]
        leg = self._leg.acceleration_g(steps / 2) * (CALM_LEG + SHAKEN_LEG * own * shock) + UNEVEN_LEG_G * leg
        leg += PEAK_LEG_G * own * np.exp(-0.5 * (since_s / PEAK_S) ** 2)[:, None]
        pose[:, HIPS], pose[:, LEG] = strength * hips, strength * leg
        return pose

    def _strength_at(self, steps: np.ndarray) -> np.ndarray:
        """Return how vigorous the walk is at a moment, gliding from each step's own to the next one's."""
        before = np.floor(steps).astype(np.int64)
        share = steps - before
        now, then = self._strength[before % STEP_FACTORS], self._strength[(before + 1) % STEP_FACTORS]
        return np.asarray(self._vigour * (now + share * (then - now)))


class Cycling:
    """Legs in smooth circles on a saddle: no strikes, one turn a stride."""

    def __init__(self, turn_rate_hz: float | None, seed: tuple[int, ...]) -> None:
        rng = np.random.default_rng((*seed, 4))
        self._turn_rate_hz = turn_rate_hz or rng.uniform(1.0, 1.3)
        self._phase = rng.uniform(0.0, 2 * np.pi)
        self._wander = Wander(seed, CYCLE_UNREST)
        self._road = Vibration(seed, rms_g=0.03)

    def pose(self, elapsed_s: np.ndarray) -> np.ndarray:
        """Return (N, 11) pose rows."""
        wavering = 0.5 * np.sin(2 * np.pi * elapsed_s / 29.0 + self._phase)
        turn = 2 * np.pi * self._turn_rate_hz * elapsed_s + wavering
        pose = still(elapsed_s, thigh_deg=52.0, trunk_deg=-32.0, arm_deg=45.0, height_m=0.95)
        pose[:, :4] += self._wander.angles_deg(elapsed_s)
        pose[:, Col.THIGH_DEG] += 23.0 * np.sin(turn)
        pose[:, Col.ROLL_DEG] += 3.0 * np.cos(turn)
        pose[:, HIPS] = self._road.acceleration_g(elapsed_s)
        return pose
