"""From settings to the outlets: each gets what it needs, and is loaded only where it is asked for."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.assembly.wearer import ways
from monitor.civil import zone_named
from monitor.clock import Clock
from monitor.exchange import Command
from monitor.gauges import WearersGauges
from monitor.history import HISTORY_FILE
from monitor.history.outbox import History
from monitor.model import Nudge, WearableFacts
from monitor.outlets.base import Outlet
from monitor.outlets.mqtt.messages import Wearer
from monitor.settings.faults import SettingsError
from monitor.settings.sections import Settings
from monitor.transport.listener import Source
from monitor.words import words

if TYPE_CHECKING:
    from monitor.outlets.mqtt.outlet import MqttOutlet

_log = logging.getLogger(__name__)


@dataclass
class OutletAssembly:
    """Builds the configured outlets, and knows the one for MQTT, which also hears."""

    settings: Settings
    state_dir: Path
    clock: Clock
    history: History
    gauges: WearersGauges
    send: Callable[[str, Command], None]
    """Takes what a wearer wants, from whatever surface."""
    nudge: Callable[[str, Nudge], None]
    """Buzzes a wearable."""
    nodes: Mapping[str, str]
    """The wearers' names in topics where they shall not be random."""
    mqtt: MqttOutlet | None = None
    told: dict[str, Wearer] = field(default_factory=dict)
    """The wearers as the broker knows them."""

    async def build(self, own: Sequence[Outlet] = ()) -> dict[str, Outlet]:
        """All that are enabled, beside those that are there already."""
        outlets: list[Outlet] = [*own, self._buzz()]
        if self.settings.mqtt.enabled:
            outlets.append(await self._mqtt())
        if self.settings.push.enabled:
            outlets.append(self._push())
        if self.settings.web.enabled:
            outlets.append(self._web())
        if self.settings.metrics.enabled:
            outlets.append(self._metrics())
        return {outlet.NAME: outlet for outlet in outlets}

    def describe(self, wearer: str, facts: WearableFacts) -> None:
        """The wearable has said what it is."""
        if self.mqtt is not None:
            self.mqtt.describe(replace(self.told[wearer], model=facts.model, firmware=facts.firmware))

    def topic_of(self, wearer: str) -> Source:
        """Where a wearable that publishes over MQTT is heard. Raises SettingsError where there is no broker."""
        kind = self.settings.wearers[wearer].wearable
        if self.mqtt is None:
            wanted = f'wearable = "{kind}" publishes over MQTT: set mqtt.host to the broker it publishes to'
            raise SettingsError("settings", f"[wearers.{wearer}]", wanted)
        return self.mqtt.source(wearer, self.settings.rules_of(kind).topic_of(wearer))

    @property
    def _languages(self) -> dict[str, str]:
        return {name: self.settings.coach_of(name).language for name in self.settings.wearers}

    # --- one after the other --------------------------------------------------------------------------------

    def _buzz(self) -> Outlet:
        from monitor.outlets.wearable import WearableOutlet

        return WearableOutlet(self.nudge, self.clock, self.settings.buzz, self._languages)

    async def _mqtt(self) -> Outlet:
        from monitor.outlets.mqtt.client import BrokerRefused
        from monitor.outlets.mqtt.outlet import MqttOutlet

        self.told = {name: await self._wearer(name) for name in self.settings.wearers}
        known = await self.history.announced()
        self.mqtt = MqttOutlet(
            self.settings.mqtt,
            list(self.told.values()),
            self.history.outbox(MqttOutlet.NAME),
            self.send,
            self.clock,
            known=known,
            register=self.history,
            gauges=self.gauges,
        )
        try:
            await self.mqtt.probe()
        except BrokerRefused as refusal:
            if not known:
                raise
            _log.error("%s; what is to be told is kept until it lets us in", refusal)  # sensing goes on meanwhile
        return self.mqtt

    async def _wearer(self, name: str) -> Wearer:
        return Wearer(
            name,
            self.nodes.get(name) or await self.history.node_id(name),
            self.settings.wearers[name].label,
            settings_hash=self.settings.digest,
            language=self.settings.coach_of(name).language,
        )

    def _push(self) -> Outlet:
        from monitor.outlets.push import PushOutlet

        box = self.history.outbox(PushOutlet.NAME)
        wearers = list(self.settings.wearers)
        return PushOutlet(self.settings.push, wearers, box, self.clock, self.history, self._languages)

    def _web(self) -> Outlet:
        from monitor.web.desk import Person
        from monitor.web.server import WebOutlet

        persons = {}
        for name in self.settings.wearers:
            coach = self.settings.coach_of(name)
            told = ways(self.settings, name, self.state_dir / HISTORY_FILE)
            persons[name] = Person(name, words(coach.language), zone_named(coach.time_zone), coach.snooze_min, told)
        return WebOutlet(self.settings.web, persons, self.state_dir, self.send, self.clock.now_s)

    def _metrics(self) -> Outlet:
        from monitor.outlets.metrics import MetricsOutlet

        return MetricsOutlet(self.settings.metrics, list(self.settings.wearers), self.gauges)
