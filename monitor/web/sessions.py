"""Who is logged in, and who has tried too often; time is handed in."""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address, ip_network

EVERYBODY = ""
"""Whose sessions see every wearer, in place of a wearer's name."""

FREE_TRIES = 3
"""Wrong passwords that cost no time: people mistype."""
FIRST_WAIT_S, LONGEST_WAIT_S = 2.0, 300.0
"""After each further one the wait doubles (NIST SP 800-63B, 5.2.2, asks for growing waits)."""
FREE_OF_ALL, LONGEST_OF_ALL_S = 100, 10.0
"""The same for all together: many addresses guess no faster than this, and still nobody is locked out for long."""
REMEMBERED = 1024
"""Sessions, and those with wrong tries, that are kept; the oldest go first."""


@dataclass(frozen=True)
class Visit:
    """A browser that has been let in, as the page sees it."""

    whose: str
    """The wearer who logged in, or ``EVERYBODY``."""
    lasts: Callable[[], bool]
    """Whether it still may stay: a page stays open longer than a session."""

    def sees(self, names: Iterable[str]) -> list[str]:
        """Those of the wearers whom it may see and answer for."""
        return [name for name in names if self.whose in (EVERYBODY, name)]


class Sessions:
    """Tokens of logged-in browsers; only their hashes are kept."""

    def __init__(self, lasts_s: float) -> None:
        self.lasts_s = lasts_s
        self._kept: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def begin(self, now_s: float, whose: str = EVERYBODY) -> str:
        """A new token for a browser."""
        token = secrets.token_urlsafe(32)
        self._kept[_digest(token)] = (whose, now_s + self.lasts_s)
        while len(self._kept) > REMEMBERED:
            self._kept.popitem(last=False)
        return token

    def whose(self, token: str, now_s: float) -> str | None:
        """Who the token lets in; None where nobody."""
        whose, until_s = self._kept.get(_digest(token), ("", now_s))
        return whose if now_s < until_s else None

    def end(self, token: str) -> None:
        """Log the browser out."""
        self._kept.pop(_digest(token), None)


class Tries:
    """Wrong passwords by who tried them: when the free ones are used up, each one doubles the wait."""

    def __init__(self, free: int = FREE_TRIES, longest_s: float = LONGEST_WAIT_S) -> None:
        self._free, self._longest_s = free, longest_s
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def wait_s(self, who: str, now_s: float) -> float:
        """How long this one has to wait for the next try; 0 if they need not."""
        count, last_s = self._wrong.get(who, (0, now_s))
        if count < self._free:
            return 0.0
        pause_s = min(self._longest_s, FIRST_WAIT_S * 2.0 ** min(count - self._free, 16))
        return max(0.0, last_s + pause_s - now_s)

    def wrong(self, who: str, now_s: float) -> None:
        """They have given a wrong password."""
        count, _ = self._wrong.pop(who, (0, now_s))
        self._wrong[who] = (count + 1, now_s)
        while len(self._wrong) > REMEMBERED:
            self._wrong.popitem(last=False)

    def right(self, who: str) -> None:
        """They have given the password."""
        self._wrong.pop(who, None)


def neighbourhood(address: str) -> str:
    """Where an address belongs: itself, or the /64 that an IPv6 host has to itself (RFC 6177) and changes within."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
