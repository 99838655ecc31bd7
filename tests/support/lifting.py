"""A thigh that repeats a move: in the axes and with the noise of ``wearers``, so that both can be joined."""

from __future__ import annotations

import numpy as np

from tests.support.wearers import NOISE_G, Recording


def moving(
    count: int,
    rest_deg: float,
    top_deg: float,
    start_s: float,
    move_s: float = 1.0,
    hold_s: float = 1.0,
    pause_s: float = 1.5,
    rate_hz: float = 25.0,
    seed: int = 3,
) -> Recording:
    """``count`` times from rest to top and back, each between two pauses."""
    times_s, angles_deg = [0.0, pause_s], [rest_deg, rest_deg]
    for _ in range(count):
        for lasts_s, angle_deg in ((move_s, top_deg), (hold_s, top_deg), (move_s, rest_deg), (pause_s, rest_deg)):
            times_s.append(times_s[-1] + lasts_s)
            angles_deg.append(angle_deg)
    t_s = np.arange(round(times_s[-1] * rate_hz)) / rate_hz
    tilt = np.radians(np.interp(t_s, times_s, angles_deg))
    gravity_g = np.stack([-np.cos(tilt), np.zeros_like(tilt), -np.sin(tilt)], axis=1)
    noise_g = np.random.default_rng(seed).normal(0.0, NOISE_G, gravity_g.shape)
    return Recording(start_s + t_s, (gravity_g + noise_g).astype(np.float32), rate_hz)


def joined(*parts: Recording) -> Recording:
    """One after the other, as they are stamped."""
    return Recording(
        np.concatenate([part.t_s for part in parts]), np.concatenate([part.xyz_g for part in parts]), parts[0].rate_hz
    )
