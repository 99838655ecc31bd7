"""What devices with demands on their link share: identity, wakefulness, movement, a queue that knows who listens."""

from __future__ import annotations

import numpy as np
import pytest
from bumble.core import TimeoutError as BumbleTimeout
from bumble.hci import Address

from firmware_sim.profiles.linked import identity, static_address
from firmware_sim.profiles.stirring import MovementDetector, Wakefulness
from tests.firmware.any_host import connect, linked, worn

MEASUREMENT = "00002a37-0000-1000-8000-00805f9b34fb"


@pytest.mark.parametrize("seed", range(5))
def test_an_address_is_static_random_and_belongs_to_kind_and_seed(seed: int) -> None:
    address = static_address(identity("movesense", seed))
    assert int(address[:2], 16) & 0xC0 == 0xC0
    assert address == static_address(identity("movesense", seed))
    assert address not in {static_address(identity("movesense", seed + 1)), static_address(identity("polar", seed))}


def test_wakefulness_runs_out_unless_stirred_or_endless() -> None:
    now_s = [0.0]
    awake = Wakefulness(60.0, lambda: now_s[0])
    assert not awake.over()
    now_s[0] = 59.0
    assert not awake.over()
    awake.stir()
    now_s[0] = 118.0
    assert not awake.over()
    now_s[0] = 119.0
    assert awake.over()
    awake.lasts_s = None
    assert not awake.over()


def test_movement_is_a_difference_also_across_the_border_of_two_readings() -> None:
    detector = MovementDetector(0.1)
    still = np.tile([0.0, 0.0, 1.0], (10, 1))
    assert not detector.moved(still)
    assert not detector.moved(still + 0.05)
    assert detector.moved(still + 0.2)
    assert not detector.moved(np.empty((0, 3)))


async def test_nothing_queues_for_a_host_that_has_not_subscribed() -> None:
    async with linked("thingy52") as (wearable, _host):
        await wearable.advance(60.0)
        assert wearable.profile.dropped == 0


async def test_a_host_that_subscribes_hears_from_then_on() -> None:
    async with linked("polar-h10") as (strap, host):
        await strap.advance(10.0)
        pulses = await host.subscribe(MEASUREMENT)
        await strap.advance(5.0)
        assert len(pulses) == 5


async def test_a_device_that_keeps_off_the_air_cannot_be_reached_until_it_is_back() -> None:
    now_s = [0.0]
    async with worn("thingy52", wall_s=lambda: now_s[0]) as (wearable, device):
        now_s[0] = 200.0
        await wearable.advance(1.0)
        with pytest.raises((BumbleTimeout, ConnectionError)):
            await device.connect_le(Address(wearable.address), timeout=0.3)
        wearable.press_button()
        await wearable.advance(1.0)
        host = await connect(device, wearable.address)
        assert not host.lost.is_set()
