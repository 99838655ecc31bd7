"""The whole band over the air, with bumble's own central: read, stream, lose, find again, replay."""

from __future__ import annotations

import asyncio
import io
import json
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest
from bumble.att import ATT_Error
from bumble.core import TimeoutError as BumbleTimeout
from bumble.device import Device
from bumble.hci import Address
from msgspec.structs import replace

from firmware_sim.air import Air
from firmware_sim.clock import Clock, ScaledClock, SteppedClock
from firmware_sim.peripheral import VirtualWearable, virtual_band
from firmware_sim.profiles.deskband_gatt import DeskBandProfile
from firmware_sim.scenario import Activity, OutOfRange, Reaction, Reboot, Scenario
from firmware_sim.truth import Truth
from tests.firmware.host import ALERT, CONTROL, INFO, STATUS, Host, advertisement_of, connect, connected, power_on
from tests.support.patience import PATIENCE_S

SITTING = Scenario(
    title="sitting", activities=(Activity(do="walk", duration_s=20), Activity(do="sit", duration_s=7200))
)
STAND_UP = "02 01 50 03 FA00 9600 FF5000 00 0201 7800"

Band = VirtualWearable[DeskBandProfile]


@asynccontextmanager
async def band_and_host(
    clock: Clock | None = None, **options: Any
) -> AsyncIterator[tuple[VirtualWearable[DeskBandProfile], Host]]:
    """Run a band on a sitting wearer and connect to it."""
    clock = clock or SteppedClock()
    async with (
        Air() as air,
        virtual_band(air=air, scenario=SITTING, clock=clock, **options) as band,
        connected(air.join("host"), band.address) as host,
    ):
        yield band, host


def index(number: int) -> str:
    return struct.pack("<I", number).hex()


async def test_the_advertisement_names_service_battery_and_band() -> None:
    async with Air() as air, virtual_band(air=air, scenario=SITTING, clock=SteppedClock()) as band:
        heard = await advertisement_of(await power_on(air.join("host")), band.address)
    assert heard[0x01] == b"\x06"
    assert heard[0x07] == bytes.fromhex("e8200001ac6e48f19b41d591858ee542")[::-1]
    assert heard[0x16].hex() == "d2fc4001572201"
    assert heard[0x09] == b"DeskBand-3C4D"
    assert heard[0xFF].hex() == "ffff0101570000"


