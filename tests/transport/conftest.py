"""A virtual air that gives up a link soon after it falls silent, and a pebble on it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from firmware_sim.air import Air
from tests.support.air import PebblePeripheral


@pytest.fixture
async def air() -> AsyncIterator[Air]:
    async with Air(supervision_timeout_s=0.2) as air:
        yield air


@pytest.fixture
async def pebble(air: Air) -> PebblePeripheral:
    pebble = PebblePeripheral(air.join("pebble"))
    await pebble.power_on()
    return pebble
