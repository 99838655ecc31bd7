"""The settings' address wins; a name finds a wearable once, and another one of that name is taken late and loudly."""

from __future__ import annotations

import asyncio
import logging

import pytest
from bleak.backends.device import BLEDevice

from firmware_sim.air import Air
from monitor.model import AccelBlock, LinkEvent, LinkState
from monitor.transport.pin import SAID_AT_MOST, Pin
from monitor.transport.scanner import DeviceMatch, Sighting
from tests.support.air import ADDRESS, START, Facts, Pebble, PebblePeripheral, linked, radio_on

OTHER = "C0:11:22:33:44:66"
NAME = "Pebble-0001"


async def on_air(air: Air, address: str = ADDRESS, name: str = NAME) -> PebblePeripheral:
    pebble = PebblePeripheral(air.join(address), name, address)
    await pebble.power_on()
    return pebble


def heard(address: str, name: str = NAME) -> Sighting:
    return Sighting(address, name, (), -50, BLEDevice(address, name, {}), 1.0)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


async def streams(pebble: PebblePeripheral, facts: Facts, times: int = 1) -> None:
    await pebble.until("control", START, times)
    count = len(facts.of(AccelBlock))
    await pebble.send(5)
    await facts.until(lambda: len(facts.of(AccelBlock)) > count)


async def test_an_impostor_with_the_same_name_is_never_connected_to_where_the_address_is_set(
    air: Air, caplog: pytest.LogCaptureFixture
) -> None:
    impostor = await on_air(air, OTHER)
    async with (
        radio_on(air, backoff_max_s=0.1, fresh_s=1.0) as radio,
        linked(radio, Pebble(), match=DeviceMatch(ADDRESS, NAME)) as (_, facts),
    ):
        await asyncio.sleep(0.2)  # ten advertisements of the impostor
        pebble = await on_air(air)
        await streams(pebble, facts)
    assert impostor.log == []
    (said,) = warnings(caplog)
    assert OTHER in said
    assert ADDRESS in said


async def test_by_name_the_first_is_kept_while_another_of_that_name_is_near(
    air: Air, caplog: pytest.LogCaptureFixture
) -> None:
    pebble = await on_air(air)
    async with (
        radio_on(air, backoff_max_s=0.1, fresh_s=1.0) as radio,
        linked(radio, Pebble(), match=DeviceMatch(name=NAME)) as (link, facts),
    ):
        await streams(pebble, facts)
        air.set_out_of_range(ADDRESS, True)
        impostor = await on_air(air, OTHER)
        await facts.until_state(LinkState.SEARCHING, 2)
        await asyncio.sleep(0.2)
        air.set_out_of_range(ADDRESS, False)
        await pebble.until("control", START, 2)
        assert ADDRESS in link.kept
    assert impostor.log == []
    (said,) = warnings(caplog)
    assert f"{OTHER} calls itself '{NAME}', but ours is {ADDRESS}" in said


async def test_another_of_that_name_is_taken_when_ours_has_been_away_and_that_is_said_loudly(
    air: Air, caplog: pytest.LogCaptureFixture
) -> None:
    pebble = await on_air(air)
    async with (
        radio_on(air, backoff_max_s=0.1, fresh_s=1.0, hold_s=0.3) as radio,
        linked(radio, Pebble(), match=DeviceMatch(name=NAME)) as (link, facts),
    ):
        await streams(pebble, facts)
        air.set_out_of_range(ADDRESS, True)
        other = await on_air(air, OTHER)
        await other.until("control", START)
        other.next_index = 5
        await streams(other, facts)
        assert OTHER in link.kept
    change = [fact.detail for fact in facts.of(LinkEvent) if fact.detail.startswith("another wearable")]
    assert len(change) == 1
    assert f"{OTHER} instead of {ADDRESS}" in change[0]
    assert "set wearers.me.address" in change[0]
    assert any(change[0] in line for line in warnings(caplog))


async def test_the_one_used_last_is_looked_for_after_a_restart_too(air: Air) -> None:
    pebble = await on_air(air)
    match = DeviceMatch(name=NAME)
    async with (
        radio_on(air, backoff_max_s=0.1, fresh_s=1.0) as radio,
        linked(radio, Pebble(), match=match) as (
            link,
            facts,
        ),
    ):
        await streams(pebble, facts)
        kept = link.kept
    air.set_out_of_range(ADDRESS, True)
    impostor = await on_air(air, OTHER)
    async with (
        radio_on(air, backoff_max_s=0.1, fresh_s=1.0) as radio,
        linked(radio, Pebble(), match=match, known=kept) as (_, facts),
    ):
        await asyncio.sleep(0.2)
        air.set_out_of_range(ADDRESS, False)
        pebble.next_index = 0
        await streams(pebble, facts, 2)
    assert impostor.log == []


def test_what_was_kept_for_another_name_or_beside_an_address_is_worthless() -> None:
    kept = Pin("me", DeviceMatch(name="A"), "A|C0:00:00:00:00:01").kept
    assert kept == "A|C0:00:00:00:00:01"
    assert Pin("me", DeviceMatch(name="B"), kept).only is None
    assert Pin("me", DeviceMatch(address=ADDRESS, name="A"), kept).only is None
    assert Pin("me", DeviceMatch(), "nonsense").only is None


def test_a_name_may_have_any_sign_in_it() -> None:
    pin = Pin("me", DeviceMatch(name="left|right"))
    pin.taken(ADDRESS)
    assert Pin("me", DeviceMatch(name="left|right"), pin.kept).only == DeviceMatch(ADDRESS, "left|right")


def test_strangers_cannot_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    pin = Pin("me", DeviceMatch(ADDRESS, NAME))
    for number in range(500):
        pin.overheard(heard(f"C0:00:00:00:{number // 256:02X}:{number % 256:02X}"))
        pin.overheard(heard(OTHER))
    assert len(warnings(caplog)) == SAID_AT_MOST


def test_nobody_else_is_mentioned_who_bears_another_name(caplog: pytest.LogCaptureFixture) -> None:
    pin = Pin("me", DeviceMatch(ADDRESS, NAME))
    pin.overheard(heard(OTHER, "Kettle"))
    pin.overheard(heard(ADDRESS.lower()))
    assert warnings(caplog) == []
