"""Watches and boards that people own: each as the simulator plays it, read by the real link and its driver."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from firmware_sim.peripheral import VirtualWearable
from firmware_sim.sensor import SensorRules
from firmware_sim.truth import Truth
from monitor.model import (
    AccelBlock,
    Answer,
    AnswerKind,
    BatteryLevel,
    LinkEvent,
    LinkState,
    Nudge,
    PacketRefused,
    Quality,
    WearableFacts,
)
from monitor.transport.ble import Link
from tests.support.air import Facts
from tests.support.patience import PATIENCE_S
from tests.support.simulated import worn

WATCHED_WALL_S = 6.0
NUMBER = 0x0102
FELT = {"alert_started", "notification_shown", "text_shown", "light"}
"""Words of the simulator for a call that reaches the wearer."""


class Diary(Truth):
    """Remembers the calls that reached the wearer, and lets a test wait for them."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = asyncio.Semaphore(0)

    def event(self, at_s: float, event: str, **data: object) -> None:
        if event in FELT:
            self.calls.release()


@dataclass(frozen=True)
class Case:
    """One device as it is simulated, and what must come of it."""

    kind: str
    rate_hz: float
    options: dict[str, Any] = field(default_factory=dict)
    scenario: str | Path = "office_day"
    settings: dict[str, Any] = field(default_factory=dict)
    """Of the driver, where they are not the usual ones."""
    speed: float = 20.0
    nudge: str = "stand_up"
    battery: bool = True
    presses: tuple[AnswerKind, ...] = (AnswerKind.ACKNOWLEDGED, AnswerKind.SNOOZED)
    """What one press of the button says, and two."""


CASES = {
    "infinitime": Case("infinitime", 10.0, presses=()),
    # One notification a sample: faster than this, a busy machine's radio drops some, as a board's would
    "microbit-v2": Case("microbit", 25.0, speed=10.0, battery=False),
    "microbit-v1": Case("microbit", 50.0, {"board": "v1"}, speed=5.0, battery=False, presses=()),
    "bangle": Case("bangle", 12.5),
    "thingy52": Case("thingy52", 25.0, speed=10.0),
}
RINGING = Case("infinitime", 10.0, settings={"ring_when_repeated": True}, nudge="urgent")
ANSWERED = {"infinitime-ringing": RINGING}
ON_TABLE = Path(__file__).parent / "scenarios" / "on_the_table.toml"
STILL = Case("infinitime", 10.0, {"sensor_rules": SensorRules(noise_mg=0.0)}, ON_TABLE)
"""A chip without noise on a table: nothing changes."""


def on_a_body(case: Case) -> AbstractAsyncContextManager[tuple[VirtualWearable[Any], Link, Facts]]:
    """The device on a body, and the monitor's link to it."""
    options = {"truth": Diary(), "scenario": case.scenario, **case.options}
    return worn(case.kind, case.kind, case.settings, speed=case.speed, **options)


def times_s(facts: Facts) -> np.ndarray[Any, Any]:
    return np.concatenate([block.t_s for block in facts.of(AccelBlock)] or [np.empty(0)])


def watched_s(facts: Facts) -> float:
    times = times_s(facts)
    return float(times[-1] - times[0]) if len(times) else 0.0


@pytest.mark.parametrize("name", CASES)
async def test_samples_come_over_the_air_with_their_rate_and_times(name: str) -> None:
    case = CASES[name]
    async with on_a_body(case) as (_, _, facts):
        await facts.until(lambda: watched_s(facts) > WATCHED_WALL_S * case.speed)
    times, xyz_g = times_s(facts), np.concatenate([block.xyz_g for block in facts.of(AccelBlock)])
    assert np.all(np.diff(times) > 0)
    assert abs(len(times) / watched_s(facts) / case.rate_hz - 1) < 0.1  # a busy machine polls a watch late
    assert facts.of(AccelBlock)[-1].rate_hz == pytest.approx(case.rate_hz, rel=0.01)
    assert float(np.median(np.linalg.norm(xyz_g, axis=1))) == pytest.approx(1.0, abs=0.06)
    assert not facts.of(PacketRefused)
    assert {block.segment for block in facts.of(AccelBlock)[-20:]} == {facts.of(AccelBlock)[-1].segment}
    assert facts.of(WearableFacts)[0].can_alert
    levels = [level.percent for level in facts.of(BatteryLevel)]
    assert levels == [87] if case.battery else not levels


async def test_a_watch_that_lies_still_is_silent_and_yet_known() -> None:
    async with on_a_body(STILL) as (_, _, facts):
        await facts.until(lambda: watched_s(facts) > 60.0)
    times, xyz_g = times_s(facts), np.concatenate([block.xyz_g for block in facts.of(AccelBlock)])
    assert np.mean(np.all(np.diff(xyz_g, axis=0) == 0, axis=1)) > 0.95
    assert float(np.diff(times).max()) < 0.3
    assert all(Quality.CHANGE_ONLY in block.quality for block in facts.of(AccelBlock))


async def test_a_still_watch_out_of_reach_is_unknown() -> None:
    async with on_a_body(STILL) as (device, _, facts):
        await facts.until(lambda: watched_s(facts) > 20.0)
        device.out_of_range(True)
        await facts.until_state(LinkState.LOST)
        lost_s = facts.of(LinkEvent)[-1].at_s
        await asyncio.sleep(1.0)
        device.out_of_range(False)
        await facts.until(lambda: times_s(facts)[-1] > lost_s + 30.0)
    times = times_s(facts)
    (gap,) = np.flatnonzero(np.diff(times) > 2.0)
    assert times[gap] < lost_s
    assert times[gap + 1] > lost_s


@pytest.mark.parametrize("name", CASES | ANSWERED)
async def test_an_alert_is_felt_and_the_button_answers(name: str) -> None:
    case = (CASES | ANSWERED)[name]
    async with on_a_body(case) as (device, link, facts):
        await facts.until_state(LinkState.STREAMING)
        for number, kind in enumerate(case.presses or (None,)):
            link.alert(Nudge(case.nudge, NUMBER + number, 600.0, "Time for a break?", "Seated for 30 minutes."))
            async with asyncio.timeout(PATIENCE_S):
                await device.truth.calls.acquire()
            if kind is not None:
                device.press_button(double=kind is AnswerKind.SNOOZED)
                await facts.until(lambda kind=kind: any(answer.kind is kind for answer in facts.of(Answer)))
    given = [(answer.kind, answer.alert_number) for answer in facts.of(Answer)]
    assert [pair for pair in given if pair[0] not in (AnswerKind.STARTED, AnswerKind.FINISHED)] == [
        (kind, NUMBER + number) for number, kind in enumerate(case.presses)
    ]
