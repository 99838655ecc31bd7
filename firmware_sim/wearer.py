"""The body that wears the band: what an accelerometer at one place feels while the day unfolds.

A body is a function of time: pose rows of the span under way, blended with the span before for the first moments, so
that nothing ever jumps. Each placement is one line of `MOUNTS`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from firmware_sim.motions import MOTIONS, Motion
from firmware_sim.pose import LEG, Col, hump, smooth
from firmware_sim.timeline import Span, Timeline

GRAVITY_M_S2 = 9.80665
STEP_S = 0.01
"""Step of the central differences that give speeds and accelerations."""
RISE_M = 0.25
"""A larger change of the hips' height means getting up or down: slower, with the trunk thrown forward."""
LEAN_DEG = 35.0
SLIP_S = 4.0
"""How long a sensor takes to slip."""
ANGLE_OF = {"thigh": Col.THIGH_DEG, "trunk": Col.TRUNK_DEG, "arm": Col.ARM_DEG}


@dataclass(frozen=True, slots=True)
class Mount:
    """How a placement sits on the body."""

    segment: str
    tilt_deg: float
    """Between the segment and the skin the sensor lies on."""
    lever_m: float
    """From the segment's joint to the sensor, positive downwards."""
    shock: float
    """Share of the hips' acceleration that arrives."""
    loose_deg: float
    """How far the sensor slides about."""
    leg: float = 0.0
    """Share of the leg's own shocks that arrives."""


MOUNTS: dict[str, Mount] = {
    "thigh": Mount("thigh", 0.0, 0.22, 0.75, 0.0, leg=1.0),
    "pocket": Mount("thigh", 8.0, 0.12, 1.1, 6.0, leg=0.9),
    "waist": Mount("trunk", 5.0, 0.0, 0.9, 1.0),
    "lower_back": Mount("trunk", 10.0, -0.05, 0.9, 0.5),
    "chest": Mount("trunk", -15.0, -0.40, 0.7, 0.5),
    "wrist": Mount("arm", 0.0, 0.55, 0.9, 3.0),
}


@dataclass(frozen=True, slots=True)
class Slipped:
    """One change of the mounting: a turn about an axis of the segment."""

    at_s: float
    angle_rad: float
    axis: np.ndarray
    """(3,) unit vector."""

    def turned(self, force_g: np.ndarray, elapsed_s: np.ndarray) -> np.ndarray:
        """Return the (N, 3) force as the sensor feels it (Rodrigues' formula)."""
        angle = (self.angle_rad * smooth((elapsed_s - self.at_s) / SLIP_S))[:, None]
        along = (force_g @ self.axis)[:, None] * self.axis
        across = np.cross(self.axis, force_g)
        return np.asarray(along + np.cos(angle) * (force_g - along) + np.sin(angle) * across)


