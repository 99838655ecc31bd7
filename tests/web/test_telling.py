"""What the page says in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest

from monitor.events import CommandAnswered, event_as_dict
from monitor.exchange import ExerciseProgress, WearerState
from monitor.history.day import EventRow
from monitor.web.telling import LOGGED, facts, log_html, progress, sentence
from monitor.words import words
from tests.history.builders import T0, alert_cleared, break_due, break_taken

EN = words("en")
SITTING = WearerState(
    at_s=T0, posture="sitting", confidence=0.87, bout_start_s=T0 - 600, bout_s=600.0, next_break_s=T0 + 1200
)


def row(event: Any) -> EventRow:
    return EventRow(event.at_s, event.type, event_as_dict(event))


def test_what_is_now_is_said_in_words() -> None:
    told = facts(replace(SITTING, battery_pct=80, rssi_dbm=-60, link_fresh=True), EN, UTC)
    assert (told.posture, told.sat, told.sure, told.battery) == ("sitting", "10 minutes", "87 %", "80 %")
    assert told.link == "connected (-60 dBm)"
    assert told.next.startswith("at ")


def test_what_is_not_known_is_said_to_be_so() -> None:
    told = facts(WearerState(at_s=T0, rssi_dbm=-60), EN, UTC)
    assert (told.posture, told.sat, told.next, told.sure) == ("not known", "–", "–", "–")
    assert told.link == "not connected"
    assert facts(None, EN, UTC).posture == EN.page.waiting


def test_a_limit_that_has_passed_is_told_by_since() -> None:
    assert facts(replace(SITTING, next_break_s=T0 - 60, alert="due"), EN, UTC).next.startswith("since ")


def test_a_limit_that_has_passed_and_calls_nobody_is_not_waited_for_and_not_said_to_be_none() -> None:
    told = facts(replace(SITTING, next_break_s=T0 - 60), EN, UTC)
    assert (told.next, told.standing) == ("–", EN.page.silent)
    assert facts(SITTING, EN, UTC).standing == EN.standing["none"]
    paused = facts(replace(SITTING, next_break_s=T0 - 60, alert="paused"), EN, UTC)
    assert (paused.next, paused.standing) == ("–", EN.standing["paused"])


def test_how_far_an_exercise_is_is_told_where_the_state_has_it() -> None:
    watched = ExerciseProgress("lunge_stretch", "Lunge stretch", 4, 10, 0.0, "sensor", "4 of 10")
    assert progress(replace(SITTING, exercise=watched)) == ("lunge_stretch", "4 of 10")
    assert progress(SITTING) == ("", "")
    assert progress(None) == ("", "")


@pytest.mark.parametrize(
    ("repetitions", "hold_s", "told"),
    [(7, 0.0, "7 repetitions seen"), (0, 31.0, "held: 31 seconds"), (0, 0.0, "done, by your word")],
)
def test_what_was_seen_of_an_exercise_is_logged(repetitions: int, hold_s: float, told: str) -> None:
    body = {"title": "Lunge stretch", "repetitions": repetitions, "hold_s": hold_s}
    assert sentence(EventRow(T0, "exercise_seen", body), EN) == f"Lunge stretch: {told}"


def test_the_log_tells_calls_answers_and_breaks_and_escapes_them() -> None:
    rows = [row(break_taken(T0 + 60, T0 - 1800)), row(alert_cleared(T0 + 30, T0 - 1800)), row(break_due(T0, T0 - 1800))]
    html = log_html(rows, EN, UTC)
    assert html.count("<li>") == 3
    assert "called (limit) after 30 minutes" in html
    refused = CommandAnswered(id="x", at_s=T0, command="limit", ok=False, error="<script>", source="web")
    assert "<script>" not in log_html([row(refused)], EN, UTC)
    assert EN.why.nothing_yet in log_html([], EN, UTC)


def test_a_call_in_the_log_tells_what_became_of_it() -> None:
    call = break_due(T0, T0 - 1800)
    rows, ways = [row(call), row(alert_cleared(T0 + 30, T0 - 1800))], {call.id: "over MQTT; <ntfy> refused"}
    html = log_html(rows, EN, UTC, ways)
    assert "after 30 minutes: over MQTT; &lt;ntfy&gt; refused</li>" in html
    assert html.count("over MQTT") == 1


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_reason_for_silence_has_its_words(language: str) -> None:
    said = words(language)
    for reason in said.silences:
        body = {"reason": reason}
        assert said.silences[reason] in sentence(EventRow(T0, "alert_withheld", body), said)


def test_asking_why_is_no_decision() -> None:
    asked = CommandAnswered(id="x", at_s=T0, command="why", ok=True, value="because", source="web")
    assert sentence(row(asked), EN) == ""
    assert "posture_changed" not in LOGGED
