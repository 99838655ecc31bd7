"""One sentence for clients that can only show text."""

from __future__ import annotations

import pytest

from monitor.events import AlertCleared, BreakTaken, Event, NotWorn, Snoozed
from monitor.exchange import WearerState
from monitor.outlets.mqtt.sentences import sentence, sentence_of_state
from monitor.words import languages, words
from tests.support.living_outlet import break_due

AT_S = 1_795_343_250.0


def _taken(upright_s: float) -> BreakTaken:
    return BreakTaken(id="b", at_s=AT_S, bout_id="x", break_start_s=AT_S, upright_s=upright_s, sedentary_s=1800.0)


def _cleared(by: str) -> AlertCleared:
    return AlertCleared(id="c", at_s=AT_S, alert_id="a", by=by)


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (break_due(AT_S), "Seated for 30 minutes. Fancy 10 knee lifts?"),
        (_taken(60.0), "Break taken: 1 minute after 30 minutes of sitting."),
        (_taken(20.0), "Break taken: 20 seconds after 30 minutes of sitting."),
        (_cleared("break"), "Break seen. Well done."),
        (_cleared("a way nobody knows yet"), "No break is due."),
        (_cleared("snooze"), None),
        (Snoozed(id="s", at_s=AT_S, alert_id="a", until_s=AT_S + 600), "Snoozed for 10 minutes."),
        (NotWorn(id="n", at_s=AT_S, since_s=AT_S), None),
    ],
)
def test_the_text_follows_the_alert_and_its_end(event: Event, text: str | None) -> None:
    assert sentence(event, words("en")) == text


def test_the_text_speaks_the_wearers_language() -> None:
    told = sentence(_taken(60.0), words("de"))
    assert told == "Pause gemacht: 1 Minute nach 30 Minuten Sitzen."


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("alert", ["none", "due", "overdue", "snoozed", "paused"])
def test_before_anything_has_happened_the_state_speaks(alert: str, language: str) -> None:
    said = words(language)
    assert sentence_of_state(WearerState(at_s=AT_S, alert=alert), said) == said.standing[alert]
