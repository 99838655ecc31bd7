"""What brings the samples: a link for each wearer, and the radio that they share, where any of them needs one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from monitor.clock import Clock
from monitor.live import LiveWearer
from monitor.settings.sections import Settings
from monitor.transport.listener import Advertisements, Listener, Source
from monitor.transport.supervisor import Supervisor
from monitor.wearables.base import Reach, Resume

if TYPE_CHECKING:
    from monitor.transport.radio import Radio
    from monitor.transport.scanner import DeviceMatch, Scanner


class Links:
    """Makes each wearer's link. A phone publishes to the broker: for it alone, nothing of Bluetooth is loaded."""

    def __init__(self, settings: Settings, clock: Clock, topic_of: Callable[[str], Source]) -> None:
        """``topic_of`` gives the source of a wearer whose wearable publishes over MQTT."""
        self._settings, self._clock, self._topic_of = settings, clock, topic_of
        self._air: tuple[Radio, Scanner] | None = None

    def link(self, live: LiveWearer, resume: Resume | None, known: str) -> Supervisor:
        """What keeps the stream up: a connection, or an ear for a wearable that only tells.

        ``known`` is the wearable used in the last run, as ``live.wearable_kept`` told it.
        """
        common: dict[str, Any] = {
            "name": live.wearer,
            "driver": live.intake,
            "clock": self._clock,
            "deliver": live.deliver,
            "resume": resume,
        }
        if live.intake.REACH is Reach.LINK:
            return self._connection(live, known, common)
        source = self._topic_of(live.wearer) if live.intake.REACH is Reach.TOPIC else self._advertisements(live)
        return Listener(source=source, rules=self._settings.radio, **common)

    async def run(self) -> None:
        """Scan while a wearable is missed, until cancelled."""
        if self._air is not None:
            await self._air[1].run()

    async def close(self) -> None:
        """Give the radio back."""
        if self._air is not None:
            await self._air[0].close()

    def _connection(self, live: LiveWearer, known: str, common: dict[str, Any]) -> Supervisor:
        from monitor.transport.ble import Link

        radio, scanner = self._shared()
        link = Link(match=self._match(live.wearer), radio=radio, scanner=scanner, known=known, **common)
        live.wearable_kept = lambda: link.kept
        return link

    def _advertisements(self, live: LiveWearer) -> Source:
        return Advertisements(self._match(live.wearer), live.intake, *self._shared())

    def _match(self, wearer: str) -> DeviceMatch:
        from monitor.transport.scanner import DeviceMatch

        plan = self._settings.wearers[wearer]
        return DeviceMatch(address=plan.address or None, name=plan.name or None)

    def _shared(self) -> tuple[Radio, Scanner]:
        from monitor.transport.radio import Radio
        from monitor.transport.scanner import Scanner

        if self._air is None:
            radio = Radio(self._settings.radio)
            self._air = radio, Scanner(radio)
        return self._air
