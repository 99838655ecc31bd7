from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.checkpoint import freeze, thaw
from monitor.model import AccelBlock, Answer, AnswerKind, BatteryLevel, Nudge
from monitor.rules import FaultsError, check
from monitor.wearables.base import G_MS2, DecodeError, Packet, Reply
from monitor.wearables.bthome import BTHome, BTHomeRules
from monitor.wearables.bthome.codec import SERVICE, Content, decode_frame, decode_objects
from monitor.wearables.bthome.sealed import counter_of, opened

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "bthome.json").read_text())
SEALED = VECTORS["sealed"][0]
AXES = "63C0D401006360FD6BFF6390051000"
NOW_S = 1.8e9


def listening(**rules: Any) -> BTHome:
    driver = BTHome(check(BTHomeRules, rules))
    assert driver.start(None, NOW_S) == []
    return driver


def told(driver: BTHome, text: str, at_s: float = 0.0) -> Reply:
    return driver.receive(Packet(SERVICE, bytes.fromhex(text), NOW_S + at_s))


def times(reply: Reply) -> list[float]:
    return [round(t_s - NOW_S, 3) for part in reply if isinstance(part, AccelBlock) for t_s in part.t_s.tolist()]


@pytest.mark.parametrize("vector", VECTORS["plain"], ids=lambda vector: vector["id"])
def test_a_packet_decodes_to_its_published_values(vector: dict[str, Any]) -> None:
    frame = decode_frame(bytes.fromhex(vector["hex"]))
    content = decode_objects(frame.body)
    axes = vector.get("xyz_ms2")
    assert (content.xyz_g is None) is (axes is None)
    if content.xyz_g is not None:
        assert [g * G_MS2 for g in content.xyz_g] == pytest.approx(axes)
    for field in ("packet_id", "battery_pct", "moving"):
        assert getattr(content, field) == vector.get(field)
    assert list(content.buttons) == vector.get("buttons", [])


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda vector: vector["id"])
def test_other_bytes_are_refused_and_named(vector: dict[str, Any]) -> None:
    with pytest.raises(DecodeError, match=vector["says"]):
        told(listening(), vector["hex"])


@pytest.mark.parametrize("vector", VECTORS["sealed"], ids=lambda vector: vector["id"])
def test_an_encrypted_packet_opens_with_its_key(vector: dict[str, Any]) -> None:
    frame = decode_frame(bytes.fromhex(vector["hex"]))
    assert counter_of(frame) == vector["counter"]
    keys = check(BTHomeRules, {"bind_keys": {"AA:BB:CC:DD:EE:FF": "00" * 16, vector["mac"]: vector["key"]}}).keys
    assert opened(frame, keys).hex().upper() == vector["opened"]


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({}, "set bthome.bind_keys"),
        ({SEALED["mac"]: "00" * 16}, "check the address and key"),
        ({"54:48:E6:8F:80:A6": SEALED["key"]}, "check the address and key"),
    ],
)
def test_without_the_right_key_an_encrypted_packet_is_refused_with_the_remedy(keys: dict[str, str], says: str) -> None:
    with pytest.raises(DecodeError, match=says):
        told(listening(bind_keys=keys), SEALED["hex"])


def test_an_encrypted_packet_counts_once_and_an_old_one_never() -> None:
    driver = listening(bind_keys={SEALED["mac"]: SEALED["key"]})
    assert told(driver, SEALED["hex"])
    assert told(driver, SEALED["hex"], 60.0) == []
    driver.memory.counter = SEALED["counter"] + 1
    with pytest.raises(DecodeError, match="an old packet"):
        told(driver, SEALED["hex"])


def test_a_sensor_that_got_a_new_battery_unheard_is_believed_again_once_it_was_missed() -> None:
    driver = listening(bind_keys={SEALED["mac"]: SEALED["key"]})
    driver.memory.counter = SEALED["counter"] + 10_000_000
    with pytest.raises(DecodeError, match="an old packet"):
        told(driver, SEALED["hex"])
    driver.lost(NOW_S + 60)
    assert told(driver, SEALED["hex"], 61.0)
    assert driver.memory.counter == SEALED["counter"]


