"""The broker, its certificate and its access list: a real mosquitto that lets in, refuses, denies and expires."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.listening import free_port
from monitor.doctor import topics as topics_module
from monitor.doctor.broker import broker
from monitor.doctor.certificate import certificate
from monitor.doctor.finding import Case, Verdict
from monitor.doctor.topics import topics
from monitor.history.outbox import History
from tests.doctor.cases import case, only, verdicts
from tests.support.brokers import MOSQUITTO, Listener, Mosquitto
from tests.support.certificates import certificate as make_certificate
from tests.support.guarded_broker import guarded_broker

pytestmark = pytest.mark.mosquitto
ME = ("mqtt.username=sitbreak", "mqtt.password=pw-sitbreak")

Secured = Callable[[float], Case]


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Mosquitto]:
    with guarded_broker(tmp_path, "sitbreak", "telegraf") as broker:
        yield broker


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[Secured]:
    """A broker whose certificate has so many days left, and settings that trust it."""
    if MOSQUITTO is None:
        pytest.skip("mosquitto is not installed")
    running: list[Mosquitto] = []

    def start(days_left: float) -> Case:
        shown, key = make_certificate(tmp_path, days_left)
        running.append(Mosquitto(tmp_path, f"certfile {shown}\nkeyfile {key}\nallow_anonymous true").start())
        trust = ("mqtt.tls=ca-file", f"mqtt.ca_file={shown}")
        return case(tmp_path, "mqtt.host=127.0.0.1", f"mqtt.port={running[0].port}", *trust)

    yield start
    for each in running:
        each.stop()


def at(port: int, folder: Path, *overrides: str) -> Case:
    return case(folder, "mqtt.host=127.0.0.1", f"mqtt.port={port}", *overrides)


async def test_a_broker_that_lets_us_in_is_well(mosquitto: Mosquitto, tmp_path: Path) -> None:
    asked = at(mosquitto.port, tmp_path)
    found = only(await broker(asked))
    assert found.verdict is Verdict.OK
    assert "MQTT 5" in found.told
    assert verdicts(await topics(asked)) == [Verdict.OK]
    assert await certificate(asked) == []


async def test_a_broker_beyond_this_computer_that_asks_for_no_name_is_a_warning(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    elsewhere = "mqtt.host=127.1"  # leads here, and does not look like it
    well, found = await broker(at(mosquitto.port, tmp_path, elsewhere))
    assert (well.verdict, found.verdict) == (Verdict.OK, Verdict.WARNING)
    assert "lets anybody in" in found.told
    assert only(await broker(at(free_port(), tmp_path, elsewhere))).verdict is Verdict.FAILED


async def test_without_mqtt_there_is_nothing_to_ask(tmp_path: Path) -> None:
    asked = case(tmp_path)
    assert only(await broker(asked)).verdict is Verdict.NOTE
    assert (await topics(asked), await certificate(asked)) == ([], [])


async def test_nobody_at_the_port_fails_and_the_rest_is_silent(tmp_path: Path) -> None:
    asked = at(free_port(), tmp_path, "mqtt.tls=system")
    found = only(await broker(asked))
    assert found.verdict is Verdict.FAILED
    assert "mqtt.port" in found.remedy
    assert (await topics(asked), await certificate(asked)) == ([], [])


async def test_a_wrong_password_fails_with_the_settings_to_look_at_and_is_not_said(
    guarded: Mosquitto, tmp_path: Path
) -> None:
    asked = at(guarded.port, tmp_path, "mqtt.username=sitbreak", "mqtt.password=hush-hush")
    found = only(await broker(asked))
    assert found.verdict is Verdict.FAILED
    assert "mqtt.password" in found.remedy
    assert "hush-hush" not in str(found)
    assert await topics(asked) == []


@pytest.mark.parametrize("form", ["device", "components", "off"])
async def test_the_shipped_access_list_lets_the_daemon_do_all_it_needs(
    guarded: Mosquitto, tmp_path: Path, form: str
) -> None:
    asked = at(guarded.port, tmp_path, *ME, f"mqtt.discovery={form}")
    assert verdicts(await topics(asked)) == [Verdict.OK]


async def test_an_access_list_that_denies_writing_fails_with_the_line_to_add(
    guarded: Mosquitto, tmp_path: Path
) -> None:
    found = await topics(at(guarded.port, tmp_path, "mqtt.username=telegraf", "mqtt.password=pw-telegraf"))
    assert {each.verdict for each in found} == {Verdict.FAILED}
    assert all("access list" in each.remedy for each in found)
    assert any("write sitbreak/doctor/doctor" in each.remedy for each in found)
    assert any("write homeassistant/device" in each.remedy for each in found)


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
async def test_an_access_list_that_keeps_back_what_is_read_fails_though_the_subscription_was_granted(
    tmp_path: Path, protocol: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topics_module, "ANSWERS_S", 1.0)
    access = tmp_path / "acl"
    access.write_text("topic write sitbreak/#\ntopic write homeassistant/#\n")
    broker = Mosquitto(tmp_path, f"allow_anonymous true\nacl_file {access}").start()
    try:
        (found,) = await topics(at(broker.port, tmp_path, f"mqtt.protocol={protocol}"))
    finally:
        broker.stop()
    assert found.verdict is Verdict.FAILED
    assert "readwrite sitbreak/#" in found.remedy


async def test_with_the_old_protocol_it_is_said_what_cannot_be_known(mosquitto: Mosquitto, tmp_path: Path) -> None:
    found = await topics(at(mosquitto.port, tmp_path, "mqtt.protocol=3.1.1"))
    assert verdicts(found) == [Verdict.OK, Verdict.NOTE]


async def test_what_is_tried_leaves_no_trace_and_is_about_the_wearers_own_topics(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    history = await History.open(tmp_path / "history.sqlite3")
    node = await history.node_id("me")
    await history.close()
    async with Listener(mosquitto.port, "#") as listener:
        await topics(at(mosquitto.port, tmp_path))
        await listener.topic(f"sitbreak/{node}/doctor")
    assert {heard.topic for heard in listener.heard} == {
        f"sitbreak/{node}/doctor",
        f"homeassistant/device/sitbreak_{node}_doctor/config",
    }
    async with Listener(mosquitto.port, "#", "sitbreak/#") as late:
        assert not [heard for heard in late.heard if heard.retain]


@pytest.mark.parametrize(("days_left", "verdict"), [(90, Verdict.OK), (5, Verdict.WARNING)])
async def test_a_certificate_is_told_with_its_days(secured: Secured, days_left: float, verdict: Verdict) -> None:
    asked = secured(days_left)
    first, *_ = found = await certificate(asked)
    assert {each.verdict for each in found} == {verdict}
    assert f"valid for {days_left:.0f} more days" in first.told
    assert only(await broker(asked)).verdict is Verdict.OK


async def test_an_expired_certificate_fails_with_what_to_renew(secured: Secured) -> None:
    asked = secured(-3)
    found = only(await certificate(asked))
    assert found.verdict is Verdict.FAILED
    assert "expired" in found.told
    assert "Renew the broker's certificate" in found.remedy
    assert only(await broker(asked)).verdict is Verdict.FAILED


async def test_tls_where_none_is_spoken_fails(mosquitto: Mosquitto, tmp_path: Path) -> None:
    asked = at(mosquitto.port, tmp_path, "mqtt.tls=system")
    assert only(await broker(asked)).verdict is Verdict.FAILED


async def test_a_broker_that_hangs_is_told_and_does_not_hang_the_doctor(mosquitto: Mosquitto, tmp_path: Path) -> None:
    asked = at(mosquitto.port, tmp_path, "mqtt.protocol=5")
    mosquitto.freeze()
    try:
        assert only(await broker(asked)).verdict is Verdict.FAILED
    finally:
        mosquitto.thaw()
