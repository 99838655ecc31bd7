"""PineTime: its bytes, its silence, its alerts."""

from __future__ import annotations

import random
import struct
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import AccelBlock, Answer, AnswerKind, BatteryLevel, LinkEvent, Nudge, Quality, WearableFacts
from monitor.wearables.base import DecodeError, Packet
from monitor.wearables.infinitime import InfiniTime, InfiniTimeRules, codec
from monitor.wearables.standard import (
    ALERT_LEVEL,
    BATTERY_LEVEL,
    CURRENT_TIME,
    FIRMWARE_REVISION,
    NEW_ALERT,
    decode_battery,
    encode_current_time,
)
from monitor.wearables.triplets import decode_triplets
from tests.support.vectors import each, named, refused, valid
from tests.wearables.linked import NOW_S, Talk

REST = bytes.fromhex("0000000000fc")


DECODERS: dict[str, Any] = {
    "motion": decode_triplets,
    "call_answer": codec.decode_call_answer,
    "battery": decode_battery,
}


@each(refused("infinitime"))
def test_what_breaks_the_protocol_is_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(DecodeError, match=vector["expect"]["error"]):
        DECODERS[vector["kind"]](bytes.fromhex(vector["hex"]))


@each(valid("infinitime", "motion"))
def test_motion_vectors(vector: dict[str, Any]) -> None:
    assert decode_triplets(bytes.fromhex(vector["hex"])).tolist() == vector["expect"]["g"]


@each(valid("infinitime", "call_answer", "battery"))
def test_number_vectors(vector: dict[str, Any]) -> None:
    (value,) = vector["expect"].values()
    assert DECODERS[vector["kind"]](bytes.fromhex(vector["hex"])) == value


@each(valid("infinitime", "new_alert"))
def test_new_alert_vectors(vector: dict[str, Any]) -> None:
    expect = vector["expect"]
    data = codec.encode_new_alert(expect["title"], expect["body"], expect["category"])
    assert data.hex() == vector["hex"]
    assert len(data) == expect["total"]


@each(valid("infinitime", "current_time"))
def test_the_clock_is_set_to_the_vector(vector: dict[str, Any]) -> None:
    talk = watch(InfiniTimeRules(clock_timezone="UTC"), now_s=1795323870.0)
    assert (CURRENT_TIME, bytes.fromhex(vector["hex"])) in talk.written


def test_the_clock_is_left_alone_where_wanted_or_unknown() -> None:
    assert CURRENT_TIME not in dict(watch(InfiniTimeRules(set_clock=False)).written)
    assert CURRENT_TIME not in dict(watch(now_s=100.0).written)


def test_fractions_of_the_clock_are_256ths() -> None:
    assert encode_current_time(datetime(2026, 11, 23, 1, 2, 3, 500_000))[7:] == bytes((1, 128, 1))


@given(st.text(max_size=200), st.text(max_size=200))
def test_an_alert_is_cut_to_what_the_watch_keeps_and_never_inside_a_character(title: str, body: str) -> None:
    data = codec.encode_new_alert(title, body)
    assert len(data) <= codec.MESSAGE_BYTES - 1
    assert f"{title}\0{body}".startswith(data[3:].decode())


@pytest.mark.parametrize(
    ("text", "version"), [("1.16.1", (1, 16)), ("1.9", (1, 9)), ("", None), ("1", None), ("v1.2", None), ("²·3", None)]
)
def test_versions(text: str, version: tuple[int, int] | None) -> None:
    assert codec.decode_version(text) == version


# --- the conversation ---------------------------------------------------------------------------------------------


def watch(rules: InfiniTimeRules | None = None, now_s: float = NOW_S, firmware: str = "1.16.1") -> Talk:
    """A watch that lies still, linked."""
    values = {codec.MOTION: REST, BATTERY_LEVEL: b"\x57", FIRMWARE_REVISION: firmware.encode() + b"\0"}
    return Talk(InfiniTime(rules or InfiniTimeRules()), values, now_s=now_s).link()


def value_of(number: int) -> bytes:
    """Another value for every number."""
    return struct.pack("<3h", number % 2000 - 1000, 100, -1000)


