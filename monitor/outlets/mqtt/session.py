"""One wearer's life with the broker: announce, tell the state, hear commands, come back after every loss.

Each wearer has a connection of its own, because one connection has one will, and the will is what makes exactly this
wearer's device unavailable. Order on every connect: subscribe, discovery, online, link, state, text; then the outbox.
"""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable

from monitor.diagnostics import Diagnostics
from monitor.events import CommandAnswered
from monitor.exchange import Command, Message, Update
from monitor.outlets.mqtt.client import Connection, connect
from monitor.outlets.mqtt.delivery import Delivery
from monitor.outlets.mqtt.discovery import discovery
from monitor.outlets.mqtt.ear import Ear
from monitor.outlets.mqtt.leftovers import Leftovers
from monitor.outlets.mqtt.messages import Phrasebook
from monitor.outlets.mqtt.remedies import remedy
from monitor.outlets.mqtt.retained import Retained
from monitor.outlets.mqtt.rules import MqttRules
from monitor.outlets.mqtt.signals import Acknowledged, Lost, Received, Refused
from monitor.outlets.mqtt.source import TopicSource

log = logging.getLogger(__name__)

FIRST_DELAY_S, LAST_DELAY_S = 1.0, 60.0
STEADY_S = 30.0
"""A connection that lived this long was a good one: the next loss starts again with the first delay."""
STATE_PAUSE_S = 1.0
"""No more than one state in this time."""
DIAGNOSTICS_EVERY_S = 60.0
UNHEARD = 10
"""With so many messages unacknowledged the state waits: a slow broker gets the newest one, and no queue grows."""
BIRTH_JITTER_S = (0.2, 2.0)
LAST_NEWS_S, LAST_WORD_S = 0.5, 0.3
"""How long a clean end waits for the outbox, and for the broker to have heard that we go."""


