"""What every placement keeps: a new one is tested by standing in the table."""

from __future__ import annotations

import copy
from dataclasses import fields, is_dataclass
from enum import Enum

import numpy as np
import pytest

from monitor.accel.epochs import join, take
from monitor.model import Epochs, Posture, PostureEpochs, Quality
from monitor.posture import PLACEMENTS
from monitor.posture.base import Placement, decides_after_s
from monitor.rules import Rules
from tests.support.wearers import rotation, rows_of, wear

RECORDING = wear(("sit", 40), ("walk", 30), ("stand", 30), ("sit", 90), ("cycle", 30), ("lie", 20), rate_hz=25.0)

pytestmark = pytest.mark.parametrize("kind", PLACEMENTS.values(), ids=PLACEMENTS)


def epochs(*, turn: int | None = None, rate_hz: float | None = None, quality: Quality = Quality.NONE) -> Epochs:
    recording = RECORDING if turn is None else RECORDING.turned(rotation(turn))
    if rate_hz is not None:
        recording = wear(("sit", 40), ("walk", 30), ("sit", 30), rate_hz=rate_hz)
    return rows_of(recording.block(quality=quality))


def bits(rows: PostureEpochs) -> list[bytes]:
    return [getattr(rows, column.name).tobytes() for column in fields(rows)]


def test_the_table_knows_it_by_its_name_and_it_says_what_it_can(kind: type[Placement]) -> None:
    assert PLACEMENTS[kind.NAME] is kind
    for text in (kind.KNOWS, kind.CANNOT):
        assert text.endswith(".")
        assert 20 < len(text) < 160


def test_every_epoch_gets_one_row_in_time(kind: type[Placement]) -> None:
    rows = rows_of(RECORDING, decides_after_s=decides_after_s(kind()))
    said = kind().advance(rows)
    assert said.start_s.tolist() == rows.start_s.tolist()
    assert (said.decided_s - said.start_s <= 5.0).all()
    assert {column.name: len(getattr(said, column.name)) for column in fields(said)} == dict.fromkeys(
        (column.name for column in fields(said)), len(rows)
    )


def test_no_epochs_give_no_rows(kind: type[Placement]) -> None:
    placement = kind()
    assert len(placement.advance(join([]))) == 0
    placement.advance(epochs())
    assert len(placement.advance(join([]))) == 0


def test_nothing_is_learned_from_no_epochs(kind: type[Placement]) -> None:
    rows, told, left_alone = epochs(), kind(), kind()
    for first in range(0, len(rows), 20):
        part = take(rows, slice(first, first + 20))
        told.advance(join([]))
        assert bits(told.advance(part)) == bits(left_alone.advance(part))


def test_confidence_is_a_share_and_unknown_has_none(kind: type[Placement]) -> None:
    said = kind().advance(epochs())
    assert ((said.confidence >= 0) & (said.confidence <= 1)).all()
    assert (said.confidence[said.posture == Posture.UNKNOWN] == 0).all()
    assert (said.confidence[said.posture != Posture.UNKNOWN] > 0.5).all()


def test_row_by_row_says_the_same_bits(kind: type[Placement]) -> None:
    rows, placement = epochs(), kind()
    parts = [placement.advance(take(rows, slice(k, k + 1))) for k in range(len(rows))]
    together = [b"".join(column) for column in zip(*map(bits, parts), strict=True)]
    assert together == bits(kind().advance(rows))


def test_a_copy_goes_on_like_the_original(kind: type[Placement]) -> None:
    rows, placement = epochs(), kind()
    placement.advance(take(rows, slice(0, 120)))
    twin = copy.deepcopy(placement)
    rest = take(rows, slice(120, None))
    assert bits(twin.advance(rest)) == bits(placement.advance(rest))


def test_its_memory_is_plain_data(kind: type[Placement]) -> None:
    placement = kind()
    placement.teach_standing(1010.0, 1020.0)
    placement.advance(epochs())
    _assert_plain(placement)


def _assert_plain(value: object) -> None:
    if is_dataclass(value):
        for item in fields(value):
            assert item.init, f"{item.name} could not be handed back to the constructor"
            _assert_plain(getattr(value, item.name))
    elif isinstance(value, list | tuple):
        for part in value:
            _assert_plain(part)
    elif isinstance(value, dict):
        for key, part in value.items():
            assert isinstance(key, str | int)
            _assert_plain(part)
    else:
        assert value is None or isinstance(value, int | float | str | bool | np.ndarray | Enum | Rules), value


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_turning_the_sensor_changes_no_posture(kind: type[Placement], turn: int) -> None:
    assert kind().advance(epochs(turn=turn)).posture.tolist() == kind().advance(epochs()).posture.tolist()


@pytest.mark.parametrize("rate_hz", [1.0, 3.0, 5.0])
def test_a_low_rate_never_claims_steps(kind: type[Placement], rate_hz: float) -> None:
    said = kind().advance(epochs(rate_hz=rate_hz))
    assert not np.isin(said.posture, [Posture.STEPPING, Posture.CYCLING]).any()


def test_who_is_not_worn_has_no_posture(kind: type[Placement]) -> None:
    said = kind().advance(epochs(quality=Quality.DEVICE_NOT_WORN))
    assert set(said.posture) == {Posture.NOT_WORN}
    assert not said.worn.any()
