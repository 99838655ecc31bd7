"""The whole heart: its invariants on a synthetic morning (design: cut anywhere, any way round, never late,
unknown is never sitting, the books add up)."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import checkpoint
from monitor.bouts.bookkeeping import BoutRules
from monitor.coach.policy import Coach, CoachRules
from monitor.events import BreakDue, BreakTaken, CommandAnswered, DaySummary, Event, GapEnded, event_as_dict
from monitor.exchange import Command
from monitor.model import AccelBlock, Posture
from monitor.pipeline import LATENCY_S, NO_POSTURES, Pipeline, join_postures
from monitor.posture import PLACEMENTS
from monitor.replay.outputs import event_line
from monitor.replay.row_text import row_text
from monitor.rules import changed
from tests.support.books import pieces
from tests.support.wearers import Recording, rotation, wear

RULES = CoachRules(limit_s=120.0, early_s=0.0, repeat_every_s=60.0)
BOUTS = BoutRules(break_min_s=20, gap_max_s=60)
MORNING = wear(("walk", 40), ("sit", 200), ("walk", 30), ("sit", 30), ("stand", 10), ("sit", 130), ("stand", 15))


def pipeline() -> Pipeline:
    return Pipeline.of("me", PLACEMENTS["thigh"](), BOUTS, Coach.start("me", "thigh", RULES), "")


def run(blocks: Iterable[AccelBlock], ticks: list[float] | None = None) -> tuple[str, str, list[Event]]:
    """Rows and events as the text that a replay writes, and the events."""
    heart, steps, waiting, last_s = pipeline(), [], sorted(ticks or []), 0.0
    for block in blocks:
        while waiting and waiting[0] <= block.t_s[0]:
            steps.append(heart.tick(waiting.pop(0)))
        steps.append(heart.feed(block))
        last_s = float(block.t_s[-1])
    steps += [heart.tick(last_s + LATENCY_S), heart.stop(last_s + LATENCY_S)]
    rows = join_postures([NO_POSTURES, *(step.postures for step in steps)])
    events = [event for step in steps for event in step.events]
    return row_text(rows).decode(), "".join(map(event_line, events)), events


WHOLE = run([MORNING.block()])


def test_the_morning_has_its_alert_and_its_break() -> None:
    events = WHOLE[2]
    due = next(e for e in events if isinstance(e, BreakDue))
    taken = next(e for e in events if isinstance(e, BreakTaken))
    assert due.exercise is not None
    assert due.sedentary_s >= 120
    assert 1000 + 240 - 2 <= taken.break_start_s <= 1000 + 240 + 2
    kinds = [e.type for e in events if e.type in ("bout_started", "break_due", "break_taken", "alert_cleared")]
    assert kinds[:2] == ["bout_started", "break_due"]
    assert kinds.index("break_taken") < len(kinds)
    (cleared,) = [e for e in events if e.type == "alert_cleared"][:1]
    assert event_as_dict(cleared)["by"] == "break"


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, len(MORNING.t_s) - 1), max_size=40), st.lists(st.integers(1000, 1400), max_size=20))
def test_cutting_the_input_elsewhere_and_ticking_in_between_changes_nothing(cuts: list[int], ticks: list[int]) -> None:
    assert run(MORNING.blocks(cuts), [float(t) for t in ticks]) == WHOLE


def test_packets_of_one_sample_change_nothing() -> None:
    short = Recording(MORNING.t_s[:1500], MORNING.xyz_g[:1500], MORNING.rate_hz)
    assert run(short.blocks(list(range(1, 1500)))) == run([short.block()])


def test_the_day_so_far_is_the_same_wherever_the_input_is_cut() -> None:
    start_s = datetime(2026, 11, 22, 17, 56, tzinfo=UTC).timestamp()
    evening = wear(("walk", 40), ("sit", 300), start_s=start_s)
    rules = changed(RULES, time_zone="UTC", summary_at="18:00")

    def told(blocks: Iterable[AccelBlock]) -> list[Event]:
        heart = Pipeline.of("me", PLACEMENTS["thigh"](), BOUTS, Coach.start("me", "thigh", rules), "UTC")
        steps = [heart.feed(each) for each in blocks] + [heart.tick(float(evening.t_s[-1]) + LATENCY_S)]
        return [event for step in steps for event in step.events if isinstance(event, DaySummary)]

    (summary,) = told([evening.block()])
    assert isinstance(summary, DaySummary)
    assert (summary.at_s, summary.until) == (start_s + 240, "18:00")
    assert 3.0 < summary.sedentary_min <= 200 / 60
    samples = len(evening.t_s)
    assert told(evening.blocks(list(range(7, samples, 97)))) == told(evening.blocks([240 * 25])) == [summary]


def test_any_way_round_gives_the_same_postures_and_alerts() -> None:
    plain = [e.type for e in WHOLE[2]]
    for seed in range(3):
        turned = run([MORNING.turned(rotation(seed)).block()])
        assert [e.type for e in turned[2]] == plain


def test_no_row_is_later_than_five_seconds_and_cut_off_it_is_the_same() -> None:
    rows = WHOLE[0].splitlines()
    for until_s in (1100.37, 1201.0, 1262.9):
        cut = run([MORNING.until(until_s).block()])[0].splitlines()
        final = [row for row in rows if float(row.split(",")[1]) <= until_s]
        assert cut[: len(final)] == final
    for row in rows:
        start_s, decided_s = map(float, row.split(",")[:2])
        assert decided_s - start_s <= 5.0


def test_alerts_are_given_only_while_sitting_is_seen() -> None:
    seen = {float(row.split(",")[1]): row.split(",")[2] for row in WHOLE[0].splitlines()}
    for event in WHOLE[2]:
        if isinstance(event, BreakDue):
            assert seen[event.at_s] in ("sitting", "lying")


def test_a_gap_freezes_the_clock_and_the_books_still_tile_the_time() -> None:
    first, second = wear(("walk", 40), ("sit", 100)), wear(("sit", 60), ("walk", 40), start_s=1300.0)
    _, _, events = run([first.block(), second.block(segment=1)])
    known = pieces(events)
    assert (known[0][0], known[-1][1]) == (1000.0, 1400.0)
    assert all(a[1] == b[0] for a, b in pairwise(known))
    gap_start_s = next(e.gap_start_s for e in events if isinstance(e, GapEnded) and e.gap_start_s > 1100)
    assert 1139 <= gap_start_s <= 1141
    assert not [e for e in events if isinstance(e, BreakDue)]  # 100 s before and 60 s after are two bouts, not one


def test_unknown_and_not_worn_are_never_sitting() -> None:
    rows = run([wear(("off", 700)).block()])[0].splitlines()
    assert {row.split(",")[3] for row in rows} == {"0"}
    assert not any(Posture.SITTING.word in row for row in rows)


def test_the_state_survives_being_written_down_at_any_moment() -> None:
    heart, events, postures = pipeline(), [], []
    for number, block in enumerate(MORNING.blocks(list(range(0, len(MORNING.t_s), 600)))):
        if number % 3 == 1:
            heart = checkpoint.loads(checkpoint.dumps(heart, "test"), "test")
        elif number % 3 == 2:
            heart = copy.deepcopy(heart)
        step = heart.feed(block)
        events += step.events
        postures.append(step.postures)
    last_s = float(MORNING.t_s[-1])
    for step in (heart.tick(last_s + LATENCY_S), heart.stop(last_s + LATENCY_S)):
        events += step.events
        postures.append(step.postures)
    assert row_text(join_postures(postures)).decode() == WHOLE[0]
    assert "".join(map(event_line, events)) == WHOLE[1]


def test_every_event_is_json_with_a_type_an_id_and_a_time() -> None:
    for line in WHOLE[1].splitlines():
        event = json.loads(line)
        assert {"type", "id", "at_s"} <= set(event)
        assert np.isfinite(event["at_s"])


@pytest.mark.parametrize(("value", "known"), [("PRESS", Posture.SITTING), ("OFF", Posture.UNKNOWN)])
def test_who_shows_how_they_stand_is_known_without_a_walk_unless_the_command_was_refused(
    value: str, known: Posture
) -> None:
    blocks = list(wear(("sit", 30), ("stand", 30), ("sit", 60)).blocks([25 * n for n in range(1, 120)]))
    heart, rows = pipeline(), []
    for block in blocks:
        if block.t_s[0] == 1032.0:
            step = heart.command(Command("standing", value), 1032.0)
            assert [event.ok for event in step.events if isinstance(event, CommandAnswered)] == [value == "PRESS"]
        rows.append(heart.feed(block).postures)
    last = join_postures(rows)
    assert set(last.posture[last.start_s >= 1066.0].tolist()) == {int(known)}


def test_who_gets_up_before_the_limit_is_not_called_while_the_rows_are_still_on_the_way() -> None:
    for sat_s in range(112, 130):
        recording = wear(("walk", 40), ("sit", sat_s), ("walk", 30))
        _, _, events = run([recording.block()])
        called_at = [e.at_s for e in events if isinstance(e, BreakDue)]
        assert called_at == ([] if sat_s < 120 else [1160.0]), sat_s  # and to the second for all others
