"""The page opens beyond this computer only with a password."""

from __future__ import annotations

import pytest
from pydantic import SecretStr, ValidationError

from monitor.web.passwords import hash_of
from monitor.web.rules import WebRules


def test_it_is_off_and_on_loopback_by_default() -> None:
    rules = WebRules()
    assert not rules.enabled
    assert rules.host == "127.0.0.1"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.10", "my-computer"])
def test_beyond_loopback_a_password_is_needed(host: str) -> None:
    with pytest.raises(ValidationError, match="sitbreak config password"):
        WebRules(enabled=True, host=host)
    assert WebRules(enabled=True, host=host, password_hash=SecretStr(hash_of("word"))).enabled


def test_a_plain_password_is_refused_without_being_shown() -> None:
    with pytest.raises(ValidationError, match="not a hash") as refused:
        WebRules(password_hash=SecretStr("my secret"))
    assert "my secret" not in str(refused.value)


def test_certificate_and_key_go_together() -> None:
    with pytest.raises(ValidationError, match="go together"):
        WebRules(cert_file="cert.pem")
