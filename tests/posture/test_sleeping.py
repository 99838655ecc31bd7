"""Sleep is hours without getting up, part of them in a pose in which nobody sits, with hardly a stir."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from monitor.accel.epochs import join, take
from monitor.model import Epochs, Posture
from monitor.posture.sleeping import Sleep
from monitor.posture.thigh import Thigh
from tests.support.wearers import rows_of, wear

BLANK = rows_of(wear(("stand", 12)))


def night(*parts: tuple[Posture, int, float]) -> tuple[Epochs, NDArray[np.int64]]:
    """Rows and postures of parts of (posture, seconds, share of seconds that stir)."""
    posture = np.concatenate([np.full(seconds, int(code)) for code, seconds, _ in parts])
    stirs = np.concatenate([np.arange(seconds) % 100 < 100 * share for _, seconds, share in parts])
    rows = join([take(BLANK, slice(0, 1))] * len(posture))
    start_s = np.arange(len(posture), dtype=np.float64)
    return replace(rows, start_s=start_s, jitter_g=np.where(stirs, 0.2, 0.01)), posture


def asleep(*parts: tuple[Posture, int, float]) -> NDArray[np.bool_]:
    return Sleep().advance(*night(*parts))


def test_two_hours_without_getting_up_part_of_them_on_the_side_are_sleep() -> None:
    sleeps = asleep((Posture.SITTING, 3000, 0.1), (Posture.LYING, 2000, 0.01), (Posture.SITTING, 5000, 0.01))
    assert not sleeps[:7200].any()
    assert sleeps[7300:].all()


def test_sitting_is_never_sleep_however_still_and_long() -> None:
    assert not asleep((Posture.SITTING, 20_000, 0.0)).any()


def test_a_quarter_of_an_hour_of_lying_is_not() -> None:
    assert not asleep((Posture.LYING, 900, 0.0), (Posture.SITTING, 12_000, 0.0)).any()


def test_an_hour_of_lying_between_two_breaks_is_not() -> None:
    assert not asleep(*((Posture.LYING, 3600, 0.0), (Posture.STANDING, 60, 0.5)) * 4).any()


def test_lying_and_stirring_is_not() -> None:
    assert not asleep((Posture.LYING, 9000, 0.1)).any()


def test_getting_up_or_stirring_for_minutes_wakes() -> None:
    up = asleep((Posture.LYING, 8000, 0.0), (Posture.STANDING, 5, 1.0), (Posture.SITTING, 6000, 0.01))
    assert up[7990]
    assert not up[8000:].any()
    stirring = asleep((Posture.LYING, 8000, 0.0), (Posture.SITTING, 600, 0.6))
    assert not stirring[8300:].any()


def test_row_by_row_says_the_same() -> None:
    rows, posture = night((Posture.STANDING, 9, 1.0), (Posture.LYING, 7400, 0.01), (Posture.SITTING, 300, 0.5))
    sleep = Sleep()
    parts = [sleep.advance(take(rows, slice(k, k + 7)), posture[k : k + 7]) for k in range(0, len(posture), 7)]
    assert np.concatenate(parts).tolist() == Sleep().advance(rows, posture).tolist()


def test_a_thigh_on_its_side_for_hours_sleeps() -> None:
    recording = wear(("walk", 60), ("sit", 120), ("side", 7500), ("stand", 20), rate_hz=12.5)
    rows = Thigh().advance(rows_of(recording, decides_after_s=5))
    assert set(rows.posture[200:7200]) == {Posture.LYING}
    assert set(rows.posture[7300:7670]) == {Posture.ASLEEP}
    assert Posture.ASLEEP not in set(rows.posture[7685:])
