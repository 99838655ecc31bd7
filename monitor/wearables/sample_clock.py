"""Sample index and device clock -> stream time, strictly increasing whatever the radio does.

Two lines are fitted (``clock_lines``): index -> device microseconds, device -> host seconds. What is delivered follows
them, but never goes back and, once settled, changes its pace by a few ms a second at most, so that a better estimate
does not look like movement. Devices without stamps use the same clock: their index at the nominal rate is the device
clock, whose "drift" is then the error of the rate (set ``max_drift_ppm`` to a few per cent).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from msgspec import Meta

from monitor.model import Floats
from monitor.rules import Rules
from monitor.wearables.clock_lines import HostLine, IndexLine

STAMP_WRAP_US = 1 << 48
LEAST_STEP = 0.5
"""Neighbouring samples keep at least this part of their usual distance."""
STEP_S = 10.0
"""An error above this is no estimate that improved: a clock was set. Follow at once (forward) or fast (back)."""
CATCH_UP = 0.5


class SampleClockRules(Rules, frozen=True):
    """How sample times follow the wearable's clock."""

    max_drift_ppm: Annotated[
        float, Meta(gt=0, le=100_000, description="Most that the wearable's clock may err, in parts per million.")
    ] = 500.0
    slew_ms_per_s: Annotated[
        float, Meta(gt=0, le=100, description="Most that sample times are corrected, in milliseconds a second.")
    ] = 5.0
    settle_slew_ms_per_s: Annotated[
        float, Meta(gt=0, le=400, description="The same while a clock is new and its first estimates are rough.")
    ] = 50.0
    settle_s: Annotated[float, Meta(ge=0, le=600, description="How long a clock counts as new, in seconds.")] = 30.0


@dataclass
class Anchor:
    """A moment that samples between must respect."""

    index: int
    at_s: float
    device_us: float | None = None
    """None: only a limit; nothing is known of the device clock there."""


