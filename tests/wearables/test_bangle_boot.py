"""The boot file of the Bangle.js app, under node on a watch of stubs: what it sets up, sends and does."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from monitor.model import AnswerKind
from monitor.wearables.deskband_profile import codec

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="node is not installed; the boot file is JavaScript")

APP = Path(__file__).parent.parent.parent / "config" / "bangle"


def test_the_boot_file_is_javascript() -> None:
    for file in sorted(APP.glob("*.js")):
        subprocess.run([str(NODE), "--check", str(file)], check=True, timeout=20)


def booted(steps: list[list[Any]], settings: dict[str, Any] | None = None) -> dict[str, Any]:
    """What the boot file sets up, sends and does."""
    script = str(Path(__file__).parent / "bangle_boot.js")
    command = [str(NODE), script, json.dumps(settings), json.dumps(steps)]
    said: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=20).stdout)
    return said


def sent(said: dict[str, Any], uuid: str, how: str = "notify") -> list[str]:
    return [data for each, data, mode in said["updates"] if (each, mode) == (uuid, how)]


def test_the_service_offers_the_profile_and_keeps_the_console() -> None:
    said = booted([])
    (service,) = said["services"].values()
    assert list(said["services"]) == [codec.SERVICE]
    assert said["options"] == {"uart": True}
    assert set(service) == {codec.INFO, codec.CONTROL, codec.LIVE, codec.REPLAY, codec.STATUS, codec.ALERT}
    assert (service[codec.LIVE]["maxLen"], service[codec.REPLAY]["maxLen"]) == (128, 128)
    assert service[codec.CONTROL]["indicate"]
    assert service[codec.INFO]["readable"]
    assert service[codec.STATUS]["readable"]
    assert said["stored"] == {"deskband.json": {"rate": 12.5, "placement": 0, "session": 1}}


def test_every_boot_is_a_new_session_and_the_number_wraps() -> None:
    assert booted([], {"session": 65535})["stored"]["deskband.json"]["session"] == 0


@pytest.mark.parametrize(("rate", "poll_ms", "register"), [(12.5, 80, None), (25, 40, 1), (50, 20, 2), (13, 80, None)])
def test_a_higher_rate_is_set_in_the_sensor(rate: float, poll_ms: int, register: int | None) -> None:
    said = booted([], {"rate": rate})
    assert said["poll"] == poll_ms
    assert said["registers"] == ([] if register is None else [[0x18, 0x6C], [0x1B, register], [0x18, 0xEC]])


def test_it_streams_after_start_and_not_before_and_not_when_nobody_is_there() -> None:
    live = booted([["samples", 19], ["write", "control", "0101"], ["samples", 38], ["disconnect"], ["samples", 19]])
    blocks = [codec.decode_block(bytes.fromhex(data)) for data in sent(live, codec.LIVE)]
    assert [block.first_index for block in blocks] == [19, 38]
    assert sent(live, codec.CONTROL, "indicate") == ["810100" + "0100" + "13000000"]
    kept = [codec.decode_status(bytes.fromhex(data)) for data in sent(live, codec.STATUS, "keep")]
    assert [status.next_index for status in kept] == [19, 38, 57, 76]


def test_it_replays_at_its_own_pace() -> None:
    ask = "0321" + "0100" + "00000000" + "39000000"
    said = booted([["samples", 57], ["write", "control", ask], ["pass", 1]])
    assert len(sent(said, codec.REPLAY)) == 3
    assert sent(said, codec.CONTROL, "indicate")[-1][:4] == "c321"


@pytest.mark.parametrize(("presses", "event"), [(1, AnswerKind.ACKNOWLEDGED), (2, AnswerKind.SNOOZED)])
def test_an_alert_buzzes_shows_a_text_and_is_answered_by_the_button(presses: int, event: AnswerKind) -> None:
    alert = "02035003fa009600ff50000002017800"
    said = booted([["press"], ["write", "alert", alert], *[["press"]] * presses, ["pass", 1]])
    assert said["texts"] == ["Stand up"]
    assert said["buzzes"] >= 1
    assert said["overlays"] == ["shown", "gone"]
    events = [codec.decode_alert_event(bytes.fromhex(data)) for data in sent(said, codec.ALERT)]
    assert [(each.kind, each.alert_number) for each in events] == [(AnswerKind.STARTED, 258), (event, 258)]


def test_an_alert_that_nobody_answers_ends_by_itself_or_by_a_stop() -> None:
    alert = "02035003fa009600ff50000002017800"
    for ending in ([["pass", 121]], [["write", "alert", "00"]]):
        said = booted([["write", "alert", alert], ["pass", 2], *ending])
        assert codec.decode_alert_event(bytes.fromhex(sent(said, codec.ALERT)[-1])).kind is AnswerKind.FINISHED
        assert said["overlays"] == ["shown", "gone"]
        assert said["buzzes"] == 3
