"""Boats at the trunk, and what only looks like them."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from monitor import checkpoint
from monitor.accel.leaning import Leaning, LeanRules
from monitor.accel.limb import Binning
from tests.support.lunging import Way, trunk
from tests.support.wearers import Recording, rotation


def boats(*held_s: float, lean_deg: float = -35.0, pause_s: float = 6.0, lasts_s: float = 2.0) -> Recording:
    """Get up, sit down on the mat, and lean back again and again."""
    ways = [Way(8.0), Way(6.0, 2.0, 0.4, 40.0, 15.0), Way(8.0, 3.0, -0.8, 50.0, -10.0)]
    for each_s in held_s:
        ways += [Way(each_s, lasts_s, 0.0, 0.0, lean_deg), Way(pause_s, lasts_s, 0.0, 0.0, -lean_deg)]
    return trunk(*ways, Way(6.0, 3.0, 0.8, 50.0, 10.0))


def held(recording: Recording) -> Leaning:
    leaning = Leaning.of(LeanRules())
    leaning.feed(Binning().feed(recording.t_s, recording.xyz_g))
    return leaning


def test_leaning_back_three_times_is_held_whatever_was_before_and_any_way_round() -> None:
    assert held(boats(15.0, 12.0, 14.0)).set.held_s == pytest.approx(41.0, rel=0.1)
    for seed in range(3):
        assert held(boats(15.0, 12.0, 14.0).turned(rotation(seed))).set.held_s == pytest.approx(41.0, rel=0.1)


@pytest.mark.parametrize("pause_s", [7.0, 15.0])
def test_the_rest_between_two_boats_is_no_boat_however_long(pause_s: float) -> None:
    found = held(boats(10.0, 10.0, 10.0, 10.0, pause_s=pause_s)).set
    assert len(found.holds) == 4
    assert found.held_s == pytest.approx(40.0, rel=0.1)


NO_BOATS = {
    "two only": boats(15.0, 15.0),
    "too short": boats(3.0, 3.0, 3.0, 3.0, pause_s=4.0),
    "unlike": boats(8.0, 30.0, 8.0, 30.0),
    "far apart": boats(12.0, 12.0, 12.0, pause_s=40.0),
    "hardly leaning": boats(12.0, 12.0, 12.0, lean_deg=-9.0),
    "lying down": boats(12.0, 12.0, 12.0, lean_deg=-85.0),
    "to all sides": trunk(
        Way(8.0),
        *[Way(12.0, 2.0, turn_deg=-35.0), Way(8.0, 2.0, turn_deg=35.0)],
        *[Way(12.0, 2.0, turn_deg=35.0), Way(8.0, 2.0, turn_deg=-35.0)],
        *[Way(12.0, 2.0, turn_deg=-35.0), Way(8.0, 2.0, turn_deg=35.0)],
    ),
    "never back": trunk(Way(8.0), *[Way(12.0, 2.0, turn_deg=30.0)] * 5),
}


@pytest.mark.parametrize("what", NO_BOATS)
def test_what_is_no_boat(what: str) -> None:
    assert held(NO_BOATS[what]).set.held_s == 0.0


def test_cuts_copies_and_a_restart_change_nothing() -> None:
    recording, whole = boats(12.0, 12.0, 12.0), held(boats(12.0, 12.0, 12.0))
    leaning, binning = Leaning.of(LeanRules()), Binning()
    whole_bins = np.flatnonzero(np.diff(np.floor(recording.t_s * 10 + 1e-5))) + 1
    for number, part in enumerate(np.split(np.arange(len(recording.t_s)), whole_bins[::29])):
        leaning = checkpoint.loads(checkpoint.dumps(leaning, ""), "") if number % 2 else copy.deepcopy(leaning)
        leaning.feed(binning.feed(recording.t_s[part], recording.xyz_g[part]))
    assert leaning == whole
