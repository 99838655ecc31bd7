"""What is said: topics, retained or not, keys that are always there."""

from __future__ import annotations

import dataclasses
import json
import math
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.events import (
    EVENT_NAMES,
    AlertCleared,
    BreakTaken,
    CommandAnswered,
    DayEnded,
    DaySummary,
    Event,
    ExerciseSeen,
    PostureChanged,
    Snoozed,
    TestAlert,
)
from monitor.exchange import ExerciseProgress, Message, WearerState
from monitor.history.store import Commit, Store
from monitor.outlets.mqtt.messages import Phrasebook, Topics, Wearer
from tests.support.any_event import any_event
from tests.support.living_outlet import HIPS, break_due

AT_S = 1_795_343_250.0  # 2026-11-22T10:27:30Z
WORDS = Phrasebook(Wearer("me", "a1b2c3", model="DeskBand", settings_hash="f00"), Topics("sitbreak", "a1b2c3"))
STATE = WearerState(
    at_s=AT_S + 0.7,
    posture="sitting",
    sedentary=True,
    confidence=0.934,
    bout_id="01J",
    bout_start_s=AT_S - 2250,
    bout_s=2250.0,
    next_break_s=AT_S + 60,
    today_s=10860.0,
    longest_s=3840.0,
    breaks=5,
    day_start_s=AT_S - 37650,
    battery_pct=81,
    rssi_dbm=-61,
    link_fresh=True,
    last_sample_s=AT_S - 2,
)
STATE_KEYS = {
    *("v", "ts", "posture", "sitting", "bout_min", "next_break", "alert", "snoozed_until", "today_min", "longest_min"),
    *("breaks", "day_start", "limit_min", "profile", "paused", "battery", "rssi", "last_sample"),
    *("busy", "bout_id", "confidence"),
}


