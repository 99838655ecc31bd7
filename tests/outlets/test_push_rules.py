"""What a user may write about pushes, and that addresses stay secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.outlets.push_rules import AddressError, PushFileError, PushRules, addresses
from monitor.rules import check, plain
from monitor.settings.faults import SettingsError
from monitor.settings.loading import in_force, load


def test_addresses_come_from_the_settings_and_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "phones"
    path.write_text("# mine\nntfy://two\n\n ada=ntfy://three \n")
    rules = check(PushRules, {"urls": ["ntfy://one"], "urls_file": str(path)})
    found = [(address.number, address.wearer, address.url.text) for address in addresses(rules)]
    assert found == [(1, "", "ntfy://one"), (2, "", "ntfy://two"), (3, "ada", "ntfy://three")]


def test_nothing_is_pushed_unless_an_address_is_named() -> None:
    assert not PushRules().enabled
    assert PushRules(urls_file="phones").enabled


def test_one_address_in_the_environment_needs_no_brackets() -> None:
    settings = load(None, (), {"SITBREAK_PUSH__URLS": "ntfy://hushhush"}).settings
    assert [url.text for url in settings.push.urls] == ["ntfy://hushhush"]
    assert not load(None, (), {"SITBREAK_PUSH__URLS": ""}).settings.push.enabled


def test_an_address_is_never_shown() -> None:
    loaded = load(None, (), {"SITBREAK_PUSH__URLS": '["ntfy://hushhush"]'})
    assert "hushhush" not in repr(loaded) + str(list(in_force(loaded))) + str(plain(loaded.settings))
    for wrong in ('["ntfy://hushhush", 3]', '{"a": "ntfy://hushhush"}'):
        with pytest.raises(SettingsError) as caught:
            load(None, (), {"SITBREAK_PUSH__URLS": wrong})
        assert "hushhush" not in str(caught.value)


def test_a_file_that_cannot_be_used_is_said_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(PushFileError, match=r"no such file or directory; check the path and who may read it"):
        addresses(PushRules(urls_file=str(tmp_path / "phones")))
    (tmp_path / "phones").write_text("# nothing yet\n")
    with pytest.raises(PushFileError, match="has no address in it"):
        addresses(PushRules(urls_file=str(tmp_path / "phones")))


def test_a_line_that_is_no_address_is_named_by_its_number_alone() -> None:
    with pytest.raises(AddressError, match="address 1: not an address") as caught:
        addresses(check(PushRules, {"urls": ["hushhush"]}))
    assert "hushhush" not in str(caught.value)
