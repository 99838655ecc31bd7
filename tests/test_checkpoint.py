"""The codec of stored state: everything comes back as it was, and nothing else can be brought to life."""

from __future__ import annotations

import copy
import json
import math
import sys
from contextlib import suppress
from dataclasses import dataclass, field, fields
from enum import Enum, IntFlag
from types import ModuleType
from typing import Annotated, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from msgspec import Meta

from monitor import model
from monitor.checkpoint import CheckpointError, dumps, freeze, loads, thaw
from monitor.events import BoutStarted
from monitor.exchange import Command
from monitor.history.retention import HistoryRules
from monitor.rules import Rules


@dataclass
class Learner:
    """Trial state: mutable, with a record of itself in it."""

    name: str
    seen: dict[int, float] = field(default_factory=dict)
    mean_g: Any = None
    friend: Learner | None = None


class Mood(Enum):
    CALM = (1, "calm")


class Flags(IntFlag):
    ONE = 1
    TWO = 2


class Limits(Rules, frozen=True):
    limit_s: Annotated[float, Meta(ge=60)] = 1800.0
    words: tuple[str, ...] = ("a", "b")


class Loud(Rules, frozen=True):
    """No part of the package: must never be made."""


TRIAL = ModuleType("monitor.trial_state")
TRIAL.__dict__.update(Annotated=Annotated, Meta=Meta)
for _cls in (Learner, Mood, Flags, Limits):
    _cls.__module__ = TRIAL.__name__
    setattr(TRIAL, _cls.__name__, _cls)
sys.modules[TRIAL.__name__] = TRIAL