def _payload(message: Message) -> dict[str, object]:
    payload = json.loads(message.payload, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    assert isinstance(payload, dict)
    return payload


def _event(event: Event) -> Message:
    return next(message for message in WORDS.news(event) if message.topic.endswith("/event"))


def test_the_state_says_what_the_contract_says() -> None:
    message = WORDS.state(STATE)
    assert (message.topic, message.retain, message.qos) == ("sitbreak/a1b2c3/state", True, 1)
    assert _payload(message) == {
        "v": 1,
        "ts": "2026-11-22T10:27:30Z",
        "posture": "sitting",
        "sitting": True,
        "bout_min": 37.5,
        "next_break": "2026-11-22T10:28:30Z",
        "alert": "none",
        "snoozed_until": None,
        "today_min": 181,
        "longest_min": 64,
        "breaks": 5,
        "day_start": "2026-11-22T00:00:00Z",
        "limit_min": 30,
        "profile": "normal",
        "paused": False,
        "battery": 81,
        "rssi": -61,
        "last_sample": "2026-11-22T10:27:28Z",
        "busy": False,
        "bout_id": "01J",
        "alert_id": None,
        "confidence": 0.93,
        "exercise": None,
    }


@given(st.floats(), st.none() | st.floats(min_value=0, max_value=4e9), st.none() | st.integers(0, 100), st.booleans())
def test_every_state_has_every_key_and_is_json(
    bout_s: float, at_s: float | None, battery: int | None, on: bool
) -> None:
    state = dataclasses.replace(
        STATE, bout_s=bout_s, next_break_s=at_s, last_sample_s=at_s, battery_pct=battery, paused=on, confidence=bout_s
    )
    assert set(_payload(WORDS.state(state))) >= STATE_KEYS


def test_speed_is_named_only_where_time_is_not_the_walls() -> None:
    fast = dataclasses.replace(WORDS, speed=60.0)
    assert "speed" not in _payload(WORDS.state(STATE))
    assert _payload(fast.state(STATE))["speed"] == _payload(fast.info())["speed"] == 60.0


def test_lying_awake_counts_as_sitting_for_the_switch_and_standing_does_not() -> None:
    lying = dataclasses.replace(STATE, posture="lying")
    assert _payload(WORDS.state(lying))["sitting"] is True
    assert _payload(WORDS.state(dataclasses.replace(STATE, posture="standing", sedentary=False)))["sitting"] is False


def test_a_first_call_is_break_due_and_a_repeat_is_break_overdue() -> None:
    first, repeat = _payload(_event(break_due(AT_S))), _payload(_event(break_due(AT_S + 300, repeat=1)))
    assert (first["event_type"], repeat["event_type"]) == ("break_due", "break_overdue")
    assert first["id"] != repeat["id"]


def test_break_due_carries_all_that_a_phone_needs() -> None:
    payload = _payload(_event(break_due(AT_S)))
    assert payload["ts"] == "2026-11-22T10:27:30Z"
    assert (payload["bout_min"], payload["limit_min"], payload["level"], payload["repeat"]) == (30, 30, 1, 0)
    assert payload["title"] == "Time to stand up"
    assert payload["exercise"] == {
        "id": "standing_hip_flexion",
        "title": "Standing hip flexion",
        "dose": "10-12 per side",
        "side": "left first",
        "how": HIPS.how,
        "image": None,
    }


SEEN = ExerciseSeen(
    id="e",
    at_s=AT_S,
    exercise_id="bird_dog",
    title="Bird dog",
    alert_id="a",
    start_s=AT_S - 90,
    end_s=AT_S,
    repetitions=8,
    hold_s=12.0,
    seen="repetitions",
    sides=True,
)


def test_progress_stands_in_the_state() -> None:
    progress = ExerciseProgress("bird_dog", "Bird dog", 6, 8, 3.7, "sensor", "6 of 8 on the sensor's side")
    told = _payload(WORDS.state(WearerState(at_s=AT_S, exercise=progress)))
    assert told["exercise"] == {
        "id": "bird_dog",
        "title": "Bird dog",
        "seen": 6,
        "of": 8,
        "hold_s": 3,
        "side": "sensor",
        "text": "6 of 8 on the sensor's side",
    }


def test_what_was_seen_of_an_exercise_is_news() -> None:
    told = _payload(WORDS.news(SEEN)[0])
    assert told["message"] == "Bird dog: 8 seen on the sensor's side."
    assert (told["exercise_id"], told["repetitions"], told["hold_s"], told["seen"]) == (
        "bird_dog",
        8,
        12.0,
        "repetitions",
    )


EXAMPLES: list[tuple[Event, str | None]] = [
    (break_due(AT_S), "break_due"),
    (break_due(AT_S, repeat=2), "break_overdue"),
    (BreakTaken(id="b", at_s=AT_S, bout_id="x", break_start_s=AT_S, upright_s=60, sedentary_s=1800), "break_taken"),
    (SEEN, "exercise_seen"),
    (Snoozed(id="s", at_s=AT_S, alert_id="a", until_s=AT_S + 600), "snoozed"),
    (TestAlert(id="t", at_s=AT_S, title="Test", message="It works.", exercise=HIPS), "test"),
    (AlertCleared(id="c", at_s=AT_S, alert_id="a", by="break"), None),
    (PostureChanged(id="p", at_s=AT_S, start_s=AT_S, posture="sitting", previous=None, confidence=math.nan), None),
]


@pytest.mark.parametrize(("event", "event_type"), EXAMPLES, ids=[event.type for event, _ in EXAMPLES])
def test_alerts_go_to_event_with_the_same_keys_and_all_events_to_log(event: Event, event_type: str | None) -> None:
    messages = WORDS.news(event)
    assert not any(message.retain for message in messages)
    log = _payload(messages[-1])
    assert (messages[-1].topic, log["type"], log["id"]) == ("sitbreak/a1b2c3/log", event.type, event.id)
    told = [_payload(message) for message in messages if message.topic == "sitbreak/a1b2c3/event"]
    assert [payload["event_type"] for payload in told] == ([event_type] if event_type else [])
    for payload in told:
        assert payload["id"] == event.id
        assert {"ts", "bout_min", "limit_min", "level", "repeat", "title", "message", "exercise"} <= set(payload)
    for message in messages:
        assert message.properties == {"v": "1", "id": event.id}
        assert len(message.payload.encode()) <= 1000


def test_an_alert_expires_as_the_coach_says_or_earlier_and_a_log_line_never() -> None:
    event, log = WORDS.news(break_due(AT_S, expires_s=AT_S + 90))
    assert (event.expires_s, log.expires_s) == (AT_S + 90, None)
    assert _event(break_due(AT_S, expires_s=AT_S + 9000)).expires_s == AT_S + 600


@pytest.mark.parametrize("cls", EVENT_NAMES, ids=list(EVENT_NAMES.values()))
def test_every_kind_of_event_has_a_log_line_that_lasts(cls: type[Event]) -> None:
    (line,) = [told for told in WORDS.news(any_event(cls, AT_S)) if told.topic.endswith("/log")]
    assert (_payload(line)["type"], line.retain, line.expires_s) == (EVENT_NAMES[cls], False, None)


def test_the_day_is_retained_and_stands_on_its_own_topic() -> None:
    day = DayEnded(id="d", at_s=AT_S, date="2026-11-21", sedentary_min=401.25, longest_min=64.0, breaks=9, alerts=4)
    message = WORDS.news(day)[-1]
    assert (message.topic, message.retain) == ("sitbreak/a1b2c3/day", True)
    assert _payload(message)["date"] == "2026-11-21"


def test_the_day_so_far_is_an_event_of_its_own_that_outlives_a_nap() -> None:
    totals: dict[str, Any] = {"sedentary_min": 372.4, "longest_min": 47.0, "breaks": 9, "alerts": 4}
    day = DaySummary(id="d", at_s=AT_S, date="2026-11-22", until="18:00", **totals)
    event, line = WORDS.news(day)
    assert (event.topic, event.retain, event.expires_s) == ("sitbreak/a1b2c3/event", False, AT_S + 7200)
    told = _payload(event)
    assert told["event_type"] == "day_summary"
    assert told["message"] == ("Today until 18:00: 6 hours 12 minutes of sitting, 47 minutes at the longest, 9 breaks.")
    assert {key: told[key] for key in totals} == totals
    assert (told["date"], told["until"], told["exercise"], told["alert_id"]) == ("2026-11-22", "18:00", None, None)
    assert (_payload(line)["type"], line.expires_s) == ("day_summary", None)


def test_a_day_told_again_after_a_crash_is_sent_once_and_a_mended_one_again(tmp_path: Path) -> None:
    day = DayEnded(id="d", at_s=AT_S, date="2026-11-21", sedentary_min=401.25, longest_min=64.0, breaks=9, alerts=4)
    mended = dataclasses.replace(day, sedentary_min=400.0)
    for told, sent in ((day, 1), (day, 1), (mended, 2)):
        with closing(Store(tmp_path / "history.sqlite3")) as store:
            store.commit(Commit("me", events=(told,), messages={"mqtt": tuple(WORDS.news(told))}))
            rows = [row.message for row in store.pending("mqtt", 0, 100) if row.message.topic.endswith("/day")]
        assert len(rows) == sent
        assert all(row.retain for row in rows)


def test_availability_and_link_are_one_retained_word() -> None:
    assert WORDS.availability(False) == Message("sitbreak/a1b2c3/availability", "offline", retain=True, qos=1)
    assert WORDS.link(True) == Message("sitbreak/a1b2c3/link", "online", retain=True, qos=1)


def test_a_result_names_the_value_in_force_or_the_error() -> None:
    answer = CommandAnswered(id="a", at_s=AT_S, command="limit", ok=False, error="1 to 240", value=30.0)
    message = WORDS.result(answer)
    assert (message.topic, message.retain, message.qos) == ("sitbreak/a1b2c3/cmd/limit/result", False, 0)
    assert _payload(message) == {"ok": False, "error": "1 to 240", "value": 30.0}


def test_info_says_who_speaks_and_names_nobody() -> None:
    payload = _payload(WORDS.info())
    assert (payload["model"], payload["config_hash"]) == ("DeskBand", "f00")
    assert "me" not in payload.values()
