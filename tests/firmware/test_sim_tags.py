"""The simulated tags on the air: Ruuvi's data format 5 and BTHome version 2, against their protocol page."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest
from bumble.hci import Address

from firmware_sim.air import Air
from firmware_sim.clock import Clock, ScaledClock, SteppedClock
from firmware_sim.peripheral import VirtualWearable, virtual_wearable
from firmware_sim.profiles.broadcaster import ActivityCounter
from firmware_sim.profiles.bthome import encode_acceleration
from firmware_sim.profiles.ruuvi import encode_format_5
from firmware_sim.scenario import Scenario
from tests.firmware.any_host import SITTING, day, worn
from tests.firmware.host import listening
from tests.support.patience import PATIENCE_S

WALKING, WALKING_THEN_ON_A_TABLE = day(("walk", 600.0)), day(("walk", 30.0), ("off_body", 600.0))
MANUFACTURER, SERVICE_DATA, NAME = 0xFF, 0x16, 0x09

Tag = VirtualWearable[Any]


@asynccontextmanager
async def tag_and_ear(
    profile: str, scenario: Scenario = SITTING, clock: Clock | None = None, **options: Any
) -> AsyncIterator[tuple[Tag, list[dict[int, bytes]]]]:
    async with (
        Air() as air,
        virtual_wearable(profile, air=air, scenario=scenario, clock=clock or SteppedClock(), **options) as tag,
        listening(air.join("host"), tag.address) as heard,
    ):
        yield tag, heard


def measurements(heard: list[dict[int, bytes]], kind: int = MANUFACTURER) -> list[bytes]:
    return [structures[kind] for structures in heard if kind in structures]


def sequences(measured: Sequence[bytes]) -> list[int]:
    return [struct.unpack_from(">H", value, 2 + 16)[0] for value in measured]


def movements(measured: Sequence[bytes]) -> list[int]:
    return [value[2 + 15] for value in measured]


def test_the_page_s_ruuvi_vectors() -> None:
    own = encode_format_5(
        (-988, 36, 120), temperature_c=23.0, humidity_pct=45.0, pressure_pa=101325, battery_mv=2950, tx_power_dbm=4,
        movements=17, sequence=1029, address=bytes.fromhex("c0ffee123456"),
    )  # fmt: skip
    assert own.hex() == "0511f84650c87dfc2400240078a8d6110405c0ffee123456"
    vendors = encode_format_5(
        (4, -4, 1036), temperature_c=24.3, humidity_pct=53.49, pressure_pa=100044, battery_mv=2977, tx_power_dbm=4,
        movements=66, sequence=205, address=bytes.fromhex("cbb8334c884f"),
    )  # fmt: skip
    assert vendors.hex() == "0512fc5394c37c0004fffc040cac364200cdcbb8334c884f"


def test_the_counters_begin_again_before_the_value_for_unknown() -> None:
    full = encode_format_5(
        (0, 0, 0), temperature_c=0, humidity_pct=0, pressure_pa=50000, battery_mv=1600, tx_power_dbm=-40,
        movements=255, sequence=65535, address=bytes(6),
    )  # fmt: skip
    assert full[15:18] == bytes(3)


def test_the_page_s_bthome_vector() -> None:
    assert encode_acceleration((0.120, -9.700, 1.050)).hex() == "63c0d401006360fd6bff6390051000"


def test_activity_is_counted_once_for_each_time_it_leaves_the_mean() -> None:
    counter = ActivityCounter(10.0)
    still, pushed = np.tile([0.0, 0.0, 1.0], (30, 1)), np.tile([0.0, 0.2, 1.0], (2, 1))
    counter.feed(np.concatenate([still, pushed, still, pushed, still]))
    assert counter.count == 2
    assert not counter.active


async def test_a_ruuvi_tag_measures_every_1285_ms_and_a_bit_each_time_with_the_next_number() -> None:
    async with tag_and_ear("ruuvi") as (tag, heard):
        await tag.advance(129.0)
        measured = measurements(heard)
    assert {value[:3].hex() for value in measured} == {"990405"}
    assert {value[20:].hex() for value in measured} == {"c0ffee123456"}
    assert sequences(measured) == list(range(len(measured)))
    assert len(measured) in (99, 100)
    norms_mg = [np.linalg.norm(struct.unpack_from(">hhh", value, 9)) for value in measured]
    assert np.median(norms_mg) == pytest.approx(1000, rel=0.06)
    assert any(structures.get(NAME) == b"Ruuvi 3456" for structures in heard)


@pytest.mark.parametrize(("speed", "number"), [(1.0, 2), (60.0, 60)])
async def test_a_measurement_is_on_the_air_once_and_few_are_missed_at_any_speed(speed: float, number: int) -> None:
    async with tag_and_ear("ruuvi", clock=ScaledClock(speed=speed)) as (_tag, heard):
        await asyncio.sleep(1.5 + number * 1.3 / speed)
        told = sequences(measurements(heard))
    assert told == sorted(set(told)), "none comes twice or late"
    assert len(told) >= 0.4 * (told[-1] - told[0] + 1), "a busy machine is late for some"


async def test_walking_moves_the_counter_and_sitting_hardly() -> None:
    async with tag_and_ear("ruuvi", WALKING) as (tag, heard):
        await tag.advance(60.0)
        assert movements(measurements(heard))[-1] > 8
    async with tag_and_ear("ruuvi") as (tag, heard):
        await tag.advance(60.0)
        assert movements(measurements(heard))[-1] < 8


async def test_missed_measurements_leave_holes_in_the_numbers() -> None:
    async with tag_and_ear("ruuvi", drop_probability=0.5) as (tag, heard):
        await tag.advance(258.0)
        told = sequences(measurements(heard))
    assert told == sorted(set(told))
    assert 70 < len(told) < 130
    assert told[-1] > 190


async def test_a_restart_begins_both_counters_again() -> None:
    async with tag_and_ear("ruuvi", WALKING) as (tag, heard):
        await tag.advance(20.0)
        before = len(measurements(heard))
        tag.reboot()
        await tag.advance(3.0)
        after = measurements(heard)[before:]
    assert sequences(after)[0] == 0
    assert movements(after)[0] < 5


async def test_a_bthome_tag_restarts_without_a_movement_or_a_press_of_before() -> None:
    async with tag_and_ear("bthome", WALKING_THEN_ON_A_TABLE) as (tag, heard):
        await tag.advance(60.0)
        before = len(measurements(heard, SERVICE_DATA))
        tag.press_button()
        tag.reboot()
        await tag.advance(3.0)
        after = measurements(heard, SERVICE_DATA)[before:]
    assert after[0].hex().startswith("d2fc400000015722" + "00" + "63")


async def test_a_tag_takes_no_host() -> None:
    async with worn("ruuvi") as (tag, device):
        connection, _ = await asyncio.gather(device.connect_le(Address(tag.address)), tag.advance(3.0))
        lost = asyncio.Event()
        connection.on("disconnection", lambda _reason: lost.set())
        async with asyncio.timeout(PATIENCE_S):
            await lost.wait()


async def test_a_bthome_tag_tells_number_battery_moving_and_three_axes() -> None:
    async with tag_and_ear("bthome") as (tag, heard):
        await tag.advance(60.0)
        measured = measurements(heard, SERVICE_DATA)
    assert len(measured) >= 45
    for number, value in enumerate(measured):
        assert value[:7].hex() == f"d2fc4000{number:02x}0157"
        assert value[7] == 0x22
        assert value[8] in (0, 1)
        assert (value[9], value[14], value[19], len(value)) == (0x63, 0x63, 0x63, 24)
    axes = np.array([[struct.unpack_from("<i", value, at)[0] / 1e6 for at in (10, 15, 20)] for value in measured])
    assert np.median(np.linalg.norm(axes, axis=1)) == pytest.approx(9.81, rel=0.06)
    assert any(structures.get(NAME) == b"Tag 3D4E" for structures in heard)


async def test_moving_says_whether_it_moved() -> None:
    async with tag_and_ear("bthome", WALKING) as (tag, heard):
        await tag.advance(30.0)
        assert np.mean([value[8] for value in measurements(heard, SERVICE_DATA)[2:]]) > 0.9


async def test_a_press_rides_on_one_measurement() -> None:
    async with tag_and_ear("bthome") as (tag, heard):
        await tag.advance(3.0)
        before = len(measurements(heard, SERVICE_DATA))
        tag.press_button(double=True)
        await tag.advance(6.0)
        after = measurements(heard, SERVICE_DATA)[before:]
    assert after[0][9:12].hex() == "3a0263"
    assert all(value[9] == 0x63 for value in after[1:])
    assert len(after[0]) + 2 + 3 == 31, "a legacy advertisement is full"
