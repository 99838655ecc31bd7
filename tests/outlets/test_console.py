"""The console: plain lines without a terminal, a panel on one, a clean end when nobody reads."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import io
import os
from collections.abc import Iterator, Sequence

import pytest

from monitor.clock import Clock
from monitor.events import Event, NotWorn, PostureChanged
from monitor.exchange import ExerciseProgress, Update, WearerState
from monitor.outlets.console import ConsoleOutlet, OutputClosed
from monitor.spoken import phrases
from tests.support.living_outlet import break_due
from tests.support.outboxes import Feed

AT_S = 1_795_343_250.0
STATE = WearerState(at_s=AT_S, posture="sitting", sedentary=True, bout_start_s=AT_S - 1800, bout_s=1800.0, alert="due")


async def _run(outlet: ConsoleOutlet, updates: Sequence[Update]) -> None:
    feed = Feed()
    task = asyncio.create_task(outlet.run(aiter(feed)), name="console")
    for update in updates:
        feed.put(update)
        for _ in range(5):
            await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _update(*events: Event, wearer: str = "me") -> Update:
    return Update(wearer, events, STATE)


async def test_without_a_terminal_every_event_is_a_line_below_the_header() -> None:
    stream = io.StringIO()
    outlet = ConsoleOutlet(Clock(), False, stream, ["mosquitto_sub -h 127.0.0.1"])
    await _run(outlet, [_update(break_due(AT_S)), _update(NotWorn(id="n", at_s=AT_S, since_s=AT_S)), _update()])
    lines = stream.getvalue().splitlines()
    assert lines[0] == "mosquitto_sub -h 127.0.0.1"
    assert [line.split()[1] for line in lines[1:]] == ["break_due", "not_worn"]


async def test_with_several_wearers_each_line_says_whose_it_is() -> None:
    stream = io.StringIO()
    outlet = ConsoleOutlet(Clock(), False, stream, wearers=["anna", "ben"])
    await _run(outlet, [_update(break_due(AT_S), wearer="ben")])
    assert " break_due wearer=ben " in stream.getvalue()


async def test_a_terminal_shows_posture_time_sitting_and_the_events_above() -> None:
    stream = io.StringIO()
    await _run(ConsoleOutlet(Clock(), True, stream, ["[header]"]), [_update(break_due(AT_S))])
    shown = stream.getvalue()
    assert "[header]" in shown
    assert shown.index(" break_due ") < shown.rindex("sitting")
    assert "30:00" in shown


@pytest.mark.parametrize(("live", "posture", "event"), [(True, "sitzt", "Erinnerung"), (False, "", "break_due")])
async def test_a_terminal_speaks_its_readers_language_and_plain_lines_stay_english(
    live: bool, posture: str, event: str
) -> None:
    stream = io.StringIO()
    outlet = ConsoleOutlet(Clock(), live, stream, say=phrases("de", "console"))
    await _run(outlet, [_update(break_due(AT_S))])
    shown = stream.getvalue()
    assert posture in shown
    assert f" {event} " in shown
    assert ("sat=" in shown) is not live
    assert ("waiting" in shown) is False


@pytest.mark.parametrize(("live", "seen", "lines"), [(True, 3, 0), (True, 0, 1), (False, 3, 1)])
async def test_on_a_terminal_an_exercise_under_way_is_not_told_by_each_change_of_posture(
    live: bool, seen: int, lines: int
) -> None:
    stream = io.StringIO()
    lift = PostureChanged(id="1", at_s=AT_S, start_s=AT_S - 3, posture="active", previous="standing", confidence=0.9)
    progress = ExerciseProgress("standing_hip_flexion", "Knees", seen, 10, 0.0, "sensor", "")
    state = dataclasses.replace(STATE, exercise=progress)
    await _run(ConsoleOutlet(Clock(), live, stream), [Update("me", (lift,), state)])
    assert stream.getvalue().count("posture_changed") == lines


@pytest.fixture
def closed_pipe() -> Iterator[io.TextIOWrapper]:
    """Our end of a pipe whose reader has gone."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        yield stream


@pytest.mark.parametrize("live", [False, True])
async def test_a_reader_who_goes_ends_the_program_cleanly(closed_pipe: io.TextIOWrapper, live: bool) -> None:
    with pytest.raises(OutputClosed) as end:
        await _run(ConsoleOutlet(Clock(), live, closed_pipe, ["hello"]), [_update(break_due(AT_S))])
    assert end.value.exit_code == 0
    print("nobody minds", file=closed_pipe, flush=True)


async def test_a_closed_stream_is_the_same() -> None:
    stream = io.StringIO()
    stream.close()
    with pytest.raises(OutputClosed):
        await _run(ConsoleOutlet(Clock(), False, stream, ["hello"]), [_update()])
