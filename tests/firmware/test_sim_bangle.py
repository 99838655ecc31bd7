"""The simulated Bangle.js 2 over the air: DeskBand Lite as its page says, and the console beside it."""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from firmware_sim.air import Air
from firmware_sim.clock import SteppedClock
from firmware_sim.peripheral import VirtualWearable, virtual_wearable
from tests.firmware.any_host import SITTING, connect, linked, worn
from tests.firmware.host import ALERT, INFO, STATUS, Host, advertisement_of, connected

TO_WATCH, FROM_WATCH = "6e400002-b5a3-f393-e0a9-e50e24dcca9e", "6e400003-b5a3-f393-e0a9-e50e24dcca9e"


@asynccontextmanager
async def watch_and_host(**options: Any) -> AsyncIterator[tuple[VirtualWearable[Any], Host]]:
    async with (
        Air() as air,
        virtual_wearable("bangle", air=air, scenario=SITTING, clock=SteppedClock(), **options) as watch,
        connected(air.join("host"), watch.address) as host,
    ):
        yield watch, host


watch_and_console = partial(linked, "bangle")


async def test_it_advertises_its_name_and_the_uart() -> None:
    async with worn("bangle") as (watch, device):
        heard = await advertisement_of(device, watch.address)
        assert watch.profile.scan_response_data()[2:] == bytes.fromhex("6e400001b5a3f393e0a9e50e24dcca9e")[::-1]
    assert heard[0x09] == b"Bangle.js 1a2b"


async def test_info_says_lite() -> None:
    async with watch_and_host() as (_watch, host):
        info = await host.characteristic(INFO).read_value()
        assert info.hex() == "0100" + "2401" + "0700" + "02" + "01" + "c8af0000" + "0100" + "6400" + "2b1a9dc4"
        assert (await host.characteristic(STATUS).read_value())[16:18] == b"\x00\x01"


async def test_blocks_hold_nineteen_stamped_triplets_and_no_differences() -> None:
    async with watch_and_host() as (watch, host):
        await host.ask("01 01")
        await watch.advance(60.0)
        assert host.connection.att_mtu == 131
        assert {len(block.samples) for block in host.live[1:]} == {19}
        assert all(block.t_us is not None for block in host.live)
        assert all(later.index == earlier.end for earlier, later in pairwise(host.live))
        assert host.live[-1].end / 60.0 == pytest.approx(12.5, rel=0.05)


async def test_what_lite_leaves_out_is_an_unknown_operation() -> None:
    async with watch_and_host() as (_watch, host):
        for request in ("07 02 01 02 0A 00", "08 03 45 52 41 53", "0A 04 00 00", "0B 05 00", "0C 06 01"):
            op, tag = bytes.fromhex(request.replace(" ", ""))[:2]
            assert await host.ask(request) == bytes((0x80 | op, tag, 1)).hex()
        assert (await host.ask("09 07")).startswith("890700")


async def test_a_hole_is_filled_from_the_ring() -> None:
    async with watch_and_host() as (watch, host):
        await watch.advance(120.0)
        await host.ask("01 01")
        assert (await host.ask("03 02 0100" + struct.pack("<II", 0, 1000).hex())).startswith("830200")
        assert (await host.next_answer()).startswith("c30200" + "0100" + struct.pack("<I", 1000).hex())
        assert (host.replayed[0].index, host.replayed[-1].end) == (0, 1000)


async def test_an_alert_is_felt_and_the_button_answers_it() -> None:
    async with watch_and_host() as (watch, host):
        await host.write(ALERT, "02 09 50 03 FA00 9600 FF5000 00 0201 7800")
        await watch.advance(1.0)
        watch.press_button()
        await watch.advance(1.0)
        assert [value[0] for value in host.alerts] == [1, 3, 2]
        assert {value[1:3].hex() for value in host.alerts} == {"0201"}


@pytest.mark.parametrize("rate_hz", [25.0, 50.0])
async def test_the_app_s_own_setting_gives_another_rate(rate_hz: float) -> None:
    async with watch_and_host(rate_hz=rate_hz) as (watch, host):
        await host.ask("01 01")
        await watch.advance(20.0)
        assert host.live[-1].end / 20.0 == pytest.approx(rate_hz, rel=0.05)


async def test_the_console_says_its_version_to_a_listener_only() -> None:
    async with watch_and_console() as (watch, host):
        question = b"\x10print(process.env.VERSION,process.env.BOARD)\n"
        await host.write(TO_WATCH, question[:20])
        await host.write(TO_WATCH, question[20:])
        said = await host.subscribe(FROM_WATCH)
        await watch.advance(0.1)
        assert said == []
        await host.write(TO_WATCH, b"\x03" + question[:20])
        await host.write(TO_WATCH, question[20:])
        await watch.advance(0.1)
        assert b"".join(said) == b"2v28 BANGLEJS2\r\n"


async def test_a_console_alert_is_felt_with_its_text() -> None:
    async with watch_and_console() as (watch, host):
        await host.write(TO_WATCH, b'\x10Bangle.buzz(400);E.showMessage("Stand up","DeskBand")\n')
        (felt,) = watch.profile.take_felt()
        assert felt.calls
        assert felt.details == {"buzz_ms": 400, "text": "Stand up", "title": "DeskBand"}


async def test_there_is_no_battery_service() -> None:
    async with watch_and_console() as (_watch, host):
        assert "180f" not in host.services
        assert len([name for name in host.services if len(name) > 4]) == 2


async def test_the_watch_is_free_for_the_next_host_after_the_first() -> None:
    async with worn("bangle") as (watch, device):
        for _ in range(2):
            host = await connect(device, watch.address)
            assert await host.read("e8200002-ac6e-48f1-9b41-d591858ee542")
            await host.connection.disconnect()
