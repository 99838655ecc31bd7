from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from bleak import BleakClient, BleakScanner
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)

from firmware_sim.air import Air
from monitor.transport.radio import Radio, RadioRules
from tests.support.air import (
    ADDRESS,
    BATTERY,
    COMMAND,
    CONTROL,
    DATA,
    LOCKED,
    LONG,
    MODEL,
    SERVICE,
    PebblePeripheral,
    radio_on,
)


@pytest.fixture
async def radio(air: Air) -> AsyncIterator[Radio]:
    async with radio_on(air) as radio:
        yield radio


@pytest.fixture
async def client(radio: Radio, pebble: PebblePeripheral) -> AsyncIterator[BleakClient]:
    async with BleakClient(ADDRESS, **radio.client_keywords()) as client:
        yield client


async def test_a_device_is_found_by_its_advertised_service(radio: Radio, pebble: PebblePeripheral) -> None:
    found = await BleakScanner.find_device_by_filter(
        lambda _, data: SERVICE in data.service_uuids, timeout=5, **radio.scanner_keywords()
    )
    assert found is not None
    assert found.address == ADDRESS


async def test_a_device_is_found_by_the_name_in_its_scan_response(radio: Radio, pebble: PebblePeripheral) -> None:
    found = await BleakScanner.find_device_by_name("Pebble-0001", timeout=5, **radio.scanner_keywords())
    assert found is not None
    assert found.address == ADDRESS


async def test_the_service_filter_keeps_strangers_out(radio: Radio, pebble: PebblePeripheral) -> None:
    heard = await BleakScanner.discover(0.2, service_uuids=[BATTERY], **radio.scanner_keywords())
    assert heard == []


async def test_services_properties_and_handles_are_known_after_connecting(client: BleakClient) -> None:
    assert client.name == "Pebble-0001"
    assert client.mtu_size == 517
    properties = {c.uuid: c.properties for s in client.services for c in s.characteristics}
    assert properties[DATA] == ["notify"]
    assert properties[CONTROL] == ["indicate", "write"]
    command = client.services.get_characteristic(COMMAND)
    assert command is not None
    assert command.max_write_without_response_size == 514


async def test_a_value_longer_than_the_mtu_is_read_whole(client: BleakClient) -> None:
    assert await client.read_gatt_char(BATTERY) == b"\x57"
    assert await client.read_gatt_char(LONG) == bytes(range(256)) * 2


async def test_a_write_is_answered_by_an_indication(client: BleakClient, pebble: PebblePeripheral) -> None:
    answers: asyncio.Queue[bytes] = asyncio.Queue()
    await client.start_notify(CONTROL, lambda _, data: answers.put_nowait(bytes(data)))
    await client.write_gatt_char(CONTROL, b"\x01\x22", response=True)
    assert await asyncio.wait_for(answers.get(), 2) == b"\x81\x22"
    await client.write_gatt_char(COMMAND, b"\x03", response=False)
    await pebble.until("command", b"\x03")


async def test_notifications_of_240_bytes_arrive_whole_and_in_order(
    client: BleakClient, pebble: PebblePeripheral
) -> None:
    got: asyncio.Queue[bytes] = asyncio.Queue()
    await client.start_notify(DATA, lambda _, data: got.put_nowait(bytes(data)))
    for number in range(200):
        await pebble.notify(bytes([number]) * 240)
    assert [await asyncio.wait_for(got.get(), 2) for _ in range(200)] == [bytes([n]) * 240 for n in range(200)]
    await client.stop_notify(DATA)
    await pebble.until("unsubscribed")


async def test_a_refusal_carries_the_att_error(client: BleakClient) -> None:
    with pytest.raises(BleakGATTProtocolError) as refusal:
        await client.read_gatt_char(LOCKED)
    assert int(refusal.value.code) == 0x05


