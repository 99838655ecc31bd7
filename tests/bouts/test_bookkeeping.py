"""The books of bouts, breaks and gaps."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.bouts.bookkeeping import BoutRules, Bouts
from monitor.events import BoutEnded, BoutStarted, BreakEnded, BreakTaken, Event, GapEnded
from monitor.model import Posture
from tests.support.books import pieces

SIT, STAND, STEP, ACTIVE = Posture.SITTING, Posture.STANDING, Posture.STEPPING, Posture.ACTIVE
UNKNOWN, OFF = Posture.UNKNOWN, Posture.NOT_WORN


def books(*stretches: tuple[Posture | None, int], rules: BoutRules | None = None, stop: bool = True) -> list[Event]:
    """Events of a day given as (posture, seconds); None is time without rows."""
    bouts = Bouts("me", rules=rules or BoutRules())
    events: list[Event] = []
    second = 1000
    for posture, seconds in stretches:
        for k in range(second, second + seconds):
            if posture is not None:
                events += bouts.advance(float(k), k + 3.0, posture, 1.8 if posture is STEP else 0.0)
        second += seconds
        if posture is None:
            events += bouts.tick(float(second))
    return events + (bouts.stop(float(second)) if stop else [])


def ended(events: list[Event]) -> list[BoutEnded]:
    return [e for e in events if isinstance(e, BoutEnded)]


def test_a_break_shorter_than_the_minimum_does_not_end_the_bout() -> None:
    (bout,) = ended(books((SIT, 600), (STAND, 59), (SIT, 600)))
    assert (bout.bout_start_s, bout.bout_end_s) == (1000, 2259)
    assert (bout.sedentary_s, bout.paused_s) == (1200, 59)


def test_a_break_of_the_minimum_ends_the_bout_at_its_first_upright_second() -> None:
    events = books((SIT, 600), (STAND, 30), (STEP, 60), (SIT, 600))
    first, second = ended(events)
    assert (first.bout_end_s, first.ended_by) == (1600, "upright")
    assert second.bout_start_s == 1690
    (taken,) = [e for e in events if isinstance(e, BreakTaken)]
    assert (taken.break_start_s, taken.upright_s, taken.at_s) == (1600, 60, 1662)
    (done,) = [e for e in events if isinstance(e, BreakEnded)]
    assert (done.break_end_s, done.upright_s, done.stepping_s, done.steps) == (1690, 90, 60, 108)


def test_a_knee_held_high_does_not_end_an_upright_stretch() -> None:
    events = books((SIT, 600), (STAND, 20), (SIT, 9), (STAND, 20), (SIT, 9), (STAND, 20), (SIT, 100))
    (taken,) = [e for e in events if isinstance(e, BreakTaken)]
    assert (taken.break_start_s, taken.upright_s) == (1600, 60)
    assert [e.bout_start_s for e in events if isinstance(e, BoutStarted)] == [1000, 1678]
    (done,) = [e for e in events if isinstance(e, BreakEnded)]
    assert (done.break_end_s, done.upright_s) == (1678, 60)


def test_sitting_down_again_counts_from_its_first_second() -> None:
    (bout,) = ended(books((SIT, 600), (STAND, 30), (SIT, 10), (STAND, 30), (SIT, 600)))
    assert (bout.sedentary_s, bout.paused_s, bout.bout_end_s) == (1210, 60, 2270)


def test_unknown_freezes_the_clock_and_never_counts_as_sitting() -> None:
    (bout,) = ended(books((SIT, 600), (UNKNOWN, 200), (SIT, 100)))
    assert (bout.sedentary_s, bout.unknown_s) == (700, 200)


def test_a_gap_longer_than_the_maximum_closes_the_bout_at_its_last_sedentary_second() -> None:
    for nothing in (UNKNOWN, None):
        events = books((SIT, 600), (nothing, 301), (SIT, 100))
        first, second = ended(events)
        assert (first.bout_end_s, first.ended_by, first.at_s) == (1600, "gap", 1900)
        assert second.bout_start_s == 1901
        (gap,) = [e for e in events if isinstance(e, GapEnded)]
        assert (gap.gap_start_s, gap.gap_end_s) == (1600, 1901)


def test_taken_off_closes_the_bout_at_once_at_the_first_suspected_second() -> None:
    (bout,) = ended(books((SIT, 600), (UNKNOWN, 100), (OFF, 5)))
    assert (bout.bout_end_s, bout.ended_by, bout.at_s) == (1600, "not_worn", 1703)


def test_a_gap_bears_the_name_of_what_filled_most_of_it() -> None:
    events = books((SIT, 600), (UNKNOWN, 290), (Posture.VEHICLE, 20), (None, 1000), (SIT, 100))
    assert ended(events)[0].ended_by == "gap"
    (gap,) = [e for e in events if isinstance(e, GapEnded)]
    assert gap.reason == "no_data"
    assert ended(books((SIT, 60), (Posture.VEHICLE, 400)))[0].ended_by == "vehicle"


def test_being_busy_runs_a_running_clock_and_starts_nothing() -> None:
    assert ended(books((ACTIVE, 600))) == []
    (bout,) = ended(books((SIT, 100), (ACTIVE, 50), (SIT, 10)))
    assert bout.sedentary_s == 160


def test_a_short_stand_before_a_gap_is_a_break_without_credit() -> None:
    events = books((SIT, 600), (UNKNOWN, 100), (STAND, 20), (None, 400))
    (bout,) = ended(events)
    assert (bout.bout_end_s, bout.unknown_s) == (1700, 100)
    assert not [e for e in events if isinstance(e, BreakTaken)]
    (short,) = [e for e in events if isinstance(e, BreakEnded)]
    assert (short.break_start_s, short.break_end_s) == (1700, 1720)


DAYS = st.lists(
    st.tuples(
        st.sampled_from([SIT, SIT, Posture.LYING, STAND, STEP, ACTIVE, UNKNOWN, OFF, Posture.VEHICLE, None]),
        st.integers(1, 90),
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=150)
@given(DAYS)
def test_bouts_breaks_and_gaps_tile_the_observed_time(day: list[tuple[Posture | None, int]]) -> None:
    rules = BoutRules(break_min_s=20, gap_max_s=60)
    events = books((SIT, 1), *day, rules=rules)
    borders = [1000.0]
    for start_s, end_s in pieces(events):
        assert start_s == borders[-1]
        borders.append(end_s)
    assert borders[-1] == 1001 + sum(seconds for _, seconds in day)
    for bout in ended(events):
        assert bout.bout_end_s - bout.bout_start_s == bout.sedentary_s + bout.paused_s + bout.unknown_s
    starts = [e.id for e in events if isinstance(e, BoutStarted)]
    assert starts == [e.bout_id for e in ended(events)]
    assert len({e.id for e in events}) == len(events)


@settings(max_examples=60)
@given(DAYS, st.lists(st.integers(1000, 3000), max_size=20))
def test_ticks_in_between_change_nothing(day: list[tuple[Posture | None, int]], ticks: list[int]) -> None:
    rules = BoutRules(break_min_s=20, gap_max_s=60)
    rows = []
    second = 1000
    for posture, seconds in day:
        rows += [(k, posture) for k in range(second, second + seconds) if posture is not None]
        second += seconds
    if not rows:
        return

    def run(ticks: list[int]) -> list[Event]:
        bouts, events, waiting = Bouts("me", rules=rules), list[Event](), sorted(ticks)
        for k, posture in rows:
            while waiting and waiting[0] <= k:
                events += bouts.tick(float(waiting.pop(0)))
            events += bouts.advance(float(k), k + 3.0, posture, 0.0)
        return events

    assert run(ticks) == run([])
