"""Settings that are right each for itself, and odd together."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.doctor.config import config
from monitor.doctor.finding import Verdict
from tests.doctor.cases import case, only

HEARD = "mqtt.host=127.0.0.1"


def warned(folder: Path, *overrides: str, **more: object) -> list[str]:
    first, *rest = config(case(folder, *overrides, **more))
    assert first.verdict is Verdict.OK
    assert all(each.verdict is Verdict.WARNING and each.remedy for each in rest)
    return [each.told for each in rest]


def test_plain_settings_with_a_broker_of_ones_own_are_well(tmp_path: Path) -> None:
    assert warned(tmp_path, HEARD) == []


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ((), "nobody but the wearable"),
        (("mqtt.host=broker.lan", "mqtt.username=me", "mqtt.password=pw"), "plain text"),
        ((HEARD, "wearers.ann.label=Ann", "wearers.ben.label=Ben"), "2 wearers take the first deskband"),
        ((HEARD, "metrics.enabled=true", "metrics.host=0.0.0.0"), "may read the figures"),
        (("web.enabled=true", "wearers.me.wearable=phone"), "publishes over MQTT"),
    ],
)
def test_what_is_odd_is_a_warning(tmp_path: Path, overrides: tuple[str, ...], said: str) -> None:
    (told,) = warned(tmp_path, *overrides)
    assert said in told


def test_what_a_broker_does_is_not_told_from_the_settings(tmp_path: Path) -> None:
    assert warned(tmp_path, "mqtt.host=broker.lan") == []


def test_wearers_with_addresses_of_their_own_do_not_take_each_others_wearable(tmp_path: Path) -> None:
    own = ("wearers.ann.address=C0:00:00:00:00:01", "wearers.ben.address=C0:00:00:00:00:02")
    assert warned(tmp_path, HEARD, *own) == []


def test_a_settings_file_with_a_secret_that_others_may_read_is_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "sitbreak.toml"
    file.touch(0o644)
    sources = {"mqtt.password": str(file), "mqtt.username": "environment"}
    (told,) = warned(tmp_path, HEARD, sources=sources)
    assert str(file) in told
    file.chmod(0o600)
    assert warned(tmp_path, HEARD, sources=sources) == []
    assert warned(tmp_path, HEARD, sources={"mqtt.host": str(file)}) == []


def test_an_exercise_of_ones_own_that_is_wrong_is_a_warning(tmp_path: Path) -> None:
    own = tmp_path / "exercises.toml"
    own.write_text("[exercises.hop]\ntitle = 3\n")
    assert warned(tmp_path, HEARD, f"exercises.file={own}")


def test_no_finding_says_a_secret(tmp_path: Path) -> None:
    found = config(case(tmp_path, "mqtt.host=broker.lan", "mqtt.username=me", "mqtt.password=hush-hush"))
    assert "hush-hush" not in str(found)
    assert only(found[:1]).verdict is Verdict.OK
