"""The two houses meet: the real link and driver against the virtual band, on the real Bluetooth stack."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from itertools import pairwise

import numpy as np
import pytest

from firmware_sim.air import Air
from firmware_sim.peripheral import VirtualWearable
from firmware_sim.profiles.deskband_gatt import DeskBandProfile
from monitor.model import (
    AccelBlock,
    Answer,
    AnswerKind,
    HoleClosed,
    HoleOpened,
    LinkState,
    Nudge,
    Quality,
    WearableFacts,
)
from monitor.transport.ble import Link
from monitor.transport.radio import Radio, RadioRules
from tests.support.air import Facts, radio_on
from tests.support.simulated import worn


@contextlib.asynccontextmanager
async def tcp_radio(air: Air) -> AsyncIterator[Radio]:
    port = await air.serve("127.0.0.1", 0)
    radio = Radio(RadioRules(backend=f"bumble:tcp-client:127.0.0.1:{port}"))
    try:
        yield radio
    finally:
        await radio.close()


def worn_band(
    over_tcp: bool = False,
) -> AbstractAsyncContextManager[tuple[VirtualWearable[DeskBandProfile], Link, Facts]]:
    """A band on a body, a minute a second, and the monitor's link to it."""
    return worn("deskband", "deskband", speed=60.0, radio_of=tcp_radio if over_tcp else radio_on)


def span(block: AccelBlock) -> range:
    """Indices of a block's samples."""
    assert block.first_index is not None
    return range(block.first_index, block.first_index + len(block.t_s))


def assert_exactly_once(facts: Facts, band: VirtualWearable[DeskBandProfile]) -> None:
    """Every sample between the first and the last came once, as the band has stored it; live ones in order."""
    blocks: list[AccelBlock] = sorted(facts.of(AccelBlock), key=lambda block: span(block).start)
    live = [block for block in facts.of(AccelBlock) if Quality.REPLAYED not in block.quality]
    assert all(span(a).stop <= span(b).start for a, b in pairwise(live))
    indices = sorted(facts.indices)
    assert indices == list(range(indices[0], indices[-1] + 1))
    assert np.all(np.diff(np.concatenate([block.t_s for block in blocks])) > 0)
    stored = {
        stored.first_index + i: xyz
        for stored in band.profile.firmware.ring.blocks
        for i, xyz in enumerate(stored.counts)
    }
    for block in blocks:
        assert np.allclose(block.xyz_g, np.array([stored[index] for index in span(block)]) / 4096, atol=1e-6)


@pytest.mark.parametrize("over_tcp", [False, True], ids=["in process", "over TCP"])
async def test_samples_arrive_in_order_and_exactly_once(over_tcp: bool) -> None:
    async with worn_band(over_tcp) as (band, _, facts):
        await facts.until(lambda: len(facts.indices) > 25 * 120)
    assert_exactly_once(facts, band)
    (said,) = facts.of(WearableFacts)
    assert (said.placement, said.can_alert) == ("thigh", True)


@pytest.mark.parametrize("over_tcp", [False, True], ids=["in process", "over TCP"])
async def test_what_was_missed_out_of_range_comes_by_replay(over_tcp: bool) -> None:
    async with worn_band(over_tcp) as (band, _, facts):
        await facts.until(lambda: len(facts.indices) > 25 * 30)
        band.out_of_range(True)
        await facts.until_state(LinkState.LOST)
        seen = len(facts.indices)
        band.out_of_range(False)
        await facts.until_state(LinkState.STREAMING, 2)
        await facts.until(lambda: facts.of(HoleClosed))
        await facts.until(lambda: len(facts.indices) > seen + 25 * 60)
    assert facts.of(HoleOpened)
    assert all(closed.filled for closed in facts.of(HoleClosed))
    assert_exactly_once(facts, band)


async def test_notifications_lost_on_the_air_are_fetched_again() -> None:
    async with worn_band() as (band, _, facts):
        await facts.until(lambda: facts.indices)
        band.profile.drop_probability = 0.2
        await facts.until(lambda: len(facts.of(HoleOpened)) > 3)
        band.profile.drop_probability = 0.0
        await facts.until(lambda: len(facts.of(HoleClosed)) == len(facts.of(HoleOpened)))
    assert_exactly_once(facts, band)


async def test_a_nudge_buzzes_the_band_and_its_button_answers() -> None:
    async with worn_band() as (band, link, facts):
        await facts.until_state(LinkState.STREAMING)
        link.alert(Nudge("stand_up", 0x0102, 600.0))
        await facts.until(lambda: any(a.kind is AnswerKind.STARTED for a in facts.of(Answer)))
        band.press_button()
        await facts.until(lambda: any(a.kind is AnswerKind.ACKNOWLEDGED for a in facts.of(Answer)))
    assert {answer.alert_number for answer in facts.of(Answer)} == {0x0102}


async def test_what_is_stored_here_is_acknowledged_to_the_band() -> None:
    async with worn_band() as (band, link, facts):
        await facts.until(lambda: len(facts.indices) > 25 * 30)
        last: AccelBlock = facts.of(AccelBlock)[-1]
        link.stored(last.segment, span(last).start)
        await facts.until(lambda: band.profile.firmware.ring.blocks[0].first_index > 0)
    assert band.profile.firmware.ring.blocks[0].first_index <= span(last).start
