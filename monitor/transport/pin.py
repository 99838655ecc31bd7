"""Which of those that fit is ours: the address from the settings, else the one that has proved to be it.

Anybody can give a device any name, and a kind of wearable is sold a thousand times. So a name, or a kind, finds a
wearable once; from then on its address is looked for, over restarts too, and another one is taken only when ours has
been away for ``radio.hold_s``. That change is said loudly, because it is either a new wearable or somebody else's.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from monitor.transport.scanner import DeviceMatch, Sighting

SAID_AT_MOST = 20
"""So many strangers are mentioned, and then no more: who wants to fill a log need only change their address."""

_log = logging.getLogger(__name__)


class Pin:
    """One wearer's wearable among its likes."""

    def __init__(self, wearer: str, match: DeviceMatch, known: str = "") -> None:
        """``known`` is what ``kept`` said at the end of the last run."""
        self._wearer, self._match = wearer, match
        called, bar, address = known.rpartition("|")
        self._address = address if bar and called == (match.name or "") and not match.address else ""
        self._said: set[str] = set()

    @property
    def kept(self) -> str:
        """What to remember for the next run; worthless there if the settings have changed meanwhile."""
        return f"{self._match.name or ''}|{self._address}" if self._address else ""

    @property
    def only(self) -> DeviceMatch | None:
        """Ours and no other; None while any that fits will do."""
        return replace(self._match, address=self._address) if self._address else None

    def overheard(self, sighting: Sighting) -> None:
        """Somebody was heard while ours is looked for: one that fits as well, or bears its name, is mentioned once."""
        ours = self._match.address or self._address
        if not ours or sighting.address.casefold() == ours.casefold() or sighting.address in self._said:
            return
        if not replace(self._match, address=None).fits(sighting) or len(self._said) >= SAID_AT_MOST:
            return
        self._said.add(sighting.address)
        if self._match.name:
            facts = self._wearer, sighting.address, self._match.name, ours
            _log.warning("%s: %s calls itself %r, but ours is %s: it is left alone", *facts)
        elif not self._match.address:
            _log.info("%s: %s is of the same kind, but ours is %s", self._wearer, sighting.address, ours)

    def taken(self, address: str) -> str:
        """This one has streamed: it is ours from now on. In words, if that is a change."""
        if self._match.address or address == self._address:
            return ""
        before, self._address = self._address, address
        if not before:
            return ""
        called = f"named {self._match.name!r}" if self._match.name else "of its kind"
        change = (
            f"another wearable {called} is used now: {address} instead of {before}, which was away."
            f" If that is wrong, set wearers.{self._wearer}.address to the right one"
        )
        _log.warning("%s: %s", self._wearer, change)
        return change
