"""Stream time never goes back, whatever is done to the clock of the computer."""

from __future__ import annotations

import itertools
import logging
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.clock import SLEW, STEP_S, Clock, SteadyClock

NOON_S = 1_795_348_800.0
HOUR_S = 3600.0


class Machine:
    """A wall clock that can be set, and a steady one."""

    def __init__(self) -> None:
        self.wall_s, self.steady_s, self.idle = NOON_S, 50.0, False

    def live(self, seconds: float) -> None:
        self.wall_s += seconds
        self.steady_s += seconds

    def clock(self, speed: float = 1.0) -> SteadyClock:
        return SteadyClock(
            NOON_S, speed, wall_s=lambda: self.wall_s, steady_s=lambda: self.steady_s, idle=lambda: self.idle
        )


def said(caplog: pytest.LogCaptureFixture) -> list[int]:
    return [record.levelno for record in caplog.records]


def test_without_trouble_it_is_the_wall() -> None:
    clock = SteadyClock()
    assert clock.now_s() == pytest.approx(time.time(), abs=1.0)
    assert clock.speed == 1.0
    assert isinstance(clock, Clock)


def test_set_back_by_an_hour_it_goes_on_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    machine = Machine()
    clock = machine.clock()
    machine.live(100.0)
    before_s = clock.now_s()
    machine.wall_s -= HOUR_S
    for _ in range(60):
        machine.live(1.0)
        clock.now_s()
    assert clock.now_s() - before_s == pytest.approx(60.0, abs=60 * SLEW + 1e-6)
    assert said(caplog) == [logging.ERROR]
    assert "1:00:00 behind" in caplog.text


def test_set_forward_it_follows_at_once(caplog: pytest.LogCaptureFixture) -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall_s += HOUR_S
    assert clock.now_s() == machine.wall_s
    assert said(caplog) == [logging.WARNING]


def test_asleep_for_hours_it_is_the_wall_and_nothing_is_said(caplog: pytest.LogCaptureFixture) -> None:
    machine = Machine()
    clock = machine.clock()
    machine.live(5 * HOUR_S)  # the steady clock goes on during sleep
    assert clock.now_s() == machine.wall_s
    assert said(caplog) == []


def test_set_back_and_forth_it_is_the_wall_again(caplog: pytest.LogCaptureFixture) -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall_s -= HOUR_S
    machine.live(10.0)
    clock.now_s()
    machine.wall_s += HOUR_S
    machine.live(10.0)
    assert clock.now_s() == pytest.approx(machine.wall_s)
    assert said(caplog) == [logging.ERROR, logging.WARNING]


def test_it_waits_for_the_wall_while_nothing_is_measured(caplog: pytest.LogCaptureFixture) -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall_s -= HOUR_S
    machine.live(1.0)
    ahead_s = clock.now_s()
    machine.idle = True
    machine.live(HOUR_S / 2)
    assert clock.now_s() == ahead_s
    machine.live(HOUR_S)
    assert clock.now_s() == machine.wall_s
    assert "caught up" in caplog.text


def test_a_small_step_back_is_made_good_so_slowly_that_no_wearable_notices() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.wall_s -= 1.0
    times = []
    for _ in range(2100):
        machine.live(1.0)
        times.append(clock.now_s())
    steps = [after - before for before, after in itertools.pairwise(times)]
    assert min(steps) == pytest.approx(1.0 - SLEW, abs=1e-6)
    assert times[-1] == pytest.approx(machine.wall_s)


def test_what_was_recorded_before_the_start_is_past(caplog: pytest.LogCaptureFixture) -> None:
    machine = Machine()
    clock = machine.clock()
    clock.not_before(NOON_S - 5.0)
    assert clock.now_s() == NOON_S
    assert said(caplog) == []
    clock.not_before(NOON_S + HOUR_S)  # a computer without a clock of its own, before the network is there
    assert clock.now_s() == NOON_S + HOUR_S
    machine.live(10.0)
    assert clock.now_s() >= NOON_S + HOUR_S
    machine.wall_s += 2 * HOUR_S
    assert clock.now_s() == machine.wall_s
    assert said(caplog) == [logging.ERROR, logging.WARNING]


def test_at_another_speed_it_is_scaled() -> None:
    machine = Machine()
    clock = machine.clock(60.0)
    machine.live(10.0)
    assert clock.now_s() == NOON_S + 600.0
    machine.wall_s -= 5.0
    machine.live(1.0)
    assert clock.now_s() == pytest.approx(NOON_S + 660.0, abs=60 * SLEW + 1e-6)


@given(
    st.lists(
        st.tuples(st.floats(0.0, 1e5), st.floats(-1e6, 1e6), st.booleans()),
        max_size=40,
    )
)
def test_it_never_goes_back_and_never_lags_behind_the_wall(lives: list[tuple[float, float, bool]]) -> None:
    machine = Machine()
    clock = machine.clock()
    logging.disable()
    try:
        before_s = clock.now_s()
        for lived_s, step_s, machine.idle in lives:
            machine.live(lived_s)
            machine.wall_s += step_s if abs(step_s) > STEP_S else 0.0
            now_s = clock.now_s()
            assert now_s >= before_s
            assert now_s >= machine.wall_s
            before_s = now_s
    finally:
        logging.disable(logging.NOTSET)
