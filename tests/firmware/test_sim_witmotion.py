"""A WitMotion over the air: a stream of frames however it is cut, registers behind a lock, the battery's voltage."""

from __future__ import annotations

import struct
from functools import partial

import numpy as np
import pytest

from firmware_sim.profiles.witmotion_frames import Registers, encode_stream, volts_of
from tests.firmware.any_host import AnyHost, connect, linked, worn
from tests.firmware.host import advertisement_of

NOTIFY, WRITE = (f"0000ffe{number}-0000-1000-8000-00805f9a34fb" for number in (4, 9))
UNLOCK, SAVE, READ_BATTERY = "FF AA 69 88 B5", "FF AA 00 00 00", "FF AA 27 64 00"


witmotion = partial(linked, "witmotion", hears=NOTIFY)


async def write(host: AnyHost, *commands: str) -> None:
    for command in commands:
        await host.write(WRITE, command)


def frames(host: AnyHost) -> list[bytes]:
    stream = b"".join(host.heard[NOTIFY])
    return [stream[at : at + 20] for at in range(0, len(stream) - 19, 20)]


def test_the_frame_of_the_page_byte_for_byte() -> None:
    counts = np.array([[-75, 46, 2053]], dtype=np.int16)
    frame = encode_stream(counts, np.zeros((1, 3)), np.array([[0.0, 0.0, -4.6088]]))
    assert frame == bytes.fromhex("5561 B5FF 2E00 0508 0000 0000 0000 0000 0000 B9FC")


async def test_it_is_known_by_its_name_alone() -> None:
    async with worn("witmotion") as (sensor, device):
        heard = await advertisement_of(device, sensor.address)
    assert heard == {0x01: b"\x06", 0x09: b"WT901BLE68"}


@pytest.mark.parametrize("mtu", [23, 64, 247])
@pytest.mark.parametrize("ragged", [0.0, 0.5])
async def test_ten_frames_a_second_however_they_are_cut(mtu: int, ragged: float) -> None:
    async with witmotion(mtu=mtu, ragged=ragged) as (sensor, host):
        await sensor.advance(20.0)
        assert 198 <= len(frames(host)) <= 201
        assert all(frame.startswith(b"\x55\x61") for frame in frames(host))
        whole = {len(value) % 20 for value in host.heard[NOTIFY]} == {0}
        assert whole == (ragged == 0.0)
        x, y, z = struct.unpack_from("<3h", frames(host)[0], 2)
        assert (x * x + y * y + z * z) ** 0.5 == pytest.approx(2048, abs=200)


async def test_a_rate_needs_the_lock_open_and_lasts_when_saved() -> None:
    async with worn("witmotion") as (sensor, device):
        host = await connect(device, sensor.address)
        await write(host, "FF AA 03 08 00", SAVE)
        assert sensor.profile.registers.rate_hz == 10.0
        await write(host, UNLOCK, "FF AA 03 08 00")
        assert sensor.profile.registers.rate_hz == 50.0
        sensor.reboot()
        assert sensor.profile.registers.rate_hz == 10.0
        again = await connect(device, sensor.address)
        await again.subscribe(NOTIFY)
        await write(again, UNLOCK, "FF AA 03 07 00", SAVE)
        await sensor.advance(10.0)
        assert 199 <= len(frames(again)) <= 202
        sensor.reboot()
        assert sensor.profile.registers.rate_hz == 20.0


@pytest.mark.parametrize("command", ["FF AA 03 04 00", "FF AA 03 08", "AA FF 03 08 00", "FF AA 42 08 00"])
def test_what_it_does_not_understand_changes_nothing(command: str) -> None:
    registers = Registers(unlocked=True)
    assert registers.write(bytes.fromhex(command)) is None
    assert (registers.rate_code, registers.ignored) == (6, 1)


async def test_the_battery_is_read_in_hundredths_of_a_volt() -> None:
    async with witmotion() as (_sensor, host):
        await write(host, READ_BATTERY)
        frame = await host.heard_by(NOTIFY, 1)
        assert frame == bytes.fromhex("5571 6400") + struct.pack("<h", 393) + bytes(14)


@pytest.mark.parametrize(
    ("battery_pct", "over_v", "upto_v"),
    [(100, 3.96, 4.2), (90, 3.93, 3.96), (75, 3.87, 3.93), (10, 3.50, 3.68), (0, 3.0, 3.4)],
)
def test_the_voltage_reads_back_as_the_charge(battery_pct: int, over_v: float, upto_v: float) -> None:
    assert over_v < volts_of(battery_pct) <= upto_v