def test_a_key_is_never_shown_and_a_wrong_one_never_accepted() -> None:
    rules = check(BTHomeRules, {"bind_keys": {SEALED["mac"]: SEALED["key"]}})
    assert SEALED["key"] not in repr(rules)
    assert SEALED["key"] not in json.dumps(freeze(BTHome(rules)))
    assert thaw(freeze(BTHome(rules))).rules.keys == {}
    with pytest.raises(FaultsError, match="32 hexadecimal digits"):
        check(BTHomeRules, {"bind_keys": {SEALED["mac"]: "abc"}})
    with pytest.raises(FaultsError, match="belongs to an address"):
        check(BTHomeRules, {"bind_keys": {"54:48": SEALED["key"]}})


def test_three_accelerations_are_a_reading_in_g() -> None:
    driver = listening()
    told(driver, "402200" + AXES)
    (block,) = [part for part in told(driver, "40012A2200" + AXES, 1.0) if isinstance(part, AccelBlock)]
    assert block.xyz_g[-1].tolist() == pytest.approx([0.12 / G_MS2, -9.7 / G_MS2, 1.05 / G_MS2], abs=1e-6)


def test_a_packet_number_shows_repeats_however_late_they_come() -> None:
    driver = listening()
    assert told(driver, "4000070132")
    assert told(driver, "4000070132", 30.0) == []
    assert told(driver, "4000080131", 31.0) == [BatteryLevel(49, NOW_S + 31.0)]


def test_without_a_number_the_same_reading_is_new_after_half_an_interval() -> None:
    driver = listening(interval_s=1.0)
    told(driver, "402200" + AXES)
    assert told(driver, "402200" + AXES, 0.2) == []
    assert times(told(driver, "402200" + AXES, 1.0)) == [1.0]


def test_a_sensor_that_says_that_it_moves_is_not_believed_at_once() -> None:
    driver = listening()
    told(driver, "402200" + AXES)
    assert times(told(driver, "402201" + AXES, 1.0)) == []
    assert times(told(driver, "402200" + AXES, 3.2)) == [3.2]  # and nothing between is filled in


def test_a_sensor_without_a_movement_flag_is_believed_when_two_readings_are_alike() -> None:
    driver = listening()
    assert times(told(driver, "40" + AXES)) == []
    assert times(told(driver, "40" + AXES, 1.0)) == [1.0]
    assert times(told(driver, "40" + AXES, 3.2)) == [2.5, 3.2]


@pytest.mark.parametrize(
    ("press", "kind"), [("01", AnswerKind.ACKNOWLEDGED), ("02", AnswerKind.SNOOZED), ("04", AnswerKind.SNOOZED)]
)
def test_a_press_answers_the_alert_that_is_open_once(press: str, kind: AnswerKind) -> None:
    driver = listening()
    assert driver.alert(Nudge("stand_up", 4711, 60.0), NOW_S) == []
    reply = told(driver, f"44000A3A{press}", 5.0)
    assert Answer(kind, 4711, NOW_S + 5.0) in reply
    assert not any(isinstance(part, Answer) for part in told(driver, f"44000A3A{press}", 5.4))
    assert not any(isinstance(part, Answer) for part in told(driver, f"44000B3A{press}", 15.0))


def test_a_press_without_an_alert_answers_nothing() -> None:
    driver = listening()
    driver.alert(Nudge("stand_up", 4711, 60.0), NOW_S)
    driver.alert(Nudge("stop", 4711, 60.0), NOW_S + 1)
    assert not any(isinstance(part, Answer) for part in told(driver, "44000A3A01", 5.0))
    driver.alert(Nudge("stand_up", 4712, 60.0), NOW_S + 10)
    assert not any(isinstance(part, Answer) for part in told(driver, "44000B3A01", 100.0))


@given(st.binary(max_size=60))
def test_any_objects_decode_or_are_refused(body: bytes) -> None:
    try:
        assert isinstance(decode_objects(body), Content)
    except DecodeError as error:
        assert "is cut" in error.reason  # noqa: PT017
