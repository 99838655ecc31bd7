"""Drivers and simulated devices that were written apart meet on the air: the real link on the real Bluetooth stack."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from firmware_sim.scenario import Activity, Scenario
from monitor.model import AccelBlock, BatteryLevel, LinkEvent, LinkState, PacketRefused, WearableFacts
from tests.support.air import Facts
from tests.support.simulated import worn

STANDING = Scenario(title="Stands still", activities=(Activity(do="stand", duration_s=3600),))
STREAM_S = 120.0
SLACK_S = 2.0
"""A tenth of a second of wall time: at this speed the radio's jitter is twenty times what it is."""


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


def at_rate(facts: Facts, rate_hz: float) -> list[AccelBlock]:
    return [block for block in facts.of(AccelBlock) if block.rate_hz == rate_hz]


def spanned_s(blocks: list[AccelBlock]) -> float:
    return float(blocks[-1].t_s[-1] - blocks[0].t_s[0]) if blocks else 0.0


@pytest.mark.parametrize(("profile", "kind", "rules", "rate_hz"), CASES)
async def test_a_wearable_is_read_as_its_page_says(
    profile: str, kind: str, rules: dict[str, Any], rate_hz: float
) -> None:
    async with worn(profile, kind, rules) as (_, _, facts):
        await facts.until(lambda: spanned_s(at_rate(facts, rate_hz)) >= STREAM_S)
        assert facts.states[-1] is LinkState.STREAMING
    blocks = at_rate(facts, rate_hz)
    t_s = np.concatenate([block.t_s for block in blocks])
    xyz_g = np.concatenate([block.xyz_g for block in blocks])
    assert (np.diff(t_s) > 0).all()
    # A busy machine loses some; and what it holds up for long, a sensor without stamps is taken to have lost.
    missing_s = sum(block.gap_before_s or 0.0 for block in blocks[1:])
    assert 0.9 * rate_hz * (spanned_s(blocks) - missing_s) < len(t_s) - 1 < 1.1 * rate_hz * spanned_s(blocks)
    assert float(np.median(np.linalg.norm(xyz_g, axis=1))) == pytest.approx(1.0, abs=0.05)
    assert not facts.of(PacketRefused)
    assert facts.states.count(LinkState.CONNECTED) == 1
    assert facts.of(BatteryLevel)[-1].percent in range(101)
    assert facts.of(WearableFacts)


async def test_an_older_verity_that_sends_counts_is_read_as_well() -> None:
    async with worn("verity", "polar", firmware="old") as (_, _, facts):
        await facts.until(lambda: len(facts.indices) > 52 * 20)
    norms_g = np.linalg.norm(np.concatenate([block.xyz_g for block in facts.of(AccelBlock)]), axis=1)
    assert float(np.median(norms_g)) == pytest.approx(1.0, abs=0.05)
    assert not facts.of(PacketRefused)


@pytest.mark.parametrize(("profile", "kind"), [("polar-h10", "polar"), ("movesense", "movesense")])
async def test_lost_packets_are_seen_by_their_stamps(profile: str, kind: str) -> None:
    async with worn(profile, kind) as (wearable, _, facts):
        await facts.until(lambda: len(facts.indices) > 25 * 10)
        wearable.profile.drop_probability = 0.2
        await facts.until(lambda: sum(block.gap_before_s > 0 for block in facts.of(AccelBlock)[1:]) > 4)
        wearable.profile.drop_probability = 0.0
    blocks = facts.of(AccelBlock)
    missing_s = sum(block.gap_before_s or 0 for block in blocks)
    assert len(facts.indices) / blocks[0].rate_hz + missing_s == pytest.approx(spanned_s(blocks), abs=SLACK_S)


