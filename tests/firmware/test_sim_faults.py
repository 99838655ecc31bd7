"""What goes wrong in a day, at its moment: over the air, as a host meets it."""

from __future__ import annotations

import asyncio
import struct
from itertools import pairwise

import pytest
from bumble.att import ATT_Error
from bumble.core import BaseBumbleError

from firmware_sim.faults import Fate
from firmware_sim.scenario import BatteryFalls, Disconnects, Fault, LostBursts, RefusePairing, StuckSensor
from tests.firmware.any_host import AnyHost, connect, day, linked, worn

CONTROL, DATA = (f"fb005c8{number}-02e7-f387-1cad-8acd2d8df0c8" for number in (1, 2))
BATTERY = "00002a19-0000-1000-8000-00805f9b34fb"
RAW = "ef680406-9b35-4933-9b10-52ffa9740042"
START_H10 = "02 02 00 01 1900 01 01 1000 02 01 0800"


async def stream(host: AnyHost) -> list[bytes]:
    await host.subscribe(CONTROL, indications=True)
    frames = await host.subscribe(DATA)
    assert await host.ask(CONTROL, START_H10, CONTROL) == "f002020000"
    return frames


async def test_bursts_lose_several_in_a_row_and_end() -> None:
    fault = LostBursts(kind="lost_bursts", at_s=60, duration_s=600, burst_s=10, every_s=60)
    async with linked("polar-h10", day(("sit", 3600.0), faults=(fault,))) as (strap, host):
        frames = await stream(host)
        await strap.advance(900.0)
        times_s = [struct.unpack_from("<Q", frame, 1)[0] / 1e9 for frame in frames]
        steps = [round((later - earlier) / (36 / 25.1)) for earlier, later in pairwise(times_s)]
        lost = [step - 1 for step in steps if step > 1]
        assert strap.profile.dropped == sum(lost) > 20
        assert max(lost) > 3
        assert len(lost) < sum(lost) / 2
        assert all(step == 1 for step in steps[-100:])
        assert strap.profile.drop_probability == 0.0


async def test_links_are_lost_again_and_again_and_found_again() -> None:
    fault = Disconnects(kind="disconnects", at_s=60, every_s=300, times=3)
    async with worn("polar-h10", day(("sit", 3600.0), faults=(fault,))) as (strap, device):
        for until_s in (61.0, 300.0, 300.0):
            host = await connect(device, strap.address)
            await strap.advance(until_s)
            async with asyncio.timeout(5):
                await host.lost.wait()
        host = await connect(device, strap.address)
        await strap.advance(600.0)
        assert not host.lost.is_set()


async def test_a_device_that_forgets_its_hosts_pairs_with_none_for_a_while() -> None:
    fault = RefusePairing(kind="refuse_pairing", at_s=60, duration_s=600)
    async with worn("polar-h10", day(("sit", 3600.0), faults=(fault,)), pairing=True) as (strap, device):
        host = await connect(device, strap.address)
        await host.connection.pair()
        assert (await host.read(CONTROL))[0] == 0x0F
        await host.connection.disconnect()
        await strap.advance(100.0)
        again = await connect(device, strap.address)
        with pytest.raises(BaseBumbleError):
            await again.connection.pair()
        with pytest.raises(ATT_Error):
            await again.read(CONTROL)
        await strap.advance(600.0)
        await again.connection.pair()
        assert (await again.read(CONTROL))[0] == 0x0F


async def test_a_hanging_chip_gives_the_same_reading_until_it_lives_again() -> None:
    fault = StuckSensor(kind="stuck_sensor", at_s=60, duration_s=60)
    async with linked("thingy52", day(("sit", 3600.0), faults=(fault,))) as (wearable, host):
        raw = await host.subscribe(RAW)
        await wearable.advance(61.0)
        raw.clear()
        await wearable.advance(58.0)
        assert len(raw) > 550
        assert len({bytes(value) for value in raw}) == 1
        raw.clear()
        await wearable.advance(20.0)
        assert len({bytes(value) for value in raw}) > 50


async def test_a_fading_battery_is_told_by_the_percent() -> None:
    fault = BatteryFalls(kind="battery_falls", at_s=60, duration_s=600, level_pct=5)
    async with linked("polar-h10", day(("sit", 3600.0), faults=(fault,))) as (strap, host):
        levels = await host.subscribe(BATTERY)
        await strap.advance(700.0)
        told = [level[0] for level in levels]
        assert told[:3] == [86, 85, 84]
        assert told[-1] == 5
        assert await host.read(BATTERY) == b"\x05"


class Struck:
    """A wearable of which only the agenda matters."""

    def __init__(self) -> None:
        self.agenda: list[float] = []
        self.now_s = 0.0
        self.dropped = 0

    def plan(self, at_s: float, _action: object) -> None:
        self.agenda.append(at_s)

    def drop_link(self) -> None:
        self.dropped += 1


def test_a_day_that_repeats_repeats_its_faults() -> None:
    faults: tuple[Fault, ...] = (Disconnects(kind="disconnects", at_s=60, every_s=100, times=3),)
    scenario = day(("sit", 3600.0), faults=faults).model_copy(update={"at_end": "repeat"})
    struck = Struck()
    fate = Fate(scenario, struck, 1)  # type: ignore[arg-type]
    fate.begin(1000.0)
    assert struck.agenda == [1060.0]
    fate._strike(faults[0], 1060.0)
    assert struck.agenda == [1060.0, 4660.0, 1160.0, 1260.0]
    assert struck.dropped == 1
