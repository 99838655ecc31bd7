"""The sentence that tells what became of a call, in both languages and without secrets."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.history.receipts import CallRow
from monitor.history.ways import ways_line
from monitor.outlets.receipts import Outcome, Receipt
from monitor.words import languages, words

AT_S = datetime(2026, 11, 22, 14, 5, tzinfo=UTC).timestamp()
MQTT = Receipt("me", "e", "mqtt", AT_S, Outcome.ACCEPTED)
NTFY = Receipt("me", "e", "ntfy (push address 1)", AT_S, Outcome.ACCEPTED)
TELEGRAM = Receipt("me", "e", "Telegram (push address 2)", AT_S, Outcome.REFUSED, "http:401")


def told(*receipts: Receipt, waits_for: tuple[str, ...] = (), language: str = "en", buzzes: bool = True) -> str:
    call = CallRow("e", AT_S, "break_due", 2, receipts, waits_for)
    return ways_line(call, buzzes, words(language), "UTC")


def test_who_took_the_call_comes_first_and_who_did_not_with_the_reason() -> None:
    assert told(TELEGRAM, NTFY, MQTT) == (
        "Called at 14:05: on the wearable, over MQTT, ntfy (push address 1); "
        "Telegram (push address 2) refused (HTTP 401)."
    )
    assert told(TELEGRAM, NTFY, MQTT, language="de") == (
        "Erinnert um 14:05: am Sensor, über MQTT, ntfy (push address 1); "
        "Telegram (push address 2) hat abgelehnt (HTTP 401)."
    )


def test_what_was_taken_off_the_phone_or_acknowledged_is_told_with_its_time() -> None:
    assert "ntfy (push address 1) (taken off the phone at 14:07)" in told(replace(NTFY, taken_back_s=AT_S + 120))
    seen = replace(NTFY, seen_s=AT_S + 60, taken_back_s=AT_S + 120)
    assert "ntfy (push address 1) (acknowledged at 14:06)" in told(seen)


def test_what_is_still_to_come_is_no_silence() -> None:
    assert told(waits_for=("mqtt", "push"), buzzes=False) == (
        "Called at 14:05: MQTT is still to come; push is still to come."
    )
    trying = replace(NTFY, outcome=Outcome.TRYING, reason="unreachable")
    assert told(MQTT, trying, waits_for=("push",), buzzes=False) == (
        "Called at 14:05: over MQTT; "
        "ntfy (push address 1) has not taken it yet (it cannot be reached) and is tried again."
    )


def test_a_call_without_any_way_is_said_so() -> None:
    assert told(buzzes=False) == "Called at 14:05: no way to you has been tried."


@pytest.mark.parametrize("language", languages())
def test_every_outcome_and_reason_has_its_words(language: str) -> None:
    said = words(language)
    for outcome in Outcome:
        for reason in [*said.ways.reasons, "http:503"]:
            line = told(replace(NTFY, outcome=outcome, reason=reason), language=language)
            assert "{" not in line
            assert "_" not in line.replace("push.per_hour", "")
