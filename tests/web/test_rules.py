"""The page opens beyond this computer only with a password."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from typer.testing import CliRunner

from monitor.cli import app
from monitor.settings import load
from monitor.web.passwords import hash_of, matches
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


def test_the_command_prints_settings_that_hold_the_hash_and_not_the_password(tmp_path: Path) -> None:
    typed = "a word for the page"
    result = CliRunner().invoke(app, ["config", "password"], input=f"{typed}\n{typed}\n")
    assert result.exit_code == 0
    assert typed not in result.stdout
    path = tmp_path / "sitbreak.toml"
    path.write_text(result.stdout)
    kept = load(path, (), {}).settings.web.password_hash
    assert matches(typed, kept.get_secret_value())


def test_every_example_of_the_page_is_a_settings_file(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "web.md").read_text(encoding="utf-8")
    examples = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert examples
    for example in examples:
        path = tmp_path / "example.toml"
        path.write_text(example)
        assert load(path, (), {}).settings.web.enabled


def test_every_setting_that_the_page_of_the_docs_names_exists() -> None:
    text = (Path(__file__).parents[2] / "docs" / "web.md").read_text(encoding="utf-8")
    known = set(WebRules.model_fields)
    named = set(re.findall(r"\bweb\.([a-z_]+)", text)) - {"md"}
    assert named <= known
    assert named
