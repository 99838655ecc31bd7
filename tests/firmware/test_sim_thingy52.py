"""A Thingy:52 over the air: configuration and its limits, raw motion, light, sound, button, sleep, link parameters."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest
from bumble import l2cap
from bumble.att import ATT_Error, ErrorCode
from msgspec.structs import replace

from firmware_sim.peripheral import VirtualWearable
from firmware_sim.profiles.thingy52_codec import MotionConfiguration, encode_raw
from firmware_sim.scenario import Activity, Reaction, Scenario
from tests.firmware.any_host import SITTING, AnyHost, connect, day, linked, worn
from tests.support.patience import PATIENCE_S


def uuid(number: int) -> str:
    return f"ef68{number:04x}-9b35-4933-9b10-52ffa9740042"


PARAMETERS, LED, BUTTON, CONFIGURATION, PEDOMETER, RAW, GRAVITY, SPEAKER_MODE, SPEAKER, SPEAKER_STATUS = map(
    uuid, (0x0102, 0x0301, 0x0302, 0x0401, 0x0405, 0x0406, 0x040A, 0x0501, 0x0502, 0x0503)
)


@asynccontextmanager
async def thingy(scenario: Scenario = SITTING, **options: Any) -> AsyncIterator[tuple[VirtualWearable[Any], AnyHost]]:
    async with linked("thingy52", scenario, **options) as (wearable, host):
        yield wearable, host


def test_values_of_the_page_byte_for_byte() -> None:
    assert MotionConfiguration(1000, 500, 500, 25, 1).encode().hex() == "e803f401f401190001"
    raw = encode_raw(np.array([-0.5, 0.8662, 0.0977]), np.array([1.0, -2.0, 10.0]), np.array([10.0, -30.0, 40.0]))
    assert raw == bytes.fromhex("00FE 7703 6400 2000 C0FF 4001 A000 20FE 8002")
    assert encode_raw(np.array([0.0156, -0.0313, 1.0]), np.zeros(3), np.zeros(3))[:6] == bytes.fromhex("1000E0FF0004")


def test_it_advertises_its_name_and_its_configuration_service() -> None:
    async def look() -> bytes:
        async with worn("thingy52") as (wearable, _device):
            return bytes(wearable.profile.advertising_data())

    data = asyncio.run(look())
    assert (
        data
        == bytes.fromhex("020106" + "1106" + "420074a9ff5210 9b334935 9b000168ef".replace(" ", "")) + b"\x07\x09Thingy"
    )


async def test_raw_motion_comes_at_the_configured_rate_in_1024ths_of_a_g() -> None:
    async with thingy() as (wearable, host):
        assert (await host.read(CONFIGURATION)).hex() == "e803f401f4010a0001"
        await host.write(CONFIGURATION, "E803 F401 F401 1900 01")
        raw = await host.subscribe(RAW)
        await wearable.advance(20.0)
        assert 499 <= len(raw) <= 504
        x, y, z = struct.unpack_from("<3h", raw[0])
        assert (x * x + y * y + z * z) ** 0.5 == pytest.approx(1024, abs=100)


async def test_the_link_carries_sixty_a_second_of_two_hundred() -> None:
    async with thingy() as (wearable, host):
        await host.write(CONFIGURATION, "E803 F401 F401 C800 01")
        raw = await host.subscribe(RAW)
        for _ in range(10):
            await wearable.advance(1.0)
        assert 590 <= len(raw) <= 610


@pytest.mark.parametrize(
    "value",
    ["E803F401F4010400 01", "E803F401F401C90001", "6300F401F401190001", "E803F401F4011900", "E803F401F401190002"],
)
async def test_a_configuration_out_of_range_is_rejected(value: str) -> None:
    async with thingy() as (_wearable, host):
        with pytest.raises(ATT_Error) as refused:
            await host.write(CONFIGURATION, value)
        assert refused.value.error_code == ErrorCode.WRITE_NOT_PERMITTED == 0x03
        assert (await host.read(CONFIGURATION)).hex() == "e803f401f4010a0001"


async def test_gravity_is_told_in_metres_per_second_squared_and_steps_are_counted() -> None:
    async with thingy(day(("walk", 60.0), ("sit", 3600.0))) as (wearable, host):
        gravity, pedometer = await host.subscribe(GRAVITY), await host.subscribe(PEDOMETER)
        await wearable.advance(100.0)
        assert np.linalg.norm(struct.unpack("<3f", gravity[-1])) == pytest.approx(9.8, abs=0.8)
        steps, walked_ms = struct.unpack("<II", pedometer[-1])
        assert 60 < steps < 160
        assert 30_000 < walked_ms < 70_000


@pytest.mark.parametrize("value", ["00", "01 FF5000", "02 01 64 F401", "03 02 64"])
async def test_every_mode_of_the_light_is_kept(value: str) -> None:
    async with thingy() as (_wearable, host):
        await host.write(LED, value)
        assert await host.read(LED) == bytes.fromhex(value)


@pytest.mark.parametrize("value", ["", "04", "01 FF", "02 08 64 F401", "02 01 65 F401", "02 01 64 3100", "03 00 64"])
async def test_no_other_light_is_taken(value: str) -> None:
    async with thingy() as (_wearable, host):
        with pytest.raises(ATT_Error):
            await host.write(LED, value)


@pytest.mark.parametrize(("characteristic", "value"), [(LED, "02 01 64 F401"), (SPEAKER, "7003 2C01 50")])
async def test_light_and_sound_call_the_wearer_who_rises(characteristic: str, value: str) -> None:
    reaction = Reaction(after_s=30, activities=(Activity(do="walk", duration_s=60),))
    async with thingy(replace(SITTING, reactions=(reaction,))) as (wearable, host):
        await host.write(characteristic, value, response=characteristic == LED)
        await host.read(LED)
        await wearable.advance(60.0)
        assert wearable.timeline.pass_time(60.0).do == "walk"


async def test_the_speaker_says_when_a_sound_has_ended_or_cannot_be_played() -> None:
    async with thingy() as (wearable, host):
        await host.subscribe(SPEAKER_STATUS)
        await host.write(SPEAKER, "70 03 2C 01 50", response=False)
        await host.read(LED)
        await wearable.advance(1.0)
        assert await host.heard_by(SPEAKER_STATUS, 1) == b"\x00"
        await host.write(SPEAKER, "70", response=False)
        assert await host.heard_by(SPEAKER_STATUS, 2) == b"\x10"
        await host.write(SPEAKER_MODE, "03 01")
        await host.write(SPEAKER, "09", response=False)
        assert await host.heard_by(SPEAKER_STATUS, 3) == b"\x10"
        await host.write(SPEAKER, "08", response=False)
        await host.read(LED)
        assert [felt.what for felt in wearable.profile.take_felt()] == ["sound"]


async def test_the_button_is_told_down_and_up() -> None:
    async with thingy() as (wearable, host):
        await host.subscribe(BUTTON)
        wearable.press_button()
        assert await host.heard_by(BUTTON, 1) == b"\x01"
        assert await host.heard_by(BUTTON, 2) == b"\x00"


async def test_alone_and_still_it_switches_off_after_three_minutes_until_moved_or_pressed() -> None:
    now_s = [0.0]
    scenario = day(("sit", 300.0), ("walk", 60.0), ("sit", 3600.0))
    async with worn("thingy52", scenario, wall_s=lambda: now_s[0]) as (wearable, _device):
        await wearable.advance(250.0)
        now_s[0] = 181.0
        assert not wearable.profile.advertising_data()
        await wearable.advance(100.0)
        assert wearable.profile.advertising_data()
        now_s[0] = 500.0
        assert not wearable.profile.advertising_data()
        wearable.press_button()
        assert wearable.profile.advertising_data()


async def test_told_to_advertise_for_ever_it_does() -> None:
    now_s = [0.0]
    async with worn("thingy52", wall_s=lambda: now_s[0]) as (wearable, device):
        host = await connect(device, wearable.address)
        with pytest.raises(ATT_Error):
            await host.write(PARAMETERS, "6002 B5")
        await host.write(PARAMETERS, "6002 00")
        await host.connection.disconnect()
        now_s[0] = 100_000.0
        assert wearable.profile.advertising_data()


async def test_a_host_that_refuses_a_short_interval_three_times_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def refuse(manager: l2cap.ChannelManager, connection: Any, cid: int, request: Any) -> None:
        asked.append((request.interval_min * 1.25, request.interval_max * 1.25, request.latency, request.timeout * 10))
        answer = l2cap.L2CAP_Connection_Parameter_Update_Response(
            identifier=request.identifier, result=l2cap.L2CAP_CONNECTION_PARAMETERS_REJECTED_RESULT
        )
        manager.send_control_frame(connection, cid, answer)

    monkeypatch.setattr(l2cap.ChannelManager, "on_l2cap_connection_parameter_update_request", refuse)
    async with worn("thingy52") as (wearable, device):
        host = AnyHost(await device.connect_le(wearable.address))
        async with asyncio.timeout(PATIENCE_S):
            await host.lost.wait()
    assert asked == [(7.5, 30.0, 0, 3200)] * 3
