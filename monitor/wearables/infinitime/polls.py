"""A watch that tells only what changed: which polls were silent, and when each value was polled.

The firmware looks at its sensor every 100 ms and is silent where it reads the same as before. What arrives is late by
the radio, never early, and the radio loses nothing while the link is up. So a value that arrives as the k-th before
another was polled at least k periods before that one arrived: the least of those bounds, over what comes within
``window_s`` after it, tells a silent stretch (the bound stays late) from a held-up burst (it does not). Values wait
that long, then are counted together with the silent polls between them, which repeat the value before.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from monitor.model import AccelBlock
from monitor.wearables.gathered import GATHER_S
from monitor.wearables.stream import Stream

POLL_HZ = 10.0
"""The main loop ticks every 100 ms, or a little later (9.6 to 10 Hz are typical)."""
SILENT_POLL = 0.75
"""A value so many periods later than expected comes after a silent poll; jitter is half a connection interval."""
PIECE = 10
"""Values delivered at once: over many the error of the rate would look like silence."""

Vector = tuple[float, float, float]


@dataclass
class Arrival:
    """One value, and when it came."""

    at_s: float
    xyz_g: Vector


@dataclass
class Polls:
    """Counts polls, silent ones too, into a stream."""

    stream: Stream
    window_s: float
    waiting: list[Arrival] = field(default_factory=list)
    heard_s: float = -1e18
    """When anything came last: until then the link was alive."""

    def heard(self, xyz_g: NDArray[np.float32], at_s: float) -> list[AccelBlock]:
        """Take a value in, and deliver what is due."""
        x_g, y_g, z_g = xyz_g
        self.waiting.append(Arrival(at_s, (float(x_g), float(y_g), float(z_g))))
        self.heard_s = at_s
        return self.passed(at_s)

    def passed(self, now_s: float) -> list[AccelBlock]:
        """Deliver what has waited long enough, some together."""
        if not self.waiting or self.waiting[0].at_s > now_s - self.window_s - GATHER_S:
            return []
        ready = sum(1 for each in self.waiting if each.at_s <= now_s - self.window_s)
        return self._deliver(ready)

    def flush(self) -> list[AccelBlock]:
        """The link is gone: nothing more comes that could tell."""
        return self._deliver(len(self.waiting))

    def confirmed(self, xyz_g: NDArray[np.float32], asked_s: float, at_s: float) -> list[AccelBlock]:
        """The value was read and is known: the watch was alive, and its silence until then was stillness."""
        if self.waiting or self.heard_s > asked_s:
            return []  # it spoke meanwhile, and that says more
        if self._held() != tuple(float(each) for each in xyz_g):
            return self.heard(xyz_g, at_s)
        self.heard_s = at_s
        return self.stream.hold(asked_s)

    def _held(self) -> Vector | None:
        """The value that silence repeats; None where nothing was delivered on this link."""
        return None if self.stream.relinked or self.stream.renew else self.stream.held_g

    def _deliver(self, count: int) -> list[AccelBlock]:
        bounds_s = self._bounds_s()[:count]
        ready, self.waiting = self.waiting[:count], self.waiting[count:]
        blocks: list[AccelBlock] = []
        for first in range(0, count, PIECE):
            piece = slice(first, first + PIECE)
            blocks += self._deliver_piece(ready[piece], bounds_s[piece])
        return blocks

    def _deliver_piece(self, ready: list[Arrival], bounds_s: list[float]) -> list[AccelBlock]:
        rows: list[Vector] = []
        believed_s, before = self._newest(), self._held()
        for arrival, bound_s in zip(ready, bounds_s, strict=True):
            if believed_s is not None and before is not None:
                silent = self._silent_polls(bound_s - believed_s)
                rows += [before] * silent
                believed_s += (silent + 1) * self.period_s
            rows.append(arrival.xyz_g)
            before = arrival.xyz_g
        return self.stream.add(np.array(rows, dtype=np.float32), bounds_s[-1])

    def _silent_polls(self, passed_s: float) -> int:
        """Polls that said nothing between two values; what is too long for a silence is left to the stream."""
        silent = int(passed_s / self.period_s - SILENT_POLL)
        return silent if 0 < silent <= self.stream.rules.hold_s / self.period_s else 0

    @property
    def period_s(self) -> float:
        """As learned, but never shorter than the firmware's tick: or else polls once invented would breed others."""
        return max(self.stream.period_s, 1 / POLL_HZ)

    def _newest(self) -> float | None:
        """Stream time of the newest sample of this link."""
        last = self.stream.past.clock.last
        return None if last is None or self._held() is None else last.at_s

    def _bounds_s(self) -> list[float]:
        """For each that waits: no later than this was it polled."""
        bounds_s: list[float] = []
        bound_s = np.inf
        for arrival in reversed(self.waiting):
            bound_s = min(arrival.at_s, bound_s - self.period_s)
            bounds_s.append(float(bound_s))
        return bounds_s[::-1]
