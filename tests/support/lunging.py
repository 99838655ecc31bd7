"""A trunk that sinks, leans and rises: in the axes and with the noise of ``wearers``, so that both can be joined."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.support.wearers import NOISE_G, Recording

FINE_HZ = 200


@dataclass(frozen=True)
class Way:
    """One move and the stay after it."""

    stays_s: float
    lasts_s: float = 1.4
    rise_m: float = 0.0
    lean_deg: float = 0.0
    """Forwards on the way, there and back."""
    turn_deg: float = 0.0
    """What of a lean stays."""


def trunk(*ways: Way, start_s: float = 1000.0, rate_hz: float = 25.0, seed: int = 3) -> Recording:
    """Ways one after the other, without a jerk at their ends."""
    fine_s = np.arange(round(FINE_HZ * sum(way.lasts_s + way.stays_s for way in ways))) / FINE_HZ
    height_m, lean_deg, at_s = np.zeros_like(fine_s), np.zeros_like(fine_s), 0.0
    for way in ways:
        x = np.clip((fine_s - at_s) / way.lasts_s, 0.0, 1.0)
        done = x**3 * (10.0 + x * (6.0 * x - 15.0))
        height_m += way.rise_m * done
        lean_deg += way.turn_deg * done + way.lean_deg * np.sin(np.pi * x) ** 2
        at_s += way.lasts_s + way.stays_s
    up_g = 1.0 + np.gradient(np.gradient(height_m, fine_s), fine_s) / 9.81
    lean = np.radians(lean_deg)
    force_g = np.stack([-np.cos(lean), np.zeros_like(lean), -np.sin(lean)], axis=1) * up_g[:, None]
    force_g = force_g[:: round(FINE_HZ / rate_hz)]
    force_g = force_g + np.random.default_rng(seed).normal(0.0, NOISE_G, force_g.shape)
    return Recording(start_s + np.arange(len(force_g)) / rate_hz, force_g.astype(np.float32), rate_hz)


def lunges(
    *held_s: float,
    sink_m: float = 0.35,
    lean_deg: float = 8.0,
    lasts_s: float = 1.4,
    pause_s: float = 5.0,
    start_s: float = 1000.0,
    rate_hz: float = 25.0,
) -> Recording:
    """Down, held, up; standing before and after each."""
    ways = [Way(pause_s)]
    for each_s in held_s:
        ways += [Way(each_s, lasts_s, -sink_m, lean_deg, 4.0), Way(pause_s, lasts_s, sink_m, lean_deg, -4.0)]
    return trunk(*ways, Way(8.0), start_s=start_s, rate_hz=rate_hz)
