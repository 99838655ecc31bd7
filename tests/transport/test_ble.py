from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from bleak.backends.device import BLEDevice

from firmware_sim.air import Air
from monitor.clock import Clock
from monitor.model import AccelBlock, BatteryLevel, Fact, HoleOpened, LinkEvent, LinkState, Nudge, PacketRefused
from monitor.transport.ble import JITTER, Link, pause_s
from monitor.transport.radio import Radio
from monitor.transport.scanner import DeviceMatch, Scanner
from monitor.wearables.base import Read, Write
from tests.support.air import (
    ACK,
    ADDRESS,
    BUZZ,
    CONTROL,
    DATA,
    LOCKED,
    REBOOT,
    START,
    STOP,
    Facts,
    Pebble,
    PebblePeripheral,
    linked,
    radio_on,
)

NUDGE = Nudge("stand_up", 0x0102, 120.0)


@pytest.fixture
async def radio(air: Air) -> AsyncIterator[Radio]:
    async with radio_on(air, backoff_max_s=0.1, fresh_s=1.0) as radio:
        yield radio


async def test_facts_come_in_order_from_searching_to_the_first_block(radio: Radio, pebble: PebblePeripheral) -> None:
    async with linked(radio, Pebble()) as (_, facts):
        await pebble.until("control", START)
        await pebble.send(5)
        await facts.until(lambda: facts.of(AccelBlock))
    kinds = [fact.state if isinstance(fact, LinkEvent) else type(fact) for fact in facts.all]
    assert kinds == [
        LinkState.SEARCHING,
        LinkState.CONNECTED,
        BatteryLevel,
        LinkState.STREAMING,
        AccelBlock,
        LinkState.STOPPED,
    ]
    assert facts.of(LinkEvent)[1].rssi_dbm is not None


async def test_actions_are_carried_out_one_after_the_other_and_each_is_reported(
    radio: Radio, pebble: PebblePeripheral
) -> None:
    driver = Pebble()
    async with linked(radio, driver):
        await pebble.until("control", START)
    told = [(type(action).__name__, outcome.error) for action, outcome in driver.outcomes]
    assert told == [("Read", None), ("Subscribe", None), ("Subscribe", None), ("Write", None), ("Write", None)]
    assert driver.outcomes[0][1].value == b"\x57"
    assert all(outcome.sent_at_s <= outcome.at_s for _, outcome in driver.outcomes)


async def test_a_clean_stop_says_the_last_words_then_unsubscribes_then_disconnects(
    radio: Radio, pebble: PebblePeripheral
) -> None:
    driver = Pebble()
    async with linked(radio, driver):
        await pebble.until("control", START)
        await pebble.until("subscribed", times=2)
        before = len(pebble.log)
    await pebble.until("disconnected")
    assert [entry for entry in pebble.log[before:] if entry[0] != "control"] == [
        ("unsubscribed", CONTROL[:8]),
        ("unsubscribed", DATA[:8]),
        ("disconnected", None),
    ]
    assert pebble.log[before] == ("control", STOP)
    assert driver.calls[-1] == "lost"


async def test_samples_sent_before_the_stop_are_still_delivered(radio: Radio, pebble: PebblePeripheral) -> None:
    async with linked(radio, Pebble()) as (_, facts):
        await pebble.until("control", START)
        for _ in range(20):
            await pebble.send(5)
        await facts.until(lambda: facts.indices)
    assert facts.indices == list(range(100))


async def test_a_lost_link_is_told_and_comes_back_by_itself(air: Air, radio: Radio, pebble: PebblePeripheral) -> None:
    driver = Pebble()
    pebble.next_index = 3
    async with linked(radio, driver, resume={"expected": 3}) as (_, facts):
        await pebble.until("control", START)
        await pebble.send(5)
        await facts.until(lambda: facts.of(AccelBlock))
        air.set_out_of_range("pebble", True)
        await facts.until_state(LinkState.LOST)
        pebble.next_index += 10
        air.set_out_of_range("pebble", False)
        await facts.until_state(LinkState.CONNECTED, 2)
        await pebble.until("control", START, 2)
        await pebble.send(5)
        await facts.until_state(LinkState.STREAMING, 2)
    assert driver.resumed == [{"expected": 3}, None]
    assert facts.of(HoleOpened)[-1] == HoleOpened(0, 8, 18)
    assert facts.indices == [*range(3, 8), *range(18, 23)]


