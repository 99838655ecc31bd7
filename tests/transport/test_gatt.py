from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from bleak import BleakClient

from firmware_sim.air import Air
from monitor.clock import Clock
from monitor.transport.gatt import Gatt
from monitor.wearables.base import Read, Subscribe, Unsubscribe, Write
from tests.support.air import ADDRESS, BATTERY, COMMAND, CONTROL, DATA, LOCKED, MODEL, PebblePeripheral, radio_on


@pytest.fixture
async def air() -> AsyncIterator[Air]:
    async with Air() as air:
        yield air


@pytest.fixture
async def pebble(air: Air) -> PebblePeripheral:
    pebble = PebblePeripheral(air.join("pebble"))
    await pebble.power_on()
    return pebble


@pytest.fixture
async def gatt(air: Air, pebble: PebblePeripheral) -> AsyncIterator[Gatt]:
    async with radio_on(air) as radio, BleakClient(ADDRESS, **radio.client_keywords()) as client:
        yield Gatt(client, Clock(), 1.0, lambda _, __: None)


async def test_what_was_read_comes_with_the_round_trip(gatt: Gatt) -> None:
    outcome = await gatt.perform(Read("2A19"))
    assert (outcome.value, outcome.error, outcome.att_error) == (b"\x57", None, None)
    assert outcome.sent_at_s < outcome.at_s


async def test_writes_with_and_without_response_report_no_value(gatt: Gatt, pebble: PebblePeripheral) -> None:
    for action in (Write(CONTROL, b"\x01"), Write(COMMAND, b"\x02", response=False)):
        outcome = await gatt.perform(action)
        assert (outcome.value, outcome.error) == (None, None)
    await pebble.until("command", b"\x02")


@pytest.mark.parametrize("action", [Read(LOCKED), Subscribe(MODEL), Read(BATTERY.replace("2a19", "2a1b"))])
async def test_every_failure_is_an_outcome(gatt: Gatt, action: Read | Subscribe) -> None:
    outcome = await gatt.perform(action)
    assert outcome.error
    assert outcome.value is None
    assert not gatt.bearer_is_dead


async def test_an_answer_that_never_comes_ends_the_bearer(gatt: Gatt, pebble: PebblePeripheral) -> None:
    pebble.model_may_answer.clear()
    outcome = await gatt.perform(Read(MODEL))
    assert outcome.error == "no answer within 1 s"
    assert gatt.bearer_is_dead
    pebble.model_may_answer.set()


async def test_without_a_link_everything_fails_in_words(gatt: Gatt) -> None:
    await gatt.client.disconnect()
    for action in (Read(BATTERY), Write(CONTROL, b"\x01"), Subscribe(DATA)):
        assert (await gatt.perform(action)).error
    assert await gatt.probe() is not None


async def test_a_probe_is_answered_by_a_living_device(gatt: Gatt) -> None:
    assert await gatt.probe() is None


async def test_unsubscribing_what_was_not_subscribed_is_no_fault(gatt: Gatt, pebble: PebblePeripheral) -> None:
    assert (await gatt.perform(Unsubscribe(DATA))).error is None
    assert (await gatt.perform(Subscribe(DATA))).error is None
    assert (await gatt.perform(Unsubscribe(DATA))).error is None
    await pebble.until("unsubscribed", DATA[:8])


async def test_closing_silences_before_it_disconnects(gatt: Gatt, pebble: PebblePeripheral) -> None:
    await gatt.perform(Subscribe(DATA))
    await gatt.close(5.0)
    await pebble.until("disconnected")
    assert [what for what, _ in pebble.log] == ["connected", "subscribed", "unsubscribed", "disconnected"]
