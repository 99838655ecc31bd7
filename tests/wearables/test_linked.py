"""What all simple linked drivers keep: whatever is read, whoever presses, however a link ends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import AccelBlock, Answer, AnswerKind, BatteryLevel, Nudge, PacketRefused
from monitor.wearables import WEARABLES
from monitor.wearables.base import Outcome, Packet, Read, Reconnect, Subscribe, Unsubscribe
from monitor.wearables.call import Call
from monitor.wearables.infinitime import codec
from monitor.wearables.linked import LinkedDriver
from monitor.wearables.microbit import DATA
from monitor.wearables.standard import BATTERY_LEVEL, decode_text
from monitor.wearables.thingy52.codec import RAW
from tests.wearables.linked import NOW_S, Talk

MOTION = {"infinitime": codec.MOTION, "microbit": DATA, "thingy52": RAW}
SAMPLE = {"infinitime": bytes(6), "microbit": bytes(6), "thingy52": bytes(18)}
APART = {"polar", "movesense", "witmotion"}
"""These say first how fast and in what unit they send: tested in their own files."""
kinds = pytest.mark.parametrize("kind", MOTION)


@kinds
@settings(max_examples=100, deadline=None)
@given(values=st.lists(st.binary(max_size=20), min_size=1, max_size=12))
def test_whatever_is_read_raises_nothing(kind: str, values: list[bytes]) -> None:
    driver, waiting = WEARABLES[kind](), list[object]()
    waiting += driver.start(None, NOW_S)
    for turn in range(60):
        if not waiting:
            break
        action = waiting.pop(0)
        if isinstance(action, Read):
            waiting += driver.done(action, Outcome(NOW_S, NOW_S, values[turn % len(values)]))
        elif not isinstance(action, AccelBlock | BatteryLevel | PacketRefused | Reconnect):
            waiting += driver.done(action, Outcome(NOW_S, NOW_S)) if hasattr(action, "characteristic") else []


@kinds
def test_before_and_after_a_link_it_says_nothing(kind: str) -> None:
    driver = WEARABLES[kind]()
    packet = Packet(MOTION[kind], SAMPLE[kind], NOW_S)
    assert driver.receive(packet) == driver.tick(NOW_S) == driver.alert(Nudge("stand_up", 1, 9.0), NOW_S) == []
    Talk(driver).link()
    driver.lost(NOW_S + 1)
    assert driver.receive(packet) == driver.tick(NOW_S + 2) == driver.alert(Nudge("stand_up", 1, 9.0), NOW_S) == []


@kinds
def test_a_clean_end_turns_every_notification_off(kind: str) -> None:
    talk = Talk(WEARABLES[kind]()).link()
    assert talk.subscribed
    talk.stop()
    assert not talk.subscribed


@kinds
def test_samples_are_handed_on_together_and_none_is_forgotten(kind: str) -> None:
    talk = Talk(WEARABLES[kind]()).link()
    for number in range(200):
        talk.hear(MOTION[kind], bytes([number]) + SAMPLE[kind][1:], talk.now_s + 0.1)
    talk.lose()
    first_values = np.rint(talk.xyz_g[:, 0] * 1024)
    assert first_values[-150:].tolist() == list(range(50, 200))
    assert len(talk.of(AccelBlock)) < 100
    assert np.all(np.diff(talk.t_s) > 0)


@kinds
def test_after_a_crash_a_new_segment_begins(kind: str) -> None:
    segments = list[int]()
    memory = None
    for turn in range(2):
        talk = Talk(WEARABLES[kind](), now_s=NOW_S + 1000 * turn).link(memory)
        for number in range(40):
            talk.hear(MOTION[kind], bytes([number]) + SAMPLE[kind][1:], talk.now_s + 0.1)
        talk.lose()
        segments += [block.segment for block in talk.of(AccelBlock)]
        memory = talk.driver.resume()
    assert sorted(set(segments)) == [0, 1]
    assert segments == sorted(segments)


@kinds
def test_the_battery_is_told_when_it_is_news(kind: str) -> None:
    talk = Talk(WEARABLES[kind]()).link()
    talk.facts.clear()
    for level in (87, 87, 86, 255, 255):
        talk.hear(BATTERY_LEVEL, bytes((level,)))
    assert [fact.percent for fact in talk.of(BatteryLevel)] == [87, 86, None]


@kinds
def test_kinds_of_nudge_it_does_not_know_are_left_alone(kind: str) -> None:
    talk = Talk(WEARABLES[kind]()).link()
    talk.written.clear()
    talk.alert(Nudge("of tomorrow", 1, 60.0))
    assert not talk.written


@kinds
def test_while_it_waits_to_be_linked_anew_nothing_is_asked(kind: str) -> None:
    talk = Talk(WEARABLES[kind](), refused={MOTION[kind]}).link()
    for _ in range(30):
        talk.tick()
    assert len(talk.reconnects) == 1
    assert talk.driver.alert(Nudge("stand_up", 1, 60.0), talk.now_s) == []
    assert not any(isinstance(part, Read | Subscribe) for part in talk.driver.tick(talk.now_s + 100))
    assert all(isinstance(part, Unsubscribe) for part in talk.driver.stop()[-1:])


def test_a_call_is_answered_once_and_in_time() -> None:
    call = Call()
    assert call.answered(AnswerKind.ACKNOWLEDGED, NOW_S) == []
    call.opened(Nudge("stand_up", 7, 60.0), NOW_S)
    assert call.answered(AnswerKind.SNOOZED, NOW_S + 60) == [Answer(AnswerKind.SNOOZED, 7, NOW_S + 60)]
    assert call.answered(AnswerKind.SNOOZED, NOW_S + 60) == []
    call.opened(Nudge("stand_up", 8, 60.0), NOW_S)
    assert call.answered(AnswerKind.SNOOZED, NOW_S + 60.1) == []


def test_texts_lose_the_nul_that_some_devices_send() -> None:
    assert decode_text(b"1.16.1\0") == "1.16.1"
    assert decode_text(b"\xff\0x") == "�"


def test_every_simple_driver_is_tested_here() -> None:
    assert {name for name, driver in WEARABLES.items() if issubclass(driver, LinkedDriver)} == set(MOTION) | APART
