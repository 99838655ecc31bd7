"""Whether an MQTT broker lets us in, carries a message to and fro, and whether Home Assistant listens there."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from monitor.events import Message
from monitor.outlets.mqtt.client import Connection, connect
from monitor.outlets.mqtt.rules import MqttRules
from monitor.outlets.mqtt.signals import Acknowledged, Lost, Received, Refused

ANSWER_LIMIT_S = 5.0
"""Wall seconds for a message to come back, and for what the broker has kept to arrive."""
KEPT_LIMIT_S = 1.0

Listens = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class BrokerReport:
    """What was found."""

    problem: str = ""
    """Why it cannot be used; empty where it can."""
    protocol: str = ""
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
        return BrokerReport(connection.reason)
    try:
        async with asyncio.timeout(4 * ANSWER_LIMIT_S):
            return await _tried(connection, rules)
    except TimeoutError:
        return BrokerReport("the broker does not answer")
    finally:
        connection.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                while not isinstance(await connection.signals.get(), Lost):
                    pass


async def _tried(connection: Connection, rules: MqttRules) -> BrokerReport:
    # Below our own base: that is what an access list allows us
    topic, token = f"{rules.base}/setup-{secrets.token_hex(4)}/trial", secrets.token_hex(8)
    if failure := await _acknowledged(connection, connection.subscribe(topic)):
        return BrokerReport(f"may not subscribe to {topic} ({failure.failure})")
    loop = asyncio.get_running_loop()
    sent_s = loop.time()
    connection.publish(Message(topic, token))
    try:
        async with asyncio.timeout(ANSWER_LIMIT_S):
            while True:
                signal = await connection.signals.get()
                if isinstance(signal, Received) and signal.payload.decode(errors="replace") == token:
                    break
                if isinstance(signal, Lost):
                    return BrokerReport(signal.reason)
                if isinstance(signal, Acknowledged) and signal.failure:
                    return BrokerReport(f"may not publish to {topic} ({signal.failure})")
    except TimeoutError:
        return BrokerReport(f"nothing published to {topic} comes back: the broker's access list may forbid it")
    round_trip_s = loop.time() - sent_s
    return BrokerReport("", "", round_trip_s, await _home_assistant(connection, rules))


async def _home_assistant(connection: Connection, rules: MqttRules) -> Listens:
    """Home Assistant is there if it has left its birth message, or if its discovery topics have a subscriber.

    Its birth message is not kept by the broker unless somebody has set it so; but a broker of MQTT 5 says of each
    message whether anybody has subscribed to its topic (reason 0x10, MQTT 5.0, 3.4.2.1). Whether this one does
    say so is tried on a topic that nobody knows. The message itself is empty and not kept: it announces nothing.
    """
    if await _was_born(connection, rules):
        return "yes"
    nobody = await _published(connection, f"{rules.base}/setup-{secrets.token_hex(4)}/nobody")
    somebody = await _published(connection, f"{rules.discovery_prefix}/sensor/sitbreak_setup/config")
    if nobody is None or somebody is None or not nobody.unheard or nobody.failure or somebody.failure:
        return "unknown"
    return "no" if somebody.unheard else "yes"


async def _was_born(connection: Connection, rules: MqttRules) -> bool:
    connection.subscribe(rules.birth_topic)
    with suppress(TimeoutError):
        async with asyncio.timeout(KEPT_LIMIT_S):
            while True:
                signal = await connection.signals.get()
                if isinstance(signal, Received) and signal.topic == rules.birth_topic:
                    return signal.payload == b"online"
    return False


async def _published(connection: Connection, topic: str) -> Acknowledged | None:
    number = connection.publish(Message(topic, ""))
    with suppress(TimeoutError):
        async with asyncio.timeout(ANSWER_LIMIT_S):
            return await _answer(connection, number)
    return None


async def _acknowledged(connection: Connection, number: int) -> Acknowledged | None:
    """The refusal of what has this number; None where it was taken."""
    answer = await _answer(connection, number)
    return answer if answer.failure else None


async def _answer(connection: Connection, number: int) -> Acknowledged:
    while True:
        signal = await connection.signals.get()
        if isinstance(signal, Acknowledged) and signal.number == number:
            return signal
        if isinstance(signal, Lost):
            return Acknowledged(number, signal.reason)
