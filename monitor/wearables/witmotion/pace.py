"""How many samples a second come: for a device that does not say."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

LONGEST_PAUSE_S = 10.0
"""A longer silence is no pace: count anew. Where time runs 60 times as fast, packets lie 3 s apart and more."""


@dataclass
class Pace:
    """Samples counted over some seconds of arrivals."""

    least_s: float = 5.0
    """Counted for so long before anything is said."""
    least_packets: int = 5
    first_s: float = 0.0
    newest_s: float = 0.0
    packets: int = 0
    samples: int = 0
    """Since the first packet, without its own."""

    def heard(self, count: int, at_s: float) -> None:
        """Some samples came."""
        if not self.packets or abs(at_s - self.newest_s) > LONGEST_PAUSE_S:
            self.forget()
            self.first_s = at_s
        else:
            self.samples += count
        self.newest_s = at_s
        self.packets += 1

    def forget(self) -> None:
        """Count anew."""
        self.packets = self.samples = 0

    def measured_hz(self, rates_hz: list[int]) -> int | None:
        """The nearest of some rates, once enough was counted; then it is counted anew."""
        spanned_s = self.newest_s - self.first_s
        if self.packets < self.least_packets or spanned_s < self.least_s:
            return None
        rate_hz = self.samples / spanned_s
        self.forget()
        return min(rates_hz, key=lambda each: abs(log(each / rate_hz)))
