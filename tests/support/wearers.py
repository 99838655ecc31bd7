"""Synthetic people with a sensor on the thigh: small, seeded, and true to the features that matter.

Sensor axes as published for harth: x points down the leg (about -1 g upright), z out of the front of the thigh.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from monitor.accel.epochs import EpochBuilder, join
from monitor.model import AccelBlock, Epochs, Quality

NOISE_G = 0.006


@dataclass(frozen=True)
class Recording:
    """What a wearable delivered."""

    t_s: NDArray[np.float64]
    xyz_g: NDArray[np.float32]
    rate_hz: float

    def turned(self, rotation: NDArray[np.float64]) -> Recording:
        """The same, with the sensor mounted another way round."""
        return Recording(self.t_s, (self.xyz_g.astype(np.float64) @ rotation.T).astype(np.float32), self.rate_hz)

    def until(self, t_s: float) -> Recording:
        keep = self.t_s < t_s
        return Recording(self.t_s[keep], self.xyz_g[keep], self.rate_hz)

    def block(
        self, start: int = 0, end: int | None = None, segment: int = 0, quality: Quality = Quality.NONE
    ) -> AccelBlock:
        return AccelBlock(self.t_s[start:end], self.xyz_g[start:end], self.rate_hz, segment, quality=quality)

    def blocks(self, cuts: list[int]) -> list[AccelBlock]:
        """Cut before the given samples."""
        edges = sorted({0, len(self.t_s), *(cut for cut in cuts if 0 < cut < len(self.t_s))})
        return [self.block(a, b) for a, b in pairwise(edges)]

    def followed_by(self, *more: Recording) -> Recording:
        """The same sensor goes on without a pause, whatever times the others bear."""
        xyz_g = np.concatenate([self.xyz_g, *(each.xyz_g for each in more)])
        return Recording(self.t_s[0] + np.arange(len(xyz_g)) / self.rate_hz, xyz_g, self.rate_hz)


def rows_of(*parts: Recording | AccelBlock, decides_after_s: int = 3) -> Epochs:
    """Every second of these samples, the last ones too."""
    builder = EpochBuilder(decides_after_s=decides_after_s)
    blocks = [part.block() if isinstance(part, Recording) else part for part in parts]
    return join([*(builder.feed(block) for block in blocks), builder.tick(1e12)])


def wear(*doings: tuple[str, float], rate_hz: float = 25.0, seed: int = 1, start_s: float = 1000.0) -> Recording:
    """A recording of doings in turn, each (name, seconds): the names are those of ``_DOINGS``."""
    rng = np.random.default_rng(seed)
    parts, begin_s = [], 0.0
    for name, seconds in doings:
        t_s = begin_s + np.arange(round(seconds * rate_hz)) / rate_hz
        parts.append(_DOINGS[name](t_s, rng))
        begin_s += round(seconds * rate_hz) / rate_hz
    xyz_g = np.concatenate(parts)
    return Recording(start_s + np.arange(len(xyz_g)) / rate_hz, xyz_g.astype(np.float32), rate_hz)


def rotation(seed: int) -> NDArray[np.float64]:
    """A random proper rotation."""
    q, r = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))
    return q if np.linalg.det(q) > 0 else -q


def _leg(tilt_deg: NDArray[np.float64], extra_g: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Gravity on a thigh tilted forwards, plus movement in (along the leg, sideways, forwards), plus noise."""
    tilt = np.radians(tilt_deg)
    gravity_g = np.stack([-np.cos(tilt), np.zeros_like(tilt), -np.sin(tilt)], axis=1)
    return gravity_g + extra_g + rng.normal(0.0, NOISE_G, size=gravity_g.shape)


def _still(tilt_deg: float, t_s: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """A living leg: small shifts now and then, and the pulse."""
    shift_deg = 1.5 * np.sin(2 * np.pi * t_s / 31.0) + 0.8 * np.sin(2 * np.pi * t_s / 7.0)
    return _leg(tilt_deg + shift_deg, np.zeros((len(t_s), 3)), rng)


def _walk(t_s: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    phase = 2 * np.pi * 0.95 * t_s
    impact = np.exp(-0.5 * ((np.mod(t_s * 1.9, 1.0) - 0.5) / 0.10) ** 2)
    own = np.exp(-0.5 * ((np.mod(t_s * 0.95, 1.0) - 0.25) / 0.05) ** 2)
    extra_g = np.stack(
        [-0.45 * impact - 0.25 * own, 0.15 * np.sin(2 * phase), 0.35 * np.sin(2 * phase + 1.0) * impact], axis=1
    )
    return _leg(22.0 * np.sin(phase), extra_g, rng)


def _cycle(t_s: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    phase = 2 * np.pi * 1.1 * t_s
    extra_g = np.stack([0.3 * np.sin(phase), 0.02 * np.sin(phase), 0.05 * np.cos(phase)], axis=1)
    return _leg(40.0 + 12.0 * np.sin(phase + 0.5), extra_g, rng)


def _side(t_s: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Lying on the side: the thigh is horizontal and rolled by a right angle."""
    seated_g = _still(80.0, t_s, rng)
    return np.stack([seated_g[:, 0], -seated_g[:, 2], seated_g[:, 1]], axis=1)


def _rest(t_s: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Sitting and hardly moving: breath and pulse turn the leg by a tenth of a degree."""
    return _leg(75.0 + 0.06 * np.sin(2 * np.pi * t_s / 3.7), np.zeros((len(t_s), 3)), rng)


def _coast(t_s: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """On the saddle without pedalling: the leg is as tilted as in a chair, and the road shakes it."""
    return _leg(np.full(len(t_s), 56.0), rng.normal(0.0, 0.1, (len(t_s), 3)), rng)


def _crouch(t_s: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """The thigh is as horizontal as in a chair, and the muscles that hold it stir."""
    return _leg(np.full(len(t_s), 85.0), rng.normal(0.0, 0.04, (len(t_s), 3)), rng)


def _swivel(t_s: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Sitting low and swinging the knee from side to side at the rate of pedals: gravity is all there is."""
    swing = 0.2 * np.sin(2 * np.pi * 0.9 * t_s)
    leg_g = _leg(np.full(len(t_s), 55.0), np.zeros((len(t_s), 3)), rng)
    return np.stack([leg_g[:, 0], leg_g[:, 1] + swing, leg_g[:, 2] * np.sqrt(1 - swing**2)], axis=1)


def _drive(t_s: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """On a seat that the road shakes by 0.05 g, broadband."""
    return _leg(np.full(len(t_s), 78.0), rng.normal(0.0, 0.05, (len(t_s), 3)), rng)


def _off(t_s: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """On the table, in whatever way it fell: nothing but the sensor's own noise."""
    return np.array([0.1, 0.6, 0.79]) + rng.normal(0.0, 0.003, size=(len(t_s), 3))


_DOINGS = {
    "sit": lambda t_s, rng: _still(75.0, t_s, rng),
    "stand": lambda t_s, rng: _still(6.0, t_s, rng),
    "lie": lambda t_s, rng: _still(125.0, t_s, rng),
    "side": _side,
    "rest": _rest,
    "coast": _coast,
    "crouch": _crouch,
    "swivel": _swivel,
    "drive": _drive,
    "walk": _walk,
    "cycle": _cycle,
    "off": _off,
}
