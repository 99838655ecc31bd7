"""A Movesense over the air: greetings, subscriptions, data in one message or two, logs, sleep."""

from __future__ import annotations

import struct
from functools import partial

import numpy as np
import pytest

from firmware_sim.profiles.movesense_gsp import encode_data
from tests.firmware.any_host import AnyHost, connect, day, linked, worn
from tests.firmware.host import advertisement_of

COMMAND, DATA = (f"3480000{number}-7185-4d5d-b431-630e7050e8f0" for number in (1, 2))
SUBSCRIBE_ACC13 = "01 63 2F4D6561732F4163632F3133 00"


def subscribe(reference: int, path: str) -> str:
    return f"01{reference:02x}{path.encode().hex()}00"


movesense = partial(linked, "movesense", hears=DATA)


async def ask(host: AnyHost, command: str) -> str:
    return await host.ask(COMMAND, command, DATA)


async def test_it_advertises_its_service_its_company_and_its_name() -> None:
    async with worn("movesense") as (sensor, device):
        heard = await advertisement_of(device, sensor.address)
    assert heard[0x03] == b"\x06\xfe"
    assert heard[0xFF][:2] == b"\x9f\x00"
    assert heard[0x09] == b"Movesense " + sensor.profile.gsp.serial.encode()
    assert len(sensor.profile.gsp.serial) == 12


def test_the_data_of_the_page_byte_for_byte() -> None:
    values = np.array([0.5, -9.75, 1.25, 0.25, -9.5, 1.0], dtype="<f4").tobytes()
    expected = bytes.fromhex("02 63 40E20100 0000003F 00001CC1 0000A03F 0000803E 000018C1 0000803F")
    assert encode_data(0x63, 123456, values, 244) == [expected]
    first, second = encode_data(0x63, 123456, values, 20)
    assert first == expected[:20]
    assert second == b"\x03\x63" + expected[20:]


async def test_hello_is_answered_with_version_and_names_and_no_status() -> None:
    async with movesense() as (sensor, host):
        answer = bytes.fromhex(await ask(host, "00 07"))
        assert answer[:3] == b"\x01\x07\x01"
        assert answer[3:].split(b"\0")[0] == sensor.profile.gsp.serial.encode()


async def test_a_subscription_brings_metres_per_second_squared_with_the_time_of_the_first_sample() -> None:
    async with movesense() as (sensor, host):
        assert await ask(host, SUBSCRIBE_ACC13) == "0163c800"
        await sensor.advance(10.0)
        packets = host.heard[DATA][1:]
        assert {(packet[0], packet[1], len(packet)) for packet in packets} == {(2, 0x63, 2 + 4 + 4 * 12)}
        times_ms = [struct.unpack_from("<I", packet, 2)[0] for packet in packets]
        assert times_ms[0] == pytest.approx(1000 / 13, abs=2)
        assert np.diff(times_ms) == pytest.approx(np.full(len(packets) - 1, 4000 / (13 * 1.004)), abs=1.1)
        xyz = np.frombuffer(packets[0][6:], "<f4").reshape(-1, 3)
        assert np.linalg.norm(xyz, axis=1) == pytest.approx(np.full(4, 9.8), abs=0.8)


async def test_what_a_small_mtu_cannot_hold_comes_in_a_second_message() -> None:
    async with movesense(mtu=23) as (sensor, host):
        await ask(host, SUBSCRIBE_ACC13)
        await sensor.advance(5.0)
        packets = host.heard[DATA][1:]
        assert [packet[0] for packet in packets[:4]] == [2, 3, 2, 3]
        assert {len(first[2:] + second[2:]) for first, second in zip(packets[::2], packets[1::2], strict=True)} == {28}


async def test_nine_axes_at_the_smallest_mtu_bring_nothing_as_no_sample_fits() -> None:
    async with movesense(mtu=23) as (sensor, host):
        assert await ask(host, subscribe(5, "/Meas/IMU9/104")) == "0105c800"
        await sensor.advance(2.0)
        assert len(host.heard[DATA]) == 1


async def test_nine_axes_are_split_by_the_firmware_whatever_the_mtu() -> None:
    async with movesense() as (sensor, host):
        await ask(host, subscribe(5, "/Meas/IMU9/104"))
        await sensor.advance(2.0)
        first, second = host.heard[DATA][1:3]
        assert (first[0], second[0], len(first)) == (2, 3, 161)
        assert len(first[2:] + second[2:]) == 4 + 8 * 9 * 4


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (subscribe(1, "/Meas/Acc/14"), 400),
        (subscribe(1, "/Meas/Nonsense/13"), 404),
        ("0263", 404),
        ("0463" + b"/Nothing".hex(), 404),
        ("0163ff", 400),
        ("086300", 400),
        ("0863" + "00" * 8, 200),
        ("0963" + "05", 400),
        ("6363", 501),
    ],
)
async def test_it_refuses_with_a_code(command: str, status: int) -> None:
    async with movesense() as (_sensor, host):
        answer = bytes.fromhex(await ask(host, command))
        assert answer[0] == 1
        assert answer[1] == bytes.fromhex(command)[1]
        assert struct.unpack("<H", answer[2:4])[0] == status


async def test_another_rate_or_the_same_reference_conflicts() -> None:
    async with movesense() as (_sensor, host):
        await ask(host, SUBSCRIBE_ACC13)
        assert await ask(host, SUBSCRIBE_ACC13) == "01639901"
        assert await ask(host, subscribe(100, "/Meas/Acc/26")) == "01649901"


async def test_unsubscribing_ends_the_data() -> None:
    async with movesense() as (sensor, host):
        await ask(host, SUBSCRIBE_ACC13)
        assert await ask(host, "0263") == "0163c800"
        await sensor.advance(5.0)
        assert len(host.heard[DATA]) == 2


async def test_logs_cannot_be_fetched_while_it_logs() -> None:
    async with movesense() as (_sensor, host):
        assert await ask(host, "090103") == "0101c800"
        assert await ask(host, "030201000000") == "01029901"
        assert await ask(host, "090302") == "0103c800"
        assert await ask(host, "030401000000") == "01049401"


async def test_the_charge_is_a_resource() -> None:
    async with movesense() as (_sensor, host):
        assert await ask(host, "0401" + b"/System/Energy/Level\0".hex()) == "0101c800" + "57"
        assert not host.has("2a19")


async def test_its_clock_rolls_over_after_49_days() -> None:
    async with movesense(boot_ms=(1 << 32) - 1000) as (sensor, host):
        await ask(host, SUBSCRIBE_ACC13)
        await sensor.advance(5.0)
        times_ms = [struct.unpack_from("<I", packet, 2)[0] for packet in host.heard[DATA][1:]]
        assert times_ms[0] > 4_294_000_000
        assert times_ms[-1] < 10_000


async def test_left_alone_and_still_it_sleeps_after_a_minute_and_wakes_when_moved() -> None:
    now_s = [0.0]
    scenario = day(("stand", 300.0), ("walk", 60.0), ("sit", 3600.0))
    async with worn("movesense", scenario, wall_s=lambda: now_s[0]) as (sensor, device):
        assert sensor.profile.advertising_data()
        await sensor.advance(250.0)
        now_s[0] = 61.0
        assert not sensor.profile.advertising_data()
        await sensor.advance(60.0)
        assert sensor.profile.advertising_data()
        await connect(device, sensor.address)
