"""Whether a broker works, and whether Home Assistant listens there: against the real mosquitto."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.listening import free_port
from monitor.first_run.broker import try_broker
from monitor.first_run.connecting import host_and_port, join
from monitor.first_run.guide import Flags
from monitor.rules import plain
from monitor.settings.faults import SettingsError
from tests.support.brokers import Listener, Mosquitto
from tests.support.guarded_broker import guarded_broker, user
from tests.support.living_outlet import rules_at
from tests.support.scripted_talk import ScriptedTalk, guide_of

pytestmark = pytest.mark.mosquitto


async def test_a_message_there_and_back_and_nobody_listens_for_devices(mosquitto: Mosquitto) -> None:
    async with Listener(mosquitto.port, "#") as all_ears:
        report = await try_broker(rules_at(mosquitto.port))
        assert report.works
        assert report.home_assistant == "unknown"  # somebody hears everything: nothing can be told from that
    assert not [heard for heard in all_ears.heard if heard.retain]
    report = await try_broker(rules_at(mosquitto.port))
    assert report.home_assistant == "no"
    assert 0 < report.round_trip_s < 5


async def test_who_has_subscribed_to_discovery_is_seen_and_hears_nothing_of_weight(
    mosquitto: Mosquitto,
) -> None:
    async with Listener(mosquitto.port, "homeassistant/+/+/config") as home_assistant:
        assert (await try_broker(rules_at(mosquitto.port))).home_assistant == "yes"
        (heard,) = [await home_assistant.until(lambda heard: True)]
        assert (heard.text, heard.retain) == ("", False)


@pytest.mark.parametrize(("said", "listens"), [("online", "yes"), ("offline", "no")])
async def test_a_birth_message_that_was_kept_tells_too(
    mosquitto: Mosquitto,
    said: str,
    listens: str,
) -> None:
    async with Listener(mosquitto.port, "homeassistant/status") as somebody:
        somebody.publish("homeassistant/status", said, retain=True)
        await somebody.topic("homeassistant/status")
    assert (await try_broker(rules_at(mosquitto.port))).home_assistant == listens


async def test_an_old_broker_does_not_tell_who_listens(mosquitto: Mosquitto) -> None:
    report = await try_broker(rules_at(mosquitto.port, protocol="3.1.1"))
    assert (report.works, report.home_assistant) == (True, "unknown")


async def test_the_shipped_access_list_allows_the_trial_and_a_wrong_password_is_said(tmp_path: Path) -> None:
    with guarded_broker(tmp_path, "sitbreak", "homeassistant") as broker:
        name, password = user("sitbreak")
        assert (await try_broker(rules_at(broker.port, username=name, password=password))).works
        refused = await try_broker(rules_at(broker.port, username=name, password="wrong"))
        assert not refused.works
        assert "not authorized" in refused.problem
        name, password = user("homeassistant")  # may not write below our base: the access list is to blame
        report = await try_broker(rules_at(broker.port, username=name, password=password))
        assert "may not publish" in report.problem


async def test_nobody_at_the_port_is_a_problem_and_no_exception() -> None:
    assert (await try_broker(rules_at(free_port()))).problem


@pytest.fixture(name="encrypted")
def _encrypted(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker with a certificate that signs itself."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    files = ["-keyout", str(tmp_path / "broker.key"), "-out", str(tmp_path / "broker.pem")]
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(["openssl", "req", *kind, *files, *subject], check=True, capture_output=True)
    settings = f"allow_anonymous true\ncertfile {tmp_path}/broker.pem\nkeyfile {tmp_path}/broker.key"
    broker = Mosquitto(tmp_path, settings).start()
    yield broker
    broker.stop()


async def test_an_encrypted_broker_works_with_its_authority_and_not_without(
    encrypted: Mosquitto, tmp_path: Path
) -> None:
    trusted = {"tls": "ca-file", "ca_file": str(tmp_path / "broker.pem"), "server_name": "localhost"}
    assert (await try_broker(rules_at(encrypted.port, **trusted))).works
    assert "not trusted" in (await try_broker(rules_at(encrypted.port, tls="system"))).problem


# --- the step ---------------------------------------------------------------------------------------------------


def test_a_password_goes_into_a_file_of_its_own_and_never_onto_the_screen(tmp_path: Path) -> None:
    with guarded_broker(tmp_path, "sitbreak") as broker:
        name, password = user("sitbreak")
        talk = ScriptedTalk(f"127.0.0.1:{broker.port}", "1", name, secret=password)
        guide = guide_of(talk, tmp_path)
        join(guide)
    path = Path(guide.answers.password_file)
    assert (path.read_text(), path.stat().st_mode & 0o777) == (f"{password}\n", 0o600)
    assert password not in talk.said
    assert password not in str(plain(guide.answers))
    assert "there and back" in talk.said


def test_a_password_that_is_refused_spoils_no_file_that_is_in_use(tmp_path: Path) -> None:
    path = tmp_path / "config" / "mqtt-password"
    path.parent.mkdir()
    path.write_text("the right one\n")
    with guarded_broker(tmp_path, "sitbreak") as broker:
        talk = ScriptedTalk(f"127.0.0.1:{broker.port}", "1", "sitbreak", "3", secret="a slip")
        join(guide_of(talk, tmp_path))
    assert "mqtt.password" in talk.said  # the remedy
    assert path.read_text() == "the right one\n"


def test_what_does_not_work_can_be_tried_again_answered_anew_or_left(tmp_path: Path) -> None:
    wrong = f"127.0.0.1:{free_port()}"
    talk = ScriptedTalk(wrong, "1", "", "1", "2", f"localhost:{free_port()}", "1", "", "3")
    guide = guide_of(talk, tmp_path)
    join(guide)
    assert guide.answers.host == ""
    assert talk.said.count("cannot be used") == 3
    assert not talk.answers


def test_by_flags_a_broker_that_fails_is_a_failure_and_nothing_is_asked(tmp_path: Path) -> None:
    guide = guide_of(ScriptedTalk(asks=False), tmp_path, Flags(broker=f"127.0.0.1:{free_port()}"))
    join(guide)
    assert guide.failed == ["broker"]
    assert guide.answers.host == "127.0.0.1"


def test_without_a_word_on_the_broker_the_settings_file_keeps_its_own(tmp_path: Path) -> None:
    config = tmp_path / "config" / "sitbreak.toml"
    config.parent.mkdir()
    config.write_text(f'[mqtt]\nhost = "127.0.0.1"\nport = {free_port()}\n')
    guide = guide_of(ScriptedTalk(asks=False), tmp_path)
    join(guide)
    assert not [key for key, _ in guide.answers.settings() if key.startswith("mqtt.")]
    guide = guide_of(ScriptedTalk("-"), tmp_path)
    join(guide)
    assert dict(guide.answers.settings())["mqtt.host"] == ""


def test_host_and_port_are_read_as_people_write_them() -> None:
    assert host_and_port("broker", 8883) == ("broker", 8883)
    assert host_and_port("broker:18", 8883) == ("broker", 18)
    assert host_and_port("fe80::1", 1883) == host_and_port("[fe80::1]", 1883) == ("fe80::1", 1883)
    assert host_and_port("[::1]:18", 1883) == ("::1", 18)
    for wrong in ("broker:x", ":1883", "broker:70000", "[::1]:x", "[]:1883"):
        with pytest.raises(SettingsError):
            host_and_port(wrong, 1883)
