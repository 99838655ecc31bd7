"""Office days in a history, written by hand: the same ones each time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from monitor.events import Event
from monitor.history.store import Commit, Store
from monitor.model import Posture, PostureEpochs
from tests.history.builders import (
    alert_cleared,
    bout_ended,
    bout_started,
    break_due,
    break_ended,
    break_taken,
    exercise_seen,
    gap_ended,
    rows,
)

BERLIN = ZoneInfo("Europe/Berlin")


def at(on: date, text: str) -> float:
    """A moment of the clock in Berlin."""
    return datetime.combine(on, time.fromisoformat(text), BERLIN).timestamp()


def office_day(on: date, until: str = "17:30") -> tuple[PostureEpochs, list[Event]]:
    """Off at night, on from half past eight; bouts of 4 to 75 minutes, calls after 30, most of them obeyed."""
    chance = Random(on.toordinal())
    start_s, end_s, stop_s = at(on, "00:00"), at(on, "08:30"), at(on, until)
    stretches = [(Posture.NOT_WORN, round(end_s - start_s))]
    events: list[Event] = [gap_ended(start_s, end_s, "not_worn")]
    while end_s < stop_s:
        sat_s = float(chance.choice((240, 600, 1260, 1890, 1950, 2100, 2700, 4500)))
        up_s = float(chance.choice((75, 150, 240, 480, 900)))
        events += _stretch(end_s, sat_s, up_s, chance)
        stretches.append((Posture.SITTING, round(sat_s)))
        stretches += [(Posture.STANDING, round(up_s) // 3), (Posture.STEPPING, round(up_s) - round(up_s) // 3)]
        end_s += sat_s + up_s
    return rows(start_s, *stretches), events


def _stretch(start_s: float, sat_s: float, up_s: float, chance: Random) -> Iterator[Event]:
    rise_s = start_s + sat_s
    yield bout_started(start_s)
    if sat_s > 1800:
        yield break_due(start_s + 1800, start_s)
    yield bout_ended(start_s, rise_s)
    yield break_taken(rise_s, start_s)
    if sat_s > 1800:
        due = break_due(start_s + 1800, start_s)
        yield alert_cleared(rise_s + 63, start_s)
        if up_s > 200:
            yield exercise_seen(rise_s + 20, rise_s + 80, due.alert_id, chance.choice((8, 10, 12)))
    yield break_ended(rise_s, rise_s + up_s, steps=round(up_s))


def written(folder: Path, first: date, count: int, wearer: str = "me", keep_postures: bool = True) -> Path:
    """A history of working days, weekends left out; the path of its file."""
    path = folder / "history.sqlite3"
    with closing(Store(path)) as store:
        for on in (first + timedelta(n) for n in range(count)):
            if on.weekday() < 5:
                postures, events = office_day(on)
                store.commit(Commit(wearer, postures if keep_postures else None, tuple(events)))
    return path


def stored(folder: Path, *events: Event, commit: Commit | None = None) -> Path:
    """A history of one wearer with just this in it; the path of its file."""
    path = folder / "history.sqlite3"
    with closing(Store(path)) as store:
        store.commit(commit or Commit("me", events=events))
    return path
