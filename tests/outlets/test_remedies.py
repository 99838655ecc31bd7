"""Every way in which a broker can fail has a sentence that says what to do."""

from __future__ import annotations

import socket
import ssl

import pytest

from monitor.outlets.mqtt.remedies import remedy
from monitor.outlets.mqtt.signals import Lost, Refused, SilentBroker


def _untrusted(code: int) -> ssl.SSLCertVerificationError:
    problem = ssl.SSLCertVerificationError()
    problem.verify_code = code
    return problem


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (_untrusted(10), "Renew the broker's certificate"),
        (_untrusted(9), "clock of this computer"),
        (_untrusted(62), "mqtt.server_name"),
        (_untrusted(18), "mqtt.ca_file"),
        (ssl.SSLError("wrong version number"), "mqtt.tls"),
        (SilentBroker(), "mqtt.port"),
        (ConnectionRefusedError(), "mqtt.port"),
        (socket.gaierror(), "mqtt.host"),
    ],
)
def test_a_loss_is_told_with_what_to_do(problem: Exception, words: str) -> None:
    assert words in remedy(Lost("lost", problem=problem))


def test_a_refusal_names_the_password_or_the_brokers_log() -> None:
    assert "mqtt.password_file" in remedy(Refused(135, "not authorized"))
    assert "log" in remedy(Refused(137, "server busy"))


def test_where_only_waiting_helps_nothing_is_advised() -> None:
    assert remedy(Lost("the connection was closed")) == ""
