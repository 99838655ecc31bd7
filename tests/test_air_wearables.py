"""Drivers and simulated devices that were written apart meet on the air: the real link on the real Bluetooth stack."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest

from firmware_sim.air import Air
from firmware_sim.clock import ScaledClock
from firmware_sim.peripheral import VirtualWearable, virtual_wearable
from monitor.clock import Clock
from monitor.model import AccelBlock, BatteryLevel, LinkState, PacketRefused, WearableFacts
from monitor.transport.ble import Link
from monitor.wearables import WEARABLES
from tests.support.air import Facts, linked, radio_on

SPEED = 20.0
WALL_S = 10.0


@contextlib.asynccontextmanager
async def worn(
    profile: str, kind: str, rules: dict[str, Any] | None = None, speed: float = SPEED, **options: Any
) -> AsyncIterator[tuple[VirtualWearable[Any], Link, Facts]]:
    """A device on a body, and the monitor's link to it."""
    origin_s = time.time()
    driver_class = WEARABLES[kind]
    driver = driver_class(driver_class.RULES(**(rules or {})))
    async with (
        Air() as air,
        virtual_wearable(profile, air=air, clock=ScaledClock(origin_s, speed), **options) as wearable,
    ):
        async with radio_on(air) as radio, linked(radio, driver, clock=Clock(origin_s, speed)) as (link, facts):
            yield wearable, link, facts
        await asyncio.sleep(0.1)  # let it advertise again before it is switched off


CASES = [
    ("polar-h10", "polar", {}, 25.0),
    ("polar-h10", "polar", {"rate_hz": 100}, 100.0),
    ("verity", "polar", {}, 52.0),
    ("verity", "polar", {"sdk_mode": True, "rate_hz": 26}, 26.0),
    ("movesense", "movesense", {}, 26.0),
    ("movesense", "movesense", {"rate_hz": 104}, 104.0),
    ("witmotion", "witmotion", {}, 20.0),
    ("witmotion", "witmotion", {"rate_hz": 50}, 50.0),
]


@pytest.mark.parametrize(("profile", "kind", "rules", "rate_hz"), CASES)
async def test_a_wearable_is_read_as_its_page_says(
    profile: str, kind: str, rules: dict[str, Any], rate_hz: float
) -> None:
    async with worn(profile, kind, rules) as (_, _, facts):
        await facts.until(lambda: facts.of(AccelBlock) and facts.of(AccelBlock)[-1].rate_hz == rate_hz, 10.0)
        await asyncio.sleep(WALL_S / 2)
        assert facts.states[-1] is LinkState.STREAMING
    blocks = [block for block in facts.of(AccelBlock) if block.rate_hz == rate_hz]
    t_s = np.concatenate([block.t_s for block in blocks])
    xyz_g = np.concatenate([block.xyz_g for block in blocks])
    assert (np.diff(t_s) > 0).all()
    assert (len(t_s) - 1) / (t_s[-1] - t_s[0]) == pytest.approx(rate_hz, rel=0.05)
    assert float(np.median(np.linalg.norm(xyz_g, axis=1))) == pytest.approx(1.0, abs=0.05)
    assert not facts.of(PacketRefused)
    assert facts.states.count(LinkState.CONNECTED) == 1
    assert facts.of(BatteryLevel)[-1].percent in range(101)
    assert facts.of(WearableFacts)
