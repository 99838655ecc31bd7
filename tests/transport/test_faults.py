"""BlueZ's errors: what each means, whose fault it is, and that the link is there again when the trouble is over."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import pytest
from bleak.backends.device import BLEDevice
from bleak.exc import BleakDeviceNotFoundError, BleakError
from bleak_retry_connector import BleakConnectionError, BleakNotFoundError

from firmware_sim.air import Air
from monitor.model import AccelBlock, LinkState
from monitor.transport import scanner as scanning
from monitor.transport.faults import explain_scan, trouble_of
from monitor.transport.radio import Radio
from tests.support.air import START, Pebble, PebblePeripheral, linked
from tests.support.bluez import SickRadio, dbus, unavailable

BUS = "org.freedesktop.DBus.Error."


@pytest.fixture
async def radio(air: Air, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SickRadio]:
    monkeypatch.setattr(scanning, "RETRY_S", (0.01,))
    radio = SickRadio(air, backoff_max_s=0.1, fresh_s=1.0)
    yield radio
    await radio.close()


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses of devices that the system was asked to forget."""
    addresses: list[str] = []

    async def forget(radio: Radio, device: BLEDevice) -> None:
        addresses.append(device.address)

    monkeypatch.setattr(Radio, "forget", forget)
    return addresses


@pytest.mark.parametrize(
    ("fault", "problem", "remedy"),
    [
        (dbus("NotReady", "Resource Not Ready"), "switched off", "bluetoothctl power on"),
        (unavailable("POWERED_OFF"), "switched off", "rfkill unblock"),
        (unavailable("NO_BLUETOOTH"), "no Bluetooth adapter", "plug one in"),
        (unavailable("DENIED_BY_SYSTEM"), "not permitted", "administers"),
        (dbus("NotAvailable"), "adapter is gone", "plug it in"),
        (dbus(f"{BUS}UnknownObject", "Method StartDiscovery doesn't exist"), "adapter is gone", "bluetoothctl list"),
        (dbus(f"{BUS}UnknownMethod"), "adapter is gone", "radio.adapter"),
        (dbus("Failed", "Not Powered"), "switched off", "power on"),
        (dbus("Failed", "Operation failed"), "refuses to scan (Operation failed)", "restart bluetooth"),
        (dbus("InProgress"), "busy", "other program"),
        (dbus("NotPermitted"), "no permission", "group `bluetooth`"),
        (dbus("NotAuthorized"), "no permission", "group `bluetooth`"),
        (dbus("org.freedesktop.PolicyKit1.Error.NotAuthorized"), "no permission", "group `bluetooth`"),
        (dbus(f"{BUS}AccessDenied"), "no permission", "group `bluetooth`"),
        (dbus(f"{BUS}ServiceUnknown"), "not running", "systemctl start bluetooth"),
        (dbus(f"{BUS}Spawn.ServiceNotFound"), "cannot be started", "apt install bluez"),
        (dbus("org.freedesktop.systemd1.NoSuchUnit"), "cannot be started", "apt install bluez"),
        (dbus(f"{BUS}NoReply"), "does not answer", "restart bluetooth"),
        (BleakError("adapter 'hci7' not found"), "adapter 'hci7' not found", "radio.adapter"),
        (KeyError("/org/bluez/hci0"), "/org/bluez/hci0", "bluetoothctl show"),
        (FileNotFoundError(2, "No such file or directory"), "no D-Bus system bus", "apt install bluez"),
        (PermissionError(13, "Permission denied"), "no permission", "group `bluetooth`"),
    ],
)
def test_every_trouble_of_the_scan_is_one_line_with_what_to_do(fault: Exception, problem: str, remedy: str) -> None:
    told = explain_scan(fault)
    assert problem in told.problem
    assert remedy in told.remedy
    assert str(told).isprintable()
    assert told.exit_code == 3


def wrapped(fault: Exception) -> Exception:
    """As bleak-retry-connector hands it on."""
    outer = BleakConnectionError("me: Failed to connect after 2 attempt(s)")
    outer.__cause__ = fault
    return outer


