"""Do arrivals run late for good? Where a device counts nothing, this alone tells that samples were lost.

Jitter delays single packets; the least lateness of some seconds stays near zero whatever the jitter. When that floor
rises and stays up, the samples counted are fewer than those taken.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate


@dataclass
class Slice:
    """The arrivals of a quarter of a second or so."""

    from_s: float
    least_s: float


@dataclass
class Lateness:
    """How late packets come against the time their samples are believed to have."""

    window_s: float = 3.0
    """The floor is the least lateness of so many seconds; no radio that works is disturbed for so long."""
    slice_s: float = 0.25
    least_s: float = 0.1
    """A floor below this is always jitter."""
    doubt: float = 20.0
    """A floor so many times what the jitter of this window makes likely: by chance, once in 10,000 windows."""
    newest_s: float = 1.0
    """By how much is judged by the least lateness of the newest so many seconds: loss may go on."""
    recent: list[Slice] = field(default_factory=list)
    """The window."""

    def heard(self, at_s: float, late_s: float) -> float:
        """Take an arrival in; returns by how much arrivals are late for good, 0 where jitter explains it."""
        self._note(at_s, late_s)
        while len(self.recent) > 3 and at_s - self.recent[1].from_s >= self.window_s:
            self.recent.pop(0)
        count = len(self.recent)
        if count < 3 or at_s - self.recent[0].from_s < self.window_s:
            return 0.0
        # Packets of one slice may have been held up together, by one cause: each slice counts once.
        least_s = [each.least_s for each in self.recent]
        floor_s = min(least_s)
        if floor_s <= max(self.least_s, self.doubt * by_jitter_s(least_s)):
            return 0.0
        return min(
            each.least_s for each in self.recent if each is self.recent[-1] or at_s - each.from_s <= self.newest_s
        )

    @property
    def newest_late_s(self) -> float:
        """How late the newest arrivals were, 0 where none is known or they were early."""
        return max(0.0, self.recent[-1].least_s) if self.recent else 0.0

    def forget(self) -> None:
        """The samples were given other times: what came before says nothing any more."""
        self.recent = []

    def _note(self, at_s: float, late_s: float) -> None:
        newest = self.recent[-1] if self.recent else None
        if newest is None or at_s - newest.from_s >= self.slice_s:
            self.recent.append(Slice(at_s, late_s))
        else:
            newest.least_s = min(newest.least_s, late_s)


def by_jitter_s(late_s: list[float]) -> float:
    """How late the best of these delays, at least two in order, is likely to be by jitter alone.

    What jitter delays is followed by less late; where samples are lost, more late follows, which is no jitter. Hence
    the excess of each over the least from it on. Of k uniform delays of spread s the first exceeds the least by
    s (1/2 - 1/(k + 1)) on average; the least of n lies s / (n + 1) above none.
    """
    count = len(late_s)
    least_from_it_on_s = list(accumulate(reversed(late_s), min))
    excess_s = sum(late_s) - sum(least_from_it_on_s)
    return excess_s / (count + 1) / sum(0.5 - 1 / (k + 1) for k in range(1, count + 1))
