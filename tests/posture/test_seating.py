"""Sitting down and crouching, row by row: what a second shows, and the four after it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from monitor.accel.epochs import take
from monitor.model import Bools, Epochs, Posture
from monitor.posture.seating import Outlook, Seating
from tests.support.wearers import rows_of, wear

CALM_G, STIRRING_G = 0.005, 0.08


def epochs_of(tilt_deg: list[float], jitter_g: list[float]) -> Epochs:
    """Rows with these tilts against z, and the seconds ahead of each as the builder would show them."""
    rows = take(rows_of(wear(("stand", len(tilt_deg))), decides_after_s=5), slice(0, len(tilt_deg)))
    tilt = np.radians(tilt_deg)
    mean_g = np.stack([np.sin(tilt), np.zeros(len(tilt)), np.cos(tilt)], axis=1)
    later = np.arange(len(tilt))[:, None] + np.arange(1, 5)
    padded_g, padded_jitter_g = (
        np.pad(mean_g, ((0, 4), (0, 0)), constant_values=np.nan),
        np.pad(np.array(jitter_g), (0, 4), constant_values=np.nan),
    )
    return replace(
        rows,
        mean_g=mean_g,
        jitter_g=np.array(jitter_g),
        ahead_mean_g=padded_g[later],
        ahead_jitter_g=padded_jitter_g[later],
    )


def crouches(seating: Seating, rows: Epochs, *, known: bool = True) -> Bools:
    """Ask as the thigh does."""
    upright = np.tile([0.0, 0.0, 1.0], (len(rows), 1))
    standing = Posture.STANDING if known else Posture.UNKNOWN
    posture = np.where(rows.mean_g[:, 2] < np.cos(np.radians(48.0)), Posture.SITTING, standing)
    return seating.advance(rows.start_s, Outlook.of(rows, upright), posture, 48.0, 40.0)


def after_standing(*parts: tuple[float, float, int]) -> NDArray[np.int64]:
    """Crouching seconds after 5 s of standing and parts of (tilt, jitter, seconds); standing follows."""
    parts = ((5.0, CALM_G, 5), *parts, (5.0, CALM_G, 6))
    tilt_deg = [tilt for tilt, _, seconds in parts for _ in range(seconds)]
    jitter_g = [jitter for _, jitter, seconds in parts for _ in range(seconds)]
    return np.flatnonzero(crouches(Seating(), epochs_of(tilt_deg, jitter_g))) - 5


def test_a_calm_seat_is_one_from_its_first_second() -> None:
    assert after_standing((80.0, STIRRING_G, 3), (80.0, CALM_G, 20)).tolist() == []


def test_three_seconds_are_no_seat_however_calm() -> None:
    assert after_standing((80.0, CALM_G, 3)).tolist() == [0, 1, 2]


def test_a_short_restless_stretch_is_a_crouch() -> None:
    assert after_standing((80.0, STIRRING_G, 6)).tolist() == list(range(6))


def test_the_second_of_rising_proves_no_seat() -> None:
    assert after_standing((80.0, STIRRING_G, 6), (70.0, 0.3, 2)).tolist() == list(range(8))


def test_a_restless_seat_is_believed_after_six_seconds_four_of_which_were_foreseen() -> None:
    assert after_standing((80.0, STIRRING_G, 30)).tolist() == [0, 1]


def test_what_was_not_seen_before_it_counts_for_a_seat() -> None:
    rows = epochs_of([5.0] * 5 + [80.0] * 5 + [5.0] * 6, [STIRRING_G] * 16)
    late = replace(rows, start_s=np.where(np.arange(16) >= 5, rows.start_s + 10.0, rows.start_s))
    assert not crouches(Seating(), late).any()


def test_who_sits_already_may_stir() -> None:
    assert after_standing((80.0, CALM_G, 10), (80.0, STIRRING_G, 5), (60.0, CALM_G, 5)).tolist() == []


def test_a_knee_above_every_seat_so_far_must_be_calmer_or_stay_longer() -> None:
    seating = Seating()
    crouches(seating, epochs_of([5.0] * 5 + [80.0] * 100 + [5.0] * 10, [CALM_G] * 115))
    assert seating.highest_deg == pytest.approx(80.0)
    squat = epochs_of([5.0] * 5 + [103.0] * 11 + [5.0] * 6, [CALM_G] * 5 + [0.03] * 11 + [CALM_G] * 6)
    assert np.flatnonzero(crouches(seating, squat)).tolist() == list(range(5, 16))


def test_where_nothing_was_known_before_nobody_has_sat_down() -> None:
    rows = epochs_of([5.0] * 5 + [80.0] * 5 + [5.0] * 6, [STIRRING_G] * 16)
    assert not crouches(Seating(), rows, known=False).any()


def test_where_the_data_end_nothing_speaks_against_a_seat() -> None:
    rows = epochs_of([5.0] * 5 + [80.0] * 4, [STIRRING_G] * 9)
    assert not crouches(Seating(), rows).any()


def test_cutting_elsewhere_changes_nothing() -> None:
    tilt_deg = [5.0] * 5 + [80.0] * 6 + [5.0] * 4 + [80.0] * 90 + [10.0] * 6 + [102.0] * 14
    jitter_g = np.random.default_rng(1).choice([CALM_G, 0.03, STIRRING_G], len(tilt_deg)).tolist()
    rows, seating = epochs_of(tilt_deg, jitter_g), Seating()
    parts = [crouches(seating, take(rows, slice(k, k + 1))) for k in range(len(rows))]
    assert np.concatenate(parts).tolist() == crouches(Seating(), rows).tolist()