class Wearer:
    """One body with a sensor on it, turned any way round."""

    def __init__(self, timeline: Timeline, placement: str, seed: int) -> None:
        self._timeline = timeline
        self._mount = MOUNTS[placement]
        self._seed = seed
        self.rotation = random_rotation(np.random.default_rng([seed, 0xB0]))
        """(3, 3): sensor axes from segment axes (along the segment upwards, to the front, to the left)."""
        self._motions: dict[int, Motion] = {}
        self._slips: list[Slipped] = []

    def slip(self, elapsed_s: float, turn_deg: float) -> None:
        """Let the sensor slide round the segment and tilt, within a few seconds from a moment on."""
        rng = np.random.default_rng([self._seed, 0xB3, len(self._slips)])
        axis = np.array([1.0, *rng.normal(0.0, 0.4, 2)])
        self._slips.append(Slipped(elapsed_s, np.radians(turn_deg), axis / np.linalg.norm(axis)))

    def acceleration_g(self, elapsed_s: np.ndarray) -> np.ndarray:
        """Return the (N, 3) specific force at (N,) rising times since the day's origin, along the sensor's axes."""
        parts = [self._span_force_g(index, elapsed_s[within]) for index, within in self._by_span(elapsed_s)]
        force_g = np.concatenate(parts) if parts else np.empty((0, 3))
        for slipped in self._slips:
            force_g = slipped.turned(force_g, elapsed_s)
        return np.asarray(force_g @ self.rotation.T)

    def _by_span(self, elapsed_s: np.ndarray) -> list[tuple[int, np.ndarray]]:
        if len(elapsed_s) == 0:
            return []
        last = self._timeline.index_at(float(elapsed_s[-1]))
        starts_s = [span.start_s for span in self._timeline.spans[: last + 1]]
        indexes = np.maximum(np.searchsorted(starts_s, elapsed_s, side="right") - 1, 0)
        return [(int(index), indexes == index) for index in np.unique(indexes)]

    def _span_force_g(self, index: int, elapsed_s: np.ndarray) -> np.ndarray:
        """Return the (N, 3) specific force along the segment, to its front and to the left."""
        before, now, after = (self.pose(index, elapsed_s + step) for step in (-STEP_S, 0.0, STEP_S))
        mount = self._mount
        column = ANGLE_OF[mount.segment]
        angle = np.radians(now[:, column] + mount.tilt_deg + mount.loose_deg * np.sin(2 * np.pi * elapsed_s / 37.0))
        turn_rad_s = np.radians(after[:, column] - before[:, column]) / (2 * STEP_S)
        second = (after - 2 * now + before) / STEP_S**2
        # Shocks are damped on their way, but where the hips go up or down, everything above them goes as far.
        up_g = 1.0 + mount.shock * now[:, Col.UP_G] + second[:, Col.HEIGHT_M] / GRAVITY_M_S2
        forward_g, left_g = mount.shock * now[:, Col.FORWARD_G], mount.shock * now[:, Col.LEFT_G]
        along = -np.sin(angle) * forward_g + np.cos(angle) * up_g + mount.lever_m * turn_rad_s**2 / GRAVITY_M_S2
        front = np.cos(angle) * forward_g + np.sin(angle) * up_g
        front = front + mount.lever_m * np.radians(second[:, column]) / GRAVITY_M_S2
        roll = np.radians(now[:, Col.ROLL_DEG])
        left = left_g * np.cos(roll) - front * np.sin(roll)
        force_g = np.column_stack((along, front * np.cos(roll) + left_g * np.sin(roll), left))
        return np.asarray(force_g + mount.leg * now[:, LEG])

    def pose(self, index: int, elapsed_s: np.ndarray) -> np.ndarray:
        """Return (N, 11) pose rows of a span, blended with the span before it at its start."""
        span = self._timeline.spans[index]
        pose = self._motion(span).pose(elapsed_s)
        if index == 0:
            return pose
        before = self._motion(self._timeline.spans[index - 1])
        rng = np.random.default_rng([self._seed, 0xB1, span.serial])
        rises = self._height_step_m(index) > RISE_M
        lasts_s = rng.uniform(1.5, 2.5) if rises else rng.uniform(0.9, 1.4)
        early = elapsed_s < span.start_s + lasts_s
        if early.any():
            progress = (elapsed_s[early] - span.start_s) / lasts_s
            share = smooth(progress)[:, None]
            pose[early] = share * pose[early] + (1.0 - share) * before.pose(elapsed_s[early])
            if rises:
                pose[early, Col.TRUNK_DEG] -= LEAN_DEG * hump(progress)
        return pose

    def _height_step_m(self, index: int) -> float:
        at_s = np.array([self._timeline.spans[index].start_s])
        then, now = (
            self._motion(self._timeline.spans[which]).pose(at_s)[0, Col.HEIGHT_M] for which in (index - 1, index)
        )
        return abs(float(now - then))

    def _motion(self, span: Span) -> Motion:
        if span.serial not in self._motions:
            if len(self._motions) > 8:
                self._motions.clear()
            seed = (self._seed, 0xB2, span.serial)
            self._motions[span.serial] = MOTIONS[span.activity.do].build(span.activity, span.start_s, seed)
        return self._motions[span.serial]


def random_rotation(rng: np.random.Generator) -> np.ndarray:
    """Return a (3, 3) rotation drawn evenly from all (Shoemake 1992: a normalised normal quaternion)."""
    w, x, y, z = (quaternion := rng.normal(size=4)) / np.linalg.norm(quaternion)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )
