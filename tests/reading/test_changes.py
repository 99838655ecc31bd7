"""News of posture and wear."""

from __future__ import annotations

from monitor.events import Event, NotWorn, PostureChanged, SitToStand, StandToSit, Worn
from monitor.model import Posture
from monitor.reading.changes import Changes

SIT, STAND, OFF = Posture.SITTING, Posture.STANDING, Posture.NOT_WORN


def news(*postures: Posture) -> list[Event]:
    changes, events = Changes("me"), list[Event]()
    for second, posture in enumerate(postures):
        events += changes.advance(float(second), second + 3.0, posture, posture is not OFF, 0.9)
    return events


def test_only_changes_are_news() -> None:
    said = [(e.at_s, e.previous, e.posture) for e in news(SIT, SIT, STAND, SIT) if isinstance(e, PostureChanged)]
    assert said == [(3.0, None, "sitting"), (5.0, "sitting", "standing"), (6.0, "standing", "sitting")]


def test_taking_off_and_putting_on_is_said_once() -> None:
    events = [e for e in news(SIT, OFF, OFF, SIT) if isinstance(e, NotWorn | Worn)]
    assert [(e.type, e.since_s) for e in events] == [("not_worn", 1.0), ("worn", 3.0)]


def test_rising_and_sitting_down_are_told_with_both_ends() -> None:
    active, unknown = Posture.ACTIVE, Posture.UNKNOWN
    events = [
        e
        for e in news(SIT, active, STAND, STAND, SIT, *[unknown] * 11, STAND)
        if isinstance(e, SitToStand | StandToSit)
    ]
    assert [(e.type, e.from_s, e.to_s) for e in events] == [("sit_to_stand", 1.0, 2.0), ("stand_to_sit", 4.0, 4.0)]


def test_a_posture_without_rows_becomes_unknown_at_its_own_time() -> None:
    ticked, silent = Changes("me"), Changes("me")
    for changes in (ticked, silent):
        changes.advance(0.0, 3.0, SIT, True, 0.9)
    late = [event for now_s in range(1, 100) for event in ticked.tick(float(now_s))]
    assert late == silent.advance(100.0, 103.0, STAND, True, 0.9)[:1]
    (event,) = late
    assert isinstance(event, PostureChanged)
    assert (event.at_s, event.start_s, event.posture) == (11.0, 1.0, "unknown")
