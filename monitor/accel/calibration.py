"""Gain and offset from the wearer's own still moments: at rest a true sensor measures 1 g in every pose.

Means of still seconds in different poses lie on an ellipsoid around the sensor's offset; what turns it into the unit
sphere is the calibration (van Hees et al. 2014, J Appl Physiol 117(7): 738-744, doi:10.1152/japplphysiol.00421.2014).
They fit a gain and an offset for each axis. Here the gain is a symmetric matrix, which is the same thing for a sensor
whose housing is mounted at an angle: turning the sensor turns the fit and changes no result. Few poses hold the
matrix to a plain gain (a ridge towards it).

It must never harm: it is used only if the poses reach round the sphere, if it leaves little error and much less than
before, and if it is plausible. What is learned in row k is used from row k + 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from pydantic import BaseModel, Field

from monitor.accel.metrics import norm
from monitor.model import AHEAD_S, Bools, Epochs, Floats

_ROUNDS = 50
_SCALED = ("spread_g", "window_spread_g", "along_g", "across_g", "jerk_g")
_SCALED_TWICE = ("slow_power", "step_power")


class CalibrationRules(BaseModel, frozen=True, extra="forbid"):
    """When still moments are enough to correct a sensor."""

    still_max_mg: float = Field(
        13.0, ge=1.0, le=50.0, description="A still second shakes no more than this (van Hees 2014)."
    )
    every_s: int = Field(10, ge=1, le=600, description="One still second is taken out of so many.")
    pose_deg: float = Field(8.0, ge=2.0, le=30.0, description="Still moments within this angle are one pose.")
    poses_min: int = Field(12, ge=9, le=60, description="A sensor is corrected from so many poses on.")
    poses_max: int = Field(60, ge=12, le=200, description="No more poses than these are kept; the oldest goes.")
    reach_min: float = Field(
        0.06, ge=0.0, le=0.33, description="How far the poses reach round the sphere, 0 to 0.33, before it is used."
    )
    one_sided_max: float = Field(
        0.8, ge=0.1, le=1.0, description="Poses that all lie on one side, 1 being a single pose, are not used."
    )
    ridge: float = Field(0.02, ge=0.0, le=10.0, description="How strongly few poses hold the gain the same all round.")
    error_max_mg: float = Field(
        15.0, ge=1.0, le=100.0, description="A correction that leaves more error than this is not used."
    )
    misfit_fading: float = Field(
        0.7, ge=0.0, le=0.99, description="What is left of the error of earlier still moments at each new one."
    )
    misfit_max_mg: float = Field(
        25.0, ge=5.0, le=200.0, description="A correction whose latest error is larger is thrown away."
    )
    gain_error_max: float = Field(0.4, ge=0.05, le=0.6, description="A gain further from 1 than this is not believed.")
    offset_max_g: float = Field(0.4, ge=0.05, le=1.0, description="An offset above this is not believed.")


@dataclass(frozen=True, slots=True, eq=False)
class Correction:
    """Row by row: true acceleration = gain @ (measured) + offset."""

    gain: Floats
    """(n, 3, 3), symmetric."""
    offset_g: Floats
    """(n, 3)."""

    def vectors(self, measured_g: Floats) -> Floats:
        """(n, 3) what a true sensor would have measured."""
        true_g: Floats = np.einsum("nij,nj->ni", self.gain, measured_g) + self.offset_g
        return true_g

    def directions(self, unit_vectors: Floats) -> Floats:
        """The same for (n, 3) directions of gravity: vectors as long as the sensor's own 1 g."""
        return self.vectors(unit_vectors / self._scale()[:, None])

    def epochs(self, epochs: Epochs) -> Epochs:
        """The rows with true vectors, and movement scaled by the mean gain."""
        scale = self._scale()
        return replace(
            epochs,
            mean_g=self.vectors(epochs.mean_g),
            window_mean_g=self.vectors(epochs.window_mean_g),
            ahead_mean_g=np.stack([self.vectors(epochs.ahead_mean_g[:, k]) for k in range(AHEAD_S)], axis=1),
            **{name: scale * getattr(epochs, name) for name in _SCALED},
            **{name: scale * scale * getattr(epochs, name) for name in _SCALED_TWICE},
        )

    def _scale(self) -> Floats:
        scale: Floats = (self.gain[:, 0, 0] + self.gain[:, 1, 1] + self.gain[:, 2, 2]) / 3.0
        return scale


