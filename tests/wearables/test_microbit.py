"""micro:bit: its bytes, its periods, its bursts, its LEDs and buttons."""

from __future__ import annotations

import random
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import AccelBlock, Answer, AnswerKind, Nudge, WearableFacts
from monitor.wearables.base import DecodeError, Packet
from monitor.wearables.microbit import (
    BUTTON_A,
    BUTTON_B,
    DATA,
    MATRIX,
    PERIOD,
    SCROLLING,
    TEXT,
    MicroBit,
    MicroBitRules,
    decode_button,
    decode_period,
    encode_period,
    encode_text,
)
from monitor.wearables.standard import FIRMWARE_REVISION
from monitor.wearables.triplets import decode_triplets
from tests.support.vectors import each, refused, valid
from tests.wearables.linked import NOW_S, Talk

DECODERS: dict[str, Any] = {"data": decode_triplets, "period": decode_period, "button": decode_button}
PERIODS_US = {
    "v1": (1250, 2500, 5000, 10000, 20000, 80000, 160000, 640000),
    "v2": (617, 744, 2500, 5000, 10000, 20000, 40000, 100000, 1000000),
}


def supported_ms(board: str, asked_ms: int) -> int:
    """What a board makes of a wish."""
    enough = [us for us in PERIODS_US[board] if us >= asked_ms * 1000]
    return (enough[0] if enough else PERIODS_US[board][-1]) // 1000


@each(refused("microbit"))
def test_what_breaks_the_protocol_is_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(DecodeError, match=vector["expect"]["error"]):
        DECODERS[vector["kind"]](bytes.fromhex(vector["hex"]))


@each(valid("microbit", "data"))
def test_data_vectors(vector: dict[str, Any]) -> None:
    assert decode_triplets(bytes.fromhex(vector["hex"])).tolist() == [vector["expect"]["g"]]


@each(valid("microbit", "period", "button"))
def test_number_vectors(vector: dict[str, Any]) -> None:
    assert [DECODERS[vector["kind"]](bytes.fromhex(vector["hex"]))] == list(vector["expect"].values())


@each(valid("microbit", "text", "delay", "matrix"))
def test_what_we_write_is_as_the_vectors_say(vector: dict[str, Any]) -> None:
    talk = board("v2")
    talk.alert(Nudge("stand_up", 1, 60.0))
    talk.alert(Nudge("nudge", 1, 60.0))
    talk.alert(Nudge("stop", 1, 60.0))
    uuid = {"text": TEXT, "delay": SCROLLING, "matrix": MATRIX}[vector["kind"]]
    assert (uuid, bytes.fromhex(vector["hex"])) in talk.written


@each(valid("microbit", "period_rule"))
def test_the_boards_of_these_tests_follow_the_rule_of_periods(vector: dict[str, Any]) -> None:
    assert supported_ms(vector["board"], vector["expect"]["asked_ms"]) == vector["expect"]["period_ms"]


@given(st.text(max_size=60))
def test_a_text_fits_the_board_and_is_never_cut_inside_a_character(text: str) -> None:
    data = encode_text(text)
    assert len(data) <= 20
    assert text.startswith(data.decode())


# --- the conversation ---------------------------------------------------------------------------------------------


class Board(Talk):
    """A micro:bit that knows certain periods only."""

    model = "v2"

    def wrote(self, uuid: str, data: bytes) -> None:
        if uuid == PERIOD:
            self.values[PERIOD] = encode_period(supported_ms(self.model, decode_period(data)))


def board(model: str, rules: MicroBitRules | None = None, refused: set[str] | None = None) -> Board:
    values = {PERIOD: encode_period(20), FIRMWARE_REVISION: b"2.2.0"}
    talk = Board(MicroBit(rules or MicroBitRules()), values, refused or set())
    talk.model = model
    talk.link()
    return talk


@pytest.mark.parametrize(
    ("model", "wish_ms", "period_ms"),
    [("v2", 40, 40), ("v1", 40, 20), ("v2", 20, 20), ("v1", 20, 20), ("v1", 100, 80), ("v2", 100, 100), ("v1", 30, 20)],
)
def test_the_period_is_what_the_board_really_has(model: str, wish_ms: int, period_ms: int) -> None:
    talk = board(model, MicroBitRules(period_ms=wish_ms))
    assert decode_period(talk.values[PERIOD]) == period_ms
    talk.hear(DATA, bytes.fromhex("1000e0ff00fc"), NOW_S + 1)
    talk.tick()
    assert talk.of(AccelBlock)[0].rate_hz == 1000 / period_ms