async def test_a_lost_link_is_told_and_fails_what_is_in_flight(
    air: Air, radio: Radio, pebble: PebblePeripheral
) -> None:
    told = asyncio.Event()
    client = BleakClient(ADDRESS, lambda _: told.set(), **radio.client_keywords())
    await client.connect()
    pebble.model_may_answer.clear()
    reading = asyncio.create_task(client.read_gatt_char(MODEL))
    await pebble.model_read.wait()
    air.set_out_of_range("pebble", True)
    with pytest.raises(BleakError, match="Disconnected"):
        await reading
    await asyncio.wait_for(told.wait(), 2)
    assert not client.is_connected
    with pytest.raises(BleakError):
        await client.read_gatt_char(BATTERY)


async def test_our_own_disconnect_is_told_too_and_the_device_can_be_had_again(
    radio: Radio, pebble: PebblePeripheral
) -> None:
    told = asyncio.Event()
    client = BleakClient(ADDRESS, lambda _: told.set(), **radio.client_keywords())
    for _ in range(2):
        told.clear()
        await client.connect()
        await client.disconnect()
        await asyncio.wait_for(told.wait(), 2)


async def test_an_absent_device_times_out_and_leaves_the_radio_usable(
    air: Air, radio: Radio, pebble: PebblePeripheral
) -> None:
    device = await BleakScanner.find_device_by_address(ADDRESS, timeout=5, **radio.scanner_keywords())
    assert device is not None
    air.set_out_of_range("pebble", True)
    with pytest.raises(TimeoutError):
        await BleakClient(device, timeout=0.2, **radio.client_keywords()).connect()
    with pytest.raises(BleakDeviceNotFoundError):
        await BleakClient("C0:00:00:00:00:01", timeout=0.2, **radio.client_keywords()).connect()
    air.set_out_of_range("pebble", False)
    async with BleakClient(device, timeout=5, **radio.client_keywords()) as client:
        assert await client.read_gatt_char(BATTERY) == b"\x57"


async def test_a_cancelled_connect_withdraws_its_request(air: Air, radio: Radio, pebble: PebblePeripheral) -> None:
    device = await BleakScanner.find_device_by_address(ADDRESS, timeout=5, **radio.scanner_keywords())
    assert device is not None
    air.set_out_of_range("pebble", True)
    connecting = asyncio.create_task(BleakClient(device, timeout=5, **radio.client_keywords()).connect())
    await asyncio.sleep(0.05)
    connecting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await connecting
    air.set_out_of_range("pebble", False)
    async with BleakClient(device, timeout=5, **radio.client_keywords()) as client:
        assert client.is_connected


async def test_a_reader_who_gives_up_does_not_leave_the_answer_to_the_next(
    client: BleakClient, pebble: PebblePeripheral
) -> None:
    pebble.model_may_answer.clear()
    reading = asyncio.create_task(client.read_gatt_char(MODEL))
    await pebble.model_read.wait()
    reading.cancel()
    next_reading = asyncio.create_task(client.read_gatt_char(LONG))
    await asyncio.sleep(0)
    pebble.model_may_answer.set()
    assert len(await asyncio.wait_for(next_reading, 2)) == 512


async def test_when_the_air_dies_links_end_at_once_and_a_new_air_serves_again() -> None:
    first, second = Air(), Air()
    port = await first.serve("127.0.0.1", 0)
    lost = asyncio.Event()
    radio = Radio(RadioRules(backend=f"bumble:tcp-client:127.0.0.1:{port}"))
    radio.when_lost(lost.set)
    try:
        pebble = PebblePeripheral(first.join("pebble"))
        await pebble.power_on()
        told = asyncio.Event()
        client = BleakClient(ADDRESS, lambda _: told.set(), **radio.client_keywords())
        await client.connect()
        await first.close()
        await asyncio.wait_for(told.wait(), 2)
        await asyncio.wait_for(lost.wait(), 2)
        with pytest.raises(BleakBluetoothNotAvailableError):
            await BleakScanner.discover(0.1, **radio.scanner_keywords())
        await second.serve("127.0.0.1", port)
        again = PebblePeripheral(second.join("pebble"))
        await again.power_on()
        async with BleakClient(ADDRESS, **radio.client_keywords()) as client:
            assert await client.read_gatt_char(BATTERY) == b"\x57"
    finally:
        await radio.close()
        await first.close()
        await second.close()
