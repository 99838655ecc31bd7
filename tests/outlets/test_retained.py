"""What the broker keeps: told once, told anew when it changes, and all of it to a broker that has forgotten."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from monitor.events import AlertCleared, Event
from monitor.exchange import Update, WearerState
from monitor.outlets.mqtt.messages import Phrasebook, Topics
from monitor.outlets.mqtt.retained import Retained
from tests.support.living_outlet import ME, break_due

AT_S = 1_795_343_250.0
SITTING = WearerState(at_s=AT_S, posture="sitting", sedentary=True, link_fresh=True, bout_s=60.0)


def kept() -> Retained:
    return Retained(Phrasebook(ME, Topics("sitbreak", ME.node)))


def told(retained: Retained, *events: Event, **changes: Any) -> list[str]:
    """The kinds of message that follow an update."""
    retained.take(Update("me", events, dataclasses.replace(SITTING, **changes)))
    return [message.topic.rpartition("/")[2] for message in retained.changes()]


def test_before_the_first_sample_only_the_link_is_told() -> None:
    retained = kept()
    (link,) = retained.changes()
    assert (link.topic, link.payload, link.retain) == ("sitbreak/a1b2c3/link", "offline", True)
    assert (retained.has_state, retained.changes()) == (False, [])


def test_what_the_broker_has_is_not_told_again() -> None:
    retained = kept()
    assert told(retained) == ["link", "state", "text"]
    assert told(retained) == []
    assert told(retained, posture="standing", sedentary=False) == ["state"]
    assert told(retained, posture="standing", sedentary=False, link_fresh=False) == ["link"]


@pytest.mark.parametrize(
    "passed",
    [{"bout_s": 90.0, "today_s": 90.0, "last_sample_s": AT_S}, {"rssi_dbm": -70}, {"confidence": 0.5}],
    ids=lambda passed: next(iter(passed)),
)
def test_what_runs_with_time_waits_for_the_minute(passed: dict[str, float]) -> None:
    retained = kept()
    told(retained)
    assert told(retained, **passed, at_s=AT_S + 59.9) == []
    assert told(retained, **passed, at_s=AT_S + 60.0) == ["state"]
    assert told(retained, **passed, at_s=AT_S + 119.9) == []


def test_while_nobody_sits_and_nothing_is_measured_the_minute_is_no_news() -> None:
    retained, away = kept(), {"posture": "unknown", "sedentary": False, "link_fresh": False}
    told(retained, **away)
    assert told(retained, **away, at_s=AT_S + 3600.0) == []


def test_a_break_that_moves_is_no_news_but_that_it_is_known_is() -> None:
    retained = kept()
    told(retained)
    assert told(retained, next_break_s=AT_S + 600.0) == ["state"]
    assert told(retained, next_break_s=AT_S + 601.0) == []
    assert told(retained, next_break_s=None) == ["state"]


def test_the_text_is_of_the_last_event_that_has_one_and_of_the_state_before_there_was_any() -> None:
    retained, texts = kept(), []
    call = break_due(AT_S)
    over = AlertCleared(id="c", at_s=AT_S, alert_id=call.alert_id, by="break")
    for events in ((), (call,), (), (over,)):
        retained.take(Update("me", events, SITTING))
        texts += [message.payload for message in retained.changes() if message.topic.endswith("/text")]
    assert texts == ["No break is due.", call.message, "Break seen. Well done."]


def test_to_a_broker_that_has_forgotten_everything_is_told_with_the_last_sentence() -> None:
    retained, call = kept(), break_due(AT_S)
    told(retained, call)
    retained.forget()
    link, state, text = retained.changes()
    assert (link.payload, json.loads(state.payload)["posture"], text.payload) == ("online", "sitting", call.message)
