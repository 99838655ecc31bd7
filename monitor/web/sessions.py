"""Who is logged in, and who has tried too often; time is handed in."""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict

FREE_TRIES = 3
"""Wrong passwords that cost no time: people mistype."""
FIRST_WAIT_S, LONGEST_WAIT_S = 2.0, 300.0
"""After each further one the wait doubles (NIST SP 800-63B, 5.2.2, asks for growing waits)."""
REMEMBERED = 1024
"""Sessions, and addresses with wrong tries, that are kept; the oldest go first."""


class Sessions:
    """Tokens of logged-in browsers; only their hashes are kept."""

    def __init__(self, lasts_s: float) -> None:
        self.lasts_s = lasts_s
        self._until_s: OrderedDict[str, float] = OrderedDict()

    def begin(self, now_s: float) -> str:
        """A new token for a browser."""
        token = secrets.token_urlsafe(32)
        self._until_s[_digest(token)] = now_s + self.lasts_s
        while len(self._until_s) > REMEMBERED:
            self._until_s.popitem(last=False)
        return token

    def holds(self, token: str, now_s: float) -> bool:
        """Whether the token lets its bearer in."""
        return now_s < self._until_s.get(_digest(token), now_s)

    def end(self, token: str) -> None:
        """Log the browser out."""
        self._until_s.pop(_digest(token), None)


class Tries:
    """Wrong passwords by address: from the fourth on, each one doubles the wait."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait_s(self, address: str, now_s: float) -> float:
        """How long this address has to wait for its next try; 0 if it need not."""
        count, last_s = self._wrong.get(address, (0, now_s))
        if count < FREE_TRIES:
            return 0.0
        pause_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(count - FREE_TRIES, 16))
        return max(0.0, last_s + pause_s - now_s)

    def wrong(self, address: str, now_s: float) -> None:
        """The address has given a wrong password."""
        count, _ = self._wrong.pop(address, (0, now_s))
        self._wrong[address] = (count + 1, now_s)
        while len(self._wrong) > REMEMBERED:
            self._wrong.popitem(last=False)

    def right(self, address: str) -> None:
        """The address has given the password."""
        self._wrong.pop(address, None)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
