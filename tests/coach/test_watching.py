"""From the call to what was seen: through the whole heart, cut anywhere, over a restart, and without a word."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import checkpoint
from monitor.backfill import Backfill, BackfillRules
from monitor.bouts.bookkeeping import BoutRules
from monitor.coach.exercises import ExerciseRules
from monitor.coach.policy import Coach, CoachRules
from monitor.coach.watching import Watching
from monitor.events import BreakDue, Event, ExerciseSeen
from monitor.exchange import Command
from monitor.model import AccelBlock, HoleClosed, HoleOpened, Quality
from monitor.pipeline import LATENCY_S, Pipeline
from monitor.posture import PLACEMENTS
from monitor.replay.outputs import event_line
from tests.support.lifting import joined, moving
from tests.support.lunging import lunges
from tests.support.wearers import Recording, rotation, wear

RULES = CoachRules(limit_s=120.0, early_s=0.0, repeat_every_s=300.0)
BOUTS = BoutRules(break_min_s=20, gap_max_s=60)
LIFTS_ONLY = ExerciseRules(no_go=("lunge_stretch",))
COUNT = 7


def after(recording: Recording) -> float:
    return float(recording.t_s[-1]) + 1.0 / recording.rate_hz


def morning(count: int = COUNT) -> Recording:
    """Walk, sit until the call comes, rise, lift the knee, sit again."""
    before = wear(("walk", 40), ("sit", 140), ("stand", 8))
    lifts = moving(count, 3.0, 85.0, after(before))
    return joined(before, lifts, wear(("stand", 8), ("sit", 80), start_s=after(lifts)))


MORNING = morning()


def heart(placement: str = "thigh") -> Pipeline:
    coach = Coach.start("me", placement, RULES, LIFTS_ONLY)
    return Pipeline.of("me", PLACEMENTS["thigh"](), BOUTS, coach, "")


def run(blocks: Iterable[AccelBlock], pipeline: Pipeline) -> list[Event]:
    events: list[Event] = []
    last_s = 0.0
    for block in blocks:
        events += pipeline.feed(block).events
        last_s = float(block.t_s[-1])
    return [*events, *pipeline.tick(last_s + LATENCY_S).events, *pipeline.stop(last_s + LATENCY_S).events]


def seen(events: list[Event]) -> list[ExerciseSeen]:
    return [event for event in events if isinstance(event, ExerciseSeen)]


WHOLE = run([MORNING.block()], heart())


def test_the_exercise_of_a_call_is_seen_and_counted() -> None:
    (found,) = seen(WHOLE)
    due = next(event for event in WHOLE if isinstance(event, BreakDue))
    assert (found.exercise_id, found.alert_id) == ("standing_hip_flexion", due.alert_id)
    assert (found.seen, found.repetitions) == ("repetitions", COUNT)
    assert COUNT * 0.5 <= found.hold_s <= COUNT * 1.5
    assert due.at_s < found.start_s < found.end_s < found.at_s


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(1, len(MORNING.t_s) - 1), max_size=40))
def test_cutting_the_input_elsewhere_changes_nothing(cuts: list[int]) -> None:
    assert list(map(event_line, run(MORNING.blocks(cuts), heart()))) == list(map(event_line, WHOLE))


def test_packets_of_one_sample_change_nothing() -> None:
    cuts = list(range(len(wear(("walk", 40), ("sit", 110)).t_s), len(MORNING.t_s)))
    assert list(map(event_line, run(MORNING.blocks(cuts), heart()))) == list(map(event_line, WHOLE))


def test_asking_for_the_progress_every_second_changes_nothing() -> None:
    pipeline, events = heart(), list[Event]()
    for block in MORNING.blocks(list(range(0, len(MORNING.t_s), 25))):
        events += pipeline.feed(block).events
        pipeline.state(float(block.t_s[-1]))
    end_s = float(MORNING.t_s[-1]) + LATENCY_S
    events += [*pipeline.tick(end_s).events, *pipeline.stop(end_s).events]
    assert list(map(event_line, events)) == list(map(event_line, WHOLE))


def test_any_way_round() -> None:
    for seed in range(3):
        (found,) = seen(run([MORNING.turned(rotation(seed)).block()], heart()))
        assert found.repetitions == COUNT


def test_a_restart_in_the_middle_loses_nothing() -> None:
    pipeline, events = heart(), list[Event]()
    for number, block in enumerate(MORNING.blocks(list(range(0, len(MORNING.t_s), 130)))):
        if number % 2:
            pipeline = checkpoint.loads(checkpoint.dumps(pipeline, "test"), "test")
        else:
            pipeline = copy.deepcopy(pipeline)
        events += pipeline.feed(block).events
    last_s = float(MORNING.t_s[-1])
    events += [*pipeline.tick(last_s + LATENCY_S).events, *pipeline.stop(last_s + LATENCY_S).events]
    assert list(map(event_line, events)) == list(map(event_line, WHOLE))


def test_progress_is_live_and_names_the_other_side() -> None:
    pipeline, told = heart(), list[str]()
    lifts = morning(12)
    for block in lifts.blocks(list(range(0, len(lifts.t_s), 25))):
        pipeline.feed(block)
        state = pipeline.state(float(block.t_s[-1]))
        if state.exercise is not None and (not told or told[-1] != state.exercise.sentence):
            told.append(state.exercise.sentence)
            assert state.exercise.dose == "10-12 per side"
            assert state.exercise.how.startswith("Standing tall")
    assert told[0] == "Standing hip flexion: whenever you like."
    assert "6 of 10 on the sensor's side" in told
    assert "10 of 10, other side" in told
    assert pipeline.state(after(lifts)).exercise is None


def test_the_seen_exercise_is_the_most_recently_done() -> None:
    pipeline = heart()
    run([MORNING.block()], pipeline)
    assert pipeline.coach is not None
    assert "standing_hip_flexion" in pipeline.coach.suggester.done_s


def test_who_only_gets_up_is_told_nothing() -> None:
    stood = wear(("walk", 40), ("sit", 140), ("stand", 40), ("walk", 30), ("sit", 80))
    assert seen(run([stood.block()], heart())) == []


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (Command("done", "PRESS"), ["timed"]),
        (Command("break"), ["timed"]),
        (Command("done", "maybe"), []),
        (Command("done", "PRESS", alert_id="of another alert"), []),
    ],
)
def test_what_no_sensor_can_see_is_timed_on_the_wearers_word_if_it_was_heard(command: Command, told: list[str]) -> None:
    pipeline, stood = heart("wrist"), wear(("walk", 40), ("sit", 140), ("stand", 40), ("sit", 80))
    events: list[Event] = []
    for block in stood.blocks([25 * 175]):
        events += pipeline.feed(block).events
        events += pipeline.command(command, float(block.t_s[-1])).events
    events += pipeline.stop(after(stood)).events
    assert [found.seen for found in seen(events)] == told


def test_a_late_word_about_an_earlier_alert_is_none_about_this_ones_exercise() -> None:
    pipeline, events = heart("wrist"), list[Event]()
    twice = wear(("walk", 40), ("sit", 140), ("stand", 40), ("sit", 140), ("stand", 40), ("sit", 20))
    for block in twice.blocks([25 * 175, 25 * 355]):
        events += pipeline.feed(block).events
        first = next(event for event in events if isinstance(event, BreakDue))
        events += pipeline.command(Command("done", "PRESS", first.alert_id), float(block.t_s[-1])).events
    events += pipeline.stop(after(twice)).events
    assert [(found.alert_id, found.seen) for found in seen(events)] == [(first.alert_id, "timed")]


def test_a_call_put_off_is_not_watched() -> None:
    pipeline, events = heart(), list[Event]()
    for block in MORNING.blocks([25 * 175]):
        events += pipeline.feed(block).events
        if block.t_s[0] < 1100:
            events += pipeline.command(Command("skip", "PRESS"), float(block.t_s[-1])).events
    assert seen(events) == []


def test_the_second_reading_of_a_hole_tells_nothing_twice() -> None:
    events = with_hole(50.0, 52.0)
    assert [found.repetitions for found in seen(events)] == [COUNT]


def with_hole(
    from_s: float, back_s: float, filled_s: float | None = None, killed: bool = False, fetched: bool = True
) -> list[Event]:
    """That morning with [from_s, back_s) by replay at ``filled_s``; ``killed``: by a daemon that began anew."""
    first, last = round(25 * from_s), round(25 * back_s)
    filled = len(MORNING.t_s) if filled_s is None else round(25 * filled_s)
    backfill, events = Backfill("me", heart(), BackfillRules()), list[Event]()
    for at in range(0, first, 25):
        events += backfill.feed(MORNING.block(at, min(at + 25, first))).events
    if killed:
        backfill = checkpoint.loads(checkpoint.dumps(backfill, "test"), "test")
    backfill.feed(HoleOpened(0, first, last))
    for at in range(last, filled, 25):
        events += backfill.feed(MORNING.block(at, min(at + 25, filled))).events
    if fetched:
        backfill.feed(replace(MORNING.block(first, last), quality=Quality.REPLAYED))
    events += backfill.feed(HoleClosed(0, first, last, filled=fetched)).events
    if filled < len(MORNING.t_s):
        events += backfill.feed(MORNING.block(filled, len(MORNING.t_s))).events
    return [*events, *backfill.tick(after(MORNING) + LATENCY_S).events, *backfill.stop(after(MORNING)).events]


@pytest.mark.parametrize("filled_s", [215.0, 225.0])
@pytest.mark.parametrize("killed", [False, True])
def test_what_was_done_out_of_reach_or_while_the_daemon_was_dead_counts(filled_s: float, killed: bool) -> None:
    (whole,) = seen(WHOLE)
    (found,) = seen(with_hole(198.0, 210.0, filled_s, killed))
    assert (found.repetitions, found.seen, found.alert_id) == (COUNT, "repetitions", whole.alert_id)
    assert (found.start_s, found.end_s) == (whole.start_s, whole.end_s)


def test_an_exercise_is_not_over_while_its_samples_are_on_their_way() -> None:
    sat_again_s = len(MORNING.t_s) / 25 - 2.0  # long enough seated for the set to be over, but for the hole
    (found,) = seen(with_hole(205.0, 225.0, sat_again_s, killed=True))
    assert found.repetitions == COUNT


def test_what_is_never_fetched_is_not_guessed() -> None:
    (found,) = seen(with_hole(209.0, 213.0, fetched=False))
    assert 4 <= found.repetitions < COUNT


def test_the_word_given_in_a_hole_stands_in_the_second_reading() -> None:
    backfill = Backfill("me", heart(), BackfillRules())
    backfill.feed(MORNING.block(0, 25 * 190))
    backfill.feed(HoleOpened(0, 25 * 190, 25 * 195))
    backfill.feed(MORNING.block(25 * 195, 25 * 200))
    backfill.command(Command("done", "PRESS"), float(MORNING.t_s[25 * 200]))
    backfill.feed(replace(MORNING.block(25 * 190, 25 * 195), quality=Quality.REPLAYED))
    backfill.feed(HoleClosed(0, 25 * 190, 25 * 195, filled=True))
    assert backfill.pipeline.watching is not None
    assert backfill.pipeline.watching.expected is not None
    assert backfill.pipeline.watching.expected.said


def test_a_sample_without_a_time_costs_only_itself() -> None:
    watching, t_s = Watching("me", "thigh"), np.array([0.0, np.nan, 2.0, 3.0])
    watching.hold(AccelBlock(t_s, np.ones((4, 3), np.float32), 1.0, 0))
    assert watching.t_s.tolist() == [0.0, 2.0, 3.0]


# --- at the trunk -------------------------------------------------------------------------------------------

HELD_S = (25.0, 27.0, 24.0)


def lunging(*held_s: float) -> Recording:
    """Walk, sit until the call comes, rise, hold lunges, sit again."""
    before = wear(("walk", 40), ("sit", 140), ("stand", 8))
    held = lunges(*held_s, start_s=after(before))
    return joined(before, held, wear(("stand", 8), ("sit", 150), start_s=after(held)))


def at_waist() -> Pipeline:
    """Its postures are those of a thigh, so that the call comes; its watcher has a waist."""
    coach = Coach.start("me", "waist", RULES, ExerciseRules(no_go=("standing_hip_flexion",)))
    return Pipeline.of("me", PLACEMENTS["thigh"](), BOUTS, coach, "")


LUNGED = lunging(*HELD_S)
LUNGES = run([LUNGED.block()], at_waist())


def test_lunges_at_the_waist_are_held_and_timed() -> None:
    (found,) = seen(LUNGES)
    assert (found.exercise_id, found.seen, found.repetitions) == ("lunge_stretch", "hold", 0)
    assert found.hold_s == pytest.approx(sum(HELD_S), rel=0.1)
    assert found.end_s - found.start_s == pytest.approx(sum(HELD_S) + 2 * 7.8, abs=3.0)


@pytest.mark.parametrize("step", [37, 130, 1111])
def test_cuts_questions_and_restarts_change_nothing_at_the_waist(step: int) -> None:
    pipeline, events = at_waist(), list[Event]()
    for number, block in enumerate(LUNGED.blocks(list(range(0, len(LUNGED.t_s), step)))):
        if step > 100:
            pipeline = checkpoint.loads(checkpoint.dumps(pipeline, ""), "") if number % 2 else copy.deepcopy(pipeline)
        events += pipeline.feed(block).events
        pipeline.state(float(block.t_s[-1]))
    end_s = float(LUNGED.t_s[-1]) + LATENCY_S
    events += [*pipeline.tick(end_s).events, *pipeline.stop(end_s).events]
    assert list(map(event_line, events)) == list(map(event_line, LUNGES))


def test_a_single_lunge_at_the_waist_is_not_believed() -> None:
    assert seen(run([lunging(30.0).block()], at_waist())) == []
