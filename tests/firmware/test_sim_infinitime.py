"""The simulated PineTime over the air, against its protocol page."""

from __future__ import annotations

import struct
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from bumble.att import ATT_Error

from firmware_sim.air import Air
from firmware_sim.clock import SteppedClock
from firmware_sim.peripheral import virtual_wearable
from firmware_sim.profiles.infinitime import Notification, decode_new_alert
from firmware_sim.scenario import Activity, Scenario
from firmware_sim.sensor import SensorRules
from tests.firmware.any_host import SITTING, connect, day, linked, worn
from tests.firmware.host import advertisement_of, listening, power_on

RAW = "00030002-78fc-48fe-8e23-433b3a1942d0"
STEPS = "00030001-78fc-48fe-8e23-433b3a1942d0"
ANSWER = "00020001-78fc-48fe-8e23-433b3a1942d0"
NEW_ALERT, ALERT_LEVEL, BATTERY, FIRMWARE, TIME, ZONE = "2A46", "2A06", "2A19", "2A26", "2A2B", "2A0F"
NUDGE = bytes.fromhex("00010054696d6520746f207374616e6400596f752068617665206265656e2073697474696e67203530206d696e")
WALKING = Scenario(title="walking", activities=(Activity(do="walk", duration_s=600, step_rate_hz=1.8),))
ON_TABLE = day(("off_body", 600.0))
NO_NOISE, UNMOVED_BY_WARMTH = SensorRules(noise_mg=0.0), SensorRules(offset_mg_per_c=0.0)

watch_and_host = partial(linked, "infinitime")


async def test_it_advertises_heart_rate_and_dfu_and_its_name_only_in_the_scan_response() -> None:
    async with worn("infinitime") as (watch, device):
        heard = await advertisement_of(device, watch.address)
        assert b"InfiniTime" not in watch.profile.advertising_data()
    assert heard[0x09] == b"InfiniTime"
    assert heard[0x03] == bytes.fromhex("0d18")
    assert heard[0x07] == bytes.fromhex("000015301212efde1523785feabcd123")[::-1]


async def test_the_device_information_battery_and_services_are_those_of_the_watch() -> None:
    async with watch_and_host() as (_watch, host):
        assert await host.read("2A29") == b"PINE64"
        assert await host.read("2A24") == b"PineTime"
        assert await host.read(FIRMWARE) == b"1.16.1"
        assert await host.read(BATTERY) == bytes([87])
        assert {"180a", "180f", "1805", "1811", "1802", "180d"} <= set(host.services)


async def test_the_motion_value_comes_about_ten_times_a_second_in_1024_counts_a_g() -> None:
    async with watch_and_host(WALKING, placement="wrist") as (watch, host):
        heard = await host.subscribe(RAW)
        await watch.advance(60.0)
        counts = np.array([struct.unpack("<hhh", value) for value in heard])
    assert 9.4 * 60 < len(counts) <= 600
    assert np.median(np.linalg.norm(counts, axis=1)) == pytest.approx(1024, rel=0.08)
    assert all(earlier != later for earlier, later in pairwise(heard)), "only changes are notified"


async def test_a_watch_that_lies_still_says_nothing_and_can_be_read() -> None:
    async with watch_and_host(ON_TABLE, sensor_rules=NO_NOISE) as (watch, host):
        heard = await host.subscribe(RAW)
        await watch.advance(60.0)
        assert len(heard) == 1
        assert await host.read(RAW) == heard[0]


async def test_steps_are_counted_and_notified_and_midnight_forgets_them() -> None:
    async with watch_and_host(WALKING, placement="wrist") as (watch, host):
        heard = await host.subscribe(STEPS)
        await watch.advance(300.0)
        counted = struct.unpack("<I", await host.read(STEPS))[0]
        assert counted == pytest.approx(540, rel=0.12)
        assert struct.unpack("<I", heard[-1])[0] == counted
        await host.write(TIME, struct.pack("<HBBBBBBBB", 2026, 11, 22, 23, 59, 50, 7, 0, 1))
        await watch.advance(1.0)
        assert struct.unpack("<I", await host.read(STEPS))[0] >= counted, "setting the clock is no midnight"
        await watch.advance(20.0)
        assert struct.unpack("<I", await host.read(STEPS))[0] < 40


