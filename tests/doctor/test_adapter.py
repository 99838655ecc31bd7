"""The radio: BlueZ by somebody who stands in for it on a real D-Bus, and transports that answer or do not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from dbus_fast import Message, Variant

from benchmarks.listening import free_port
from firmware_sim.air import Air
from firmware_sim.clock import ScaledClock
from monitor.doctor.adapter import adapter
from monitor.doctor.finding import Finding, Verdict
from monitor.doctor.pairing import pairing
from tests.doctor.cases import case, only
from tests.support.bus import in_place_of_bluez, system_bus

HCI0 = ("/org/bluez/hci0", "org.bluez.Adapter1", {"Address": "00:11:22:33:44:55", "Powered": True})
HCI1 = ("/org/bluez/hci1", "org.bluez.Adapter1", {"Address": "00:11:22:33:44:66", "Powered": False})
PAIRED = ("/org/bluez/hci0/dev_1", "org.bluez.Device1", {"Address": "C0:00:00:00:00:01", "Paired": True})


class StandIn:
    """Has these objects, or answers with this error."""

    def __init__(self) -> None:
        self.objects: list[tuple[str, str, dict[str, str | bool]]] = [HCI0]
        self.error = ""

    def __call__(self, message: Message) -> Message | None:
        if message.member != "GetManagedObjects":
            return None
        if self.error:
            return Message.new_error(message, self.error, "no")
        told = {
            path: {kind: {key: Variant("b" if isinstance(value, bool) else "s", value) for key, value in known.items()}}
            for path, kind, known in self.objects
        }
        return Message.new_method_return(message, "a{oa{sa{sv}}}", [told])


@pytest.fixture
async def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The address of a system bus of our own, without BlueZ."""
    async with system_bus(tmp_path) as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        yield address


@pytest.fixture
async def bluez(bus: str) -> AsyncIterator[StandIn]:
    stand_in = StandIn()
    async with in_place_of_bluez(bus, stand_in):
        yield stand_in


async def look(folder: Path, *overrides: str, running: bool = False) -> Finding:
    return only(await adapter(case(folder, *overrides, daemon_runs=running)))


async def test_an_adapter_that_is_switched_on_is_well(tmp_path: Path, bluez: StandIn) -> None:
    found = await look(tmp_path)
    assert found.verdict is Verdict.OK
    assert "hci0 (00:11:22:33:44:55)" in found.told


async def test_one_that_is_switched_off_fails_with_the_command_that_switches_it_on(
    tmp_path: Path, bluez: StandIn
) -> None:
    bluez.objects = [HCI0, HCI1]
    found = await look(tmp_path, "radio.adapter=hci1")
    assert found.verdict is Verdict.FAILED
    assert "bluetoothctl power on" in found.remedy


async def test_an_adapter_that_is_named_and_not_there_fails_and_the_others_are_told(
    tmp_path: Path, bluez: StandIn
) -> None:
    found = await look(tmp_path, "radio.adapter=hci7")
    assert (found.verdict, found.remedy) == (Verdict.FAILED, "set radio.adapter to one of: hci0")


async def test_bluez_without_an_adapter_fails(tmp_path: Path, bluez: StandIn) -> None:
    bluez.objects = []
    assert (await look(tmp_path)).verdict is Verdict.FAILED


async def test_who_may_not_ask_is_told_the_group(tmp_path: Path, bluez: StandIn) -> None:
    bluez.error = "org.freedesktop.DBus.Error.AccessDenied"
    found = await look(tmp_path)
    assert found.verdict is Verdict.FAILED
    assert "group `bluetooth`" in found.remedy


async def test_a_bus_without_bluez_fails_with_the_command_that_starts_it(tmp_path: Path, bus: str) -> None:
    found = await look(tmp_path)
    assert found.verdict is Verdict.FAILED
    assert "systemctl start bluetooth" in found.remedy


async def test_no_bus_at_all_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/nowhere")
    found = await look(tmp_path)
    assert found.verdict is Verdict.FAILED
    assert "no D-Bus" in found.told


async def test_a_bumble_transport_is_opened_and_given_back(tmp_path: Path) -> None:
    async with Air(ScaledClock()) as air:
        port = await air.serve("127.0.0.1", 0)
        for _ in range(2):
            assert (await look(tmp_path, f"radio.backend=bumble:tcp-client:127.0.0.1:{port}")).verdict is Verdict.OK


async def test_a_transport_that_does_not_answer_fails_unless_the_daemon_holds_it(tmp_path: Path) -> None:
    backend = f"radio.backend=bumble:tcp-client:127.0.0.1:{free_port()}"
    assert (await look(tmp_path, backend)).verdict is Verdict.FAILED
    held = await look(tmp_path, backend, running=True)
    assert held.verdict is Verdict.OK
    assert "running daemon" in held.told


async def test_what_bluez_knows_of_pairing_is_told(tmp_path: Path, bluez: StandIn) -> None:
    bluez.objects = [HCI0, PAIRED]
    polar = ("wearers.me.wearable=polar", "wearers.me.address=c0:00:00:00:00:01")
    assert only(await pairing(case(tmp_path, *polar))).told == "me: c0:00:00:00:00:01 is paired"
    bluez.objects = [HCI0]
    unknown = only(await pairing(case(tmp_path, *polar)))
    assert unknown.verdict is Verdict.NOTE
    assert "bluetoothctl pair c0:00:00:00:00:01" in unknown.remedy


async def test_what_needs_no_pairing_is_well_without_any_bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/nowhere")
    assert only(await pairing(case(tmp_path))).verdict is Verdict.OK
