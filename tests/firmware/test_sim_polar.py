"""Polar's sensors over the air: settings, starts and their refusals, frames, heart rate, sleep and trust."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from bumble import gatt_client
from bumble.att import ATT_Error, ATT_Handle_Value_Confirmation, ErrorCode

from firmware_sim.peripheral import VirtualWearable
from firmware_sim.profiles.polar_heart import Heart
from firmware_sim.profiles.polar_products import UNSET_NS
from firmware_sim.scenario import Activity, Scenario
from tests.firmware.any_host import SITTING, AnyHost, connect, day, linked, worn
from tests.firmware.host import advertisement_of
from tests.support.patience import PATIENCE_S

CONTROL, DATA = (f"fb005c8{number}-02e7-f387-1cad-8acd2d8df0c8" for number in (1, 2))
PULSE, BATTERY, MODEL, SERIAL = (
    f"0000{number}-0000-1000-8000-00805f9b34fb" for number in ("2a37", "2a19", "2a24", "2a25")
)
START_H10 = "02 02 00 01 1900 01 01 1000 02 01 0800"
START_VERITY = "02 02 00 01 3400 01 01 1000 02 01 0800 04 01 03"


async def ready(host: AnyHost) -> AnyHost:
    await host.subscribe(CONTROL, indications=True)
    await host.subscribe(DATA)
    await host.subscribe(PULSE)
    return host


@asynccontextmanager
async def polar(
    profile: str, scenario: Scenario = SITTING, **options: Any
) -> AsyncIterator[tuple[VirtualWearable[Any], AnyHost]]:
    async with linked(profile, scenario, **options) as (wearable, host):
        yield wearable, await ready(host)


async def ask(host: AnyHost, command: str) -> str:
    return await host.ask(CONTROL, command, CONTROL)


def times_s(frames: list[bytes]) -> list[float]:
    return [struct.unpack_from("<Q", frame, 1)[0] / 1e9 for frame in frames]


async def test_the_h10_advertises_heart_rate_its_company_and_its_name_but_not_pmd() -> None:
    async with worn("polar-h10") as (strap, device):
        heard = await advertisement_of(device, strap.address)
    assert heard[0x03] == b"\x0d\x18"
    assert heard[0xFF][:2] == b"\x6b\x00"
    assert heard[0x09] == strap.name.encode()
    assert strap.name.startswith("Polar H10 ")
    assert 0x07 not in heard


async def test_a_read_of_the_control_point_gives_the_features_even_after_a_command() -> None:
    async with polar("polar-h10") as (_strap, host):
        await ask(host, "01 02")
        assert (await host.read(CONTROL)).hex() == "0f05000000000000000000000000000000"
    async with polar("verity") as (_sense, host):
        assert (await host.read(CONTROL)).hex() == "0f6e020000000000000000000000000000"


async def test_the_h10_lists_its_settings_and_starts() -> None:
    async with polar("polar-h10") as (_strap, host):
        assert await ask(host, "01 02") == "f001020000" + "000419003200" + "6400c800" + "01011000" + "0203020004000800"
        assert await ask(host, "05") == "f005000000" + "0002"
        assert await ask(host, START_H10) == "f002020000"
        assert await ask(host, "05") == "f005000000" + "0042"
        assert await ask(host, "03 02") == "f003020000"


async def test_the_verity_lists_its_settings_and_older_firmware_starts_with_a_factor() -> None:
    async with polar("verity", firmware="old") as (_sense, host):
        assert await ask(host, "01 02") == "f001020000" + "00013400" + "01011000" + "02010800" + "040103"
        assert await ask(host, START_VERITY) == "f002020000050140da7f39"
    async with polar("verity") as (_sense, host):
        assert await ask(host, START_VERITY) == "f002020000"


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("02 02 00 01 1900 02 01 0800", 5),  # no resolution
        ("02 02 00 01 1900 01 01 1000 02 01 0800 04 01 03", 5),  # a setting that it has not listed
        ("02 02 00 02 1900 3200 01 01 1000 02 01 0800", 5),  # two rates
        ("02 02 00 01 3400 01 01 1000 02 01 0800", 8),
        ("02 02 00 01 1900 01 01 0C00 02 01 0800", 7),
        ("02 02 00 01 1900 01 01 1000 02 01 1000", 9),
        ("02 02 00 01 19", 4),
        ("02", 4),
        ("02 04", 2),
        ("02 00", 3),
        ("02 82 00 01 1900 01 01 1000 02 01 0800", 3),
        ("02 09", 3),
        ("03 02", 6),
        ("04 02", 3),
        ("07 02", 3),
        ("0B 02", 1),
    ],
)
async def test_the_h10_refuses(command: str, status: int) -> None:
    async with polar("polar-h10") as (_strap, host):
        answer = bytes.fromhex(await ask(host, command))
        asked = bytes.fromhex(command)
        assert answer == bytes((0xF0, asked[0], asked[1] if len(asked) > 1 else 0, status, 0))


async def test_the_verity_refuses_other_channels_than_three() -> None:
    async with polar("verity") as (_sense, host):
        assert await ask(host, START_VERITY[:-2] + "02") == "f002020b00"
        assert await ask(host, START_VERITY.rsplit(" 04", 1)[0]) == "f002020500"


async def test_a_second_start_is_refused_also_by_the_next_host_because_a_stream_outlives_its_link() -> None:
    async with worn("polar-h10") as (strap, device):
        before = await ready(await connect(device, strap.address))
        assert await ask(before, START_H10) == "f002020000"
        assert await ask(before, START_H10) == "f002020600"
        await before.connection.disconnect()
        await strap.advance(5.0)
        after = await ready(await connect(device, strap.address))
        await strap.advance(5.0)
        assert len(after.heard[DATA]) == 3
        assert await ask(after, START_H10) == "f002020600"
        assert await ask(after, "03 02") == "f003020000"
        assert await ask(after, START_H10) == "f002020000"


@pytest.mark.parametrize(
    ("mtu", "status", "samples"), [(23, 10, 0), (69, 10, 0), (70, 0, 9), (131, 0, 19), (247, 0, 36)]
)
async def test_below_an_mtu_of_70_nothing_starts_and_frames_are_cut_to_the_mtu(
    mtu: int, status: int, samples: int
) -> None:
    async with polar("polar-h10", mtu=mtu) as (strap, host):
        assert bytes.fromhex(await ask(host, START_H10))[3] == status
        await strap.advance(5.0)
        assert {len(frame) for frame in host.heard[DATA]} == ({10 + 6 * samples} if samples else set())


async def test_a_long_answer_is_cut_into_indications_that_say_that_more_follows() -> None:
    async with polar("verity", mtu=23) as (_sense, host):
        first = await ask(host, "04 02")
        second = (await host.heard_by(CONTROL, 2)).hex()
    assert first[:10] == "f004020001"
    assert second[:10] == "f004020000"
    assert first[10:] + second[10:] == "00051a0034006800d000a00101011000020402000400080010000401" + "03"


async def test_sdk_mode_changes_only_while_nothing_streams_brings_rates_and_takes_the_pulse() -> None:
    async with polar("verity") as (sense, host):
        assert await ask(host, START_VERITY) == "f002020000"
        assert await ask(host, "02 09") == "f002090c00"
        await ask(host, "03 02")
        assert await ask(host, "02 09") == "f002090000"
        assert await ask(host, "02 09") == "f002090600"
        assert (await ask(host, "06")).endswith("01")
        assert await ask(host, "02 02 00 01 D000 01 01 1000 02 01 1000 04 01 03") == "f002020000"
        assert await ask(host, "03 09") == "f003090c00"
        host.heard[PULSE].clear()
        await sense.advance(5.0)
        assert host.heard[DATA]
        assert not host.heard[PULSE]


async def test_commands_are_rejected_before_both_subscriptions_are_on() -> None:
    async with linked("polar-h10") as (_strap, host):
        await host.subscribe(CONTROL, indications=True)
        with pytest.raises(ATT_Error) as refused:
            await host.write(CONTROL, "01 02")
        assert refused.value.error_code == ErrorCode.CCCD_IMPROPERLY_CONFIGURED
        await host.subscribe(DATA)
        assert (await ask(host, "01 02")).startswith("f0010200")


async def test_h10_frames_carry_the_time_of_their_last_sample_on_a_clock_that_began_in_2019() -> None:
    async with polar("polar-h10") as (strap, host):
        await strap.advance(3.0)
        await ask(host, START_H10)
        await strap.advance(10.0)
        frames = host.heard[DATA]
        assert {(frame[0], frame[9], len(frame)) for frame in frames} == {(2, 1, 226)}
        steps_s = [later - earlier for earlier, later in pairwise(times_s(frames))]
        rate_hz = 36 / (sum(steps_s) / len(steps_s))
        assert rate_hz == pytest.approx(25.0 * 1.004, rel=1e-3)
        assert times_s(frames)[0] - UNSET_NS / 1e9 == pytest.approx(3.0 + 36 / rate_hz, abs=0.01)
        x, y, z = struct.unpack_from("<3h", frames[0], 10)
        assert (x * x + y * y + z * z) ** 0.5 == pytest.approx(1000, abs=90)


@pytest.mark.parametrize(("firmware", "frame_type", "unit_mg"), [("old", 0x80, 0.244), ("new", 0x81, 1.0)])
async def test_a_verity_packs_differences(firmware: str, frame_type: int, unit_mg: float) -> None:
    async with polar("verity", firmware=firmware) as (sense, host):
        await ask(host, START_VERITY)
        await sense.advance(10.0)
        frames = host.heard[DATA]
        assert {(frame[0], frame[9]) for frame in frames} == {(2, frame_type)}
        assert max(map(len, frames)) <= 229
        samples = [1 + sum(counts_of(frame[10:])) for frame in frames]
        steps_s = [later - earlier for earlier, later in pairwise(times_s(frames))]
        assert sum(samples[1:]) / sum(steps_s) == pytest.approx(52.0 * 1.004, rel=1e-3)
        x, y, z = struct.unpack_from("<3h", frames[0], 10)
        assert unit_mg * (x * x + y * y + z * z) ** 0.5 == pytest.approx(1000, abs=90)


def counts_of(content: bytes) -> list[int]:
    """Return the numbers of differences in the blocks of a compressed frame."""
    counts, at = [], 6
    while at < len(content):
        width, count = content[at], content[at + 1]
        counts.append(count)
        at += 2 + (3 * width * count + 7) // 8
    assert at == len(content)
    return counts


async def test_the_charger_ends_a_stream_unasked_and_allows_no_other() -> None:
    activities = (Activity(do="sit", duration_s=60), Activity(do="off_body", duration_s=60, charging=True))
    scenario = Scenario(title="t", activities=activities)
    async with polar("verity", scenario) as (sense, host):
        await ask(host, START_VERITY)
        await sense.advance(70.0)
        assert host.heard[CONTROL][-1].hex() == "0102"
        assert await ask(host, START_VERITY) == "f002020d00"


async def test_the_pulse_tells_of_contact_and_an_h10_of_the_intervals() -> None:
    async with polar("polar-h10", day(("sit", 20), ("off_body", 3600))) as (strap, host):
        await strap.advance(15.0)
        measurement = host.heard[PULSE][-1]
        assert measurement[0] == 0x16
        assert 50 < measurement[1] < 90
        assert all(500 < interval < 1400 for (interval,) in struct.iter_unpack("<H", measurement[2:]))
        await strap.advance(30.0)
        assert host.heard[PULSE][-1].hex() == "1400"
    async with polar("verity") as (sense, host):
        await sense.advance(5.0)
        assert {value[0] for value in host.heard[PULSE]} == {0x06}


@pytest.mark.parametrize("at_once", [1, 3, 600])
def test_a_heart_beats_faster_after_movement_however_its_chip_is_read(at_once: int) -> None:
    heart = Heart(1)
    shaken_g = np.tile([[0.0, 0.0, 0.7], [0.0, 0.0, 1.3]], (300, 1))
    for first in range(0, 600, at_once):
        heart.move(shaken_g[first : first + at_once])
    heart.beat_until(120.0)
    assert heart.bpm == pytest.approx(127.0, abs=2.0)


async def test_an_h10_off_the_skin_drops_an_idle_link_then_leaves_the_air_and_begins_a_new_clock_when_worn() -> None:
    async with worn("polar-h10", day(("sit", 20), ("off_body", 100), ("sit", 3600))) as (strap, device):
        host = await ready(await connect(device, strap.address))
        await strap.advance(55.0)
        assert not host.lost.is_set()
        await strap.advance(15.0)
        async with asyncio.timeout(PATIENCE_S):
            await host.lost.wait()
        assert strap.profile.advertising_data()
        await strap.advance(15.0)
        assert not strap.profile.advertising_data()
        await strap.advance(40.0)
        again = await ready(await connect(device, strap.address))
        await ask(again, START_H10)
        await strap.advance(10.0)
        assert times_s(again.heard[DATA])[0] - UNSET_NS / 1e9 < 20.0


async def test_an_h10_that_streams_keeps_its_link_off_the_skin() -> None:
    async with polar("polar-h10", day(("sit", 20), ("off_body", 3600))) as (strap, host):
        await ask(host, START_H10)
        await strap.advance(200.0)
        assert not host.lost.is_set()
        assert times_s(host.heard[DATA])[-1] - UNSET_NS / 1e9 > 190.0


async def test_a_verity_without_a_pulse_switches_itself_off_after_ten_minutes_and_on_by_its_button() -> None:
    async with polar("verity", reads_pulse=False) as (sense, host):
        await ask(host, START_VERITY)
        await sense.advance(595.0)
        assert not host.lost.is_set()
        await sense.advance(10.0)
        async with asyncio.timeout(PATIENCE_S):
            await host.lost.wait()
        assert not sense.profile.advertising_data()
        sense.press_button()
        assert sense.profile.advertising_data()
        assert sense.profile.control.stream is None


async def test_a_verity_in_sdk_mode_stays_on_without_a_pulse() -> None:
    async with polar("verity", reads_pulse=False) as (sense, host):
        await ask(host, "02 09")
        await sense.advance(900.0)
        assert not host.lost.is_set()


@pytest.mark.parametrize("profile", ["polar-h10", "verity"])
async def test_the_control_point_trusts_only_a_paired_host_where_pairing_is_demanded(profile: str) -> None:
    async with linked(profile, pairing=True) as (_sensor, host):
        with pytest.raises(ATT_Error) as unread:
            await host.read(CONTROL)
        assert unread.value.error_code == ErrorCode.INSUFFICIENT_AUTHENTICATION
        await ready(host)
        with pytest.raises(ATT_Error) as unwritten:
            await host.write(CONTROL, "01 02")
        assert unwritten.value.error_code == ErrorCode.INSUFFICIENT_AUTHENTICATION
        await host.connection.pair()
        assert (await ask(host, "01 02")).startswith("f0010200")


async def test_battery_and_identity_are_read_by_anybody() -> None:
    async with linked("polar-h10", pairing=True) as (strap, host):
        assert await host.read(BATTERY) == bytes([87])
        assert await host.read(MODEL) == b"H10"
        assert await host.read(SERIAL) == strap.profile.device_id.encode() + b"\0"


async def test_a_reboot_ends_the_stream() -> None:
    async with worn("polar-h10") as (strap, device):
        host = await ready(await connect(device, strap.address))
        await ask(host, START_H10)
        strap.reboot()
        async with asyncio.timeout(PATIENCE_S):
            await host.lost.wait()
        again = await ready(await connect(device, strap.address))
        assert await ask(again, START_H10) == "f002020000"


async def test_a_command_before_the_last_answer_is_confirmed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async with polar("polar-h10") as (_strap, host):
        with monkeypatch.context() as deaf:
            deaf.setattr(gatt_client.Client, "on_att_handle_value_indication", lambda *_: None)
            await host.write(CONTROL, "01 02")
            await host.read(BATTERY)
            with pytest.raises(ATT_Error) as refused:
                await host.write(CONTROL, "01 02")
        assert refused.value.error_code == ErrorCode.PROCEDURE_ALREADY_IN_PROGRESS
        host.connection.gatt_client.send_confirmation(ATT_Handle_Value_Confirmation())
        await host.read(BATTERY)
        assert (await ask(host, "01 02")).startswith("f0010200")


async def test_firmware_that_must_settle_takes_no_command_at_once() -> None:
    async with polar("verity", settles_s=2.0) as (sense, host):
        with pytest.raises(ATT_Error) as refused:
            await host.write(CONTROL, "01 02")
        assert refused.value.error_code == ErrorCode.UNLIKELY_ERROR
        await sense.advance(2.5)
        assert (await ask(host, "01 02")).startswith("f0010200")


@pytest.mark.parametrize(("firmware", "moves"), [("old", False), ("new", True)])
async def test_older_firmware_does_not_measure_its_battery_on_the_charger(firmware: str, moves: bool) -> None:
    charger = Activity(do="off_body", duration_s=3600, charging=True)
    scenario = Scenario(title="t", activities=(Activity(do="sit", duration_s=5), charger))
    async with linked("verity", scenario, firmware=firmware) as (sense, host):
        await sense.advance(300.0)
        assert (await host.read(BATTERY) > bytes([87])) == moves
