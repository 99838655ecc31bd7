"""A trunk that leans, rises and sinks smoothly between still poses: true to what heights are read from."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from monitor.model import AccelBlock
from tests.support.wearers import rotation

CHANGE_S = 2.0
GRAVITY_M_S2 = 9.81


def riser(
    *poses: tuple[float, float, float],
    rate_hz: float = 50.0,
    gain: float = 1.0,
    offset_g: float = 0.0,
    turn: int = 1,
    change_s: float = CHANGE_S,
) -> AccelBlock:
    """(tilt in degrees, height in metres, seconds) in turn; each change takes ``change_s`` and has the least jerk."""
    share = np.arange(round(change_s * rate_hz)) / (change_s * rate_hz)
    tilt, rise = [np.full(round(poses[0][2] * rate_hz), poses[0][0])], [np.zeros(round(poses[0][2] * rate_hz))]
    for before, after in pairwise(poses):
        way = share**3 * (10.0 - 15.0 * share + 6.0 * share**2)
        bend = (60.0 * share - 180.0 * share**2 + 120.0 * share**3) / change_s**2
        still = round(after[2] * rate_hz)
        tilt += [before[0] + (after[0] - before[0]) * way, np.full(still, after[0])]
        rise += [(after[1] - before[1]) * bend / GRAVITY_M_S2, np.zeros(still)]
    angle, up_g = np.radians(np.concatenate(tilt)), 1.0 + np.concatenate(rise)
    xyz_g = up_g[:, None] * np.stack([-np.cos(angle), np.zeros(len(angle)), np.sin(angle)], axis=1)
    xyz_g = gain * xyz_g + np.array([offset_g, 0.0, 0.0]) + np.random.default_rng(1).normal(0, 0.004, xyz_g.shape)
    return AccelBlock(
        1000.0 + np.arange(len(angle)) / rate_hz, (xyz_g @ rotation(turn).T).astype(np.float32), rate_hz, 0
    )