@pytest.mark.parametrize(
    ("profile", "kind"),
    [("polar-h10", "polar"), ("verity", "polar"), ("movesense", "movesense"), ("witmotion", "witmotion")],
)
async def test_out_of_range_and_back_is_a_gap(profile: str, kind: str) -> None:
    async with worn(profile, kind) as (wearable, _, facts):
        await facts.until(lambda: len(facts.indices) > 25 * 10)
        wearable.out_of_range(True)
        await facts.until_state(LinkState.LOST)
        seen = len(facts.of(AccelBlock))
        wearable.out_of_range(False)
        await facts.until(lambda: len(facts.of(AccelBlock)) > seen + 10)
    blocks = facts.of(AccelBlock)
    gap_s = blocks[seen].gap_before_s
    assert gap_s == pytest.approx(blocks[seen].t_s[0] - blocks[seen - 1].t_s[-1], abs=SLACK_S)
    assert blocks[-1].segment == blocks[seen - 1].segment
    assert (np.diff(np.concatenate([block.t_s for block in blocks])) > 0).all()


@pytest.mark.parametrize(("profile", "kind"), [("polar-h10", "polar"), ("movesense", "movesense")])
async def test_a_reboot_begins_a_new_segment(profile: str, kind: str) -> None:
    async with worn(profile, kind) as (wearable, _, facts):
        await facts.until(lambda: len(facts.indices) > 25 * 20)
        wearable.reboot()
        await facts.until(lambda: facts.of(AccelBlock)[-1].segment == 1)
    assert (np.diff(np.concatenate([block.t_s for block in facts.of(AccelBlock)])) > 0).all()


async def test_a_radio_that_takes_only_short_packets_is_told_by_its_reason() -> None:
    async with worn("polar-h10", "polar", max_mtu=50) as (_, _, facts):
        await facts.until_state(LinkState.LOST)
    (lost, *_) = [event for event in facts.of(LinkEvent) if event.state is LinkState.LOST]
    assert "short packets" in lost.detail


WANT_TO_BE_PAIRED = [("polar-h10", "polar"), ("verity", "polar"), ("movesense", "movesense")]


@pytest.mark.parametrize(("profile", "kind"), WANT_TO_BE_PAIRED)
async def test_a_sensor_that_wants_to_be_paired_is_paired_with(profile: str, kind: str) -> None:
    """bumble, like Windows, begins no pairing by itself."""
    async with worn(profile, kind, pairing=True) as (_, _, facts):
        await facts.until(lambda: facts.of(AccelBlock))
    assert facts.states.count(LinkState.CONNECTED) == 1


@pytest.mark.parametrize(("profile", "kind"), WANT_TO_BE_PAIRED)
async def test_a_sensor_that_refuses_to_be_paired_says_what_to_do(profile: str, kind: str) -> None:
    async with worn(profile, kind, pairing=True) as (wearable, _, facts):
        wearable.refuse_pairing(True)
        await facts.until_state(LinkState.LOST)
    (lost, *_) = [event for event in facts.of(LinkEvent) if event.state is LinkState.LOST]
    assert "pairing with" in lost.detail
    assert "end its pairing with other devices" in lost.detail


async def test_measurements_in_many_short_packets_are_put_together() -> None:
    async with worn("movesense", "movesense", max_mtu=23) as (_, _, facts):
        await facts.until(lambda: len(facts.indices) > 20 * 30)
    assert not any(block.gap_before_s for block in facts.of(AccelBlock))
    assert not facts.of(PacketRefused)
    assert facts.of(WearableFacts)[0].model == "Movesense"


@pytest.mark.parametrize("options", [{"ragged": 0.9}, {"max_mtu": 23}])
async def test_a_stream_cut_anywhere_is_put_together(options: dict[str, Any]) -> None:
    async with worn("witmotion", "witmotion", scenario=STANDING, **options) as (_, _, facts):
        await facts.until(lambda: len(facts.indices) > 20 * 30)
    assert not facts.of(PacketRefused)
    norms_g = np.linalg.norm(np.concatenate([block.xyz_g for block in facts.of(AccelBlock)]), axis=1)
    assert float(np.median(norms_g)) == pytest.approx(1.0, abs=0.05)
    assert norms_g.max() < 3


async def test_a_verity_that_settles_slowly_is_asked_again() -> None:
    async with worn("verity", "polar", settles_s=5.0) as (_, _, facts):
        await facts.until(lambda: len(facts.indices) > 52 * 10)
    assert facts.states.count(LinkState.CONNECTED) == 1