@dataclass
class SampleClock:
    """Times of the samples of one device, session after session."""

    nominal_hz: float
    rules: SampleClockRules = field(default_factory=SampleClockRules)
    line: IndexLine = field(default_factory=lambda: IndexLine(0.0))
    host: HostLine = field(default_factory=lambda: HostLine(0.0))
    last: Anchor | None = None
    """The newest sample delivered in this session."""
    floor_s: float | None = None
    """The newest sample delivered at all."""
    settled_s: float | None = None
    """Stream time from which corrections are gentle."""
    unstamped: bool = False
    """No stamp was seen in this session: the device clock is the index at the nominal rate."""

    def __post_init__(self) -> None:
        if self.line.period_us == 0.0:
            self.line = IndexLine(1e6 / self.nominal_hz)
            self.host = HostLine(self.rules.max_drift_ppm * 1e-6)

    @property
    def period_s(self) -> float:
        """Stream seconds a sample, as learned so far."""
        return self.line.period_us * 1e-6 * self.pace

    @property
    def pace(self) -> float:
        """Stream seconds a device second."""
        return 1.0 + self.host.drift

    def restart(self, nominal_hz: float) -> None:
        """A new session: indices and device clock begin anew, the crystals stay the same."""
        self.line = IndexLine(self.line.period_us * self.nominal_hz / nominal_hz)
        self.nominal_hz = nominal_hz
        self.host.forget()
        self.last = self.settled_s = None
        self.unstamped = False

    def synchronise(self, sent_s: float, raw_us: int, received_s: float) -> None:
        """The device read its clock as ``raw_us`` between two moments of ours."""
        device_s = self._unwrapped(raw_us) * 1e-6
        if self.host.contradicts(sent_s, device_s, received_s, STEP_S):
            self.host.forget()
        self.host.exchanged(sent_s, device_s, received_s)

    def stream_time(self, raw_us: int) -> float | None:
        """Stream time of a moment on the device clock; None while nothing is known."""
        return self.host.at(self._unwrapped(raw_us) * 1e-6) if self.host.known else None

    def heard(self, raw_us: int, arrived_s: float) -> None:
        """A stamp without samples arrived."""
        self.host.arrived(self._unwrapped(raw_us) * 1e-6, arrived_s)

    def place(
        self, first_index: int, count: int, raw_us: int | None, arrived_s: float, discontinuity: bool = False
    ) -> Floats:
        """Times of the next live samples.

        Parameters
        ----------
        first_index : index of the first; larger than all before in this session.
        count : number of samples, at least 1.
        raw_us : device clock at the last sample, where it is known.
        arrived_s : when they came.
        discontinuity : the device itself lost samples just before; the index jumped by its estimate.

        Returns
        -------
        (count,) stream times, strictly increasing and after everything placed before.
        """
        last_index = first_index + count - 1
        if discontinuity:
            self.line.restart()
        device_us = self._device_us(last_index, raw_us, arrived_s)
        self.host.arrived(device_us * 1e-6, arrived_s)
        target_s = self.host.at(device_us * 1e-6)
        times = self._begin(count, target_s) if self.last is None else self._go_on(last_index, count, target_s)
        if discontinuity and self.last is not None and target_s > times[-1]:
            times = times + (target_s - times[-1])
        self.last = Anchor(last_index, float(times[-1]), device_us)
        self.floor_s = self.last.at_s
        return times

    def _device_us(self, last_index: int, raw_us: int | None, arrived_s: float) -> float:
        """Device clock at the newest sample: by its stamp, by the line, or else by guess."""
        if raw_us is not None:
            if self.unstamped and not self.host.earliest:
                self.host.forget()  # what was known rests on a device clock that was made up
            self.unstamped = False
            return self.line.learn(last_index, self._unwrapped(raw_us))
        if self.last is None:
            self.unstamped = not self.host.known
            guess_s = 0.0 if self.unstamped else self.host.device_at(arrived_s)
            self.line.origin_index, self.line.origin_us = last_index, guess_s * 1e6
        return self.line.at(last_index)

    def _unwrapped(self, raw_us: int) -> float:
        return unwrap(raw_us, self.last.device_us if self.last is not None else None)

    def _begin(self, count: int, target_s: float) -> Floats:
        """The first samples of a session: straight to the estimate, but after the session before."""
        times = target_s - np.arange(count - 1, -1, -1, dtype=np.float64) * self.period_s
        if self.floor_s is not None and times[0] <= self.floor_s:
            times = times + (self.floor_s + LEAST_STEP * self.period_s - times[0])
        self.settled_s = float(times[-1]) + self.rules.settle_s
        return times

    def _go_on(self, last_index: int, count: int, target_s: float) -> Floats:
        """Later samples: at the learned pace, gently towards the estimate."""
        assert self.last is not None
        steps = last_index - self.last.index
        advance_s = steps * self.period_s
        error_s = target_s - (self.last.at_s + advance_s)
        last_s = self.last.at_s + advance_s + self._correction(error_s, advance_s)
        if steps == count:
            return self.last.at_s + (last_s - self.last.at_s) * (np.arange(1, count + 1, dtype=np.float64) / count)
        # After a hole the block is dated back from its last sample; the hole takes up the correction.
        times = last_s - np.arange(count - 1, -1, -1, dtype=np.float64) * self.period_s
        if times[0] < self.last.at_s + LEAST_STEP * self.period_s * (steps - count + 1):
            share = np.arange(steps - count + 1, steps + 1, dtype=np.float64) / steps
            times = self.last.at_s + (last_s - self.last.at_s) * share
        return times

    def _correction(self, error_s: float, advance_s: float) -> float:
        if error_s > STEP_S:
            return error_s
        assert self.last is not None
        settled = self.settled_s is None or self.last.at_s >= self.settled_s
        slew = 1e-3 * (self.rules.slew_ms_per_s if settled else self.rules.settle_slew_ms_per_s)
        limit_s = advance_s * (CATCH_UP if error_s < -STEP_S else slew)
        return min(max(error_s, -limit_s), limit_s)


def unwrap(raw_us: int, near_us: float | None) -> float:
    """The 48-bit device clock without its wraps: the value nearest to one known before."""
    if near_us is None:
        return float(raw_us)
    return float(raw_us + STAMP_WRAP_US * round((near_us - raw_us) / STAMP_WRAP_US))