def moving(talk: Talk, seconds: float, silent: range = range(0), late: dict[int, float] | None = None) -> None:
    """Ten values a second, the polls of ``silent`` unchanged; some arrive late, and whatever follows behind them."""
    began_s, arrived_s = talk.now_s, talk.now_s
    for number in range(round(seconds * 10)):
        polled_s = began_s + number * 0.1
        arrived_s = max(arrived_s + 0.001, polled_s + 0.02 + (late or {}).get(number, 0.0))
        if number % 10 == 0:
            talk.now_s = max(talk.now_s, arrived_s - 0.0005)
            talk.tick(0.0)
        if number not in silent:
            talk.hear(codec.MOTION, value_of(number), arrived_s)
            talk.values[codec.MOTION] = value_of(number)


def numbers(talk: Talk) -> list[int]:
    return [round(float(x) * 1024) + 1000 for x in talk.xyz_g[:, 0]]


def test_it_says_what_it_is() -> None:
    talk = watch()
    assert talk.of(WearableFacts) == [WearableFacts("PineTime (InfiniTime)", "1.16.1", None, True)]
    assert talk.of(BatteryLevel) == [BatteryLevel(87, NOW_S)]
    assert not talk.of(LinkEvent)


@pytest.mark.parametrize(("firmware", "word"), [("1.13.0", "too old"), ("1.15.0", "silent")])
def test_an_old_firmware_is_told_to_the_user(firmware: str, word: str) -> None:
    (event,) = watch(firmware=firmware).of(LinkEvent)
    assert word in event.detail
    assert "1.16" in event.detail


def test_every_value_comes_once_and_in_order() -> None:
    talk = watch()
    moving(talk, 30)
    assert numbers(talk)[5:] == list(range(numbers(talk)[5], numbers(talk)[5] + len(talk.t_s) - 5))
    assert len(talk.t_s) > 280
    assert np.all(np.diff(talk.t_s) > 0)
    assert all(Quality.CHANGE_ONLY in block.quality for block in talk.of(AccelBlock))
    assert np.abs(np.diff(talk.t_s[50:]) - 0.1).max() < 0.02


def test_silence_while_the_watch_answers_is_stillness() -> None:
    talk = watch()
    for _ in range(60):
        talk.tick()
    assert len(talk.t_s) > 550
    assert talk.now_s - talk.t_s[-1] < 3.5
    assert np.ptp(talk.xyz_g, axis=0).tolist() == [0, 0, 0]
    assert talk.reads < 40


def test_silence_without_an_answer_is_unknown_and_the_link_is_made_anew() -> None:
    talk = watch()
    moving(talk, 10)
    talk.mute = True
    before = talk.now_s
    for _ in range(60):
        talk.tick()
    assert talk.t_s[-1] <= before + 1.0
    (reason,) = talk.reconnects
    assert "silent" in reason


def test_polls_without_change_repeat_the_value_before() -> None:
    talk = watch()
    moving(talk, 30, silent=range(150, 162))
    assert 11 <= numbers(talk).count(149) - 1 <= 13
    assert np.abs(np.diff(talk.t_s[20:]) - 0.1).max() < 0.06


def test_a_held_up_radio_is_not_taken_for_stillness() -> None:
    talk = watch()
    moving(talk, 30, late={150: 1.2})
    said = numbers(talk)
    at = said.index(100)
    assert said[at : at + 150] == list(range(100, 250))
    assert abs(np.diff(talk.t_s[20:]) - 0.1).max() < 0.06


def test_times_are_right_to_a_tenth_of_a_second_on_a_real_loop() -> None:
    """The loop runs a little slow, some polls say nothing, the radio delays each by up to 50 ms."""
    dice, talk = random.Random(3), watch()
    truth: dict[bytes, float] = {}
    polled_s, arrived_s, ticked_s = talk.now_s, talk.now_s, talk.now_s
    for number in range(6000):
        polled_s += 0.1 + dice.random() * 0.006
        arrived_s = max(arrived_s + 0.0005, polled_s + 0.005 + dice.random() * 0.05 + (dice.random() < 0.01) * 0.6)
        if dice.random() < 0.05:
            continue
        while ticked_s + 1.0 < arrived_s:
            ticked_s += 1.0
            talk.now_s = ticked_s
            talk.tick(0.0)
        data = struct.pack("<3h", number - 3000, 100, -1000)
        truth[data] = polled_s
        talk.hear(codec.MOTION, data, arrived_s)
    found = {
        struct.pack("<3h", round(x * 1024), 100, -1000): t for t, (x, *_) in zip(talk.t_s, talk.xyz_g, strict=True)
    }
    errors = np.array([t - truth[data] for data, t in found.items() if data in truth])
    assert len(errors) > 5000
    assert float(np.sqrt(np.mean(errors[300:] ** 2))) < 0.1
    assert np.all(np.diff(talk.t_s) > 0)