@pytest.mark.parametrize("model", PERIODS_US)
def test_no_wish_lets_it_ask_for_ever(model: str) -> None:
    for period_ms in range(5, 161):
        talk = board(model, MicroBitRules(period_ms=period_ms))
        assert sum(uuid == PERIOD for uuid, _ in talk.written) <= 3


def test_a_board_without_period_streams_as_it_does() -> None:
    talk = board("v1", refused={PERIOD})
    for _ in range(10):
        talk.tick()
    talk.hear(DATA, bytes.fromhex("1000e0ff00fc"), talk.now_s)
    talk.tick()
    assert talk.of(AccelBlock)[0].rate_hz == 50.0


def test_a_board_without_accelerometer_is_given_up_with_a_remedy() -> None:
    talk = board("v1", refused={DATA})
    for _ in range(10):
        talk.tick()
    assert len(talk.reconnects) == 1
    assert "MakeCode" in talk.reconnects[0]


def test_a_board_without_buttons_is_no_trouble() -> None:
    talk = board("v1", refused={BUTTON_A, BUTTON_B, SCROLLING, FIRMWARE_REVISION})
    for _ in range(20):
        talk.tick()
    assert not talk.reconnects
    assert talk.of(WearableFacts) == [WearableFacts("BBC micro:bit", "", None, True)]


def test_bursts_become_even_times() -> None:
    """A V2 whose 40 ms are 38.6, two or three samples in a burst every 100 ms."""
    dice, talk = random.Random(5), board("v2")
    truth, waiting, sends_s, arrived_s = list[float](), list[tuple[float, bytes]](), NOW_S, NOW_S
    for number in range(8000):
        at_s = NOW_S + number * 0.0386
        while sends_s < at_s:
            for _, data in waiting:
                arrived_s = max(arrived_s + 0.001, sends_s + dice.random() * 0.01)
                talk.hear(DATA, data, arrived_s)
            waiting, sends_s = [], sends_s + 0.1
        waiting.append((at_s, struct.pack("<3h", number % 100, 0, -1024)))
        truth.append(at_s)
    errors = talk.t_s - truth[: len(talk.t_s)]
    assert len(errors) > 7900
    assert np.all(np.diff(talk.t_s) > 0)
    assert float(np.sqrt(np.mean(errors[1000:] ** 2))) < 0.1
    assert talk.of(AccelBlock)[-1].segment == 0


# --- alerts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("button", "kind"), [(BUTTON_A, AnswerKind.ACKNOWLEDGED), (BUTTON_B, AnswerKind.SNOOZED)])
def test_a_button_answers_the_open_alert_once(button: str, kind: AnswerKind) -> None:
    talk = board("v2")
    talk.alert(Nudge("stand_up", 258, 60.0))
    for state in (1, 2, 0, 1, 0):
        talk.hear(button, bytes((state,)), talk.now_s + 1)
    assert talk.of(Answer) == [Answer(kind, 258, NOW_S + 1)]


def test_a_button_without_an_open_alert_says_nothing() -> None:
    talk = board("v2")
    talk.hear(BUTTON_A, b"\x01")
    talk.alert(Nudge("stand_up", 258, 60.0))
    talk.alert(Nudge("stop", 258, 60.0))
    talk.hear(BUTTON_A, b"\x01")
    talk.alert(Nudge("stand_up", 259, 60.0))
    talk.hear(BUTTON_A, b"\x01", talk.now_s + 61)
    assert not talk.of(Answer)


def test_a_board_that_takes_no_text_refuses() -> None:
    talk = board("v2", refused={TEXT})
    talk.alert(Nudge("stand_up", 258, 60.0))
    assert talk.of(Answer) == [Answer(AnswerKind.REFUSED, 258, NOW_S)]


def test_a_long_run_of_garbage_never_raises_anything_else() -> None:
    dice, talk = random.Random(12), board("v1")
    for _ in range(20_000):
        talk.now_s += dice.random() * 0.1
        uuid = dice.choice([DATA, DATA, BUTTON_A, BUTTON_B, PERIOD])
        packet = Packet(uuid, dice.randbytes(dice.choice([0, 1, 2, 5, 6, 6, 6, 18, 20])), talk.now_s)
        try:
            talk.facts += talk.driver.receive(packet)  # type: ignore[arg-type]
        except DecodeError:
            continue
    assert np.all(np.diff(talk.t_s) > 0)