async def test_the_driver_can_ask_for_a_new_link(radio: Radio, pebble: PebblePeripheral) -> None:
    driver = Pebble()
    driver.more = [Write(CONTROL, REBOOT)]
    async with linked(radio, driver, clock=Clock(time.time(), 20.0)) as (_, facts):
        await facts.until_state(LinkState.CONNECTED, 2)
    assert [e.detail for e in facts.of(LinkEvent) if e.state is LinkState.LOST] == ["asked for by the test"]
    assert driver.calls.count("start") == 2


async def test_an_absent_device_is_searched_for_until_it_comes(air: Air, radio: Radio) -> None:
    pebble = PebblePeripheral(air.join("pebble"))
    async with linked(radio, Pebble(), match=DeviceMatch(name="Pebble-0001")) as (_, facts):
        await facts.until_state(LinkState.SEARCHING)
        await pebble.power_on()
        await facts.until_state(LinkState.CONNECTED)


async def test_a_device_that_was_heard_but_does_not_answer_is_said_and_tried_again(
    air: Air, pebble: PebblePeripheral
) -> None:
    async with radio_on(air, connect_timeout_s=1.0, backoff_max_s=0.1, fresh_s=60.0) as radio:
        scanner = Scanner(radio)
        scanning = asyncio.create_task(scanner.run(), name="scanner")
        radio.claimed.discard((await scanner.find(DeviceMatch(address=ADDRESS))).address)
        air.set_out_of_range("pebble", True)
        facts = Facts()
        link = Link(
            name="me", driver=Pebble(), match=DeviceMatch(address=ADDRESS), radio=radio, scanner=scanner, clock=Clock(),
            deliver=facts.deliver,
        )  # fmt: skip
        linking = asyncio.create_task(link.run(), name="link")
        await facts.until_state(LinkState.SEARCHING, 2)
        assert ADDRESS in facts.of(LinkEvent)[-1].detail
        air.set_out_of_range("pebble", False)
        await facts.until_state(LinkState.CONNECTED)
        linking.cancel()
        scanning.cancel()
        await asyncio.wait({linking, scanning})


async def test_two_links_of_one_kind_take_two_devices(air: Air, radio: Radio, pebble: PebblePeripheral) -> None:
    other = PebblePeripheral(air.join("other"), "Pebble-0002", "C0:11:22:33:44:66")
    await other.power_on()
    async with linked(radio, Pebble()), linked(radio, Pebble()):
        await pebble.until("control", START)
        await other.until("control", START)


async def test_alerts_and_receipts_reach_the_wearable(radio: Radio, pebble: PebblePeripheral) -> None:
    async with linked(radio, Pebble()) as (link, _):
        link.stored(0, 7)
        link.alert(NUDGE)
        await pebble.until("control", ACK + bytes([7, 0, 0, 0]))
        await pebble.until("control", BUZZ + bytes([2, 1]))
        link.alert(Nudge("stop", 0x0103, 60.0))
        await pebble.until("control", BUZZ + bytes([3, 1]))


async def test_an_alert_that_comes_while_the_loss_of_the_link_waits_to_be_told_is_for_the_next_link(
    air: Air, radio: Radio, pebble: PebblePeripheral
) -> None:
    facts, begun, go_on = Facts(), asyncio.Event(), asyncio.Event()

    async def deliver(news: list[Fact]) -> None:
        if isinstance(news[-1], AccelBlock):
            begun.set()
            await go_on.wait()
        await facts.deliver(news)

    async with linked(radio, Pebble(), deliver=deliver) as (link, _):
        await pebble.until("control", START)
        await pebble.send(5)
        await begun.wait()
        air.set_out_of_range("pebble", True)
        await asyncio.sleep(0.5)  # longer than the air takes to give the link up
        link.alert(NUDGE)
        go_on.set()
        await facts.until_state(LinkState.LOST)
        air.set_out_of_range("pebble", False)
        await pebble.until("control", BUZZ + bytes([2, 1]))


async def test_an_alert_that_outlived_its_time_is_forgotten(air: Air, radio: Radio) -> None:
    pebble = PebblePeripheral(air.join("pebble"))
    async with linked(radio, Pebble(), clock=Clock(time.time(), 1000.0)) as (link, facts):
        link.alert(NUDGE)
        await facts.until_state(LinkState.SEARCHING)
        await asyncio.sleep(0.15)  # 150 s of stream time
        await pebble.power_on()
        link.stored(0, 1)
        await pebble.until("control", ACK + bytes([1, 0, 0, 0]))
    assert not any(value[:1] == BUZZ for what, value in pebble.log if what == "control")


