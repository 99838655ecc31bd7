"""Legs at work: walking, stairs, running and cycling.

Figures: thigh swing of some 45 degrees between its ends and cadence 1.6 to 2.0 steps a second in comfortable walking
(Winter 1991, The Biomechanics and Motor Control of Human Gait); the body is lowest, and pushed up hardest, just after
each heel strike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from firmware_sim.pose import Col, Unrest, Vibration, Wander, still

STRIKE_S, RECOIL_S, RECOIL_AFTER_S = 0.032, 0.05, 0.075
"""Widths of the push of a heel strike and of the dip behind it, and the time between them."""
OTHER_LEG = 0.55
"""How much of the other leg's strike arrives at the sensor's leg."""
STEP_FACTORS = 251


@dataclass(frozen=True, slots=True)
class Manner:
    """How somebody gets along on foot."""

    step_rate_hz: float
    thigh_mean_deg: float
    thigh_swing_deg: float
    bounce_g: float
    """Amplitude of the up and down at the step rate."""
    strike_g: float
    """Peak of a heel strike."""


WALK = Manner(1.8, 5.0, 23.0, 0.22, 0.75)
STAIRS = Manner(1.65, 20.0, 24.0, 0.24, 0.70)
RUN = Manner(2.7, 16.0, 30.0, 0.75, 1.70)
GAIT_UNREST = Unrest(shift_deg=(1.0, 1.5, 3.0, 2.0), fidgets_per_min=2.0, fidget_deg=1.0, sway_deg=0.8)
CYCLE_UNREST = Unrest(shift_deg=(1.0, 3.0, 3.0, 2.0), fidgets_per_min=1.0, fidget_deg=1.0, sway_deg=0.8)


class Gait:
    """Steps, one like the other but never quite."""

    def __init__(self, manner: Manner, step_rate_hz: float | None, seed: tuple[int, ...]) -> None:
        rng = np.random.default_rng((*seed, 4))
        self._manner = manner
        self._step_rate_hz = step_rate_hz or manner.step_rate_hz * rng.uniform(0.95, 1.06)
        self._phase = rng.uniform(0.0, 2 * np.pi, 2)
        self._strength = rng.lognormal(0.0, 0.12, STEP_FACTORS)
        self._wander = Wander(seed, GAIT_UNREST)

    def steps(self, elapsed_s: np.ndarray) -> np.ndarray:
        """Return the number of steps gone, whole at each heel strike; the pace wavers by a few per cent."""
        slow = 0.08 * np.sin(2 * np.pi * elapsed_s / 13.0 + self._phase[0])
        slower = 0.15 * np.sin(2 * np.pi * elapsed_s / 41.0 + self._phase[1])
        return np.asarray(self._step_rate_hz * elapsed_s + slow + slower)

    def pose(self, elapsed_s: np.ndarray) -> np.ndarray:
        """Return (N, 8) pose rows."""
        manner, steps = self._manner, self.steps(elapsed_s)
        stride = np.pi * steps
        strike_g = manner.strike_g * self._strikes(steps)
        pose = still(elapsed_s, thigh_deg=manner.thigh_mean_deg, trunk_deg=-4.0, arm_deg=8.0, height_m=0.92)
        pose[:, :4] += self._wander.angles_deg(elapsed_s)
        pose[:, Col.THIGH_DEG] += manner.thigh_swing_deg * np.cos(stride) + 3.0 * np.sin(2 * stride)
        pose[:, Col.ARM_DEG] -= 0.8 * manner.thigh_swing_deg * np.cos(stride)
        pose[:, Col.TRUNK_DEG] += 1.5 * np.cos(2 * stride)
        pose[:, Col.ROLL_DEG] += 4.0 * np.sin(stride)
        pose[:, Col.UP_G] = manner.bounce_g * np.cos(2 * stride - 0.75) + strike_g
        pose[:, Col.FORWARD_G] = -0.6 * manner.bounce_g * np.sin(2 * stride) - 0.3 * strike_g
        pose[:, Col.LEFT_G] = 0.3 * manner.bounce_g * np.sin(stride)
        return pose

    def _strikes(self, steps: np.ndarray) -> np.ndarray:
        """Return the train of heel strikes: a push and a dip, 1 at the top for the sensor's own leg."""
        number = np.rint(steps).astype(np.int64)
        since_s = (steps - number) / self._step_rate_hz
        push = np.exp(-0.5 * (since_s / STRIKE_S) ** 2)
        dip = 0.45 * np.exp(-0.5 * ((since_s - RECOIL_AFTER_S) / RECOIL_S) ** 2)
        leg = np.where(number % 2 == 0, 1.0, OTHER_LEG)
        return np.asarray(leg * self._strength[number % STEP_FACTORS] * (push - dip))


class Cycling:
    """Legs in smooth circles on a saddle: no strikes, one turn a stride."""

    def __init__(self, turn_rate_hz: float | None, seed: tuple[int, ...]) -> None:
        rng = np.random.default_rng((*seed, 4))
        self._turn_rate_hz = turn_rate_hz or rng.uniform(1.0, 1.3)
        self._phase = rng.uniform(0.0, 2 * np.pi)
        self._wander = Wander(seed, CYCLE_UNREST)
        self._road = Vibration(seed, rms_g=0.03)

    def pose(self, elapsed_s: np.ndarray) -> np.ndarray:
        """Return (N, 8) pose rows."""
        wavering = 0.5 * np.sin(2 * np.pi * elapsed_s / 29.0 + self._phase)
        turn = 2 * np.pi * self._turn_rate_hz * elapsed_s + wavering
        pose = still(elapsed_s, thigh_deg=52.0, trunk_deg=-32.0, arm_deg=45.0, height_m=0.95)
        pose[:, :4] += self._wander.angles_deg(elapsed_s)
        pose[:, Col.THIGH_DEG] += 23.0 * np.sin(turn)
        pose[:, Col.ROLL_DEG] += 3.0 * np.cos(turn)
        pose[:, Col.FORWARD_G :] = self._road.acceleration_g(elapsed_s)
        return pose
