from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from firmware_sim.air import Air
from monitor.clock import Clock
from monitor.model import (
    AccelBlock,
    Answer,
    AnswerKind,
    BatteryLevel,
    Fact,
    LinkEvent,
    LinkState,
    Nudge,
    PacketRefused,
)
from monitor.transport.listener import Advertisements, Heard, Listener
from monitor.transport.radio import Radio
from monitor.transport.radio_rules import RadioRules
from monitor.transport.scanner import DeviceMatch, Scanner
from monitor.wearables.base import Wearable
from monitor.wearables.bthome import BTHome
from monitor.wearables.ruuvi import Ruuvi
from tests.support.air import Facts, Pebble, PebblePeripheral, linked, radio_on
from tests.support.teller import Teller, ruuvi

TAG, OTHER = "C0:FF:EE:00:00:01", "C0:FF:EE:00:00:02"


@contextlib.asynccontextmanager
async def listening(
    radio: Radio, *drivers: Wearable, speed: float = 1.0, **match: Any
) -> AsyncIterator[list[tuple[Listener, Facts]]]:
    """A listener for each driver, on one scanner."""
    scanner, clock = Scanner(radio), Clock(time.time(), speed)
    pairs = []
    for number, driver in enumerate(drivers):
        facts = Facts()
        source = Advertisements(DeviceMatch(**match), driver, radio, scanner)
        listener = Listener(
            name=f"w{number}", driver=driver, source=source, rules=radio.rules, clock=clock, deliver=facts.deliver
        )
        pairs.append((listener, facts))
    tasks = [asyncio.create_task(scanner.run(), name="scanner")]
    tasks += [asyncio.create_task(listener.run(), name=listener.name) for listener, _ in pairs]
    try:
        yield pairs
    finally:
        for task in reversed(tasks):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def keep_telling(teller: Teller, first: int = 0, **values: Any) -> None:
    """A new measurement ten times a second."""
    sequence = first
    while True:
        sequence += 1
        await teller.manufacturer(ruuvi(sequence, **values))
        await asyncio.sleep(0.1)


@contextlib.asynccontextmanager
async def telling(teller: Teller, first: int = 0, **values: Any) -> AsyncIterator[None]:
    task = asyncio.create_task(keep_telling(teller, first, **values))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await teller.hush()


async def test_what_a_tag_tells_becomes_samples_with_the_strength_of_its_signal(air: Air) -> None:
    async with radio_on(air) as radio, listening(radio, Ruuvi()) as [(_, facts)], telling(Teller(air.join("tag"))):
        await facts.until(lambda: len(facts.of(AccelBlock)) >= 3)
    assert facts.states[:2] == [LinkState.SEARCHING, LinkState.STREAMING]
    assert facts.states[-1] is LinkState.STOPPED
    strengths = [event.rssi_dbm for event in facts.of(LinkEvent) if event.state is LinkState.STREAMING]
    assert None not in strengths
    assert facts.of(BatteryLevel)[0].percent == 95
    assert radio.claimed == set()


async def test_a_silent_tag_is_lost_and_found_again(air: Air) -> None:
    tag = Teller(air.join("tag"))
    async with radio_on(air) as radio, listening(radio, Ruuvi(), speed=60.0) as [(_, facts)]:
        async with telling(tag):
            await facts.until_state(LinkState.STREAMING)
        await facts.until_state(LinkState.LOST)  # 60 s, but at least two on the wall
        async with telling(tag, 500):
            await facts.until(lambda: facts.states.count(LinkState.STREAMING) >= 2)
    detail = next(event.detail for event in facts.of(LinkEvent) if event.state is LinkState.LOST)
    assert "60 s" in detail


async def test_two_wearers_have_a_tag_each(air: Air) -> None:
    async with (
        radio_on(air) as radio,
        listening(radio, Ruuvi(), Ruuvi()) as pairs,
        telling(Teller(air.join("a")), mac="C0FFEE000001"),
        telling(Teller(air.join("b"), OTHER), mac="C0FFEE000002"),
    ):
        for _, facts in pairs:
            await facts.until(lambda facts=facts: len(facts.of(AccelBlock)) >= 3)
        assert radio.claimed == {TAG, OTHER}
    assert {block.segment for _, facts in pairs for block in facts.of(AccelBlock)} == {1}


async def test_a_configured_tag_is_the_only_one_heard(air: Air) -> None:
    async with (
        radio_on(air) as radio,
        listening(radio, Ruuvi(), address=OTHER) as [(_, facts)],
        telling(Teller(air.join("a")), xyz_mg=(1000, 0, 0), mac="C0FFEE000001"),
        telling(Teller(air.join("b"), OTHER), xyz_mg=(0, 1000, 0), mac="C0FFEE000002"),
    ):
        await facts.until(lambda: len(facts.of(AccelBlock)) >= 5)
    assert {tuple(block.xyz_g[0].tolist()) for block in facts.of(AccelBlock)} == {(0.0, 1.0, 0.0)}


