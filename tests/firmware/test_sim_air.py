"""The air: what a radio does when hosts come, wait in vain, go out of reach or die."""

from __future__ import annotations

import asyncio

import pytest
from bumble.core import TimeoutError as BumbleTimeout
from bumble.device import Device, Peer
from bumble.hci import Address, OwnAddressType
from bumble.transport import open_transport

from firmware_sim.air import Air
from tests.firmware.host import advertisement_of, power_on
from tests.support.patience import PATIENCE_S

PERIPHERAL = "C1:00:00:00:00:01"
NAME_ONLY_IN_RESPONSE = b"\x05\x09Band"
FLAGS = b"\x02\x01\x06"


async def advertiser(air: Air, name: str = "peripheral", address: str = PERIPHERAL) -> Device:
    device = await power_on(air.join(name), address)
    await device.start_advertising(
        auto_restart=True,
        advertising_data=FLAGS,
        scan_response_data=NAME_ONLY_IN_RESPONSE,
        advertising_interval_min=20,
        advertising_interval_max=20,
    )
    return device


def lost(device: Device) -> asyncio.Event:
    """Return an event that is set when the device's next connection ends."""
    event = asyncio.Event()
    device.on("connection", lambda connection: connection.on("disconnection", lambda _: event.set()))
    return event


async def soon(event: asyncio.Event) -> None:
    async with asyncio.timeout(PATIENCE_S):
        await event.wait()


async def test_the_scan_response_is_delivered() -> None:
    async with Air() as air:
        await advertiser(air)
        heard = await advertisement_of(await power_on(air.join("host")), PERIPHERAL)
        assert heard == {0x01: b"\x06", 0x09: b"Band"}


async def test_a_connection_that_never_comes_can_be_withdrawn_and_the_next_one_works() -> None:
    async with Air() as air:
        host = await power_on(air.join("host"))
        with pytest.raises((BumbleTimeout, ConnectionError)):
            await host.connect_le(Address("C1:00:00:00:00:99"), timeout=0.1)
        await advertiser(air)
        async with asyncio.timeout(PATIENCE_S):
            connection = await host.connect_le(Address(PERIPHERAL))
        assert connection.peer_address == Address(PERIPHERAL)


async def test_a_host_with_a_public_address_receives_data() -> None:
    async with Air() as air:
        await advertiser(air)
        host = await power_on(air.join("host", public_address="00:11:22:33:44:55"))
        connection = await host.connect_le(Address(PERIPHERAL), own_address_type=OwnAddressType.PUBLIC)
        async with asyncio.timeout(PATIENCE_S):
            assert await Peer(connection).discover_services()


async def test_out_of_range_drops_the_link_and_hides_the_advertisements() -> None:
    async with Air() as air:
        await advertiser(air)
        host = await power_on(air.join("host"))
        gone = lost(host)
        await host.connect_le(Address(PERIPHERAL))
        air.set_out_of_range("peripheral", True)
        await soon(gone)
        heard: list[object] = []
        host.on("advertisement", heard.append)
        await host.start_scanning()
        await asyncio.sleep(0.1)
        assert heard == []
        air.set_out_of_range("peripheral", False)
        await host.stop_scanning()
        async with asyncio.timeout(PATIENCE_S):
            await host.connect_le(Address(PERIPHERAL))


async def test_a_host_whose_socket_ends_is_missed_after_the_supervision_timeout() -> None:
    async with Air(supervision_timeout_s=0.1) as air:
        peripheral = await advertiser(air)
        gone = lost(peripheral)
        port = await air.serve("127.0.0.1", 0)
        transport = await open_transport(f"tcp-client:127.0.0.1:{port}")
        host = await power_on(transport)
        await host.connect_le(Address(PERIPHERAL))
        await transport.close()
        await soon(gone)


async def test_a_host_whose_peripheral_vanishes_is_told_after_the_supervision_timeout() -> None:
    async with Air(supervision_timeout_s=0.1) as air:
        port = await air.serve("127.0.0.1", 0)
        transport = await open_transport(f"tcp-client:127.0.0.1:{port}")
        peripheral = await power_on(transport, PERIPHERAL)
        await peripheral.start_advertising(advertising_data=FLAGS, advertising_interval_min=20)
        host = await power_on(air.join("host"))
        gone = lost(host)
        await host.connect_le(Address(PERIPHERAL))
        await transport.close()
        await soon(gone)


async def test_two_tcp_hosts_have_a_radio_each() -> None:
    async with Air() as air:
        await advertiser(air)
        await advertiser(air, "second", "C1:00:00:00:00:02")
        port = await air.serve("127.0.0.1", 0)
        transports = [await open_transport(f"tcp-client:127.0.0.1:{port}") for _ in range(2)]
        hosts = [await power_on(transport, f"F0:00:00:00:00:0{n}") for n, transport in enumerate(transports)]
        addresses = [PERIPHERAL, "C1:00:00:00:00:02"]
        async with asyncio.timeout(PATIENCE_S):
            for host, address in zip(hosts, addresses, strict=True):
                connection = await host.connect_le(Address(address))
                assert await Peer(connection).discover_services()
        for transport in transports:
            await transport.close()


async def test_a_reset_ends_the_links_of_a_restarted_host() -> None:
    async with Air() as air:
        peripheral = await advertiser(air)
        gone = lost(peripheral)
        host = await power_on(air.join("host"))
        await host.connect_le(Address(PERIPHERAL))
        await host.host.reset()
        await soon(gone)
