"""The vectors that the drivers read too, made by the simulator's own encoders."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from firmware_sim.profiles.movesense_gsp import Gsp, encode_data
from firmware_sim.profiles.polar_control import H10, VERITY, Model, PolarControl
from firmware_sim.profiles.polar_frames import FrameType, encode_frame
from firmware_sim.profiles.polar_products import OLD_FACTORS
from firmware_sim.profiles.thingy52_codec import MotionConfiguration, encode_raw, is_light
from firmware_sim.profiles.witmotion_frames import RATE_CODES, Registers, encode_stream
from tests.support.vectors import each, named, valid


def data_of(device: str, *ids: str) -> list[bytes]:
    return [bytes.fromhex(vector["hex"]) for vector in named(device, *ids)]


@each(named("polar", "pmd-raw1-own", "pmd-delta1-own"))
def test_polar_frames(vector: dict[str, Any]) -> None:
    published = bytes.fromhex(vector["hex"])
    time_ns = int.from_bytes(published[1:9], "little")
    samples = np.array(vector["expect"]["samples_mg"], dtype=np.int16)
    assert encode_frame(time_ns, FrameType(published[9]), samples) == published
    assert time_ns == vector["expect"].get("timestamp_ns", time_ns)


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("pmd-cp-settings-h10", H10),
        ("settings-verity", VERITY),
    ],
)
def test_polar_settings(name: str, model: Model) -> None:
    assert PolarControl(model, {}).answer(b"\x01\x02", 244) == data_of("polar", name)


@pytest.mark.parametrize(
    ("start", "answer", "model"),
    [
        ("pmd-cp-start-h10", "start-answer-plain", H10),
        ("pmd-cp-start-verity", "pmd-cp-start-response-factor", VERITY),
    ],
)
def test_polar_starts(start: str, answer: str, model: Model) -> None:
    asked, answered = data_of("polar", start, answer)
    control = PolarControl(model, OLD_FACTORS if model is VERITY else {})
    assert control.answer(asked, 244) == [answered]
    assert control.stop_by_itself() == data_of("polar", "device-stopped-acc")


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("pmd-feature-read-h10", H10),
        ("pmd-feature-read-verity", VERITY),
    ],
)
def test_polar_features(name: str, model: Model) -> None:
    assert [model.features] == data_of("polar", name)


@each(named("movesense", "movesense-acc-data", "data-last-stamp"))
def test_movesense_data(vector: dict[str, Any]) -> None:
    expect = vector["expect"]
    values = np.array(expect["ms2"], dtype="<f4").tobytes()
    assert encode_data(expect["ref"], expect["timestamp_ms"], values, 244) == [bytes.fromhex(vector["hex"])]


def test_movesense_answers() -> None:
    subscribe, unsubscribe, subscribed = data_of("movesense", "movesense-subscribe-acc13", "unsubscribe", "subscribed")
    gsp = Gsp("0" * 12)
    assert gsp.answer(subscribe) == subscribed
    assert gsp.answer(unsubscribe) == subscribed


@each(valid("witmotion", "motion"))
def test_witmotion_frames(vector: dict[str, Any]) -> None:
    expect = vector["expect"]
    counts = np.rint(np.array([expect["g"]]) * 2048).astype(np.int16)
    assert encode_stream(counts, np.zeros((1, 3)), np.array([[0.0, 0.0, expect["yaw_deg"]]])) == bytes.fromhex(
        vector["hex"]
    )


@each(named("witmotion", "rate-10", "rate-200"))
def test_witmotion_commands(vector: dict[str, Any]) -> None:
    unlock, save = data_of("witmotion", "unlock", "save")
    registers = Registers(rate_code=5, saved_rate_code=5)
    for command in (unlock, bytes.fromhex(vector["hex"]), save):
        registers.write(command)
    assert RATE_CODES[registers.saved_rate_code] == vector["expect"]["hz"]
    assert registers.ignored == 0


@each(valid("thingy52", "config"))
def test_thingy_configurations(vector: dict[str, Any]) -> None:
    expect = vector["expect"]
    fields = ("pedometer_ms", "temperature_ms", "compass_ms", "motion_hz", "wake_on_motion")
    configuration = MotionConfiguration(*(expect[name] for name in fields))
    assert configuration.encode() == bytes.fromhex(vector["hex"])
    assert MotionConfiguration.decode(bytes.fromhex(vector["hex"])) == configuration


@each(valid("thingy52", "raw"))
def test_thingy_raw_motion(vector: dict[str, Any]) -> None:
    expect = vector["expect"]
    encoded = encode_raw(np.array(expect["g"]), np.array(expect["dps"]), np.array(expect["uT"]))
    assert encoded == bytes.fromhex(vector["hex"])


@each(valid("thingy52", "led"))
def test_thingy_lights(vector: dict[str, Any]) -> None:
    assert is_light(bytes.fromhex(vector["hex"]))
