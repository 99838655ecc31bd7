"""What was announced before and is no longer wanted: it is taken back, because retained messages outlive everybody.

A wearer who was removed, another ``mqtt.base``, another way of discovery: Home Assistant would show the old device for
ever. From one message a device to one an entity and back, Home Assistant is first told that its entities move, so that
they keep their names and history (its own recipe: ``migrate_discovery``, then the new messages, then empty old ones).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from monitor.exchange import Message
from monitor.outlets.mqtt.discovery import discovery
from monitor.outlets.mqtt.messages import Topics, Wearer

RETAINED = ("availability", "link", "state", "text", "day", "info", "diagnostics")
"""The topics of a wearer that the broker keeps."""
MOVE = '{"migrate_discovery":true}'


@dataclass(frozen=True, slots=True)
class Announced:
    """How a wearer stands at the broker."""

    node: str
    base: str
    prefix: str
    form: str

    @property
    def places(self) -> tuple[str, ...]:
        """The topics of discovery."""
        of_anybody = Wearer("", self.node)
        return tuple(m.topic for m in discovery(of_anybody, Topics(self.base, self.node), self.form, self.prefix))


class Register(Protocol):
    """Remembers over restarts what was announced."""

    async def note_announced(self, now: Announced) -> None:
        """This is how the wearer stands at the broker now."""
        ...

    async def forget_announced(self, node: str) -> None:
        """Nothing of this wearer stands at the broker any more."""
        ...


class Leftovers:
    """What one connection has to take back, until the broker has acknowledged that it is gone."""

    def __init__(self, now: Announced, known: Iterable[Announced], register: Register | None) -> None:
        """``known`` are the former announcements of this wearer, and of those who are no more."""
        known = list(known)
        self._now, self._register = now, register
        self._own = next((old for old in known if old.node == now.node), None)
        self._strangers = [old for old in known if old.node != now.node]

    @property
    def any(self) -> bool:
        """Something is to be taken back, or to be noted for later."""
        return bool(self._strangers) or self._own != self._now

    def before(self) -> list[Message]:
        """To be said before the new announcements."""
        own, messages = self._own, [word for old in self._strangers for word in farewell(old)]
        if own is None or own == self._now:
            return messages
        if own.base != self._now.base:
            return messages + farewell(own)
        if _moves(own, self._now):
            return messages + [_moving(place) for place in own.places]
        return messages + _emptied(own.places)

    def after(self) -> list[Message]:
        """To be said after them."""
        return _emptied(self._own.places) if self._own is not None and _moves(self._own, self._now) else []

    async def gone(self) -> None:
        """The broker has acknowledged all of it."""
        if self._register is not None:
            for old in self._strangers:
                await self._register.forget_announced(old.node)
            await self._register.note_announced(self._now)
        self._own, self._strangers = self._now, []


def farewell(old: Announced) -> list[Message]:
    """Nothing of this wearer is left at the broker."""
    topics = Topics(old.base, old.node)
    return _emptied(old.places) + _emptied(topics.of(kind) for kind in RETAINED)


def _moves(old: Announced, new: Announced) -> bool:
    """The same entities, told in another way at the same prefix."""
    return (
        old.form != new.form and "off" not in (old.form, new.form) and (old.base, old.prefix) == (new.base, new.prefix)
    )


def _moving(place: str) -> Message:
    # Triggers have no history to keep, and Home Assistant stumbles over moving them.
    return Message(place, "", retain=True) if "/device_automation/" in place else Message(place, MOVE)


def _emptied(topics: Iterable[str]) -> list[Message]:
    return [Message(topic, "", retain=True) for topic in topics]
