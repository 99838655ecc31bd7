"""Notifications that come twice: for devices that neither number nor stamp what they send.

BlueZ was seen to deliver every notification twice, at once, after a link that was lost without a stop. But a device at
rest says the same thing again and again, too, and a radio that gathers hands it on at once. So what comes twice is
dropped only as long as nothing comes once.
"""

from __future__ import annotations

from dataclasses import dataclass

AT_ONCE_S = 0.002
PROOF = 4
"""So many notifications running came more than once: all do."""


@dataclass
class Repeats:
    """What came last on one characteristic, and whether all of it comes twice."""

    unclean: bool = False
    """A link was lost without a stop."""
    payload: str = ""
    at_s: float = -1e18
    copies: int = 0
    """How often the newest came, at once; 0: nothing has come on this link."""
    twice: int = 0
    """How many before it, running, came more than once."""

    def lost(self, clean: bool) -> None:
        """The link is gone; ``clean``: after our own stop."""
        self.unclean = self.unclean or not clean
        self.copies, self.twice = 0, PROOF

    def is_repeat(self, payload: bytes, at_s: float) -> bool:
        """Whether a notification is the one before once more."""
        text = payload.hex()
        again = text == self.payload and at_s - self.at_s <= AT_ONCE_S
        if not again and self.copies:
            self.twice = 0 if self.copies == 1 else self.twice + 1
        self.copies = self.copies + 1 if again else 1
        self.payload, self.at_s = text, at_s
        return again and self.unclean and self.twice >= PROOF
