"""The vectors that the drivers read too, made by the simulator's own encoders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from firmware_sim.profiles.movesense_gsp import Gsp, encode_data
from firmware_sim.profiles.polar_control import H10, VERITY, Model, PolarControl
from firmware_sim.profiles.polar_frames import FrameType, encode_frame
from firmware_sim.profiles.polar_products import OLD_FACTORS
from firmware_sim.profiles.thingy52_codec import MotionConfiguration, encode_raw, is_light
from firmware_sim.profiles.witmotion_frames import RATE_CODES, Registers, encode_stream

VECTORS = Path(__file__).parent.parent / "vectors"


def vectors(kind: str, *ids: str) -> list[Any]:
    """Return vectors of a kind by their ids, as test parameters."""
    known = {entry["id"]: entry for entry in json.loads((VECTORS / f"{kind}.json").read_text(encoding="utf-8"))}
    return [pytest.param(known[name], id=name) for name in ids]


def vectors_of(kind: str, part: str) -> list[Any]:
    """Return all valid vectors of a part of a kind."""
    entries = json.loads((VECTORS / f"{kind}.json").read_text(encoding="utf-8"))
    return [
        pytest.param(entry, id=entry["id"])
        for entry in entries
        if entry["kind"] == part and "error" not in entry["expect"]
    ]


@pytest.mark.parametrize("vector", vectors("polar", "pmd-raw1-own", "pmd-delta1-own"))
def test_polar_frames(vector: dict[str, Any]) -> None:
    published = bytes.fromhex(vector["hex"])
    time_ns = int.from_bytes(published[1:9], "little")
    samples = np.array(vector["expect"]["samples_mg"], dtype=np.int16)
    assert encode_frame(time_ns, FrameType(published[9]), samples) == published
    assert time_ns == vector["expect"].get("timestamp_ns", time_ns)


@pytest.mark.parametrize(
    ("vector", "model"),
    [
        (*vectors("polar", "pmd-cp-settings-h10")[0].values, H10),
        (*vectors("polar", "settings-verity")[0].values, VERITY),
    ],
)
def test_polar_settings(vector: dict[str, Any], model: Model) -> None:
    assert PolarControl(model, {}).answer(b"\x01\x02", 244) == [bytes.fromhex(vector["hex"])]


@pytest.mark.parametrize(
    ("start", "answer", "model"),
    [
        ("pmd-cp-start-h10", "start-answer-plain", H10),
        ("pmd-cp-start-verity", "pmd-cp-start-response-factor", VERITY),
    ],
)
def test_polar_starts(start: str, answer: str, model: Model) -> None:
    asked, answered = (bytes.fromhex(param.values[0]["hex"]) for param in vectors("polar", start, answer))  # type: ignore[index]
    control = PolarControl(model, OLD_FACTORS if model is VERITY else {})
    assert control.answer(asked, 244) == [answered]
    (stopped,) = vectors("polar", "device-stopped-acc")
    assert control.stop_by_itself() == [bytes.fromhex(stopped.values[0]["hex"])]  # type: ignore[index]


@pytest.mark.parametrize(
    ("vector", "model"),
    [
        (*vectors("polar", "pmd-feature-read-h10")[0].values, H10),
        (*vectors("polar", "pmd-feature-read-verity")[0].values, VERITY),
    ],
)
def test_polar_features(vector: dict[str, Any], model: Model) -> None:
    assert model.features == bytes.fromhex(vector["hex"])


@pytest.mark.parametrize("vector", vectors("movesense", "movesense-acc-data", "data-last-stamp"))
def test_movesense_data(vector: dict[str, Any]) -> None:
    expect = vector["expect"]
    values = np.array(expect["ms2"], dtype="<f4").tobytes()
    assert encode_data(expect["ref"], expect["timestamp_ms"], values, 244) == [bytes.fromhex(vector["hex"])]


def test_movesense_answers() -> None:
    subscribe, unsubscribe, subscribed = (
        bytes.fromhex(param.values[0]["hex"])  # type: ignore[index]
        for param in vectors("movesense", "movesense-subscribe-acc13", "unsubscribe", "subscribed")
    )
    gsp = Gsp("0" * 12)
    assert gsp.answer(subscribe) == subscribed
    assert gsp.answer(unsubscribe) == subscribed


@pytest.mark.parametrize("vector", vectors_of("witmotion", "motion"))
def test_witmotion_frames(vector: dict[str, Any]) -> None:
    expect = vector["expect"]
    counts = np.rint(np.array([expect["g"]]) * 2048).astype(np.int16)
    assert encode_stream(counts, np.zeros((1, 3)), np.array([[0.0, 0.0, expect["yaw_deg"]]])) == bytes.fromhex(
        vector["hex"]
    )


@pytest.mark.parametrize("vector", vectors("witmotion", "rate-10", "rate-200"))
def test_witmotion_commands(vector: dict[str, Any]) -> None:
    unlock, save = (bytes.fromhex(param.values[0]["hex"]) for param in vectors("witmotion", "unlock", "save"))  # type: ignore[index]
    registers = Registers(rate_code=5, saved_rate_code=5)
    for command in (unlock, bytes.fromhex(vector["hex"]), save):
        registers.write(command)
    assert RATE_CODES[registers.saved_rate_code] == vector["expect"]["hz"]
    assert registers.ignored == 0


@pytest.mark.parametrize("vector", vectors_of("thingy52", "config"))
def test_thingy_configurations(vector: dict[str, Any]) -> None:
    expect = vector["expect"]
    fields = ("pedometer_ms", "temperature_ms", "compass_ms", "motion_hz", "wake_on_motion")
    configuration = MotionConfiguration(*(expect[name] for name in fields))
    assert configuration.encode() == bytes.fromhex(vector["hex"])
    assert MotionConfiguration.decode(bytes.fromhex(vector["hex"])) == configuration


@pytest.mark.parametrize("vector", vectors_of("thingy52", "raw"))
def test_thingy_raw_motion(vector: dict[str, Any]) -> None:
    expect = vector["expect"]
    encoded = encode_raw(np.array(expect["g"]), np.array(expect["dps"]), np.array(expect["uT"]))
    assert encoded == bytes.fromhex(vector["hex"])


@pytest.mark.parametrize("vector", vectors_of("thingy52", "led"))
def test_thingy_lights(vector: dict[str, Any]) -> None:
    assert is_light(bytes.fromhex(vector["hex"]))
