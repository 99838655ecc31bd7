from __future__ import annotations

import asyncio
import sys
import time

import pytest
from bleak.backends.device import BLEDevice
from bumble.transport.common import Transport

from firmware_sim.air import Air
from monitor.transport.radio import Radio, RadioError, RadioRules
from monitor.transport.scanner import DeviceMatch, Scanner, Sighting, scan
from monitor.wearables.base import Advertised
from tests.support.air import ADDRESS, SERVICE, Pebble, PebblePeripheral, opener_in, radio_on


@pytest.fixture
async def air(air: Air) -> Air:
    await PebblePeripheral(air.join("pebble")).power_on()
    return air


def sighting(address: str = ADDRESS, name: str | None = "Pebble-1", services: tuple[str, ...] = ()) -> Sighting:
    return Sighting(address, name, services, -55, BLEDevice(address, name, None), 0.0)


def test_a_configured_address_or_name_is_all_that_counts() -> None:
    driver = Pebble()
    assert DeviceMatch(address=ADDRESS.lower()).for_driver(driver).fits(sighting(name=None))
    assert not DeviceMatch(address="C0:00:00:00:00:01").for_driver(driver).fits(sighting(services=(SERVICE,)))
    assert DeviceMatch(name="Pebble-1").for_driver(driver).fits(sighting())
    assert not DeviceMatch(name="Pebble").for_driver(driver).fits(sighting(services=(SERVICE,)))
    assert not DeviceMatch(address=ADDRESS, name="Pebble-2").fits(sighting())


def test_without_configuration_the_service_or_the_name_prefix_decides() -> None:
    match = DeviceMatch().for_driver(Pebble())
    assert match.fits(sighting(name=None, services=(SERVICE,)))
    assert match.fits(sighting(name="Pebble-9"))
    assert not match.fits(sighting(name="Stone"))
    assert not match.fits(sighting(name=None))
    assert not DeviceMatch().fits(sighting())


async def test_scan_lists_who_is_near(air: Air) -> None:
    async with radio_on(air) as radio:
        (found,) = await scan(radio, 0.2)
    assert (found.address, found.name, found.service_uuids) == (ADDRESS, "Pebble-0001", (SERVICE,))


async def test_two_that_wait_for_one_device_do_not_both_get_it(air: Air) -> None:
    async with radio_on(air) as radio, asyncio.TaskGroup() as group:
        scanner = Scanner(radio)
        scanning = group.create_task(scanner.run())
        wanted = DeviceMatch(advertised=Advertised(service_uuids=(SERVICE,)))
        waiting = {group.create_task(scanner.find(wanted)) for _ in range(2)}
        done, left = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        assert (len(done), len(left)) == (1, 1)
        radio.claimed.discard(ADDRESS)
        await asyncio.wait(left)
        scanning.cancel()


async def test_who_stops_waiting_claims_nothing(air: Air) -> None:
    async with radio_on(air) as radio, asyncio.TaskGroup() as group:
        scanner = Scanner(radio)
        scanning = group.create_task(scanner.run())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await scanner.find(DeviceMatch(name="nobody"))
        assert radio.claimed == set()
        scanning.cancel()


async def test_the_scan_rests_while_nobody_is_missing_and_wakes_up_again(air: Air) -> None:
    ear = air.join("monitor")

    async def open_ear() -> Transport:
        return ear

    async def scanning_is(enabled: bool) -> None:
        async with asyncio.timeout(5):
            while ear.source.le_scan_enable is not enabled:  # noqa: ASYNC110  a radio tells nobody
                await asyncio.sleep(0.01)

    radio = Radio(RadioRules(backend="bumble:air", scan_linger_s=0.1), open_ear)
    scanner = Scanner(radio)
    async with asyncio.TaskGroup() as group:
        scanning = group.create_task(scanner.run())
        first = await scanner.find(DeviceMatch(address=ADDRESS))
        assert ear.source.le_scan_enable
        await scanning_is(False)
        radio.claimed.clear()
        rested_s = time.monotonic()
        again = group.create_task(scanner.find(DeviceMatch(address=ADDRESS), rested_s))
        await scanning_is(True)
        assert (await again).heard_s > rested_s > first.heard_s
        scanning.cancel()
    await radio.close()


@pytest.mark.parametrize("over_tcp", [False, True], ids=["in process", "over TCP"])
async def test_a_cancelled_scan_ends_whatever_it_was_waiting_for(over_tcp: bool) -> None:
    for turns in range(0, 80, 2):  # a power-on and a start of scanning take some sixty turns of the loop
        async with Air() as air:
            port = await air.serve("127.0.0.1", 0) if over_tcp else 0
            rules = RadioRules(backend=f"bumble:tcp-client:127.0.0.1:{port}")
            radio = Radio(rules, None if over_tcp else opener_in(air))
            scanner = Scanner(radio)
            tasks = {asyncio.create_task(scanner.run()), asyncio.create_task(scanner.find(DeviceMatch(name="nobody")))}
            for _ in range(turns):
                await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            _, left = await asyncio.wait(tasks, timeout=5)
            assert not left
            await radio.close()


async def test_a_radio_that_never_worked_ends_the_scan_with_the_remedy() -> None:
    radio = Radio(RadioRules(backend="bumble:tcp-client:127.0.0.1:1"))
    scanner = Scanner(radio)
    finding = asyncio.create_task(scanner.find(DeviceMatch(address=ADDRESS)))
    with pytest.raises(RadioError, match="firmware-sim --serve"):
        await scanner.run()
    finding.cancel()
    with pytest.raises(RadioError):
        await scan(radio, 0.1)
    await radio.close()


@pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is Linux's")
async def test_plain_bleak_without_dbus_says_in_one_line_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    with pytest.raises(RadioError, match="no D-Bus system bus, so no BlueZ") as error:
        await scan(Radio(RadioRules()), 0.1)
    assert "\n" not in str(error.value)
    assert "sitbreak demo" in str(error.value)


async def test_a_radio_that_was_lost_is_taken_up_again() -> None:
    first, second = Air(), Air()
    port = await first.serve("127.0.0.1", 0)
    await PebblePeripheral(first.join("pebble")).power_on()
    radio = Radio(RadioRules(backend=f"bumble:tcp-client:127.0.0.1:{port}"))
    scanner = Scanner(radio)
    scanning = asyncio.create_task(scanner.run())
    first_seen = await scanner.find(DeviceMatch(address=ADDRESS))
    radio.claimed.clear()
    await first.close()
    await second.serve("127.0.0.1", port)
    await PebblePeripheral(second.join("pebble")).power_on()
    async with asyncio.timeout(8):
        again = await scanner.find(DeviceMatch(address=ADDRESS), first_seen.heard_s + 0.2)
    assert again.address == ADDRESS
    scanning.cancel()
    await asyncio.wait({scanning})
    await radio.close()
    await second.close()
