"""The MQTT outlet as the daemon runs it: events are stored first, then told."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from monitor.clock import Clock
from monitor.diagnostics import Gauges
from monitor.event_ids import event_id
from monitor.events import BreakDue, Event, Suggestion
from monitor.exchange import Command, Update, WearerState
from monitor.outlets.mqtt.messages import Wearer
from monitor.outlets.mqtt.outlet import MqttOutlet
from monitor.outlets.mqtt.rules import MqttRules
from monitor.rules import check
from tests.support.outboxes import Feed, MemoryOutbox, MemoryRegister

ME = Wearer("me", "a1b2c3", model="DeskBand")
HIPS = Suggestion(
    exercise_id="standing_hip_flexion",
    title="Standing hip flexion",
    dose="10-12 per side",
    how="Hold on to the desk and lift one knee to hip height.",
    side="left first",
    easier="Lift lower.",
    why="Opens the hips.",
    verifiable="repetitions",
)


def break_due(at_s: float, repeat: int = 0, **changed: Any) -> BreakDue:
    """A call to stand up after 30 minutes."""
    return dataclasses.replace(
        BreakDue(
            id=event_id(at_s, "break_due", repeat),
            at_s=at_s,
            alert_id=event_id(at_s, "alert"),
            bout_id=event_id(at_s - 1800, "bout"),
            bout_start_s=at_s - 1800,
            due_s=at_s,
            sedentary_s=1800.0,
            limit_s=1800.0,
            repeat=repeat,
            level=1,
            confidence=0.93,
            why_now="repeat" if repeat else "limit",
            clears="60 s upright",
            title="Time to stand up",
            message="Seated for 30 minutes. Fancy 10 knee lifts?",
            exercise=HIPS,
            expires_s=at_s + 600,
        ),
        **changed,
    )


@contextmanager
def logged(words: str) -> Iterator[asyncio.Event]:
    """An event that is set once the session has logged these words."""
    said = asyncio.Event()
    logger = logging.getLogger("monitor.outlets.mqtt.session")

    class Watch(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if words in record.getMessage():
                said.set()

    watch = Watch()
    logger.addHandler(watch)
    try:
        yield said
    finally:
        logger.removeHandler(watch)


def rules_at(port: int, **more: Any) -> MqttRules:
    """The settings for a broker on loopback."""
    return check(MqttRules, {"host": "127.0.0.1", "port": port, **more})


def outlet_of(rules: MqttRules) -> MqttOutlet:
    """An outlet that nobody runs, for one wearer."""
    return MqttOutlet(rules, [ME], MemoryOutbox(), lambda *_: None, Clock())


class LivingOutlet:
    """``async with LivingOutlet(port) as daemon: daemon.tell(event)``."""

    def __init__(
        self,
        port: int,
        wearers: Sequence[Wearer] = (ME,),
        outbox: MemoryOutbox | None = None,
        register: MemoryRegister | None = None,
        gauges: Gauges | None = None,
        **rules: Any,
    ) -> None:
        self.outbox = outbox or MemoryOutbox()
        self.feed = Feed()
        self.commands: list[tuple[str, Command]] = []
        self.asked = asyncio.Event()
        self.clock = Clock()
        self.outlet = MqttOutlet(
            rules_at(port, **rules),
            wearers,
            self.outbox,
            self._keep,
            self.clock,
            known=list(register.rows.values()) if register else (),
            register=register,
            gauges=gauges,
        )
        self.state = WearerState(at_s=self.clock.now_s(), posture="sitting", sedentary=True, link_fresh=True)

    def _keep(self, wearer: str, command: Command) -> None:
        self.commands.append((wearer, command))
        self.asked.set()

    def tell(self, *events: Event, wearer: str = "me", **changes: Any) -> None:
        """Store what is durable, then tell, as ``app`` does."""
        self.state = dataclasses.replace(self.state, at_s=self.clock.now_s(), **changes)
        update = Update(wearer, events, self.state)
        self.outbox.add(self.outlet.durable(update))
        self.feed.put(update)

    async def command(self) -> Command:
        """The next command that comes in."""
        async with asyncio.timeout(5):
            await self.asked.wait()
        self.asked.clear()
        return self.commands[-1][1]

    async def __aenter__(self) -> LivingOutlet:
        self._task = asyncio.create_task(self.outlet.run(aiter(self.feed)), name="outlet under test")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.end()

    async def end(self) -> None:
        """As at Ctrl-C."""
        self._task.cancel()
        await asyncio.wait([self._task])
        if not self._task.cancelled():
            self._task.result()
