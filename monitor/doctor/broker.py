"""The MQTT broker: in reach, and lets us in."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence

from monitor.doctor.finding import Case, Finding, failed, is_local, note, ok, warning
from monitor.outlets.mqtt.client import Connection, connect
from monitor.outlets.mqtt.remedies import remedy
from monitor.outlets.mqtt.rules import MqttRules
from monitor.outlets.mqtt.signals import Refused

_WAIT = "wait for it, or see the broker's own log"


async def broker(case: Case) -> Sequence[Finding]:
    """Tried as the daemon does, under a client id of its own."""
    rules = case.settings.mqtt
    if not rules.enabled:
        return [note("MQTT is off: no mqtt.host is set")]
    answer = await connect(rules, client_id(rules))
    place = f"{rules.host}:{rules.port}"
    if isinstance(answer, Connection):
        answer.close()
        who = f"as {rules.username}" if rules.username else "without a name"
        return [ok(f"{place} lets us in {who}, MQTT {answer.protocol}, TLS {rules.tls}"), *_open_to_all(rules)]
    verb = "refuses us" if isinstance(answer, Refused) else "is not there"
    return [failed(f"{place} {verb}: {answer.reason}", remedy(answer) or _WAIT)]


def _open_to_all(rules: MqttRules) -> Iterator[Finding]:
    """What a broker that has let us in means for others; on this computer alone that is nobody else."""
    if not (rules.username or rules.client_cert_file or is_local(rules.host)):
        yield warning(f"the broker {rules.host} lets anybody in and read", "give it users, then set mqtt.username")


def client_id(rules: MqttRules) -> str:
    """One that no daemon uses: two clients of one id throw each other out."""
    return f"{rules.base}-doctor-{secrets.token_hex(3)}"