class Session:
    """Keeps one wearer's device alive at the broker; a broker that is away is no reason to end."""

    def __init__(
        self,
        rules: MqttRules,
        words: Phrasebook,
        send: Callable[[str, Command], None],
        delivery: Delivery | None,
        leftovers: Leftovers,
    ) -> None:
        self.source: TopicSource | None = None
        """Where the wearer's wearable publishes; set before ``run``."""
        self.diagnose: Callable[[], Awaitable[Diagnostics]] | None = None
        """How well all works; set before ``run``."""
        self._rules, self._words, self._delivery, self._leftovers = rules, words, delivery, leftovers
        self._ear = Ear(rules, words, send, self._publish)
        self._busy_topic = rules.busy_topic_of(words.wearer.name)
        self._client_id = f"{rules.base}-{words.topics.node}-{secrets.token_hex(2)}"
        self._connection: Connection | None = None
        self._stopping = asyncio.Event()
        self._news = asyncio.Event()
        self._greeted = asyncio.Event()
        self._retained = Retained(words)
        self._on_the_way: dict[int, str] = {}
        self._denied: set[str] = set()
        """Topics that the broker has not taken over this connection."""
        self._heard = asyncio.Event()
        self._said: set[str] = set()

    # --- from inside ----------------------------------------------------------------------------------------

    def tell(self, update: Update) -> None:
        """News of this wearer."""
        self._retained.take(update)
        for event in update.events:
            if isinstance(event, CommandAnswered):
                self._ear.answered(event)
        self._news.set()

    def stop(self) -> bool:
        """Ask for a clean end; False where there is no connection to end."""
        self._stopping.set()
        return self._connection is not None

    def describe(self, words: Phrasebook) -> None:
        """More is known of the wearable: tell it where it is new."""
        if words != self._words:
            self._words = words
            self._introduce()

    async def run(self) -> None:
        """Connect, live, and come back, until stopped."""
        delay_s, said = FIRST_DELAY_S, ""
        while not self._stopping.is_set():
            end, lived_s = await self._attempt()
            if self._stopping.is_set():
                return
            if lived_s > STEADY_S:
                delay_s, said = FIRST_DELAY_S, ""
            said = self._explain(end, delay_s, said)
            await asyncio.sleep(delay_s * random.uniform(0.8, 1.0))
            delay_s = min(2 * delay_s, LAST_DELAY_S)

    async def _attempt(self) -> tuple[Refused | Lost, float]:
        """How it ended, and how many seconds the broker had let us in."""
        large = frozenset({self.source.topic} if self.source else ())
        connection = await connect(self._rules, self._client_id, self._words.availability(False), large)
        if not isinstance(connection, Connection):
            return connection, 0.0
        began_s = time.monotonic()
        return await self._live(connection), time.monotonic() - began_s

    def _explain(self, end: Refused | Lost, delay_s: float, said: str) -> str:
        verb = "refuses the connection" if isinstance(end, Refused) else "is away"
        if end.reason != said:
            place, advice = (self._rules.host, self._rules.port), remedy(end)
            told = f"{end.reason}. {advice}" if advice else end.reason
            log.warning("the MQTT broker %s:%d %s: %s; next try in %.0f s", *place, verb, told, delay_s)
        return end.reason

    async def _live(self, connection: Connection) -> Lost:
        self._connection = connection
        self._on_the_way.clear()
        self._denied.clear()
        self._subscribe(connection)
        self._announce()
        try:
            async with asyncio.TaskGroup() as group:
                telling = [
                    group.create_task(self._tell_state(), name="mqtt state"),
                    group.create_task(self._greet_again(), name="mqtt birth"),
                ]
                if self.diagnose is not None:
                    telling.append(group.create_task(self._tell_diagnostics(self.diagnose), name="mqtt diagnostics"))
                tasks = [
                    *telling,
                    group.create_task(self._clear_away(), name="mqtt leftovers"),
                    group.create_task(self._leave_when_asked(connection, telling), name="mqtt leave"),
                ]
                if self._delivery is not None:
                    tasks.append(group.create_task(self._delivery.run(connection), name="mqtt delivery"))
                end = await self._hear(connection)
                for task in tasks:
                    task.cancel()
            return end
        finally:
            self._connection = None
            connection.abandon()

    async def _clear_away(self) -> None:
        if self._leftovers.any:
            wanted = {message.topic for message in self._leftovers.before() + self._leftovers.after()}
            await self._heard_but(0)
            if not wanted & self._denied:
                await self._leftovers.gone()

    async def _leave_when_asked(self, connection: Connection, telling: Iterable[asyncio.Task[None]]) -> None:
        await self._stopping.wait()
        if self._delivery is not None:
            await _at_most(LAST_NEWS_S, self._delivery.drained())
        for task in telling:  # Home Assistant's birth just now must not make us say "online" after "offline"
            task.cancel()
        self._publish_changes()
        if self._retained.link:
            self._publish(self._words.link(False))
        self._publish(self._words.availability(False))
        await _at_most(LAST_WORD_S, self._heard_but(0))
        connection.close()

    async def _heard_but(self, number: int) -> None:
        """Wait until the broker has acknowledged all but so many."""
        while len(self._on_the_way) > number:
            self._heard.clear()
            await self._heard.wait()

    # --- to the broker --------------------------------------------------------------------------------------

    def _subscribe(self, connection: Connection) -> None:
        source = self.source.topic if self.source else ""
        for topic in (self._words.topics.of("cmd/+"), self._rules.birth_topic, self._busy_topic, source):
            if topic:
                self._on_the_way[connection.subscribe(topic)] = topic

    def _announce(self) -> None:
        self._introduce()
        self._publish(self._words.availability(True))
        self._retained.forget()
        self._publish_changes()

    def _introduce(self) -> None:
        words, rules = self._words, self._rules
        news = discovery(words.wearer, words.topics, rules.discovery, rules.discovery_prefix)
        for message in self._leftovers.before() + news + self._leftovers.after():
            self._publish(message)
        self._publish(words.info())

    async def _tell_state(self) -> None:
        while True:
            await asyncio.sleep(STATE_PAUSE_S if self._retained.has_state else 0.0)
            await self._news.wait()
            await self._heard_but(UNHEARD)
            self._news.clear()
            self._publish_changes()

    async def _tell_diagnostics(self, diagnose: Callable[[], Awaitable[Diagnostics]]) -> None:
        while True:
            await self._heard_but(UNHEARD)
            self._publish(self._words.diagnostics(await diagnose()))
            await asyncio.sleep(DIAGNOSTICS_EVERY_S)

    def _publish_changes(self) -> None:
        for message in self._retained.changes():
            self._publish(message)

    def _publish(self, message: Message, correlation: bytes | None = None) -> None:
        if self._connection is not None:
            number = self._connection.publish(message, correlation=correlation)
            if message.qos:
                self._on_the_way[number] = message.topic

    # --- from the broker ------------------------------------------------------------------------------------

    async def _hear(self, connection: Connection) -> Lost:
        while True:
            match await connection.signals.get():
                case Lost() as end:
                    return end
                case Acknowledged() as answer:
                    await self._acknowledged(answer)
                case Received() as received if self.source is not None and received.topic == self.source.topic:
                    self.source.take(received)
                case Received() as received if received.topic == self._rules.birth_topic:
                    if received.payload == b"online" and not received.retain:
                        self._greeted.set()
                case Received() as received if received.topic == self._busy_topic:
                    self._ear.busy(received)
                case Received() as received:
                    self._ear.command(received)
                case _:
                    pass

    async def _greet_again(self) -> None:
        self._greeted.clear()
        while True:
            await self._greeted.wait()
            # All daemons of a house hear the same birth: the jitter keeps them from answering in one breath.
            await asyncio.sleep(random.uniform(*BIRTH_JITTER_S))
            self._greeted.clear()
            self._announce()

    async def _acknowledged(self, answer: Acknowledged) -> None:
        if self._delivery is not None and await self._delivery.settle(answer):
            return
        topic = self._on_the_way.pop(answer.number, "")
        self._heard.set()
        if answer.failure:
            self._denied.add(topic)
        if answer.later:
            self._retained.forget()  # told again with the next news
        elif answer.failure:
            self._say_once(f"the MQTT broker denies {topic}: {answer.failure}; look at its access list")

    def _say_once(self, words: str) -> None:
        if words not in self._said:
            self._said.add(words)
            log.warning(words)


async def _at_most(limit_s: float, work: Awaitable[None]) -> None:
    try:
        async with asyncio.timeout(limit_s):
            await work
    except TimeoutError:
        log.debug("not all was acknowledged within %.1f s", limit_s)
