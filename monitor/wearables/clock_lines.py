"""The two lines of time mapping: sample index -> device clock, and device clock -> host clock.

Facts they rest on: a stamp belongs to its sample and errs by an interrupt's latency at most; what arrives is always
late, never early; a write is always processed after it was sent. So every arrival bounds the host clock from above,
every exchange bounds it from both sides, and the truth lies between the two envelopes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

import numpy as np

from monitor.model import Floats

Point = tuple[float, float]
FEW = 4
"""Fewer arrivals tell nothing of their delays."""
STILL_LATE_MAX_S = 0.02
"""More than a connection interval or so is no usual delay, and nothing is taken off for it."""


@dataclass
class IndexLine:
    """Device microseconds as a robust line over sample indices: the true sampling rate."""

    period_us: float
    """Microseconds a sample; nominal until learned."""
    window_s: float = 300.0
    tolerance_us: float = 20_000.0
    """A stamp farther from a learned line is believed, not averaged; three running start a new line."""
    points: list[tuple[int, float]] = field(default_factory=list)
    origin_index: int = 0
    origin_us: float = 0.0
    misses: int = 0

    def at(self, index: int) -> float:
        """Device microseconds at a sample."""
        return self.origin_us + (index - self.origin_index) * self.period_us

    def learn(self, index: int, stamp_us: float) -> float:
        """Take a stamp in; returns the device time to use for its sample."""
        if not self.points or stamp_us - self.points[-1][1] > self.window_s * 1e6:
            return self._restart(index, stamp_us)
        if self._settled and abs(stamp_us - self.at(index)) > self.tolerance_us:
            self.misses += 1
            return self._restart(index, stamp_us) if self.misses >= 3 else stamp_us
        self.misses = 0
        if stamp_us - self.points[-1][1] >= 0.9e6 and index > self.points[-1][0]:
            self.points.append((index, stamp_us))
            self._refit()
        return self.at(index) if self._settled else stamp_us

    def restart(self) -> None:
        """Forget the line, not the rate: the index has jumped by an estimate."""
        self.points = []

    @property
    def _settled(self) -> bool:
        return len(self.points) >= 5

    def _restart(self, index: int, stamp_us: float) -> float:
        self.points = [(index, stamp_us)]
        self.origin_index, self.origin_us, self.misses = index, stamp_us, 0
        return stamp_us

    def _refit(self) -> None:
        """Median of the slopes over half the window, median offset: a few wild stamps do not tilt it."""
        oldest_us = self.points[-1][1] - self.window_s * 1e6
        while self.points[0][1] < oldest_us:
            self.points.pop(0)
        index = np.array([point[0] for point in self.points], dtype=np.float64)
        device_us = np.array([point[1] for point in self.points])
        half = (len(index) + 1) // 2
        if len(index) > 1:
            self.period_us = _median((device_us[half:] - device_us[:-half]) / (index[half:] - index[:-half]))
        self.origin_index, last_us = self.points[-1]
        self.origin_us = last_us + _median(device_us - last_us - (index - index[-1]) * self.period_us)


@dataclass
class HostLine:
    """Host seconds as a line over device seconds, between the envelopes of what is possible."""

    max_drift: float
    """Most the device clock may run fast or slow, as a fraction."""
    window_s: float = 600.0
    """Arrivals of the last so many seconds give the drift."""
    recent_s: float = 120.0
    """Arrivals of the last so many seconds give the offset."""
    bound_s: float = 1800.0
    """Exchanges are remembered so long."""
    noise_s: float = 0.03
    """Scatter of the earliest arrivals, measured where there are enough of them; with the time spanned it says how far
    a slope can be trusted."""
    bucket_s: float = 10.0
    drift: float = 0.0
    """Host seconds gained per device second."""
    prior_drift: float = 0.0
    prior_sigma: float = -1.0
    """How well ``prior_drift`` is known; negative: not at all."""
    latest: list[Point] = field(default_factory=list)
    """Upper bounds (device_s, host_s - device_s), the least of each bucket."""
    earliest: list[Point] = field(default_factory=list)
    """Lower bounds from exchanges, likewise."""
    origin_s: float = 0.0
    offset_s: float = 0.0
    uncertainty_s: float = 1e9
    """Half the distance between the bounds; huge without an exchange."""

    @property
    def known(self) -> bool:
        """True once anything bounds the line."""
        return bool(self.latest)

    def at(self, device_s: float) -> float:
        """Host time at a device time."""
        return device_s + self.offset_s + (device_s - self.origin_s) * self.drift

    def device_at(self, host_s: float) -> float:
        """Device time at a host time."""
        return self.origin_s + (host_s - self.offset_s - self.origin_s) / (1 + self.drift)

    def arrived(self, device_s: float, host_s: float) -> None:
        """Something that happened at ``device_s`` was here at ``host_s``: the host clock then was no later."""
        offset_s = host_s - device_s
        if self.latest and abs(device_s - self.latest[-1][0]) > self.window_s:
            self.forget()
        if not self.latest or device_s // self.bucket_s > self.latest[-1][0] // self.bucket_s:
            self.latest.append((device_s, offset_s))
        elif offset_s - self.latest[-1][1] < (device_s - self.latest[-1][0]) * self.drift:
            self.latest[-1] = (max(device_s, self.latest[-1][0]), offset_s)
        else:
            return
        self._refit()

    def exchanged(self, sent_s: float, device_s: float, received_s: float) -> None:
        """The device read its clock between sending and receiving."""
        if self.latest and abs(device_s - self.latest[-1][0]) > self.window_s:
            self.forget()
        self.earliest.append((device_s, sent_s - device_s))
        self.arrived(device_s, received_s)
        self._refit()

    def contradicts(self, sent_s: float, device_s: float, received_s: float, tolerance_s: float) -> bool:
        """True where an exchange cannot be: one of the two clocks was set anew."""
        if not self.known:
            return False
        return not sent_s - tolerance_s <= self.at(device_s) <= received_s + tolerance_s

    def forget(self) -> None:
        """Drop the bounds, keep the drift: a crystal stays what it is."""
        if len(self.latest) > 1:
            spanned_s = self.latest[-1][0] - self.latest[0][0]
            self.prior_sigma = max(2e-5, self._sigma(spanned_s))
            self.prior_drift = self.drift
        self.latest, self.earliest = [], []

    def _sigma(self, spanned_s: float) -> float:
        """Uncertainty of the drift after ``spanned_s`` of arrivals, together with what was known before."""
        prior = self.max_drift / 2 if self.prior_sigma < 0 else self.prior_sigma
        noise = self._scatter_s() / max(spanned_s, 1e-3)
        return float((prior**-2 + noise**-2) ** -0.5)

    def _scatter_s(self) -> float:
        if len(self.latest) < 12:
            return self.noise_s
        newest_s = self.latest[-1][0]
        levels = [y - (x - newest_s) * self.drift for x, y in self.latest]
        return min(max(2 * (sum(levels) / len(levels) - min(levels)), self.noise_s / 10), self.noise_s)

    def _refit(self) -> None:
        newest_s = self.latest[-1][0]
        self.latest = [point for point in self.latest if point[0] >= newest_s - self.window_s]
        self.earliest = [point for point in self.earliest if point[0] >= newest_s - self.bound_s][-40:]
        sigma = self._sigma(newest_s - self.latest[0][0])
        prior = self.max_drift / 2 if self.prior_sigma < 0 else self.prior_sigma
        trust = 1 - (sigma / prior) ** 2
        slope = self.prior_drift + trust * (_envelope_slope(self.latest) - self.prior_drift)
        self.drift = min(max(slope, -self.max_drift), self.max_drift)
        self.origin_s = newest_s
        self.offset_s = self._offset(newest_s, sigma)

    def _offset(self, newest_s: float, sigma: float) -> float:
        """Middle between the bounds; old bounds count for less by what the drift may hide."""
        uppers = [y - (x - newest_s) * self.drift for x, y in self.latest if x >= newest_s - self.recent_s]
        upper = min(uppers)
        self.uncertainty_s = 1e9
        if not self.earliest:
            return upper - self._still_late(newest_s)
        lowers = [y - (x - newest_s) * self.drift for x, y in self.earliest]
        lower = max(y - abs(x - newest_s) * sigma / 2 for y, (x, _) in zip(lowers, self.earliest, strict=True))
        self.uncertainty_s = abs(upper - lower) / 2
        if lower > upper:
            return upper
        highest = max(lowers)
        skew = _still_off([highest - y for y in lowers]) - _still_off([y - upper for y in uppers])
        middle = (upper + lower + skew) / 2
        return min(max(middle, lower), upper)

    def _still_late(self, newest_s: float) -> float:
        """What even the earliest of the recent arrivals is expected to be late.

        Delays are told by the scatter above the envelope of these arrivals alone: above the line believed so far, a
        drift not yet learned would look like delays too. Few arrivals say nothing: a line touches two of any.
        A delay is the sum of several here (the connection interval, the host), so that its density rises from nought
        in a line: the least of n such delays (Weibull, shape 2) is the mean over the root of n.
        """
        recent = [point for point in self.latest if point[0] >= newest_s - self.recent_s]
        if len(recent) < FEW:
            return 0.0
        slope = _envelope_slope(recent)
        levels = [y - (x - newest_s) * slope for x, y in recent]
        # The median: arrivals held up for seconds (a busy host, a link that came back) are no scatter.
        excess_s = median(levels) - min(levels)
        return float(min(excess_s / (len(levels) ** 0.5 - 1), STILL_LATE_MAX_S))


def _median(values: Floats) -> float:
    return float(median(values.tolist()))  # the same bits as numpy's, which loads all of its masked arrays for it


def _still_off(excess_s: list[float]) -> float:
    """What the best of n delays is expected to lie above the least delay possible.

    For uniform delays of spread s the mean excess over the best is s (n - 1) / 2 (n + 1) and the best lies s / (n + 1)
    above the least: twice the mean excess over n - 1. Without scatter nothing is corrected.
    """
    return 2 * sum(excess_s) / len(excess_s) / (len(excess_s) - 1) if len(excess_s) > 1 else 0.0


def _envelope_slope(points: list[Point]) -> float:
    """Slope of the line below all points that comes closest to them on the whole.

    That line is the edge of the lower convex hull over the mean of x (Moon, Skelly, Towsley 1999, "Estimation and
    removal of clock skew from network delay measurements", INFOCOM).
    """
    hull: list[Point] = []
    for point in points:
        while len(hull) > 1 and _turns_right(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    middle_s = sum(x for x, _ in points) / len(points)
    for (x0, y0), (x1, y1) in pairwise(hull):
        if x0 <= middle_s <= x1 and x1 > x0:
            return (y1 - y0) / (x1 - x0)
    return 0.0


def _turns_right(a: Point, b: Point, c: Point) -> bool:
    return (b[1] - a[1]) * (c[0] - a[0]) >= (c[1] - a[1]) * (b[0] - a[0])
