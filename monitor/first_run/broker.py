"""Whether an MQTT broker lets us in, carries a message to and fro, and whether Home Assistant listens there."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from monitor.exchange import Message
from monitor.outlets.mqtt.client import Connection, connect
from monitor.outlets.mqtt.remedies import remedy
from monitor.outlets.mqtt.rules import MqttRules
from monitor.outlets.mqtt.signals import Acknowledged, Lost, Received, Refused, Signal

ANSWER_LIMIT_S = 5.0
"""Wall seconds for a message to come back."""

Listens = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class BrokerReport:
    """What was found."""

    problem: str = ""
    """Why it cannot be used; empty where it can."""
    round_trip_s: float = 0.0
    home_assistant: Listens = "unknown"
    """Whether somebody listens to the discovery topics: ``unknown`` where the broker does not tell."""

    @property
    def works(self) -> bool:
        """A message has come back."""
        return not self.problem


async def try_broker(rules: MqttRules) -> BrokerReport:
    """Connect, publish, hear it again, and look for Home Assistant; never raises for what a broker does."""
    connection = await connect(rules, f"sitbreak-setup-{secrets.token_hex(4)}")
    if isinstance(connection, Refused | Lost):
        return BrokerReport(f"{connection.reason}. {remedy(connection)}".strip())
    try:
        async with asyncio.timeout(4 * ANSWER_LIMIT_S):
            return await Trial(connection, rules).run()
    except TimeoutError:
        return BrokerReport("the broker does not answer")
    finally:
        connection.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                while not isinstance(await connection.signals.get(), Lost):
                    pass


class Trial:
    """One connection under trial."""

    def __init__(self, connection: Connection, rules: MqttRules) -> None:
        self._connection, self._rules = connection, rules
        self._born = False
        """Home Assistant's birth message was kept, and has come."""

    async def run(self) -> BrokerReport:
        """A message there and back, then Home Assistant."""
        # Below our own base: that is what an access list allows us
        topic, token = f"{self._rules.base}/setup-{secrets.token_hex(4)}/trial", secrets.token_hex(8)
        if failure := (await self._answer(self._connection.subscribe(topic))).failure:
            return BrokerReport(f"may not subscribe to {topic} ({failure})")
        loop = asyncio.get_running_loop()
        sent_s = loop.time()
        self._connection.publish(Message(topic, token))
        try:
            async with asyncio.timeout(ANSWER_LIMIT_S):
                if problem := await self._heard_again(topic, token):
                    return BrokerReport(problem)
        except TimeoutError:
            return BrokerReport(f"nothing published to {topic} comes back: its access list may forbid it")
        return BrokerReport("", loop.time() - sent_s, await self._home_assistant())

    async def _heard_again(self, topic: str, token: str) -> str:
        while True:
            signal = await self._next()
            if isinstance(signal, Received) and signal.payload == token.encode():
                return ""
            if isinstance(signal, Lost):
                return signal.reason
            if isinstance(signal, Acknowledged) and signal.failure:
                return f"may not publish to {topic} ({signal.failure})"

    async def _home_assistant(self) -> Listens:
        """Home Assistant is there if it has left its birth message, or if its discovery topics have a subscriber.

        Its birth message is not kept by the broker unless somebody has set it so; but a broker of MQTT 5 says of each
        message whether anybody has subscribed to its topic (reason 0x10, MQTT 5.0, 3.4.2.1). Whether this one does
        say so is tried on a topic that nobody knows. The message itself is empty and not kept: it announces nothing.
        """
        rules = self._rules
        await self._answer(self._connection.subscribe(rules.birth_topic))  # what is kept comes before the next answers
        nobody = await self._published(f"{rules.base}/setup-{secrets.token_hex(4)}/nobody")
        somebody = await self._published(f"{rules.discovery_prefix}/sensor/sitbreak_setup/config")
        if self._born:
            return "yes"
        if nobody.failure or somebody.failure or not nobody.unheard:
            return "unknown"
        return "no" if somebody.unheard else "yes"

    async def _published(self, topic: str) -> Acknowledged:
        return await self._answer(self._connection.publish(Message(topic, "")))

    async def _answer(self, number: int) -> Acknowledged:
        while True:
            signal = await self._next()
            if isinstance(signal, Acknowledged) and signal.number == number:
                return signal
            if isinstance(signal, Lost):
                return Acknowledged(number, signal.reason)

    async def _next(self) -> Signal:
        signal = await self._connection.signals.get()
        if isinstance(signal, Received) and signal.topic == self._rules.birth_topic:
            self._born = signal.payload == b"online"
        return signal
