"""Thingy:52: its bytes, its settings, its light and button."""

from __future__ import annotations

import random
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import AccelBlock, Answer, AnswerKind, BatteryLevel, Nudge
from monitor.wearables.base import DecodeError, Packet
from monitor.wearables.standard import BATTERY_LEVEL, decode_battery
from monitor.wearables.thingy52 import Thingy52, Thingy52Rules, codec
from monitor.wearables.thingy52.codec import (
    ADVERTISING,
    BUTTON,
    LED,
    MOTION_CONFIG,
    RAW,
    SOUND_CONFIG,
    SPEAKER,
    MotionConfig,
)
from tests.support.vectors import each, refused, valid
from tests.wearables.linked import NOW_S, Talk

DECODERS: dict[str, Any] = {
    "config": codec.decode_config,
    "raw": codec.decode_raw,
    "advertising": codec.decode_advertising,
    "button": codec.decode_button,
    "battery": decode_battery,
}
REST = bytes.fromhex("1000e0ff0004000000000000000000000000")
DEFAULT = bytes.fromhex("e803f401f4010a0001")


@each(refused("thingy52"))
def test_what_breaks_the_protocol_is_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(DecodeError, match=vector["expect"]["error"]):
        DECODERS[vector["kind"]](bytes.fromhex(vector["hex"]))


@each(valid("thingy52", "raw"))
def test_raw_vectors(vector: dict[str, Any]) -> None:
    assert codec.decode_raw(bytes.fromhex(vector["hex"])).tolist() == [vector["expect"]["g"]]


@each(valid("thingy52", "config"))
def test_configuration_vectors_both_ways(vector: dict[str, Any]) -> None:
    config = codec.decode_config(bytes.fromhex(vector["hex"]))
    assert config == MotionConfig(*vector["expect"].values())
    assert codec.encode_config(config).hex() == vector["hex"]


@each(valid("thingy52", "advertising", "button", "battery"))
def test_number_vectors(vector: dict[str, Any]) -> None:
    read, expect = DECODERS[vector["kind"]](bytes.fromhex(vector["hex"])), list(vector["expect"].values())
    assert (list(read) if isinstance(read, tuple) else [read]) == expect


@each(valid("thingy52", "led", "tone"))
def test_light_and_tone_vectors(vector: dict[str, Any]) -> None:
    expect = dict(vector["expect"])
    mode = expect.pop("mode", None)
    makers = {0: lambda: codec.LIGHT_OFF, 2: lambda: codec.encode_breathing(*expect.values())}
    makers |= {3: lambda: codec.encode_flash(*expect.values()), None: lambda: codec.encode_tone(*expect.values())}
    if mode in makers:
        assert makers[mode]().hex() == vector["hex"]


@given(st.builds(MotionConfig, times := st.integers(100, 5000), times, times, st.integers(5, 200), st.integers(0, 1)))
def test_every_configuration_survives_the_way_there_and_back(config: MotionConfig) -> None:
    assert codec.decode_config(codec.encode_config(config)) == config


# --- the conversation ---------------------------------------------------------------------------------------------


def thingy(rules: Thingy52Rules | None = None, refused: set[str] | None = None) -> Talk:
    values = {MOTION_CONFIG: DEFAULT, SOUND_CONFIG: b"\x03\x01", ADVERTISING: bytes.fromhex("6002b4")}
    talk = Talk(Thingy52(rules or Thingy52Rules()), values | {BATTERY_LEVEL: b"\x57"}, refused or set())
    return talk.link()


def test_it_is_set_to_the_rate_wanted_and_to_stay_findable() -> None:
    talk = thingy()
    assert talk.values[MOTION_CONFIG].hex() == "e803f401f401190001"
    assert talk.values[ADVERTISING].hex() == "600200"
    assert talk.values[SOUND_CONFIG].hex() == "0101"
    assert talk.of(BatteryLevel) == [BatteryLevel(87, NOW_S)]
    talk.hear(RAW, REST, NOW_S + 1)
    talk.tick()
    (block,) = talk.of(AccelBlock)
    assert block.rate_hz == 25.0
    assert block.xyz_g.tolist() == [[0.015625, -0.03125, 1.0]]


