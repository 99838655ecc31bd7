"""The page opens beyond this computer only with a password."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.cli import app
from monitor.rules import Secret, WrongValueError, keys, plain
from monitor.settings.faults import SettingsError
from monitor.settings.loading import load
from monitor.web.passwords import hash_of, matches
from monitor.web.rules import WebRules
from monitor.web.sessions import EVERYBODY


def test_it_is_off_and_on_loopback_by_default() -> None:
    rules = WebRules()
    assert not rules.enabled
    assert rules.host == "127.0.0.1"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.10", "my-computer"])
def test_beyond_loopback_a_password_is_needed(host: str) -> None:
    with pytest.raises(WrongValueError, match="sitbreak config password"):
        WebRules(enabled=True, host=host)
    kept = Secret(hash_of("word"))
    assert WebRules(enabled=True, host=host, password_hash=kept).enabled
    assert WebRules(enabled=True, host=host, password_hashes={"ada": kept}).enabled


def test_a_plain_password_is_refused_without_being_shown() -> None:
    with pytest.raises(WrongValueError, match="not a hash") as refused:
        WebRules(password_hash=Secret("my secret"))
    assert "my secret" not in str(refused.value)


def test_a_plain_password_of_a_wearer_is_refused_without_being_shown(tmp_path: Path) -> None:
    path = tmp_path / "sitbreak.toml"
    path.write_text('[web.password_hashes]\nme = "my secret"\n')
    with pytest.raises(SettingsError, match="not a hash") as refused:
        load(path, (), {})
    assert "my secret" not in str(refused.value)


def test_a_password_for_nobody_is_refused_with_file_and_name(tmp_path: Path) -> None:
    path = tmp_path / "sitbreak.toml"
    path.write_text(f'[web.password_hashes]\nbob = "{hash_of("word")}"\n')
    with pytest.raises(SettingsError, match=r"sitbreak\.toml: \[web\.password_hashes\] bob: not a wearer"):
        load(path, (), {})


def test_hashes_are_secrets_wherever_settings_are_shown(tmp_path: Path) -> None:
    path, kept = tmp_path / "sitbreak.toml", hash_of("word")
    path.write_text(f'[web.password_hashes]\nme = "{kept}"\n')
    result = CliRunner().invoke(app, ["config", "show", "--config", str(path)])
    assert result.exit_code == 0
    assert kept[-20:] not in result.stdout.replace("\n", "")
    assert kept not in str(plain(load(path, (), {}).settings))


def test_certificate_and_key_go_together() -> None:
    with pytest.raises(WrongValueError, match="go together"):
        WebRules(cert_file="cert.pem")


@pytest.mark.parametrize("wearer", ["", "me"])
def test_the_command_prints_settings_that_hold_the_hash_and_not_the_password(wearer: str, tmp_path: Path) -> None:
    typed = "a word for the page"
    arguments = ["config", "password", *(["--wearer", wearer] if wearer else [])]
    result = CliRunner().invoke(app, arguments, input=f"{typed}\n{typed}\n")
    assert result.exit_code == 0
    assert typed not in result.stdout
    path = tmp_path / "sitbreak.toml"
    path.write_text(result.stdout)
    kept = load(path, (), {}).settings.web.hashes
    (whose,) = kept
    assert whose == (wearer or EVERYBODY)
    assert matches(typed, kept[whose])


def test_a_password_that_is_too_short_is_not_made_into_a_hash() -> None:
    result = CliRunner().invoke(app, ["config", "password"], input="short\nshort\n")
    assert result.exit_code == 2
    assert "at least 8" in result.output
    assert "scrypt" not in result.output


def test_behind_a_proxy_that_speaks_https_the_cookie_is_for_https_only() -> None:
    assert not WebRules().secure
    assert WebRules(behind_https=True).secure
    assert WebRules(cert_file="a", key_file="b").secure


def test_every_example_of_the_page_is_a_settings_file(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "web.md").read_text(encoding="utf-8")
    examples = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert examples
    for example in examples:
        path = tmp_path / "example.toml"
        path.write_text(example)
        assert load(path, (), {}).settings.web.enabled or "password_hashes" in example


def test_every_setting_that_the_page_of_the_docs_names_exists() -> None:
    text = (Path(__file__).parents[2] / "docs" / "web.md").read_text(encoding="utf-8")
    known = set(keys(WebRules))
    named = set(re.findall(r"\bweb\.([a-z_]+)", text)) - {"md"}
    assert named <= known
    assert named