def same(a: Any, b: Any) -> bool:
    """Equal in value and in type, nan equal to nan, all the way down."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
    if isinstance(a, np.generic):
        return bool(a.tobytes() == b.tobytes())
    if isinstance(a, float):
        return (a == b and math.copysign(1, a) == math.copysign(1, b)) or (a != a and b != b)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if hasattr(a, "__dataclass_fields__"):
        return all(same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    return bool(a == b)


numbers = st.one_of(st.integers(), st.floats(), st.booleans(), st.none(), st.text(), st.binary())
arrays = hnp.arrays(
    st.sampled_from([np.float64, np.float32, np.int16, np.uint8, np.bool_, np.int64]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)
enums = st.sampled_from([*model.Posture, *model.LinkState, model.Quality.CLIPPED | model.Quality.LOW_RATE, Mood.CALM])
records = st.one_of(
    st.builds(Command, st.text(), st.text(), st.none() | st.text()),
    st.builds(BoutStarted, id=st.text(), at_s=st.floats(), bout_start_s=st.floats()),
    st.builds(Limits, limit_s=st.floats(60, 1e9)),
)
states = st.recursive(
    st.one_of(numbers, arrays, enums, records),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.text(), inner, max_size=4),
        st.dictionaries(st.integers(), inner, max_size=4),
        st.dictionaries(st.sampled_from(model.Posture), inner, max_size=4),
        st.builds(Learner, st.text(), st.dictionaries(st.integers(), st.floats()), inner),
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(states)
def test_what_is_thawed_is_what_was_frozen(state: Any) -> None:
    assert same(loads(dumps(state, "f"), "f"), state)


@settings(deadline=None)
@given(states)
def test_frozen_data_is_plain_json(state: Any) -> None:
    data = freeze(state)
    assert json.loads(json.dumps(data, allow_nan=False)) == data


def test_a_dict_that_looks_like_a_marked_object_stays_a_dict() -> None:
    state = {"!": "record", "type": "monitor.model:AccelBlock", "v": {}}
    assert thaw(freeze(state)) == state


def test_records_of_columns_come_back() -> None:
    block = model.AccelBlock(np.arange(3.0), np.ones((3, 3), np.float32), 50.0, 2, None, 0.5, model.Quality.REPLAYED)
    back = loads(dumps(block, ""), "")
    assert same(back, block)
    back.xyz_g[0] = 5.0  # writable, and not the original
    assert block.xyz_g[0, 0] == 1.0


def test_fortran_order_is_kept_because_sums_depend_on_it() -> None:
    array = np.asfortranarray(np.arange(12.0).reshape(3, 4))
    assert thaw(freeze(array)).flags.f_contiguous
    assert np.array_equal(thaw(freeze(array)), array)


def test_slices_and_foreign_byte_order_come_back_by_value() -> None:
    array = np.arange(10, dtype=">i4")[::3]
    assert thaw(freeze(array)).tolist() == [0, 3, 6, 9]


def test_a_record_reached_twice_stays_one_object_as_in_a_deep_copy() -> None:
    one = Learner("one")
    two = Learner("two", friend=one)
    one.friend = two
    back = thaw(freeze([one, two, one]))
    assert back[0] is back[2]
    assert back[0].friend is back[1]
    assert back[1].friend is back[0]


def test_a_model_is_validated_when_it_comes_back() -> None:
    data = freeze(HistoryRules(keep_posture_days=3))
    assert thaw(data) == HistoryRules(keep_posture_days=3)
    data["v"]["keep_posture_days"] = -1
    with pytest.raises(CheckpointError):
        thaw(data)


def test_the_state_does_not_change_by_being_written() -> None:
    state = Learner("x", {1: 2.0}, np.arange(3))
    before = copy.deepcopy(state)
    dumps(state, "f")
    assert same(state, before)


class Stray:
    pass


def _with_stray_attribute() -> Learner:
    learner = Learner("x")
    learner.cache = 1  # type: ignore[attr-defined]
    return learner


def _circle() -> list[Any]:
    circle: list[Any] = []
    circle.append(circle)
    return circle


@pytest.mark.parametrize(
    "state",
    [
        {1, 2},
        lambda: None,
        Stray(),
        Loud(),
        np.array(["text"]),
        np.array([object()]),
        np.array([1j]),
        np.ma.masked_array([1.0]),
        _with_stray_attribute(),
        _circle(),
        10**5000,
        iter([1]),
    ],
    ids=lambda state: type(state).__name__,
)
def test_what_is_no_plain_state_is_refused_when_written(state: Any) -> None:
    with pytest.raises(CheckpointError):
        dumps(state, "f")


def test_another_fingerprint_or_version_or_damage_is_refused_with_a_reason() -> None:
    text = dumps([1.25, "x"], "settings 1")
    for damaged in (
        "",
        "{}",
        "[]",
        text[:-1],
        text.replace("1.25", "1.35"),
        text.replace('"version": 1', '"version": 9'),
    ):
        with pytest.raises(CheckpointError) as caught:
            loads(damaged, "settings 1")
        assert caught.value.reason
    with pytest.raises(CheckpointError, match="settings have changed"):
        loads(text, "settings 2")


EVIL = [
    {"!": "record", "type": "os:system", "v": {}},
    {"!": "record", "type": "subprocess:Popen", "v": {}},
    {"!": "record", "type": "monitor.checkpoint:sys.modules", "v": {}},
    {"!": "record", "type": "monitor.checkpoint:np.ndarray", "v": {}},
    {"!": "record", "type": "monitor.checkpoint:_Thawer", "v": {}},
    {"!": "record", "type": "monitor.errors:MonitorError", "v": {}},
    {"!": "record", "type": "monitor.not_loaded:X", "v": {}},
    {"!": "record", "type": "monitor.exchange:Command", "v": {"name": "x"}},
    {"!": "record", "type": "monitor.exchange:Command", "v": 3},
    {"!": "record", "type": "monitor.events:plain", "v": {}},
    {"!": "record", "type": ["monitor.events"], "v": {}},
    {"!": "record"},
    {"!": "model", "type": "monitor.exchange:Command", "v": {}},
    {"!": "enum", "type": "monitor.model:Posture", "v": 99},
    {"!": "enum", "type": "monitor.model:AccelBlock", "v": 1},
    {"!": "same", "v": 0},
    {"!": "same", "v": -1},
    {"!": "pickle", "v": "x"},
    {"!": ["list"]},
    {"!": "float", "v": "1e400"},
    {"!": "bytes", "v": "no base64!"},
    {"!": "tuple", "v": {}},
    {"!": "dict", "v": [[[], 1]]},
    {"!": "array", "dtype": "<f8", "shape": [10**15], "order": "C", "v": ""},
    {"!": "array", "dtype": "<f8", "shape": [10**9, 10**9, 10**9], "order": "C", "v": "AAAA"},
    {"!": "array", "dtype": "<f8", "shape": [-1], "order": "C", "v": "AAAAAAAAAAA="},
    {"!": "array", "dtype": "|O", "shape": [1], "order": "C", "v": "AAAAAAAAAAA="},
    {"!": "array", "dtype": "f8,f8", "shape": [1], "order": "C", "v": "AAAAAAAAAAA="},
    {"!": "array", "dtype": ["<f8"], "shape": [1], "order": "C", "v": "AAAAAAAAAAA="},
    {"!": "array", "dtype": "<f8", "shape": [1] * 100, "order": "C", "v": "AAAAAAAAAAA="},
    {"!": "array", "dtype": "<f8", "shape": [1], "order": "K", "v": "AAAAAAAAAAA="},
]


@pytest.mark.parametrize("data", EVIL, ids=lambda data: json.dumps(data)[:60])
def test_a_text_made_by_somebody_else_brings_nothing_to_life(data: Any) -> None:
    with pytest.raises(CheckpointError):
        thaw([data])


def test_deep_nesting_is_refused_not_fatal() -> None:
    body = "[" * 100_000 + "]" * 100_000
    with pytest.raises(CheckpointError):
        loads(dumps([], "f").split("\n")[0] + "\n" + body, "f")
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(CheckpointError):
        thaw(deep)
    with pytest.raises(CheckpointError):
        dumps(deep, "f")


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["!", "type", "v", "dtype", "shape", "order"]) | st.text(max_size=3), inner)
        | st.fixed_dictionaries(
            {"!": st.sampled_from(["record", "array", "enum", "model", "dict", "same"]), "v": inner}
        )
    ),
    max_leaves=10,
)


@settings(deadline=None)
@given(junk)
def test_no_data_makes_the_codec_raise_anything_else(data: Any) -> None:
    with suppress(CheckpointError):
        thaw(data)
