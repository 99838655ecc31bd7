"""What goes wrong in a day, at its moment: over the air, as a host meets it."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from itertools import pairwise
from types import SimpleNamespace

import pytest
from bumble.att import ATT_Error
from bumble.core import BaseBumbleError
from msgspec.structs import replace

from firmware_sim.faults import Fate
from firmware_sim.scenario import (
    BatteryFalls,
    Disconnects,
    DropNotifications,
    Fault,
    LostBursts,
    OutOfRange,
    RefusePairing,
    StuckSensor,
)
from tests.firmware.any_host import AnyHost, connect, day, linked, worn
from tests.support.patience import PATIENCE_S

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
    fault = LostBursts(at_s=60, duration_s=600, burst_s=10, every_s=60)
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
    fault = Disconnects(at_s=60, every_s=300, times=3)
    async with worn("polar-h10", day(("sit", 3600.0), faults=(fault,))) as (strap, device):
        for until_s in (61.0, 300.0, 300.0):
            host = await connect(device, strap.address)
            await strap.advance(until_s)
            async with asyncio.timeout(PATIENCE_S):
                await host.lost.wait()
        host = await connect(device, strap.address)
        await strap.advance(600.0)
        assert not host.lost.is_set()


async def test_a_device_that_forgets_its_hosts_pairs_with_none_for_a_while() -> None:
    fault = RefusePairing(at_s=60, duration_s=600)
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
    fault = StuckSensor(at_s=60, duration_s=60)
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
    fault = BatteryFalls(at_s=60, duration_s=600, level_pct=5)
    async with linked("polar-h10", day(("sit", 3600.0), faults=(fault,))) as (strap, host):
        levels = await host.subscribe(BATTERY)
        await strap.advance(700.0)
        told = [level[0] for level in levels]
        assert told[:3] == [86, 85, 84]
        assert told[-1] == 5
        assert await host.read(BATTERY) == b"\x05"


class Struck:
    """A wearable of which only the agenda matters: its life is what was planned, in order."""

    def __init__(self) -> None:
        self.agenda: list[tuple[float, Callable[[], None]]] = []
        self.profile = SimpleNamespace(drop_probability=0.1)
        self.now_s = 0.0
        self.links_lost_s: list[float] = []
        self.absences: list[tuple[float, bool]] = []
        self.lost_shares: list[tuple[float, float]] = []

    def plan(self, at_s: float, action: Callable[[], None]) -> None:
        self.agenda.append((at_s, action))

    def drop_link(self) -> None:
        self.links_lost_s.append(self.now_s)

    def out_of_range(self, away: bool) -> None:
        self.absences.append((self.now_s, away))

    def live_until(self, until_s: float) -> None:
        while self.agenda and (due := min(self.agenda, key=lambda planned: planned[0]))[0] <= until_s:
            self.agenda.remove(due)
            self.now_s = due[0]
            due[1]()
            self.lost_shares.append((self.now_s, self.profile.drop_probability))


def struck_by(*faults: Fault, at_end: str = "rest") -> Struck:
    struck = Struck()
    scenario = replace(day(("sit", 3600.0), faults=faults), at_end=at_end)
    Fate(scenario, struck, 1).begin(1000.0)  # type: ignore[arg-type]
    return struck


def test_a_day_that_repeats_repeats_its_faults() -> None:
    struck = struck_by(Disconnects(at_s=60, every_s=100, times=3), at_end="repeat")
    struck.live_until(5000.0)
    assert struck.links_lost_s == [1060.0, 1160.0, 1260.0, 4660.0, 4760.0, 4860.0]


def test_two_absences_that_overlap_end_with_the_later_one() -> None:
    first, second = (OutOfRange(at_s=at_s, duration_s=100) for at_s in (50, 100))
    struck = struck_by(first, second)
    struck.live_until(2000.0)
    assert struck.absences == [(1050.0, True), (1100.0, True), (1200.0, False)]


def test_losses_that_overlap_lose_the_larger_share_and_end_in_what_the_device_itself_loses() -> None:
    weak = DropNotifications(at_s=50, duration_s=300, probability=0.2)
    strong = DropNotifications(at_s=100, duration_s=50, probability=0.9)
    struck = struck_by(weak, strong)
    struck.live_until(2000.0)
    assert struck.lost_shares == [(1050.0, 0.2), (1100.0, 0.9), (1150.0, 0.2), (1350.0, 0.1)]
