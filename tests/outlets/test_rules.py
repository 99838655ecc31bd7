"""Settings of MQTT: what does not go together is said in words, and a secret never shows."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.outlets.mqtt.rules import MqttRules
from monitor.rules import FaultsError, Secret, check, plain


def test_no_host_means_no_mqtt() -> None:
    assert not MqttRules().enabled
    assert MqttRules(host="localhost").enabled


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"tls": "ca-file"}, "needs ca_file"),
        ({"ca_file": "ca.pem"}, 'tls = "off"'),
        ({"tls": "system", "client_key_file": "k"}, "needs client_cert_file"),
        ({"username": "u", "password": "p", "password_file": "f"}, "keep one"),
        ({"password": "p"}, "needs a username"),
        ({"base": "Sit.Break"}, "not of the form"),
        ({"base": "a/b"}, "not of the form"),
        ({"busy_topic": "house/+"}, "not of the form"),
        ({"hots": "x"}, "hots: is not known"),
    ],
)
def test_what_does_not_go_together_is_refused_in_words(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(FaultsError, match=words):
        check(MqttRules, settings)


def test_the_password_never_shows() -> None:
    rules = MqttRules(username="u", password=Secret("secret"))
    assert "secret" not in repr(rules) + str(plain(rules))
