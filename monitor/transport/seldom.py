"""What is said again and again is logged once in a while."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass
class Seldom:
    """Lets the same words through once in ``every_s`` seconds of wall time."""

    every_s: float
    words: str = ""
    next_s: float = 0.0

    def lets(self, words: str) -> bool:
        """Whether these may be said now."""
        now_s = time.monotonic()
        if words == self.words and now_s < self.next_s:
            return False
        self.words, self.next_s = words, now_s + self.every_s
        return True