def test_a_lost_link_leaves_a_gap_and_invents_nothing() -> None:
    talk = watch()
    moving(talk, 10)
    talk.lose(120.0)
    talk.link()
    back_s = talk.now_s
    moving(talk, 10)
    gap = np.diff(talk.t_s).argmax()
    assert talk.t_s[gap + 1] >= back_s - 0.5
    assert np.diff(talk.t_s)[gap] > 100


def test_more_than_one_triplet_is_one_poll() -> None:
    talk = watch()
    for number in range(40):
        talk.hear(codec.MOTION, value_of(number) + value_of(number + 2), NOW_S + 1 + number * 0.1)
    talk.tick(5.0)
    assert numbers(talk)[-1] == 40
    assert talk.of(AccelBlock)[0].rate_hz == 10.0


def test_a_watch_without_motion_is_given_up_with_a_remedy() -> None:
    talk = Talk(InfiniTime(), refused={codec.MOTION}).link()
    for _ in range(20):
        talk.tick()
    assert "update InfiniTime" in talk.reconnects[0]
    assert len(talk.reconnects) == 1


# --- alerts -------------------------------------------------------------------------------------------------------

CALL_BUTTONS = [(0, AnswerKind.SNOOZED), (1, AnswerKind.ACKNOWLEDGED), (2, AnswerKind.SNOOZED), (3, None)]
NUDGE = Nudge("stand_up", 7, 120.0, "Time to stand", "You have been sitting 50 min")


def test_an_alert_is_a_text_that_vibrates() -> None:
    talk = watch()
    talk.alert(NUDGE)
    (vector,) = named("infinitime", "new-alert")
    assert talk.written[-1] == (NEW_ALERT, bytes.fromhex(vector["hex"]))


def test_a_watch_that_takes_no_text_gets_the_simple_alert() -> None:
    talk = watch()
    talk.refused = {NEW_ALERT}
    talk.alert(NUDGE)
    assert talk.written[-1] == (ALERT_LEVEL, b"\x02")
    assert not talk.of(Answer)
    talk.refused = {NEW_ALERT, ALERT_LEVEL}
    talk.alert(NUDGE)
    assert [answer.kind for answer in talk.of(Answer)] == [AnswerKind.REFUSED]


@pytest.mark.parametrize(("button", "kind"), CALL_BUTTONS)
def test_a_repeated_alert_rings_where_wanted_and_is_answered(button: int, kind: AnswerKind | None) -> None:
    talk = watch(InfiniTimeRules(ring_when_repeated=True))
    talk.alert(Nudge("urgent", 7, 120.0, "Still time", ""))
    assert talk.written[-1][1][0] == codec.CALL
    talk.hear(codec.CALL_ANSWER, bytes((button,)), talk.now_s + 5)
    assert [(answer.kind, answer.alert_number) for answer in talk.of(Answer)] == ([] if kind is None else [(kind, 7)])


def test_ordinarily_nothing_rings() -> None:
    talk = watch()
    talk.alert(Nudge("urgent", 7, 120.0, "Still time", ""))
    assert talk.written[-1][1][0] == codec.SIMPLE
    assert codec.CALL_ANSWER not in talk.subscribed


def test_a_long_run_of_garbage_never_raises_anything_else() -> None:
    dice, talk = random.Random(11), watch(InfiniTimeRules(ring_when_repeated=True))
    for turn in range(20_000):
        uuid = dice.choice([codec.MOTION, codec.CALL_ANSWER, BATTERY_LEVEL, ALERT_LEVEL])
        data = dice.randbytes(dice.choice([0, 1, 4, 5, 6, 6, 6, 12, 20, 120]))
        talk.now_s += dice.random() * 0.2
        try:
            for part in talk.driver.receive(Packet(uuid, data, talk.now_s)):
                talk.facts.append(part)  # type: ignore[arg-type]
        except DecodeError:
            pass
        if turn % 10 == 0:
            talk.values[codec.MOTION] = dice.randbytes(dice.choice([0, 5, 6, 6]))
            talk.tick(0.0)
    assert np.all(np.diff(talk.t_s) > 0)
    assert np.isfinite(talk.xyz_g).all()
