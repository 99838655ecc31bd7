"""Lunges at the trunk, and what only looks like them."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from monitor import checkpoint
from monitor.accel.limb import Binning
from monitor.accel.sinking import Sinking, SinkRules
from tests.support.lunging import Way, lunges, trunk
from tests.support.wearers import Recording, rotation


def held(recording: Recording) -> Sinking:
    sinking = Sinking.of(SinkRules())
    sinking.feed(Binning().feed(recording.t_s, recording.xyz_g))
    return sinking


@pytest.mark.parametrize("rate_hz", [12.5, 25.0, 100.0])
def test_the_seconds_between_sinking_and_rising_are_held(rate_hz: float) -> None:
    assert held(lunges(30.0, 32.0, 28.0, rate_hz=rate_hz)).set.held_s == pytest.approx(90.0, rel=0.05)


def test_any_way_round() -> None:
    for seed in range(3):
        assert held(lunges(30.0, 30.0).turned(rotation(seed))).set.held_s == pytest.approx(60.0, rel=0.05)


def test_a_shift_in_the_pose_does_not_end_it() -> None:
    shift = (Way(12.0, 1.4, -0.4), Way(10.0, 1.0, -0.12), Way(10.0, 1.0, 0.12), Way(5.0, 1.4, 0.4))
    assert held(trunk(Way(5.0), *shift, *shift, Way(8.0))).set.held_s == pytest.approx(68.0, rel=0.05)


NO_LUNGES = {
    "one only": lunges(30.0),
    "too short": lunges(8.0, 8.0, 8.0),
    "unlike": lunges(20.0, 60.0),
    "far apart": lunges(30.0, 30.0, pause_s=70.0),
    "hardly lower": lunges(30.0, 30.0, sink_m=0.08),
    "the trunk thrown forwards, as in sitting down": lunges(30.0, 30.0, lean_deg=40.0),
    "the trunk turned back, as on a seat": trunk(
        Way(5.0), *[Way(30.0, 1.4, -0.4, 0.0, -20.0), Way(5.0, 1.4, 0.4, 0.0, 20.0)] * 3, Way(8.0)
    ),
    "up by far less": trunk(Way(5.0), *[Way(30.0, 1.4, -0.45), Way(5.0, 1.4, 0.16)] * 3, Way(8.0)),
}


@pytest.mark.parametrize("what", NO_LUNGES)
def test_what_is_no_lunge(what: str) -> None:
    assert held(NO_LUNGES[what]).set.held_s == 0.0


def test_who_walks_about_in_between_holds_nothing() -> None:
    recording = lunges(30.0, 30.0)
    shake_g = 0.3 * np.sin(2 * np.pi * 1.9 * recording.t_s)
    walks = (recording.t_s > 1012.0) & (recording.t_s < 1030.0)
    force_g = recording.xyz_g + np.where(walks, shake_g, 0.0)[:, None].astype(np.float32) * np.float32([1, 0, 0])
    assert held(Recording(recording.t_s, force_g, recording.rate_hz)).set.held_s == 0.0


def test_it_may_be_a_hold_from_sinking_on_and_for_a_while_after_rising() -> None:
    sinking = held(trunk(Way(5.0), Way(20.0, 1.4, -0.4)))
    assert sinking.may_hold(1040.0)
    assert not sinking.may_hold(1200.0)
    assert not held(trunk(Way(30.0))).may_hold(1020.0)


def test_cuts_copies_and_a_restart_change_nothing() -> None:
    recording, whole = lunges(25.0, 25.0, 25.0), held(lunges(25.0, 25.0, 25.0))
    sinking, binning = Sinking.of(SinkRules()), Binning()
    whole_bins = np.flatnonzero(np.diff(np.floor(recording.t_s * 10 + 1e-5))) + 1
    for number, part in enumerate(np.split(np.arange(len(recording.t_s)), whole_bins[::37])):
        sinking = checkpoint.loads(checkpoint.dumps(sinking, ""), "") if number % 2 else copy.deepcopy(sinking)
        sinking.feed(binning.feed(recording.t_s[part], recording.xyz_g[part]))
    assert sinking == whole
