"""The wearable buzzes for what concerns the body now, and never late."""

from __future__ import annotations

import asyncio

from monitor.clock import Clock
from monitor.event_ids import alert_number
from monitor.events import AlertCleared, BreakTaken, Event, TestAlert
from monitor.exchange import Update, WearerState
from monitor.model import Nudge
from monitor.outlets.wearable import WearableOutlet, WearableRules
from tests.support.living_outlet import break_due
from tests.support.outboxes import Feed


async def _nudges(*events: Event, rules: WearableRules | None = None, language: str = "en") -> list[Nudge]:
    heard: list[tuple[str, Nudge]] = []
    feed = Feed()
    outlet = WearableOutlet(lambda wearer, nudge: heard.append((wearer, nudge)), Clock(), rules, {"me": language})
    feed.put(Update("me", events, WearerState(at_s=0.0)))
    task = asyncio.create_task(outlet.run(aiter(feed)), name="wearable")
    for _ in range(5):
        await asyncio.sleep(0)
    task.cancel()
    assert {wearer for wearer, _ in heard} <= {"me"}
    return [nudge for _, nudge in heard]


def _taken(at_s: float) -> BreakTaken:
    return BreakTaken(id="t", at_s=at_s, bout_id="b", break_start_s=at_s, upright_s=60, sedentary_s=1800)


async def test_a_break_due_a_repeat_its_end_and_praise() -> None:
    now_s = Clock().now_s()
    due = break_due(now_s)
    cleared = AlertCleared(id="c", at_s=now_s, alert_id=due.alert_id, by="break")
    nudges = await _nudges(due, break_due(now_s, repeat=1), cleared, _taken(now_s))
    assert [nudge.kind for nudge in nudges] == ["stand_up", "urgent", "stop", "well_done"]
    assert {nudge.alert_number for nudge in nudges} == {alert_number(due.alert_id)}
    assert nudges[0].title == "Time to stand up"
    assert 590 < nudges[0].time_to_live_s <= 600


async def test_an_alert_past_its_expiry_and_late_praise_are_not_buzzed() -> None:
    now_s = Clock().now_s()
    assert await _nudges(break_due(now_s - 3600), _taken(now_s - 3600)) == []


async def test_an_alert_that_may_not_use_the_wearable_does_not() -> None:
    assert await _nudges(break_due(Clock().now_s(), level=0)) == []


async def test_a_test_alert_can_be_felt() -> None:
    event = TestAlert(id="x", at_s=Clock().now_s(), title="Test", message="It works.", exercise=None)
    assert [nudge.kind for nudge in await _nudges(event)] == ["stand_up"]


async def test_the_wearable_can_be_silenced() -> None:
    assert await _nudges(break_due(Clock().now_s()), rules=WearableRules(enabled=False)) == []


async def test_praise_is_in_the_wearers_language() -> None:
    now_s = Clock().now_s()
    (english,), (german,) = await _nudges(_taken(now_s)), await _nudges(_taken(now_s), language="de")
    assert (english.title, english.message) == ("Break taken", "Break seen. Well done.")
    assert (german.title, german.message) == ("Pause gemacht", "Pause gesehen. Schön!")
