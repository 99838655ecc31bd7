"""Do arrivals run late for good? Where a device counts nothing, this alone tells that samples were lost.

Jitter delays single packets; the least lateness of some seconds stays near zero whatever the jitter. When that floor
rises and stays up, the samples counted are fewer than those taken.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Slice:
    """The arrivals of a quarter of a second or so."""

    from_s: float
    least_s: float


@dataclass
class Lateness:
    """How late packets come against the time their samples are believed to have."""

    window_s: float = 4.0
    """The floor is the least lateness of so many seconds; no radio that works is disturbed for so long."""
    slice_s: float = 0.25
    least_s: float = 0.1
    """A floor below this is always jitter."""
    doubt: float = 10.0
    """A floor so many times what the jitter of this window makes likely: by chance, once in 20,000 windows."""
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
        floor_s, mean_s = min(least_s), sum(least_s) / count
        # Uniform delays of spread s: the best lies s / (n + 1) above none, the mean s (n - 1) / 2 (n + 1) above it.
        by_jitter_s = 2 * (mean_s - floor_s) / (count - 1)
        if floor_s <= max(self.least_s, self.doubt * by_jitter_s):
            return 0.0
        return min(
            each.least_s for each in self.recent if each is self.recent[-1] or at_s - each.from_s <= self.newest_s
        )

    def forget(self) -> None:
        """The samples were given other times: what came before says nothing any more."""
        self.recent = []

    def _note(self, at_s: float, late_s: float) -> None:
        newest = self.recent[-1] if self.recent else None
        if newest is None or at_s - newest.from_s >= self.slice_s:
            self.recent.append(Slice(at_s, late_s))
        else:
            newest.least_s = min(newest.least_s, late_s)