async def test_the_advertisement_changes_without_a_stop_in_which_no_host_could_connect(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Air() as air, virtual_band(air=air, scenario=SITTING, clock=SteppedClock()) as band:
        stops: list[Device] = []
        monkeypatch.setattr(Device, "stop_advertising", stops.append)
        await band.advance(60.0)
        heard = await advertisement_of(await power_on(air.join("host")), band.address)
        monkeypatch.undo()
    assert heard[0xFF].hex() == "ffff0101573c00", "a minute waits in its memory"
    assert stops == []


async def test_info_status_and_the_standard_services_are_read_by_anybody() -> None:
    async with band_and_host() as (_band, host):
        assert (await host.characteristic(INFO).read_value()).hex() == "010027000f00070100002000010064004d3c2b1a"
        assert len(await host.characteristic(STATUS).read_value()) == 20
        assert await host.standard(0x2A19).read_value() == bytes([87])
        assert await host.standard(0x2A29).read_value() == b"sitbreak"


@pytest.mark.parametrize("mtu", [23, 131, 185, 247])
async def test_every_sample_arrives_once_in_order_at_every_mtu(mtu: int) -> None:
    async with band_and_host(max_mtu=mtu) as (band, host):
        await host.ask("01 01")
        await band.advance(20.0)
        await host.ask("02 02")
        assert host.live[0].index == 0
        assert all(later.index == earlier.end for earlier, later in pairwise(host.live))
        assert 475 <= host.live[-1].end <= 502


async def test_the_sensor_keeps_to_a_new_rate() -> None:
    async with band_and_host() as (band, host):
        await band.advance(2.0)
        assert await host.ask("07 02 02 02 0A 02") == "870200" + "02020a02" + "0200"
        await host.ask("01 03")
        await band.advance(10.0)
        await host.ask("09 04")
        seconds = (host.live[-1].t_us - host.live[0].t_us) / 1e6  # type: ignore[operator]
        assert (host.live[-1].end - host.live[0].end) / seconds == pytest.approx(50.0, rel=0.01)
        assert {block.session for block in host.live} == {2}


async def test_a_hole_made_by_a_lost_link_is_filled_by_a_replay() -> None:
    async with Air() as air, virtual_band(air=air, scenario=SITTING, clock=SteppedClock()) as band:
        device = await power_on(air.join("host"))
        before = await connect(device, band.address)
        await before.ask("01 01")
        await band.advance(30.0)
        band.out_of_range(True)
        async with asyncio.timeout(PATIENCE_S):
            await before.lost.wait()
        await band.advance(600.0)
        band.out_of_range(False)
        after = await connect(device, band.address)
        answer = await after.ask("01 02")
        await band.advance(10.0)
        have_end, live_start = before.live[-1].end, struct.unpack("<I", bytes.fromhex(answer[10:18]))[0]
        assert live_start - have_end > 14_000
        await after.ask("03 03 0100" + index(have_end) + index(live_start))
        done = await after.next_answer()
        assert done.startswith("c30300" + "0100" + index(live_start))
        assert after.replayed[0].index == have_end
        assert after.replayed[-1].end == live_start == after.live[0].index
        pairs = pairwise(after.replayed)
        assert all(later.index == earlier.end for earlier, later in pairs)


async def test_on_an_air_that_is_not_ours_a_band_out_of_range_ends_the_link_and_advertises_no_more() -> None:
    async with Air() as air:
        options = {"transport": air.join("band"), "scenario": SITTING, "clock": SteppedClock()}
        async with virtual_band(**options) as band:
            device = await power_on(air.join("host"))
            band.out_of_range(True)
            with pytest.raises((BumbleTimeout, ConnectionError)):
                await device.connect_le(Address(band.address), timeout=0.3)
            band.out_of_range(False)
            host = await connect(device, band.address)
            band.out_of_range(True)
            async with asyncio.timeout(PATIENCE_S):
                await host.lost.wait()


async def test_notifications_dropped_before_the_radio_can_be_replayed() -> None:
    async with band_and_host(seed=3) as (band, host):
        band.profile.drop_probability = 0.3
        await host.ask("01 01")
        await band.advance(60.0)
        band.profile.drop_probability = 0.0
        assert band.profile.dropped > 5
        await host.ask("03 02 0100 00000000 FFFFFFFF")
        await host.next_answer()
        missing = set(range(1400)) - {i for block in host.live for i in range(block.index, block.end)}
        assert missing
        assert missing <= {i for block in host.replayed for i in range(block.index, block.end)}


async def test_a_reboot_drops_the_link_and_begins_a_session_with_the_clock_at_zero() -> None:
    async with Air() as air, virtual_band(air=air, scenario=SITTING, clock=SteppedClock()) as band:
        device = await power_on(air.join("host"))
        before = await connect(device, band.address)
        await band.advance(30.0)
        band.reboot()
        async with asyncio.timeout(PATIENCE_S):
            await before.lost.wait()
        after = await connect(device, band.address)
        assert (await after.ask("01 01")).startswith("810100" + "0200" + index(0))
        await band.advance(5.0)
        await after.ask("09 02")
        assert after.live[0].t_us is not None
        assert after.live[0].t_us < 2_000_000
        assert (await after.ask("0B 03 00")).startswith("8b0300" + "0100")


async def test_an_alert_buzzes_is_acknowledged_and_makes_the_wearer_rise() -> None:
    reaction = Reaction(after_s=30, button="acknowledge", activities=(Activity(do="walk", duration_s=60),))
    scenario = replace(SITTING, reactions=(reaction,))
    truth = io.StringIO()
    clock = SteppedClock()
    async with (
        Air() as air,
        virtual_band(air=air, scenario=scenario, clock=clock, truth=Truth(truth, clock.origin_s)) as band,
        connected(air.join("host"), band.address) as host,
    ):
        await band.advance(60.0)
        await host.write(ALERT, STAND_UP)
        await band.advance(120.0)
        await host.ask("09 01")
        assert [(alert[0], alert[1:3].hex()) for alert in host.alerts] == [(1, "0201"), (2, "0201"), (3, "0201")]
    lines = [json.loads(line) for line in truth.getvalue().splitlines()]
    assert [line["activity"] for line in lines if "activity" in line] == ["walk", "sit", "walk", "sit"]
    events = [line["event"] for line in lines if "event" in line]
    assert events[:3] == ["link", "alert_started", "alert_finished"]
    assert "alert_acknowledged" in events


async def test_the_plain_immediate_alert_buzzes_too() -> None:
    async with band_and_host() as (band, host):
        await host.standard(0x2A06).write_value(b"\x02", with_response=False)
        await host.ask("09 01")
        await band.advance(1.0)
        await host.ask("09 02")
        assert host.alerts[0][0] == 1


async def test_faults_strike_at_their_time() -> None:
    faults = (OutOfRange(at_s=30, duration_s=60), Reboot(at_s=120))
    scenario = replace(SITTING, faults=faults)
    async with Air() as air, virtual_band(air=air, scenario=scenario, clock=SteppedClock()) as band:
        device = await power_on(air.join("host"))
        host = await connect(device, band.address)
        await band.advance(29.0)
        assert not host.lost.is_set()
        await band.advance(2.0)
        async with asyncio.timeout(PATIENCE_S):
            await host.lost.wait()
        await band.advance(95.0)
        assert band.profile.firmware.session.number == 2
        assert band.profile.firmware.recorder.next_index == pytest.approx(6 * 25, abs=3)


async def test_a_day_that_waits_begins_with_its_first_host_and_its_faults_count_from_there() -> None:
    fault = Reboot(at_s=30)
    scenario = replace(SITTING, starts="when_connected", faults=(fault,))
    async with Air() as air, virtual_band(air=air, scenario=scenario, clock=SteppedClock()) as band:
        await band.advance(100.0)
        assert band.timeline.pass_time(100.0).do == "stand"
        await connect(await power_on(air.join("host")), band.address)
        await band.advance(20.0)
        assert band.timeline.pass_time(119.0).do == "walk"
        assert band.profile.firmware.session.number == 1
        await band.advance(20.0)
        assert band.profile.firmware.session.number == 2


async def test_control_needs_indications_and_an_operation_with_its_tag() -> None:
    async with band_and_host() as (_band, host):
        with pytest.raises(ATT_Error, match="INVALID_ATTRIBUTE_LENGTH"):
            await host.write(CONTROL, "01")
        await host.characteristic(CONTROL).unsubscribe()
        with pytest.raises(ATT_Error, match="CCCD_IMPROPERLY_CONFIGURED"):
            await host.write(CONTROL, "09 01")


async def test_a_scaled_clock_streams_by_itself() -> None:
    async with band_and_host(clock=ScaledClock(speed=60.0)) as (_band, host):
        await host.ask("01 01")
        async with asyncio.timeout(PATIENCE_S):
            for _ in range(20):
                await host.next_live()
        assert all(later.index == earlier.end for earlier, later in pairwise(host.live))


async def test_the_same_seed_gives_the_same_day() -> None:
    rings = []
    for seed in (5, 5, 6):
        async with Air() as air, virtual_band(air=air, scenario=SITTING, clock=SteppedClock(), seed=seed) as band:
            await band.advance(60.0)
            rings.append([block.counts.tobytes() for block in band.profile.firmware.ring.blocks])
    assert rings[0] == rings[1]
    assert rings[0] != rings[2]
