from __future__ import annotations

import asyncio
import logging
import random
import time

import pytest

from firmware_sim.air import Air
from monitor.clock import Clock
from monitor.model import AccelBlock, Fact, HoleOpened, LinkEvent, LinkState, PacketRefused
from monitor.transport.session import tick_interval_s
from monitor.wearables.base import Action, Outcome, Read, Reconnect, Reply
from tests.support.air import ADDRESS, BATTERY, LOCKED, START, Facts, Pebble, PebblePeripheral, linked, radio_on

PATIENCE_S = 8.0
SILENT = {"stall_s": 1.0, "stall_probes": 1, "gatt_timeout_s": 1.0, "backoff_max_s": 0.1}


class TickedPebble(Pebble):
    def __init__(self) -> None:
        super().__init__()
        self.ticked_often = asyncio.Event()

    def tick(self, now_s: float) -> Reply:
        reply = super().tick(now_s)
        if len(self.ticks_s) > 5:
            self.ticked_often.set()
        return reply


class QuietPebble(Pebble):
    SILENCE_IS_LEGAL = True


def lost(facts: Facts) -> list[str]:
    return [event.detail for event in facts.of(LinkEvent) if event.state is LinkState.LOST]


@pytest.mark.parametrize(("speed", "interval_s"), [(0.5, 1.0), (1.0, 1.0), (4.0, 0.25), (60.0, 0.05), (1e6, 0.05)])
def test_a_tick_comes_once_a_second_of_stream_time_but_not_too_often(speed: float, interval_s: float) -> None:
    assert tick_interval_s(speed) == interval_s


async def test_ticks_and_arrivals_are_stream_time(air: Air, pebble: PebblePeripheral) -> None:
    clock = Clock(origin_s=time.time() - 1000.0, speed=60.0)
    driver = TickedPebble()
    async with radio_on(air) as radio, linked(radio, driver, clock=clock) as (_, facts):
        await pebble.until("control", START)
        await pebble.send(5)
        await facts.until(lambda: facts.of(AccelBlock))
        async with asyncio.timeout(PATIENCE_S):
            await driver.ticked_often.wait()
    stamps = [facts.of(AccelBlock)[0].t_s[0], *driver.ticks_s, *(o.at_s for _, o in driver.outcomes)]
    assert all(clock.origin_s + 50_000 < stamp < clock.now_s() for stamp in stamps)
    assert driver.ticks_s == sorted(driver.ticks_s)


class LockedOut(Pebble):
    """It reads what wants a paired link again and again, and then tries another link."""

    def done(self, action: Action, outcome: Outcome) -> Reply:
        reply = super().done(action, outcome)
        if action != Read(LOCKED):
            return [*reply, Read(LOCKED)] if action == Read(BATTERY) else reply
        refusals = sum(each == Read(LOCKED) for each, _ in self.outcomes)
        return [*reply, Reconnect("locked out") if refusals % 3 == 0 else Read(LOCKED)]


async def test_what_wants_to_be_paired_is_told_once_a_link_and_logged_once_in_ten_minutes(
    air: Air, pebble: PebblePeripheral, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "monitor"):
        async with radio_on(air, backoff_max_s=0.1) as radio, linked(radio, LockedOut()) as (_, facts):
            await facts.until_state(LinkState.LOST, 2)
    assert len([value for what, value in pebble.log if what == "refused"]) >= 6
    told = [event.detail for event in facts.of(LinkEvent) if "paired first" in event.detail]
    assert len(told) == 2
    (record,) = caplog.records
    assert record.message == f"me: {told[0]}"
    assert f"bluetoothctl pair {ADDRESS}" in record.message
    assert "(5," not in record.message


async def test_silence_on_a_living_link_is_probed_and_then_not_accepted(air: Air, pebble: PebblePeripheral) -> None:
    async with radio_on(air, **SILENT) as radio, linked(radio, Pebble()) as (_, facts):
        await facts.until_state(LinkState.LOST)
    assert lost(facts) == ["connected, but sends no data"]


async def test_silence_is_accepted_where_it_is_legal_and_the_device_answers(air: Air, pebble: PebblePeripheral) -> None:
    async with radio_on(air, **SILENT) as radio, linked(radio, QuietPebble()) as (_, facts):
        await pebble.until("control", START)
        pebble.model_read.clear()
        await asyncio.wait_for(pebble.model_read.wait(), 5)
        await pebble.send(5)
        await facts.until(lambda: facts.of(AccelBlock))
    assert lost(facts) == []


async def test_a_device_that_answers_no_more_is_given_up(air: Air, pebble: PebblePeripheral) -> None:
    async with radio_on(air, **SILENT) as radio, linked(radio, QuietPebble()) as (_, facts):
        await pebble.until("control", START)
        pebble.model_may_answer.clear()
        await facts.until_state(LinkState.LOST)
        pebble.model_may_answer.set()
        await facts.until_state(LinkState.CONNECTED, 2)
    assert "answer" in lost(facts)[0]


async def test_what_cannot_wait_any_more_is_dropped_and_seen_as_a_hole(air: Air, pebble: PebblePeripheral) -> None:
    facts, go_on = Facts(), asyncio.Event()

    async def deliver(news: list[Fact]) -> None:
        if isinstance(news[-1], AccelBlock):
            await go_on.wait()
        await facts.deliver(news)

    async with radio_on(air, inbox_packets=16) as radio, linked(radio, Pebble(), deliver=deliver):
        await pebble.until("control", START)
        for _ in range(60):
            await pebble.send(5)
        await asyncio.sleep(0.3)  # let all of them arrive
        go_on.set()
        await facts.until(lambda: len(facts.indices) >= 15 * 5)
        await pebble.send(5)
        await facts.until(lambda: facts.indices[-1] == 304)
    (hole,) = facts.of(HoleOpened)
    assert hole.first_index < 90
    assert facts.indices == [*range(hole.first_index), *range(300, 305)]


async def test_a_flood_of_garbage_neither_ends_the_link_nor_floods_the_log(
    air: Air, pebble: PebblePeripheral, caplog: pytest.LogCaptureFixture
) -> None:
    noise = random.Random(4)
    async with radio_on(air) as radio, linked(radio, Pebble()) as (_, facts):
        await pebble.until("control", START)
        await pebble.until("subscribed", times=2)
        with caplog.at_level(logging.DEBUG, "monitor"):
            for _ in range(1500):
                await pebble.notify(noise.randbytes(1 + 2 * noise.randrange(4)))  # never the length of a block
            await pebble.send()
            await facts.until(lambda: facts.of(AccelBlock))
        assert LinkState.LOST not in facts.states
    assert len(facts.of(PacketRefused)) == 1500
    assert len(caplog.records) == 1
    assert "packets refused" in caplog.text


async def test_garbage_alone_is_no_sign_of_life(air: Air, pebble: PebblePeripheral) -> None:
    async def babble() -> None:
        while True:
            await pebble.notify(b"\x01\x02\x03")
            await asyncio.sleep(0.05)

    async with radio_on(air, **SILENT) as radio, linked(radio, Pebble()) as (_, facts):
        await pebble.until("subscribed", times=2)
        babbling = asyncio.create_task(babble())
        await facts.until_state(LinkState.LOST)
        babbling.cancel()
    assert lost(facts) == ["connected, but sends no data"]