@pytest.mark.parametrize(
    "fault",
    [
        dbus("NotReady"),
        dbus("Failed", "Not Powered"),
        dbus(f"{BUS}ServiceUnknown"),
        dbus(f"{BUS}AccessDenied"),
        unavailable("POWERED_OFF"),
        BleakError("adapter 'hci0' not found"),
        FileNotFoundError(2, "no bus"),
    ],
)
def test_a_connection_that_fails_by_the_machines_fault_is_known_also_when_wrapped(fault: Exception) -> None:
    assert trouble_of(fault) is not None
    assert trouble_of(wrapped(fault)) is not None


@pytest.mark.parametrize(
    "fault",
    [
        dbus("Failed", "le-connection-abort-by-local"),
        dbus("Failed", "Software caused connection abort"),
        dbus("NotAvailable", "Operation currently not available"),
        dbus("InProgress", "Operation already in progress"),
        dbus(f"{BUS}UnknownObject", "the device was removed"),
        dbus("AuthenticationFailed"),
        dbus(f"{BUS}NoReply"),
        BleakDeviceNotFoundError("C0:11:22:33:44:55"),
        BleakNotFoundError("gone"),
        TimeoutError(),
        BrokenPipeError(),
    ],
)
def test_a_connection_that_fails_by_the_devices_fault_is_no_trouble_of_the_radio(fault: Exception) -> None:
    assert trouble_of(fault) is None
    assert trouble_of(wrapped(fault)) is None


async def test_bluetooth_that_is_switched_off_and_unplugged_is_said_at_each_change_and_taken_up_when_it_is_back(
    air: Air, pebble: PebblePeripheral, radio: SickRadio, caplog: pytest.LogCaptureFixture
) -> None:
    async with linked(radio, Pebble()) as (_, facts):
        await pebble.until("control", START)
        await pebble.send(5)
        await facts.until(lambda: facts.of(AccelBlock))
        radio.scan += [dbus("NotReady")] * 3 + [unavailable("NO_BLUETOOTH")] * 3 + [dbus(f"{BUS}ServiceUnknown")] * 2
        radio._lost()  # the scan that lingers ends
        air.set_out_of_range("pebble", True)
        await facts.until_state(LinkState.LOST)
        air.set_out_of_range("pebble", False)
        await facts.until_state(LinkState.CONNECTED, 2)
        await pebble.until("control", START, 2)
        await pebble.send(5)
        await facts.until_state(LinkState.STREAMING, 2)
    assert facts.indices == list(range(10))
    said = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert [line.split(":")[0] for line in said] == [
        "Bluetooth is switched off",
        "no Bluetooth adapter",
        "BlueZ is not running",
        "Bluetooth works again",
    ]


async def test_a_wearable_is_not_blamed_for_a_radio_that_is_off(
    air: Air, pebble: PebblePeripheral, radio: SickRadio, forgotten: list[str]
) -> None:
    radio.connecting += [dbus("NotReady")] * 4
    async with linked(radio, Pebble()) as (link, facts):
        await facts.until_state(LinkState.CONNECTED)
        assert link._failures == 0
    assert not radio.connecting
    assert forgotten == []


async def test_a_wearable_that_cannot_be_connected_is_forgotten_and_then_found_anew(
    air: Air, pebble: PebblePeripheral, radio: SickRadio, forgotten: list[str]
) -> None:
    radio.connecting += [dbus("Failed", "le-connection-abort-by-local")] * 3
    async with linked(radio, Pebble()) as (_, facts):
        await facts.until_state(LinkState.CONNECTED)
    assert len(forgotten) == 1


async def test_a_storm_of_lost_links_loses_no_sample_that_the_wearable_kept_and_doubles_none(
    air: Air, pebble: PebblePeripheral, radio: SickRadio
) -> None:
    driver = Pebble()
    async with linked(radio, driver) as (_, facts):
        for round_ in range(1, 13):
            await pebble.until("control", START, round_)
            await pebble.send(5)
            await facts.until(lambda: len(facts.indices) >= 5 * round_)  # noqa: B023  awaited at once
            air.set_out_of_range("pebble", True)
            await facts.until_state(LinkState.LOST, round_)
            air.set_out_of_range("pebble", False)
    assert facts.indices == list(range(60))
    assert facts.states.count(LinkState.STREAMING) == 12
