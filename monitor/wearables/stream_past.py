"""What a stream remembers of its device: its setting, how far it was delivered, and the clock.

With stamps the clock learns a crystal, which errs by parts per million. Without, its device clock is the count of
samples at the nominal rate, and its drift the error of that rate.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.wearables.clock_lines import HostLine, IndexLine
from monitor.wearables.sample_clock import SampleClock, SampleClockRules

STAMPED = SampleClockRules()
COUNTED = SampleClockRules(max_drift_ppm=60_000.0, slew_ms_per_s=40.0)
"""Without stamps the drift is the error of the rate: a few per cent in cheap sensors."""
COUNTED_RECENT_S, COUNTED_WINDOW_S, COUNTED_BUCKET_S = 4.0, 200.0, 2.0
"""Counting goes wrong with every lost sample: old arrivals say less than where a stamp tells of the loss."""


@dataclass
class Past:
    """What is worth keeping over a crash."""

    rate_hz: float
    range_g: float | None
    clock: SampleClock
    segment: int = -1
    next_index: int = 0
    stamp_us: int | None = None
    """Device clock at the newest sample."""
    arrived_s: float | None = None
    """When it came."""


def fresh_clock(rate_hz: float, stamped: bool) -> SampleClock:
    """A clock that knows nothing yet."""
    if stamped:
        return SampleClock(rate_hz, STAMPED)
    host = HostLine(COUNTED.max_drift_ppm * 1e-6, COUNTED_WINDOW_S, COUNTED_RECENT_S, bucket_s=COUNTED_BUCKET_S)
    return SampleClock(rate_hz, COUNTED, IndexLine(1e6 / rate_hz), host)


def renew_clock(past: Past, stamped: bool) -> None:
    """The device clock begins anew: a crystal stays what it is; what was learned of a rate is void at another."""
    if stamped:
        past.clock.restart(past.rate_hz)
        return
    floor_s = past.clock.floor_s
    past.clock = fresh_clock(past.rate_hz, stamped)
    past.clock.floor_s = floor_s
