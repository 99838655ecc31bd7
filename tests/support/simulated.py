"""A simulated wearable on a body, and the monitor's own link and driver that read it over the virtual air."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from firmware_sim.air import Air
from firmware_sim.clock import ScaledClock
from firmware_sim.peripheral import VirtualWearable, virtual_wearable
from monitor.clock import Clock
from monitor.transport.ble import Link
from monitor.transport.radio import Radio
from monitor.wearables import WEARABLES
from tests.support.air import Facts, linked, radio_on


@contextlib.asynccontextmanager
async def worn(
    profile: str,
    kind: str,
    rules: dict[str, Any] | None = None,
    *,
    speed: float = 20.0,
    radio_of: Callable[[Air], AbstractAsyncContextManager[Radio]] = radio_on,
    **options: Any,
) -> AsyncIterator[tuple[VirtualWearable[Any], Link, Facts]]:
    """``profile`` as the simulator names it, ``kind`` as the monitor does; ``options`` are the simulated device's."""
    origin_s = time.time()
    driver = WEARABLES[kind]
    async with (
        Air() as air,
        virtual_wearable(profile, air=air, clock=ScaledClock(origin_s, speed), **options) as wearable,
        radio_of(air) as radio,
        linked(radio, driver(driver.RULES(**(rules or {}))), clock=Clock(origin_s, speed)) as (link, facts),
    ):
        yield wearable, link, facts
