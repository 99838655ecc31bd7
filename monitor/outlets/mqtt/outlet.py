"""The MQTT outlet: one session a wearer, one outbox for all."""

from __future__ import annotations

import asyncio
import secrets
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from functools import partial
from ipaddress import ip_address
from logging import getLogger
from typing import ClassVar

from monitor.clock import Clock
from monitor.diagnostics import Gauges
from monitor.errors import MonitorError
from monitor.exchange import Command, Message, Update
from monitor.logs import of_wearer
from monitor.outlets.base import Outbox
from monitor.outlets.mqtt.certificates import refused_by_broker
from monitor.outlets.mqtt.client import BrokerRefused, Connection, connect
from monitor.outlets.mqtt.delivery import Delivery
from monitor.outlets.mqtt.leftovers import Announced, Leftovers, Register
from monitor.outlets.mqtt.messages import Phrasebook, Topics, Wearer
from monitor.outlets.mqtt.remedies import NOT_AUTHORISED, remedy
from monitor.outlets.mqtt.rules import MqttRules
from monitor.outlets.mqtt.session import Session
from monitor.outlets.mqtt.signals import Lost, Refused
from monitor.outlets.mqtt.source import TopicSource

log = getLogger(__name__)

PROBE_S = 6.0
CLOSE_S = 1.0


class MqttOutlet:
    """Tells the broker about all wearers, and hands on what it is asked.

    The outbox holds the rows of all wearers and is carried by the first wearer's connection, so that its order is kept.
    """

    NAME: ClassVar[str] = "mqtt"

    def __init__(
        self,
        rules: MqttRules,
        wearers: Sequence[Wearer],
        outbox: Outbox,
        send: Callable[[str, Command], None],
        clock: Clock,
        known: Sequence[Announced] = (),
        register: Register | None = None,
        gauges: Gauges | None = None,
    ) -> None:
        """``known`` is what stands at the broker of earlier runs; what becomes of it is told to the register.

        ``gauges`` are told once a minute, and what the broker has acknowledged is told to them.
        """
        self._rules = rules
        self._words = {
            wearer.name: Phrasebook(wearer, Topics(rules.base, wearer.node), rules.event_expiry_s, clock.speed)
            for wearer in wearers
        }
        delivery = Delivery(outbox, clock, gauges.acknowledged) if gauges else Delivery(outbox, clock)
        nodes = {wearer.node for wearer in wearers}
        self._sessions: dict[str, Session] = {}
        for name, words in self._words.items():
            node = words.topics.node
            is_first = not self._sessions  # it clears up after those who are no more, too
            now = Announced(node, rules.base, rules.discovery_prefix, rules.discovery)
            before = [old for old in known if old.node == node or (is_first and old.node not in nodes)]
            leftovers = Leftovers(now, before, register)
            self._sessions[name] = Session(rules, words, send, delivery if is_first else None, leftovers)
            if gauges:
                self._sessions[name].diagnose = partial(gauges.read, name)

    def describe(self, wearer: Wearer) -> None:
        """The wearable has said more of itself (model, firmware): discovery and ``info`` are told anew."""
        self._words[wearer.name] = words = replace(self._words[wearer.name], wearer=wearer)
        self._sessions[wearer.name].describe(words)

    def source(self, wearer: str, topic: str) -> TopicSource:
        """A topic on which this wearer's wearable publishes; to be asked for before the start."""
        source = self._sessions[wearer].source = TopicSource(topic)
        return source

    def durable(self, update: Update) -> list[Message]:
        """Alerts, the log and the day: they reach the broker even over a crash."""
        words = self._words.get(update.wearer)
        return [message for event in update.events for message in words.news(event)] if words else []

    async def probe(self) -> None:
        """Try the broker once before the start: raise where it refuses us, keep quiet where it is merely away."""
        if not _is_local(self._rules.host):
            self._warn()
        try:
            async with asyncio.timeout(PROBE_S):
                answer = await connect(self._rules, f"{self._rules.base}-probe-{secrets.token_hex(3)}")
        except TimeoutError:
            return
        if isinstance(answer, Connection):
            answer.close()
            return
        raise_if_hopeless(self._rules, answer)

    def _warn(self) -> None:
        """Beyond this computer others may listen in."""
        rules = self._rules
        if not rules.username and not rules.client_cert_file:
            log.warning("the MQTT broker %s is used without a password: anybody there can read this", rules.host)
        if rules.tls == "off":
            log.warning(
                "mqtt.tls is off: what you do%s crosses the network to %s readably",
                *(" and the password" if rules.username else "", rules.host),
            )

    async def run(self, updates: AsyncIterator[Update]) -> None:
        """Live until cancelled; the end is clean: what is stored goes out, then ``offline``, within a second."""
        async with asyncio.TaskGroup() as group:
            tasks = {}
            for name, session in self._sessions.items():
                with of_wearer(name):
                    tasks[name] = group.create_task(session.run(), name=f"mqtt {name}")
            try:
                async for update in updates:
                    if update.wearer in self._sessions:
                        self._sessions[update.wearer].tell(update)
            finally:
                await self._leave(tasks)

    async def _leave(self, tasks: dict[str, asyncio.Task[None]]) -> None:
        for name, session in self._sessions.items():
            if not session.stop():
                tasks[name].cancel()
        _, late = await asyncio.wait(tasks.values(), timeout=CLOSE_S)
        for task in late:
            task.cancel()


def raise_if_hopeless(rules: MqttRules, answer: Refused | Lost) -> None:
    """Raise with the remedy where waiting would not help."""
    if isinstance(answer, Lost) and isinstance(answer.problem, MonitorError):
        raise answer.problem
    problem = answer.problem if isinstance(answer, Lost) else None
    untrusted = isinstance(problem, ssl.SSLCertVerificationError) or refused_by_broker(problem)
    if untrusted or (isinstance(answer, Refused) and answer.code in NOT_AUTHORISED):
        raise BrokerRefused(rules.host, rules.port, answer.reason, remedy(answer))


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
