"""Poses of standing: on the wearer's word, after getting up, between two walks."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.accel.metrics import angle_deg, unit
from monitor.model import Floats
from monitor.posture.rises import Rises
from monitor.posture.standing import Guessed, Pauses, Shown
from tests.support.risers import riser
from tests.support.wearers import rows_of

NEVER = np.zeros(100, np.bool_)


def guessed(*poses: tuple[float, float, float]) -> tuple[Floats, Floats]:
    """What is guessed in each row, and the direction of gravity there."""
    rows = rows_of(riser(*poses))
    directions = unit(rows.window_mean_g)
    return Guessed().advance(directions, Rises().advance(rows), NEVER[: len(rows)]), directions


def test_who_has_got_up_stands_and_who_sits_down_has_stood() -> None:
    up, directions = guessed((25, 0.0, 8.0), (4, 0.35, 8.0))
    assert np.isnan(up[:8]).all()
    assert angle_deg(up[-1], directions[-1]) < 2.0
    down, directions = guessed((4, 0.0, 8.0), (25, -0.35, 8.0))
    assert angle_deg(down[-1], directions[2]) < 2.0


def test_shifting_and_lying_down_show_no_standing() -> None:
    for poses in (((25, 0.0, 8.0), (10, 0.02, 8.0)), ((4, 0.0, 8.0), (90, -0.5, 8.0))):
        assert np.isnan(guessed(*poses)[0]).all()


def test_what_was_guessed_is_forgotten_where_the_sensor_may_have_been_put_on_anew() -> None:
    rows = rows_of(riser((25, 0.0, 8.0), (4, 0.35, 8.0)))
    forget = np.arange(len(rows)) == 15
    said = Guessed().advance(unit(rows.window_mean_g), Rises().advance(rows), forget)
    assert not np.isnan(said[14]).any()
    assert np.isnan(said[15:]).all()


def paused(stepping: str) -> Floats:
    """s steps, - is still, ~ moves; all in one direction."""
    steps, still = np.array([c == "s" for c in stepping]), np.array([c == "-" for c in stepping])
    directions = np.tile([0.0, 0.0, 1.0], (len(stepping), 1))
    start_s = 100.0 + np.arange(len(stepping))
    return Pauses().advance(start_s, steps, still, directions, NEVER[: len(stepping)])


def test_a_pause_between_steps_shows_standing_once_they_go_on() -> None:
    said = paused("ssss-----ssss")
    assert np.isnan(said[:9]).all()
    assert said[9:].tolist() == [[0.0, 0.0, 1.0]] * 4


@pytest.mark.parametrize(
    "stepping", ["ssss------------ssss", "ssss---------", "---------ssss", "ssss~~~~~ssss", "ss--ss"]
)
def test_long_rests_ends_and_movements_show_nothing(stepping: str) -> None:
    assert np.isnan(paused(stepping)).all()


def test_pauses_add_up() -> None:
    assert not np.isnan(paused("ss---ss---ss")[-1]).any()


def test_what_is_shown_holds_from_the_next_row_on_and_ends_when_forgotten() -> None:
    shown = Shown([(102.0, 104.0)])
    start_s, directions = 100.0 + np.arange(6.0), np.tile([1.0, 0.0, 0.0], (6, 1))
    said = shown.advance(start_s, directions, np.arange(6) == 5)
    assert np.isnan(said[:3]).all()
    assert said[3:5].tolist() == [[1.0, 0.0, 0.0]] * 2
    assert np.isnan(said[5]).all()
    assert shown.stretches == []
