"""Whether the broker's access list lets the daemon publish and hear on its own topics, tried on harmless ones.

A broker does not say at a subscription what it will keep back later (mosquitto grants every one), so something is sent
and must come back: a word on ``<base>/<node>/doctor``, which nobody else listens to. For discovery an empty message
goes to a device that there is not, which Home Assistant passes over; MQTT 5 tells when that is denied, 3.1.1 does not.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from monitor.doctor.broker import client_id
from monitor.doctor.finding import Case, Finding, failed, note, ok
from monitor.exchange import Message
from monitor.history import queries
from monitor.history.database import HistoryError
from monitor.outlets.mqtt.client import Connection, connect
from monitor.outlets.mqtt.messages import Topics
from monitor.outlets.mqtt.rules import MqttRules
from monitor.outlets.mqtt.signals import Acknowledged, Lost, Received

ANSWERS_S = 5.0
_ACCESS = "in the broker's access list (config/mosquitto/sitbreak.acl)"


@dataclass
class Tried:
    """What was asked, and what the broker said to it."""

    open: dict[int, str] = field(default_factory=dict)
    """Number of the question -> what it asks for."""
    denied: list[tuple[str, str]] = field(default_factory=list)
    """What was asked for, and the broker's reason."""
    echoed: bool = False
    lost: str = ""


async def topics(case: Case) -> Sequence[Finding]:
    """One finding a wearer; none where the broker does not let us in, which another check says."""
    rules = case.settings.mqtt
    if not rules.enabled:
        return []
    nodes = _nodes(case)
    found: list[Finding] = []
    for name in case.settings.wearers:
        connection = await connect(rules, client_id(rules))
        if not isinstance(connection, Connection):
            return []
        try:
            tried = await _try(connection, rules, name, Topics(rules.base, nodes.get(name, "doctor")))
            found += judged(name, tried, rules, connection.protocol)
        finally:
            connection.close()
    return found


def _nodes(case: Case) -> dict[str, str]:
    try:
        return {row.name: row.node_id for row in queries.wearers(case.history)}
    except HistoryError:  # before the first run nobody has one
        return {}


async def _try(connection: Connection, rules: MqttRules, wearer: str, own: Topics) -> Tried:
    tried, word, place = Tried(), secrets.token_hex(8), own.of("doctor")
    for topic in (place, own.of("cmd/+"), rules.birth_topic, rules.busy_topic_of(wearer)):
        if topic:
            tried.open[connection.subscribe(topic)] = f"read {topic}"
    tried.open[connection.publish(Message(place, word))] = f"write {place}"
    if rules.discovery != "off":
        path = f"device/{own.base}_{own.node}" if rules.discovery == "device" else f"sensor/{own.node}"
        nobody = f"{rules.discovery_prefix}/{path}{'_' if rules.discovery == 'device' else '/'}doctor/config"
        tried.open[connection.publish(Message(nobody, ""))] = f"write {nobody}"
    with suppress(TimeoutError):
        async with asyncio.timeout(ANSWERS_S):
            await _listen(connection, tried, (place, word.encode()))
    return tried


async def _listen(connection: Connection, tried: Tried, echo: tuple[str, bytes]) -> None:
    while tried.open or not (tried.echoed or tried.denied):
        match await connection.signals.get():
            case Acknowledged(number, failure):
                asked = tried.open.pop(number, "")
                if failure:
                    tried.denied.append((asked, failure))
            case Received(topic, payload) if (topic, payload) == echo:
                tried.echoed = True
            case Lost(reason):
                tried.lost = reason
                return
            case _:
                pass


def judged(wearer: str, tried: Tried, rules: MqttRules, protocol: str) -> list[Finding]:
    """What the broker's answers mean."""
    if tried.lost:
        remedy = f"allow topic readwrite {rules.base}/# {_ACCESS}; some brokers hang up on what they deny"
        return [failed(f"{wearer}: the broker hung up while topics were tried: {tried.lost}", remedy)]
    found = [
        failed(f"{wearer}: the broker denies to {asked}: {reason}", f"allow topic {asked} {_ACCESS}")
        for asked, reason in tried.denied
    ]
    if not tried.echoed and not found:
        told = f"{wearer}: what is published under {rules.base}/ does not come back"
        found.append(failed(told, f"allow topic readwrite {rules.base}/# {_ACCESS}"))
    if not found:
        found.append(ok(f"{wearer}: may publish and hear on its topics under {rules.base}/"))
        if protocol != "5" and rules.discovery != "off":
            found.append(note(f"{wearer}: with MQTT {protocol} a broker does not tell whether discovery is denied"))
    return found
