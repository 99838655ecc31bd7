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
from itertools import accumulate
from typing import Annotated

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from monitor.accel.metrics import norm, unit
from monitor.accel.poses import Poses
from monitor.model import Epochs, Floats
from monitor.rules import Rules

_ROUNDS = 50
_SCALED = ("spread_g", "window_spread_g", "along_g", "across_g", "jerk_g")
_SCALED_TWICE = ("slow_power", "step_power")


class CalibrationRules(Rules, frozen=True):
    """When still moments are enough to correct a sensor."""

    still_max_mg: Annotated[
        float, Meta(ge=1.0, le=50.0, description="A still second shakes no more than this (van Hees 2014).")
    ] = 13.0
    every_s: Annotated[int, Meta(ge=1, le=600, description="One still second is taken out of so many.")] = 10
    pose_deg: Annotated[float, Meta(ge=2.0, le=30.0, description="Still moments within this angle are one pose.")] = 8.0
    poses_min: Annotated[int, Meta(ge=9, le=60, description="A sensor is corrected from so many poses on.")] = 12
    poses_max: Annotated[
        int, Meta(ge=12, le=200, description="No more poses than these are kept; the oldest goes.")
    ] = 60
    reach_min: Annotated[
        float,
        Meta(ge=0.0, le=0.33, description="How far the poses reach round the sphere, 0 to 0.33, before it is used."),
    ] = 0.06
    one_sided_max: Annotated[
        float, Meta(ge=0.1, le=1.0, description="Poses that all lie on one side, 1 being a single pose, are not used.")
    ] = 0.8
    ridge: Annotated[
        float, Meta(ge=0.0, le=10.0, description="How strongly few poses hold the gain the same all round.")
    ] = 0.02
    error_max_mg: Annotated[
        float, Meta(ge=1.0, le=100.0, description="A correction that leaves more error than this is not used.")
    ] = 15.0
    misfit_fading: Annotated[
        float, Meta(ge=0.0, le=0.99, description="What is left of the error of earlier still moments at each new one.")
    ] = 0.7
    misfit_max_mg: Annotated[
        float, Meta(ge=5.0, le=200.0, description="A correction whose latest error is larger is thrown away.")
    ] = 25.0
    gain_error_max: Annotated[
        float, Meta(ge=0.05, le=0.6, description="A gain further from 1 than this is not believed.")
    ] = 0.4
    offset_max_g: Annotated[float, Meta(ge=0.05, le=1.0, description="An offset above this is not believed.")] = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Correction:
    """Row by row: true acceleration = gain @ (measured) + offset."""

    from_rows: list[int]
    """(m,) from which rows on another gain and offset hold."""
    known: list[tuple[Floats, Floats] | None]
    """Gain (3, 3), symmetric, and offset (3,), in g; None where none are known and nothing is corrected."""
    rows: int

    def epochs(self, epochs: Epochs) -> Epochs:
        """The rows with true vectors, and movement scaled by the mean gain."""
        if not any(self.known):
            return epochs
        scale = self._scale()
        return replace(
            epochs,
            mean_g=self.vectors(epochs.mean_g),
            window_mean_g=self.vectors(epochs.window_mean_g),
            ahead_mean_g=self.vectors(epochs.ahead_mean_g),
            **{name: scale * getattr(epochs, name) for name in _SCALED},
            **{name: scale * scale * getattr(epochs, name) for name in _SCALED_TWICE},
        )

    def directions(self, unit_vectors: Floats) -> Floats:
        """The same for (n, 3) directions of gravity: vectors as long as the sensor's own 1 g."""
        return self.vectors(unit_vectors / self._scale()[:, None]) if any(self.known) else unit_vectors

    def vectors(self, measured_g: Floats) -> Floats:
        """(n, ..., 3) what a true sensor would have measured."""
        edges, true_g = [*self.from_rows, self.rows], measured_g.copy()
        for known, first, end in zip(self.known, edges, edges[1:], strict=False):
            if known is not None:
                true_g[first:end] = corrected(measured_g[first:end], *known)
        return true_g

    def _scale(self) -> Floats:
        """(n,) mean gain."""
        scales = [1.0 if known is None else float(np.trace(known[0])) / 3.0 for known in self.known]
        return np.repeat(scales, np.diff(self.from_rows, append=self.rows))


def corrected(measured_g: Floats, gain: Floats, offset_g: Floats) -> Floats:
    """(..., 3) true acceleration; written out, because its bits must not depend on the shape."""
    x, y, z = measured_g[..., 0], measured_g[..., 1], measured_g[..., 2]
    true_g = np.empty_like(measured_g)
    for axis, (to_x, to_y, to_z) in enumerate(gain.tolist()):
        true_g[..., axis] = x * to_x + y * to_y + z * to_z + offset_g[axis]
    return true_g


