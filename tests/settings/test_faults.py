"""Every wrong value of every setting: one line with the file, the key, the value, and what it should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.settings.faults import SECRET, SettingsError
from monitor.settings.loading import load
from monitor.settings.sections import walk

ALL = [keys for keys, _ in walk()]
WRONG = {
    "a list of lists": "[[1]]",
    "not a number": "nan",
    "infinite": "inf",
    "far too small": "-1e18",
    "far too large": "1e300",
    "a text with a bell": '"nonsense \\u0007 value"',
    "a time": "07:32:00",
    "a table": "{ x = 1 }",
    "nothing": '""',
}
TOGETHER = ("a password needs", "tls =", "client_key_file", "client_cert_file", "cert_file", "key_file")
"""Said of two settings that do not go together: both are fine by themselves."""


def complaint(path: Path, keys: tuple[str, ...], value: str) -> str:
    *table, key = ("me" if part == "*" else part for part in keys)
    path.write_text(f"[{'.'.join(table)}]\n{key} = {value}\n", encoding="utf-8")
    try:
        load(path, [], {})
    except SettingsError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("what", WRONG)
def test_every_wrong_value_is_one_line_with_file_key_value_and_remedy(tmp_path: Path, what: str) -> None:
    path = tmp_path / "sitbreak.toml"
    for keys in ALL:
        said = complaint(path, keys, WRONG[what])
        if not said or any(words in said for words in TOGETHER):
            continue
        assert said.isprintable(), said
        assert said.startswith(f"{path}: ["), said
        assert keys[-1] in said, said
        assert len(said.rpartition(": ")[2]) > 10, said
        secret = SECRET.search(".".join(keys))
        assert secret or what in ("a table", "a time") or "=" in said, said
        assert not secret or "nonsense" not in said, said


def test_no_setting_takes_everything(tmp_path: Path) -> None:
    path = tmp_path / "sitbreak.toml"
    for keys in ALL:
        assert any(complaint(path, keys, value) for value in WRONG.values()), keys


def test_a_number_is_never_nan_nor_infinite(tmp_path: Path) -> None:
    path = tmp_path / "sitbreak.toml"
    for keys in ALL:
        assert complaint(path, keys, "nan"), keys
        assert complaint(path, keys, "inf"), keys


def test_a_wearers_own_coach_is_named_with_its_section_and_the_likely_key(tmp_path: Path) -> None:
    path = tmp_path / "sitbreak.toml"
    path.write_text("[wearers.me.coach]\nlimit = 90\n")
    with pytest.raises(SettingsError) as caught:
        load(path, [], {})
    assert str(caught.value).startswith(f"{path}: [wearers.me.coach] limit: unknown setting (did you mean")
    path.write_text("[wearers.me.coach]\nlimit_s = 9\n")
    with pytest.raises(SettingsError, match=r"\[wearers.me.coach\] limit_s = 9: must be at least 60"):
        load(path, [], {})


def test_a_fault_of_one_wearer_is_not_laid_on_another_whose_name_begins_the_same(tmp_path: Path) -> None:
    path = tmp_path / "sitbreak.toml"
    path.write_text('[wearers.ada]\nlabel = "Ada"\n')
    with pytest.raises(SettingsError) as caught:
        load(path, [], {"SITBREAK_WEARERS__AD__PLACEMENT": "ankle"})
    assert str(caught.value).startswith("environment: [wearers.ad]")


def test_a_form_is_explained_by_the_settings_own_sentence(tmp_path: Path) -> None:
    said = complaint(tmp_path / "sitbreak.toml", ("radio", "backend"), '"bluez"')
    assert 'backend = "bluez": not of the form that is wanted' in said
    assert '"auto"' in said
    assert "pattern" not in said


@pytest.mark.parametrize("port", ["0", "65536", "99999"])
def test_a_proxy_has_a_port_that_can_be(tmp_path: Path, port: str) -> None:
    said = complaint(tmp_path / "sitbreak.toml", ("radio", "backend"), f'"esphome:proxy.lan:{port}"')
    assert "a port is a number from 1 to 65535" in said


@pytest.mark.parametrize("name", ["0" * 300, "~nobody_at_all/x", "a\\u0000b"])
def test_a_file_that_cannot_even_be_looked_for_is_said(tmp_path: Path, name: str) -> None:
    assert "no such file" in complaint(tmp_path / "sitbreak.toml", ("exercises", "file"), f'"{name}"')