def test_what_is_right_already_is_not_written() -> None:
    talk = thingy(Thingy52Rules(rate_hz=10, sound=False, advertise_for_ever=False))
    assert not talk.written


def test_a_thingy_that_refuses_every_wish_streams_as_delivered() -> None:
    talk = thingy(refused={MOTION_CONFIG, ADVERTISING, SOUND_CONFIG, BUTTON, BATTERY_LEVEL})
    for _ in range(40):
        talk.tick()
    talk.hear(RAW, REST)
    talk.tick()
    assert talk.of(AccelBlock)[0].rate_hz == 10.0
    assert not talk.reconnects


def test_a_thingy_without_motion_is_given_up_with_a_remedy() -> None:
    talk = thingy(refused={RAW})
    for _ in range(20):
        talk.tick()
    assert len(talk.reconnects) == 1
    assert "firmware" in talk.reconnects[0]


def test_times_are_right_to_a_tenth_of_a_second() -> None:
    dice, talk = random.Random(6), thingy()
    arrived_s = NOW_S
    for number in range(5000):
        arrived_s = max(arrived_s + 0.001, NOW_S + number * 0.0408 + 0.01 + dice.random() * 0.04)
        talk.hear(RAW, struct.pack("<9h", number % 1000, 0, 1024, *([0] * 6)), arrived_s)
    talk.tick()
    errors = talk.t_s - (NOW_S + np.arange(5000) * 0.0408)
    assert float(np.sqrt(np.mean(errors[1000:] ** 2))) < 0.1
    assert np.all(np.diff(talk.t_s) > 0)


# --- alerts -------------------------------------------------------------------------------------------------------


def test_an_alert_is_light_and_tone_and_stops() -> None:
    talk = thingy()
    talk.written.clear()
    talk.alert(Nudge("urgent", 258, 60.0))
    talk.alert(Nudge("stop", 258, 60.0))
    assert [(uuid, data.hex()) for uuid, data in talk.written] == [
        (LED, "020164f401"),
        (SPEAKER, "70032c0150"),
        (LED, "00"),
    ]


def test_without_sound_it_only_shines() -> None:
    talk = thingy(Thingy52Rules(sound=False))
    talk.alert(Nudge("urgent", 258, 60.0))
    assert SPEAKER not in dict(talk.written)


@pytest.mark.parametrize(("presses", "kind"), [(1, AnswerKind.ACKNOWLEDGED), (2, AnswerKind.SNOOZED)])
def test_one_press_takes_the_break_and_two_ask_for_later(presses: int, kind: AnswerKind) -> None:
    talk = thingy()
    talk.alert(Nudge("stand_up", 258, 60.0))
    talk.tick(5)
    for press in range(presses):
        talk.hear(BUTTON, b"\x01", NOW_S + 5 + press * 0.4)
        talk.hear(BUTTON, b"\x00", NOW_S + 5.2 + press * 0.4)
    talk.tick(2)
    assert talk.of(Answer) == [Answer(kind, 258, NOW_S + 5)]


def test_a_light_that_is_refused_is_said() -> None:
    talk = thingy(refused={LED})
    talk.alert(Nudge("stand_up", 258, 60.0))
    assert [answer.kind for answer in talk.of(Answer)] == [AnswerKind.REFUSED]


def test_a_long_run_of_garbage_never_raises_anything_else() -> None:
    dice, talk = random.Random(13), thingy()
    for _ in range(20_000):
        talk.now_s += dice.random() * 0.1
        uuid = dice.choice([RAW, RAW, BUTTON, BATTERY_LEVEL, LED])
        packet = Packet(uuid, dice.randbytes(dice.choice([0, 1, 9, 18, 20])), talk.now_s)
        try:
            talk.facts += talk.driver.receive(packet)  # type: ignore[arg-type]
        except DecodeError:
            continue
    assert np.all(np.diff(talk.t_s) > 0)