@dataclass(eq=False)
class Calibration:
    """Collects still poses and corrects the rows."""

    rules: CalibrationRules = field(default_factory=CalibrationRules)
    poses: Poses = field(default_factory=Poses)
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
        places = self._moments(epochs)
        moments_g = epochs.mean_g[places]
        correction = Correction([0], [self._known()], len(epochs))
        at = 0
        while at < len(places):
            before = self.gain
            at += self._collect(moments_g[at:])
            if self.gain is not before:
                correction.from_rows.append(int(places[at - 1]) + 1)
                correction.known.append(self._known())
        return correction

    def _known(self) -> tuple[Floats, Floats] | None:
        return (self.gain, self.offset_g) if self.calibrated else None

    def _moments(self, epochs: Epochs) -> NDArray[np.int64]:
        """Rows of still moments, one in ``every_s``; living or not: gravity is the same on a table."""
        limit_g = self.rules.still_max_mg / 1000.0
        still = (epochs.jitter_g < limit_g) & (epochs.window_spread_g < limit_g) & (epochs.across_g < 2 * limit_g)
        places = np.flatnonzero(still)
        slots = (epochs.start_s[places] // self.rules.every_s).astype(np.int64)
        first = np.diff(slots, prepend=self.last_slot) != 0
        self.last_slot = int(slots[-1]) if len(slots) else self.last_slot
        moments: NDArray[np.int64] = places[first]
        return moments

    def _collect(self, moments_g: Floats) -> int:
        """Take (k, 3) moments up to the first that brings another pose, or that the calibration fails; how many."""
        misfits_mg = self._misfits_mg(moments_g)
        failing = np.flatnonzero(misfits_mg > self.rules.misfit_max_mg)
        sound = int(failing[0]) if len(failing) else len(moments_g)
        taken = self.poses.take(moments_g[:sound], self.rules.pose_deg)
        if taken == len(moments_g):
            self.misfit_mg = float(misfits_mg[-1])
            return taken
        if taken == sound:  # another sensor, a shock, heat: forget it, poses and all
            self._forget()
        else:
            self.misfit_mg = float(misfits_mg[taken])
        self.poses.open(moments_g[taken], self.rules.poses_max)
        if len(self.poses) >= self.rules.poses_min:
            self._fit()
        return taken + 1

    def _misfits_mg(self, moments_g: Floats) -> Floats:
        """(k,) the fading error after each moment; 0 while there is no calibration to be wrong."""
        if not self.calibrated:
            return np.zeros(len(moments_g))
        errors_mg = 1000.0 * np.abs(norm(corrected(moments_g, self.gain, self.offset_g)) - 1.0)
        kept = self.rules.misfit_fading
        fading = accumulate(
            errors_mg.tolist(), lambda old, new: kept * old + (1.0 - kept) * new, initial=self.misfit_mg
        )
        return np.array(list(fading)[1:])

    def _forget(self) -> None:
        self.poses, self.gain, self.offset_g = Poses(), np.eye(3), np.zeros(3)
        self.calibrated, self.misfit_mg = False, 0.0

    def _fit(self) -> None:
        """Fit anew if the poses reach round the sphere; keep it only if it is good."""
        rules, points_g = self.rules, self.poses.mean_g
        weight = self.poses.moments / self.poses.moments.sum()
        direction = unit(points_g)
        reach = np.linalg.eigvalsh(np.einsum("n,ni,nj->ij", weight, direction, direction))[0]
        one_sided = float(norm(np.einsum("n,ni->i", weight, direction)))
        if reach < rules.reach_min or one_sided > rules.one_sided_max:
            return
        gain, offset_g = fit_sphere(points_g, weight, rules.ridge)
        before_mg, after_mg = (
            1000.0 * float((weight * np.abs(norm(points) - 1.0)).sum())
            for points in (points_g, corrected(points_g, gain, offset_g))
        )
        plausible = (
            np.abs(np.linalg.eigvalsh(gain) - 1.0).max() <= rules.gain_error_max
            and float(norm(offset_g)) <= rules.offset_max_g
        )
        if plausible and after_mg <= min(rules.error_max_mg, before_mg / 2.0):
            self.gain, self.offset_g, self.calibrated = gain, offset_g, True


def fit_sphere(points_g: Floats, weight: Floats, ridge: float) -> tuple[Floats, Floats]:
    """Symmetric gain (3, 3) and offset (3,) that bring (n, 3) points nearest to the unit sphere.

    Each round moves every corrected point to the nearest point of the sphere and fits the linear map to these
    targets by weighted least squares (van Hees 2014), with a ridge towards one gain for all directions. Gain and
    offset from the points' centre are one (3, 4) map of points with a fourth coordinate of 1.
    """
    plain = 1.0 / float((weight * norm(points_g)).sum())
    centre = np.einsum("n,ni->i", weight, points_g)
    points = np.append((points_g - centre).T, np.ones((1, len(points_g))), axis=0)
    weighted = weight * points
    solve = np.linalg.inv(np.einsum("in,jn->ij", weighted[:3], points[:3]) + ridge * np.eye(3))
    change = np.append(plain * np.eye(3), plain * centre[:, None], axis=1)
    for _ in range(_ROUNDS):
        reached = np.einsum("ij,jn->in", change, points)
        target = reached / np.sqrt(np.einsum("in,in->n", reached, reached))
        plain = (change[0, 0] + change[1, 1] + change[2, 2]) / 3.0
        change = np.einsum("in,jn->ij", target, weighted)
        gain = np.einsum("ij,jk->ik", change[:, :3] + ridge * plain * np.eye(3), solve)
        change[:, :3] = (gain + gain.T) / 2.0
    return change[:, :3].copy(), change[:, 3] - np.einsum("ij,j->i", change[:, :3], centre)