async def test_a_device_of_the_kind_that_makes_no_sense_gives_way_to_another(air: Air) -> None:
    stranger, tag = Teller(air.join("stranger"), OTHER), Teller(air.join("tag"))
    await stranger.manufacturer(bytes.fromhex("06170C5668C79E007000C90501D9FFCD004C884F"))
    async with radio_on(air) as radio, listening(radio, Ruuvi(), speed=60.0) as [(_, facts)]:
        await facts.until(lambda: facts.of(PacketRefused))
        async with telling(tag):
            await facts.until_state(LinkState.STREAMING)
        assert radio.claimed == {TAG}


async def test_a_device_of_the_kind_that_tells_nothing_is_not_waited_for(air: Air) -> None:
    gateway, tag = Teller(air.join("gateway"), OTHER, "Ruuvi Gateway"), Teller(air.join("tag"))
    await gateway.manufacturer(b"\x01", company=0xFFFF)
    async with radio_on(air) as radio, listening(radio, Ruuvi()) as [(_, facts)]:
        await asyncio.sleep(0.3)  # ten advertisements of the gateway
        async with telling(tag):
            await facts.until_state(LinkState.STREAMING)
        assert radio.claimed == {TAG}


class Ear:
    """A source into which the test speaks."""

    def hear(self, heard: Heard) -> AbstractContextManager[None]:
        self.say = heard
        return contextlib.nullcontext()

    def silent(self, understood: bool) -> None:
        """A loss is told now."""


async def test_what_is_heard_while_a_loss_is_told_begins_the_next_session() -> None:
    ear, facts = Ear(), Facts()

    async def deliver(news: list[Fact]) -> None:
        await facts.deliver(news)
        if facts.states[-1] is LinkState.SEARCHING:
            times = facts.states.count(LinkState.SEARCHING)
            ear.say("company:0499", ruuvi(times), -60)

    clock = Clock(time.time(), 60.0)
    listener = Listener(name="me", driver=Ruuvi(), source=ear, rules=RadioRules(), clock=clock, deliver=deliver)
    listening = asyncio.create_task(listener.run(), name="listener")
    await facts.until(lambda: facts.states.count(LinkState.LOST) == 2)
    listening.cancel()
    await asyncio.wait({listening})


async def test_links_are_found_while_tags_are_listened_to(air: Air) -> None:
    pebble = PebblePeripheral(air.join("pebble"))
    async with (
        radio_on(air, scan_linger_s=0.1) as radio,
        listening(radio, Ruuvi()) as [(_, facts)],
        telling(Teller(air.join("tag"))),
    ):
        await facts.until(lambda: facts.of(AccelBlock))
        await pebble.power_on()
        async with linked(radio, Pebble()) as (_, linked_facts):
            await pebble.until("subscribed", times=2)
            await pebble.send()
            await linked_facts.until(lambda: linked_facts.of(AccelBlock))
            count = len(facts.of(AccelBlock))
            await facts.until(lambda: len(facts.of(AccelBlock)) > count + 3)


async def test_a_press_answers_the_alert_that_was_given_before_the_button_was_ever_heard(air: Air) -> None:
    button = Teller(air.join("button"))
    async with radio_on(air) as radio, listening(radio, BTHome()) as [(listener, facts)]:
        listener.alert(Nudge("stand_up", 7, 60.0))
        await facts.until_state(LinkState.SEARCHING)
        await button.service(bytes.fromhex("44000A3A01"))
        await facts.until(lambda: facts.of(Answer))
    assert [(answer.kind, answer.alert_number) for answer in facts.of(Answer)] == [(AnswerKind.ACKNOWLEDGED, 7)]


async def test_garbage_from_the_air_is_counted_and_logged_once_a_minute(
    air: Air, caplog: pytest.LogCaptureFixture
) -> None:
    tag = Teller(air.join("tag"))
    async with radio_on(air) as radio, listening(radio, Ruuvi()) as [(_, facts)]:
        with caplog.at_level(logging.INFO, "monitor"):
            for number in range(30):
                await tag.manufacturer(bytes([number]) * (number % 24))
            await facts.until(lambda: len(facts.of(PacketRefused)) >= 15)
            async with telling(tag):
                await facts.until(lambda: facts.of(AccelBlock))
    assert len([record for record in caplog.records if "refused" in record.message]) == 1