async def test_how_often_the_chip_is_read_changes_neither_motion_nor_steps() -> None:
    seen = []
    for step_s in (0.03, 5.0):
        async with watch_and_host(WALKING, sensor_rules=UNMOVED_BY_WARMTH) as (watch, host):
            await watch.advance(30.0, step_s)
            seen.append((await host.read(RAW), watch.profile.steps))
    assert seen[0] == seen[1]
    assert seen[0][1] == pytest.approx(54, abs=8)


async def test_sitting_makes_no_steps() -> None:
    async with watch_and_host(placement="wrist") as (watch, host):
        await watch.advance(300.0)
        assert struct.unpack("<I", await host.read(STEPS))[0] < 40


def test_a_new_alert_is_title_and_body_after_three_bytes() -> None:
    assert decode_new_alert(NUDGE) == Notification(0, "Time to stand", "You have been sitting 50 min")
    assert decode_new_alert(b"\x00\x01\x00") is None
    long = decode_new_alert(b"\x00\x01\x00" + b"t\0" + b"x" * 200)
    assert long is not None
    assert len(long.title) + 1 + len(long.body) + 1 == 100


async def test_an_alert_is_felt_and_five_are_kept() -> None:
    async with watch_and_host() as (watch, host):
        await host.write(NEW_ALERT, NUDGE)
        felt = watch.profile.take_felt()
        assert [(one.calls, one.details["title"]) for one in felt] == [(True, "Time to stand")]
        for level in (2, 1, 0, 2, 1):
            await host.write(ALERT_LEVEL, bytes([level]), response=False)
        await host.read(BATTERY)  # an answer proves that the commands before it have arrived
        titles = [one.title for one in watch.profile.notifications]
        assert titles == [f"Alert : {word}" for word in ("High", "Mild", "None", "High", "Mild")]


async def test_a_watch_whose_notifications_are_off_takes_the_write_and_does_nothing() -> None:
    async with watch_and_host(quiet=True) as (watch, host):
        await host.write(NEW_ALERT, NUDGE)
        assert watch.profile.take_felt() == []


async def test_a_call_rings_until_a_button_answers_it_once() -> None:
    async with watch_and_host() as (watch, host):
        heard = await host.subscribe(ANSWER)
        watch.press_button()
        await host.write(NEW_ALERT, b"\x03" + NUDGE[1:])
        watch.press_button(double=True)
        watch.press_button()
        await watch.advance(1.0)
        assert heard == [b"\x02"]


async def test_old_firmware_shows_motion_to_a_subscriber_only() -> None:
    async with watch_and_host(WALKING, firmware="1.14.0") as (watch, host):
        await watch.advance(5.0)
        assert await host.read(RAW) == bytes(6)
        await host.subscribe(RAW)
        await watch.advance(5.0)
        assert await host.read(RAW) != bytes(6)


async def test_the_clock_goes_on_from_what_was_written() -> None:
    async with watch_and_host() as (watch, host):
        assert (await host.read(TIME))[:2] == struct.pack("<H", 1970)
        await host.write(TIME, bytes.fromhex("ea070b1605041e070001"))
        await watch.advance(90.0)
        assert (await host.read(TIME))[:8] == bytes.fromhex("ea070b1605060007")
        await host.write(ZONE, b"\x04\x00")
        assert await host.read(ZONE) == b"\x04\x00"
        with pytest.raises(ATT_Error):
            await host.write(TIME, b"\x00")


async def test_one_host_at_a_time_and_found_again_after_it() -> None:
    async with Air() as air, virtual_wearable("infinitime", air=air, scenario=SITTING, clock=SteppedClock()) as watch:
        host = await connect(await power_on(air.join("host")), watch.address)
        async with listening(air.join("second"), watch.address) as heard:
            await watch.advance(5.0)
            assert heard == []
        await host.connection.disconnect()
        await advertisement_of(await power_on(air.join("third")), watch.address)


async def test_a_reboot_forgets_steps_and_time() -> None:
    async with worn("infinitime", WALKING) as (watch, _device):
        await watch.advance(60.0)
        assert watch.profile.steps > 50
        watch.reboot()
        assert watch.profile.steps == 0
        await watch.advance(5.0)
        assert watch.profile.clock.read(0)[:2] == struct.pack("<H", 1970)
