"""The broker's TLS certificate, and how long it and its authority are still valid."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator, Sequence
from typing import Any

from monitor.doctor.finding import Case, Finding, failed, ok, warning
from monitor.outlets.mqtt.credentials import tls_context
from monitor.outlets.mqtt.remedies import remedy
from monitor.outlets.mqtt.rules import MqttRules
from monitor.outlets.mqtt.signals import Lost

SOON_DAYS = 14.0
"""Certificates that renew themselves do so with 30 days left: two weeks later nobody has."""
CONNECT_S = 5.0
_RENEW = "renew it, and let the broker read the new one"


async def certificate(case: Case) -> Sequence[Finding]:
    """Nothing to say without TLS."""
    rules = case.settings.mqtt
    if not rules.enabled or rules.tls == "off":
        return []
    try:
        shown, authorities = await asyncio.to_thread(_handshake, rules)
    except ssl.SSLError as error:  # an expired one among them: it never gets as far as being shown
        reason = getattr(error, "verify_message", "") or error.reason or str(error)
        return [
            failed(f"the TLS handshake with {rules.host}:{rules.port} fails: {reason}", remedy(Lost("", True, error)))
        ]
    except OSError:  # said by the check of the broker
        return []
    return [*judged("the broker's certificate", shown, case.now_s), *_authorities(rules, authorities, case.now_s)]


def judged(whose: str, shown: dict[str, Any], now_s: float) -> list[Finding]:
    """What a certificate, as ``getpeercert`` tells it, has left."""
    days = (ssl.cert_time_to_seconds(str(shown["notAfter"])) - now_s) / 86400
    if days < 0:
        return [failed(f"{whose} expired {-days:.0f} days ago", _RENEW)]
    told = f"{whose} is valid for {days:.0f} more days"
    return [warning(told, _RENEW) if days < SOON_DAYS else ok(told)]


def _authorities(rules: MqttRules, found: list[dict[str, Any]], now_s: float) -> Iterator[Finding]:
    """Only one's own: the system's are the system's care."""
    if rules.tls == "ca-file":
        for authority in found:
            if (finding := judged(f"the authority in {rules.ca_file}", authority, now_s)[0]).remedy:
                yield finding


def _handshake(rules: MqttRules) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    context = tls_context(rules)
    with (
        socket.create_connection((rules.host, rules.port), CONNECT_S) as plain,
        context.wrap_socket(plain, server_hostname=rules.host) as secured,
    ):
        return dict(secured.getpeercert() or {}), [dict(each) for each in context.get_ca_certs()]
