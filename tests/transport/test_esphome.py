"""Links and advertisements through an ESPHome Bluetooth proxy, from its network protocol down to the virtual air."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

pytest.importorskip("bleak_esphome", reason="needs the extra `proxies`")

from aioesphomeapi import BluetoothProxyFeature

from benchmarks.listening import free_port
from firmware_sim.air import Air
from monitor.model import AccelBlock, BatteryLevel, LinkState
from monitor.transport.esphome import structures
from monitor.transport.radio import Radio, RadioError, RadioRules
from monitor.transport.scanner import scan
from monitor.wearables.base import Read
from tests.support.air import ADDRESS, LOCKED, SERVICE, START, Pebble, PebblePeripheral, linked, opener_in
from tests.support.proxy import Proxy


@pytest.fixture
async def proxy(air: Air) -> AsyncIterator[Proxy]:
    async with Proxy(opener_in(air)) as proxy:
        yield proxy


@pytest.fixture
async def radio(proxy: Proxy) -> AsyncIterator[Radio]:
    radio = Radio(RadioRules(backend=f"esphome:127.0.0.1:{proxy.port}", backoff_max_s=0.1, fresh_s=1.0))
    yield radio
    await radio.close()


async def test_what_the_proxy_hears_is_heard(radio: Radio, pebble: PebblePeripheral) -> None:
    (found,) = await scan(radio, 0.5)
    assert (found.address, found.name, found.service_uuids) == (ADDRESS, "Pebble-0001", (SERVICE,))


async def test_a_wearable_streams_through_the_proxy_and_ends_cleanly(radio: Radio, pebble: PebblePeripheral) -> None:
    async with linked(radio, Pebble()) as (_, facts):
        await pebble.until("control", START)
        for _ in range(20):
            await pebble.send(3)
        await facts.until(lambda: len(facts.indices) == 60)
    assert facts.of(BatteryLevel)[0].percent == 87
    assert facts.indices == list(range(60))
    assert [what for what, _ in pebble.log[-3:]] == ["unsubscribed", "unsubscribed", "disconnected"]


async def test_a_lost_link_comes_back_through_the_proxy(air: Air, radio: Radio, pebble: PebblePeripheral) -> None:
    async with linked(radio, Pebble()) as (_, facts):
        await pebble.until("control", START)
        await pebble.send(3)
        await facts.until(lambda: facts.of(AccelBlock))
        air.set_out_of_range("pebble", True)
        await facts.until_state(LinkState.LOST)
        air.set_out_of_range("pebble", False)
        await pebble.until("control", START, 2)


async def test_a_proxy_that_was_lost_is_connected_again(radio: Radio, pebble: PebblePeripheral, proxy: Proxy) -> None:
    async with linked(radio, Pebble()) as (_, facts):
        await pebble.until("control", START)
        await pebble.send(3)
        await facts.until(lambda: facts.of(AccelBlock))
        proxy.cut()
        await facts.until_state(LinkState.LOST)
        await pebble.until("control", START, 2)
    assert proxy.connects == 2


async def test_a_refusal_that_needs_pairing_says_so(radio: Radio, pebble: PebblePeripheral) -> None:
    driver = Pebble()
    driver.more = [Read(LOCKED)]
    async with linked(radio, driver) as (_, facts):
        await facts.until(lambda: any("paired" in event.detail for event in facts.all if hasattr(event, "detail")))
    assert [outcome.att_error for action, outcome in driver.outcomes if action == Read(LOCKED)] == [0x05]


async def test_a_proxy_that_is_not_there_is_said_with_the_remedy() -> None:
    radio = Radio(RadioRules(backend=f"esphome:127.0.0.1:{free_port()}"))
    with pytest.raises(RadioError, match=r"no Bluetooth proxy at .*radio\.proxy_key"):
        await scan(radio, 0.1)
    await radio.close()


async def test_an_esp_without_a_proxy_is_said_so(air: Air) -> None:
    async with Proxy(opener_in(air), BluetoothProxyFeature(0)) as proxy:
        radio = Radio(RadioRules(backend=f"esphome:127.0.0.1:{proxy.port}"))
        with pytest.raises(RadioError, match="is no Bluetooth proxy"):
            await scan(radio, 0.1)
        await radio.close()


async def test_a_proxy_that_does_not_say_what_it_is_is_left_again(proxy: Proxy, radio: Radio) -> None:
    proxy.ignores = "DeviceInfoRequest"
    opening = asyncio.create_task(radio.open())
    await asyncio.wait_for(proxy.has_ignored.wait(), 5)
    opening.cancel()
    await asyncio.wait({opening})
    await asyncio.wait_for(proxy.was_left.wait(), 5)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ("020106", [(1, "06")]),
        ("0201060409414243", [(1, "06"), (9, "414243")]),
        ("02010600", [(1, "06")]),
        ("0201060909", [(1, "06")]),
        ("", []),
    ],
)
def test_structures_of_raw_bytes(data: str, found: list[tuple[int, str]]) -> None:
    assert [(kind, bytes(value).hex()) for kind, value in structures(bytes.fromhex(data))] == found