async def test_a_packet_that_cannot_be_decoded_is_a_fact_and_not_the_end(
    radio: Radio, pebble: PebblePeripheral
) -> None:
    async with linked(radio, Pebble()) as (_, facts):
        await pebble.until("control", START)
        await pebble.notify(b"\x01\x02\x03")
        await pebble.send(5)
        await facts.until(lambda: facts.of(AccelBlock))
    assert [refused.reason for refused in facts.of(PacketRefused)] == ["length"]


async def test_a_refusal_that_needs_pairing_says_so(radio: Radio, pebble: PebblePeripheral) -> None:
    driver = Pebble()
    driver.more = [Read(LOCKED)]
    async with linked(radio, driver, clock=Clock(time.time(), 20.0)) as (_, facts):
        await facts.until(lambda: any("paired" in event.detail for event in facts.of(LinkEvent)))
    outcome = next(outcome for action, outcome in driver.outcomes if action == Read(LOCKED))
    assert outcome.att_error == 0x05
    assert ADDRESS in (outcome.error or "")


async def test_a_consumer_that_is_slow_is_waited_for_and_nothing_is_lost(
    radio: Radio, pebble: PebblePeripheral
) -> None:
    facts = Facts()

    async def deliver(news: list[Fact]) -> None:
        await asyncio.sleep(0.002)
        await facts.deliver(news)

    async with linked(radio, Pebble(), deliver=deliver):
        await pebble.until("control", START)
        for _ in range(100):
            await pebble.send(5)
        await facts.until(lambda: len(facts.indices) == 500)
    assert facts.indices == list(range(500))


async def test_the_last_delivery_is_finished_before_the_link_stops(radio: Radio, pebble: PebblePeripheral) -> None:
    facts, begun = Facts(), asyncio.Event()

    async def deliver(news: list[Fact]) -> None:
        if isinstance(news[-1], AccelBlock):
            begun.set()
            await asyncio.sleep(0.1)
        await facts.deliver(news)

    async with linked(radio, Pebble(), deliver=deliver):
        await pebble.until("control", START)
        await pebble.send(5)
        await begun.wait()
    assert facts.indices == list(range(5))
    assert facts.states[-1] is LinkState.STOPPED


async def test_the_wearable_used_last_is_preferred_to_another_of_its_kind(
    air: Air, radio: Radio, pebble: PebblePeripheral
) -> None:
    async with linked(radio, Pebble()) as (_, facts):
        await pebble.until("control", START)
        await pebble.send(5)
        await facts.until(lambda: facts.of(AccelBlock))
        air.set_out_of_range("pebble", True)
        stranger = PebblePeripheral(air.join("stranger"), "Pebble-0002", "C0:11:22:33:44:66")
        await stranger.power_on()
        await facts.until_state(LinkState.SEARCHING, 2)
        await asyncio.sleep(0.2)  # ten advertisements of the stranger
        air.set_out_of_range("pebble", False)
        await pebble.until("control", START, 2)
    assert stranger.log == []


@pytest.mark.parametrize("longest_s", [0.1, 20.0, 600.0])
def test_the_pauses_grow_from_half_a_second_to_a_minute_and_no_longer_than_set(longest_s: float) -> None:
    pauses_s = [pause_s(failures, longest_s) for failures in range(20)]
    assert pauses_s[0] == pytest.approx(min(0.5, longest_s), rel=JITTER)
    assert pauses_s[-1] == pytest.approx(min(60.0, longest_s), rel=JITTER)
    assert all(later_s >= before_s * (1 - JITTER) / (1 + JITTER) for before_s, later_s in pairwise(pauses_s))


async def test_a_device_that_connects_but_never_streams_is_forgotten_after_three_links(
    air: Air, pebble: PebblePeripheral, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten: list[str] = []

    async def forget(radio: Radio, device: BLEDevice) -> None:
        forgotten.append(device.address)

    monkeypatch.setattr(Radio, "forget", forget)  # BlueZ is not here; what it is asked is tested in test_bluez
    driver = Pebble()
    async with radio_on(air, backoff_max_s=0.1) as radio, linked(radio, driver, Clock(time.time(), 20.0)) as (_, facts):
        for times in range(1, 4):
            await facts.until_state(LinkState.CONNECTED, times)
            driver.more = [Write(CONTROL, REBOOT)]
        await facts.until_state(LinkState.LOST, 3)
        await facts.until_state(LinkState.CONNECTED, 4)
    assert forgotten == [ADDRESS]
