"""Which samples are missing: holes, what fills them, what is given up. Exactly once, by sample index.

A hole is announced by ``HoleOpened`` and ends by ``HoleClosed``. In between it shrinks as samples come, in any order;
every stretch still missing remembers the moments of its delivered neighbours, so that late times fit between them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.model import Floats, HoleClosed, HoleOpened
from monitor.wearables.interleaving import interleave
from monitor.wearables.sample_clock import Anchor


@dataclass
class Missing:
    """A stretch [first_index, end_index) that is not here yet."""

    first_index: int
    end_index: int
    before: Anchor | None
    after: Anchor | None


@dataclass(frozen=True, slots=True, eq=False)
class Fill:
    """Samples [first_index, first_index + N) that a block brings into a hole."""

    first_index: int
    t_s: Floats
    gap_before_s: float | None
    """Time still missing before them; None at the head of a segment."""


@dataclass
class Hole:
    """One hole of one segment."""

    segment: int
    first_index: int
    end_index: int
    rate_hz: float
    period_s: float
    """Stream seconds a sample, as learned when the hole opened."""
    pace: float
    """Stream seconds a device second, likewise."""
    ready_at_s: float
    """Ask for it no sooner."""
    missing: list[Missing] = field(default_factory=list)
    lost: bool = False
    """At least one sample is gone for good."""
    tries: int = 0
    """Replays in a row that brought nothing."""

    def opened(self) -> HoleOpened:
        """The fact that it is there."""
        return HoleOpened(self.segment, self.first_index, self.end_index)

    def closed(self) -> HoleClosed:
        """The fact that it is over."""
        return HoleClosed(self.segment, self.first_index, self.end_index, filled=not self.lost)

    @property
    def missing_count(self) -> int:
        """Samples still wanted."""
        return sum(part.end_index - part.first_index for part in self.missing)

    def fill(self, first_index: int, end_index: int, device_us: Floats | None) -> list[Fill]:
        """Take what is missing out of [first_index, end_index).

        Parameters
        ----------
        first_index, end_index : the block.
        device_us : (end_index - first_index,) device clock at its samples, where stamped.

        Returns
        -------
        The parts to deliver, in index order.
        """
        fills: list[Fill] = []
        for part in list(self.missing):
            start, stop = max(first_index, part.first_index), min(end_index, part.end_index)
            if start < stop:
                own_us = device_us[start - first_index : stop - first_index] if device_us is not None else None
                fills.append(self._fill_part(part, start, stop, own_us))
        return fills

    def _fill_part(self, part: Missing, start: int, stop: int, device_us: Floats | None) -> Fill:
        times = interleave(start, stop - start, device_us, part.before, part.after, self.period_s, self.pace)
        gap_s = self._gap_before_s(part, start)
        first_us, last_us = self._edge_us(part, start, stop, device_us)
        place = self.missing.index(part)
        self.missing[place : place + 1] = [
            rest
            for rest in (
                Missing(part.first_index, start, part.before, Anchor(start, float(times[0]), first_us)),
                Missing(stop, part.end_index, Anchor(stop - 1, float(times[-1]), last_us), part.after),
            )
            if rest.first_index < rest.end_index
        ]
        return Fill(start, times, gap_s)

    def _edge_us(
        self, part: Missing, start: int, stop: int, device_us: Floats | None
    ) -> tuple[float | None, float | None]:
        """Device clock at the first and last sample; without a stamp counted from a neighbour."""
        if device_us is not None:
            return float(device_us[0]), float(device_us[-1])
        period_us = 1e6 * self.period_s / self.pace
        for anchor in (part.before, part.after):
            if anchor is not None and anchor.device_us is not None:
                first_us = anchor.device_us + (start - anchor.index) * period_us
                return first_us, first_us + (stop - 1 - start) * period_us
        return None, None

    def _gap_before_s(self, part: Missing, start: int) -> float | None:
        if part.before is None or part.before.device_us is None:
            return None
        return (start - 1 - part.before.index) * self.period_s

    def give_up(self, first_index: int, end_index: int) -> None:
        """The device has nothing of [first_index, end_index) any more."""
        wanted = self.missing_count
        self.missing = [
            piece
            for part in self.missing
            for piece in (
                Missing(part.first_index, min(part.end_index, first_index), part.before, part.after),
                Missing(max(part.first_index, end_index), part.end_index, part.before, part.after),
            )
            if piece.first_index < piece.end_index
        ]
        self.lost = self.lost or self.missing_count < wanted