@dataclass(eq=False)
class Calibration:
    """Collects still poses and corrects the rows."""

    rules: CalibrationRules = field(default_factory=CalibrationRules)
    poses_g: Floats = field(default_factory=lambda: np.empty((0, 3)))
    """(p, 3) mean of the still moments of each pose, the oldest first."""
    moments: Floats = field(default_factory=lambda: np.empty(0))
    """(p,) how many moments; at most 10 count."""
    gain: Floats = field(default_factory=lambda: np.eye(3))
    """(3, 3) symmetric; true acceleration = gain @ (measured) + offset."""
    offset_g: Floats = field(default_factory=lambda: np.zeros(3))
    calibrated: bool = False
    misfit_mg: float = 0.0
    """Error that the calibration leaves in the latest still moments, fading."""
    last_slot: int = -1
    """Which ``every_s`` the last still moment was taken from."""

    def advance(self, epochs: Epochs) -> Correction:
        """For each row what was known before it."""
        edges, known = [0], [(self.gain, self.offset_g)]
        places = np.flatnonzero(self._still(epochs))
        slots = (epochs.start_s[places] // self.rules.every_s).astype(np.int64)
        first = np.diff(slots, prepend=self.last_slot) != 0
        self.last_slot = int(slots[-1]) if len(slots) else self.last_slot
        for place in places[first].tolist():
            changed = self._fails(epochs.mean_g[place])
            if self._add(epochs.mean_g[place]):
                self._fit()
                changed = True
            if changed:
                edges.append(place + 1)
                known.append((self.gain, self.offset_g))
        counts = np.diff([*edges, len(epochs)])
        return Correction(
            gain=np.repeat(np.stack([gain for gain, _ in known]), counts, axis=0),
            offset_g=np.repeat(np.stack([offset_g for _, offset_g in known]), counts, axis=0),
        )

    def _still(self, epochs: Epochs) -> Bools:
        """Still, living or not: gravity is the same on a table."""
        limit_g = self.rules.still_max_mg / 1000.0
        still: Bools = (
            (epochs.jitter_g < limit_g) & (epochs.window_spread_g < limit_g) & (epochs.across_g < 2 * limit_g)
        )
        return still

    def _fails(self, mean_g: Floats) -> bool:
        """The calibration does not fit any more (another sensor, a shock, heat): forget it, poses and all."""
        if not self.calibrated:
            return False
        error_mg = 1000.0 * abs(float(norm(np.einsum("ij,j->i", self.gain, mean_g) + self.offset_g)) - 1.0)
        self.misfit_mg = self.rules.misfit_fading * self.misfit_mg + (1.0 - self.rules.misfit_fading) * error_mg
        if self.misfit_mg <= self.rules.misfit_max_mg:
            return False
        self.poses_g, self.moments = np.empty((0, 3)), np.empty(0)
        self.gain, self.offset_g, self.calibrated, self.misfit_mg = np.eye(3), np.zeros(3), False, 0.0
        return True

    def _add(self, mean_g: Floats) -> bool:
        """Add to its pose, or open one; true if that may change the calibration."""
        length = norm(self.poses_g) * float(norm(mean_g))
        cosine = (self.poses_g * mean_g).sum(axis=1)
        near = np.flatnonzero(cosine > np.cos(np.radians(self.rules.pose_deg)) * length)
        if len(near):
            pose = int(near[np.argmax(cosine[near])])
            self.moments[pose] = min(self.moments[pose] + 1.0, 10.0)
            self.poses_g[pose] += (mean_g - self.poses_g[pose]) / self.moments[pose]
            return False
        first = 1 if len(self.poses_g) >= self.rules.poses_max else 0
        self.poses_g = np.concatenate((self.poses_g[first:], mean_g[None]))
        self.moments = np.append(self.moments[first:], 1.0)
        return len(self.poses_g) >= self.rules.poses_min

    def _fit(self) -> None:
        """Fit anew; keep it only if it is good."""
        rules, weight = self.rules, self.moments / self.moments.sum()
        direction = self.poses_g / norm(self.poses_g)[:, None]
        reach = np.linalg.eigvalsh(np.einsum("n,ni,nj->ij", weight, direction, direction))[0]
        one_sided = float(norm(np.einsum("n,ni->i", weight, direction)))
        gain, offset_g = fit_sphere(self.poses_g, weight, rules.ridge)
        before_mg, after_mg = (
            1000.0 * float((weight * np.abs(norm(points) - 1.0)).sum())
            for points in (self.poses_g, np.einsum("ij,nj->ni", gain, self.poses_g) + offset_g)
        )
        plausible = (
            np.abs(np.linalg.eigvalsh(gain) - 1.0).max() <= rules.gain_error_max
            and float(norm(offset_g)) <= rules.offset_max_g
        )
        round_about = reach >= rules.reach_min and one_sided <= rules.one_sided_max
        good = plausible and round_about and after_mg <= min(rules.error_max_mg, before_mg / 2.0)
        if good:
            self.gain, self.offset_g, self.calibrated = gain, offset_g, True


def fit_sphere(points_g: Floats, weight: Floats, ridge: float) -> tuple[Floats, Floats]:
    """Symmetric gain (3, 3) and offset (3,) that bring (n, 3) points nearest to the unit sphere.

    Each round moves every corrected point to the nearest point of the sphere and fits the linear map to these
    targets by weighted least squares (van Hees 2014), with a ridge towards one gain for all directions.
    """
    plain = 1.0 / float((weight * norm(points_g)).sum())
    gain, offset_g = plain * np.eye(3), np.zeros(3)
    for _ in range(_ROUNDS):
        corrected = np.einsum("ij,nj->ni", gain, points_g) + offset_g
        target = corrected / norm(corrected)[:, None]
        plain = float(np.trace(gain)) / 3.0
        centre, aim = (np.einsum("n,ni->i", weight, part) for part in (points_g, target))
        points, targets = points_g - centre, target - aim
        square = np.einsum("n,ni,nj->ij", weight, points, points) + ridge * np.eye(3)
        product = np.einsum("n,ni,nj->ij", weight, targets, points) + ridge * plain * np.eye(3)
        gain = np.linalg.solve(square, product.T).T
        gain = (gain + gain.T) / 2.0
        offset_g = aim - np.einsum("ij,j->i", gain, centre)
    return gain, offset_g
