"""The outbox on its way: order, at most ten under way, nothing lost at a disconnect."""

from __future__ import annotations

import asyncio
import time

import pytest

from monitor.clock import Clock
from monitor.exchange import Message
from monitor.outlets.mqtt import delivery as delivery_module
from monitor.outlets.mqtt.delivery import IN_FLIGHT, Delivery
from monitor.outlets.mqtt.signals import Acknowledged
from tests.support.outboxes import MemoryOutbox


class Wire:
    """Takes what is published and remembers it."""

    def __init__(self) -> None:
        self.published: list[tuple[str, float | None]] = []

    def publish(self, message: Message, expiry_s: float | None = None) -> int:
        self.published.append((message.payload, expiry_s))
        return len(self.published)


def _messages(count: int) -> list[Message]:
    return [Message("t", str(number)) for number in range(1, count + 1)]


async def _settle_down() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_no_more_than_ten_are_under_way_and_the_order_is_kept() -> None:
    outbox, wire = MemoryOutbox(), Wire()
    delivery = Delivery(outbox, Clock())
    outbox.add(_messages(25))
    task = asyncio.create_task(delivery.run(wire), name="delivery")
    await _settle_down()
    assert len(wire.published) == IN_FLIGHT
    for number in range(1, 26):
        assert await delivery.settle(Acknowledged(number))
        await _settle_down()
    await delivery.drained()
    assert [payload for payload, _ in wire.published] == [str(number) for number in range(1, 26)]
    assert outbox.order == list(range(1, 26))
    task.cancel()


async def test_only_what_was_not_acknowledged_is_sent_again_over_the_next_connection() -> None:
    outbox, first, second = MemoryOutbox(), Wire(), Wire()
    delivery = Delivery(outbox, Clock())
    outbox.add(_messages(3))
    task = asyncio.create_task(delivery.run(first), name="delivery")
    await _settle_down()
    await delivery.settle(Acknowledged(1))
    task.cancel()
    outbox.add([Message("t", "4")])
    task = asyncio.create_task(delivery.run(second), name="delivery")
    await _settle_down()
    assert [payload for payload, _ in second.published] == ["2", "3", "4"]
    task.cancel()


async def test_rows_added_later_are_sent_without_being_asked_for() -> None:
    outbox, wire = MemoryOutbox(), Wire()
    task = asyncio.create_task(Delivery(outbox, Clock()).run(wire), name="delivery")
    await _settle_down()
    outbox.add(_messages(1))
    await _settle_down()
    assert wire.published == [("1", None)]
    task.cancel()


async def test_a_refused_row_is_marked_and_the_queue_goes_on() -> None:
    outbox, wire = MemoryOutbox(), Wire()
    delivery = Delivery(outbox, Clock())
    outbox.add(_messages(2))
    task = asyncio.create_task(delivery.run(wire), name="delivery")
    await _settle_down()
    await delivery.settle(Acknowledged(1, "not authorized"))
    await delivery.settle(Acknowledged(2))
    assert outbox.fate == {1: "refused: not authorized", 2: "sent"}
    task.cancel()


async def test_what_is_too_old_by_stream_time_is_expired_and_a_fast_clock_sets_no_mqtt_expiry() -> None:
    outbox, wire = MemoryOutbox(), Wire()
    clock = Clock(origin_s=time.time() - 1000.0, speed=60.0)  # stream time is 16 hours ahead of the wall
    outbox.add([Message("t", "old", expires_s=time.time()), Message("t", "new", expires_s=clock.now_s() + 900)])
    task = asyncio.create_task(Delivery(outbox, clock).run(wire), name="delivery")
    await _settle_down()
    assert wire.published == [("new", None)]
    assert outbox.fate == {1: "expired"}
    task.cancel()


async def test_an_acknowledgement_of_something_else_is_not_taken() -> None:
    assert not await Delivery(MemoryOutbox(), Clock()).settle(Acknowledged(7))


async def test_what_a_full_broker_does_not_take_is_offered_again_after_a_pause(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(delivery_module, "FULL_PAUSE_S", 0.0)
    outbox, wire = MemoryOutbox(), Wire()
    delivery = Delivery(outbox, Clock())
    outbox.add(_messages(3))
    task = asyncio.create_task(delivery.run(wire), name="delivery")
    await _settle_down()
    await delivery.settle(Acknowledged(1))
    for number in (2, 3):
        await delivery.settle(Acknowledged(number, "quota exceeded", later=True))
    await _settle_down()
    assert [payload for payload, _ in wire.published] == ["1", "2", "3", "2"]  # one alone, so that none overtakes it
    for number in (4, 5):
        await delivery.settle(Acknowledged(number))
        await _settle_down()
    await delivery.drained()
    assert outbox.fate == {1: "sent", 2: "sent", 3: "sent"}
    assert caplog.text.count("the MQTT broker is full") == 1
    task.cancel()
