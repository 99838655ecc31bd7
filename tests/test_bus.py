"""Fan-out to the outlets."""

from __future__ import annotations

import asyncio

from monitor.bus import HOPELESS, Bus, Subscription
from monitor.events import AlertCleared, Event, PostureChanged
from monitor.exchange import Update, WearerState


def update(number: int, *, alert: bool = False) -> Update:
    event: Event = (
        AlertCleared(id=str(number), at_s=number, alert_id="a", by="done")
        if alert
        else PostureChanged(
            id=str(number), at_s=number, start_s=number, posture="sitting", previous=None, confidence=1.0
        )
    )
    return Update("me", (event,), WearerState(at_s=number))


async def taken(subscription: Subscription, count: int) -> list[str]:
    ids: list[str] = []
    async for news in subscription:
        ids += [event.id for event in news.events]
        if len(ids) == count:
            return ids
    raise AssertionError


async def test_every_outlet_gets_everything_in_order() -> None:
    bus = Bus()
    first, second = bus.subscribe(), bus.subscribe()
    for number in range(5):
        bus.publish(update(number))
    assert await taken(first, 5) == await taken(second, 5) == ["0", "1", "2", "3", "4"]


async def test_a_slow_outlet_loses_old_news_but_never_an_alert() -> None:
    bus = Bus(limit=3)
    slow = bus.subscribe()
    for number in range(10):
        bus.publish(update(number, alert=number in (0, 4)))
    assert await taken(slow, 3) == ["0", "4", "9"]


async def test_an_outlet_that_never_reads_does_not_fill_the_memory_even_with_alerts() -> None:
    bus = Bus(limit=3)
    dead = bus.subscribe()
    for number in range(100):
        bus.publish(update(number, alert=True))
    assert await taken(dead, 3 * HOPELESS) == [str(number) for number in range(100 - 3 * HOPELESS, 100)]


async def test_drained_waits_for_the_outlets_but_not_for_ever() -> None:
    bus = Bus()
    subscription = bus.subscribe()
    bus.publish(update(1))
    await bus.drained(limit_s=0.01)  # nobody reads: it returns all the same
    reader = asyncio.create_task(taken(subscription, 1))
    await bus.drained(limit_s=5.0)
    assert reader.done() or await reader == ["1"]
