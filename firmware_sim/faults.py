"""What goes wrong in a day: each fault of a scenario strikes the wearable at its moment."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol

from firmware_sim.scenario import (
    Battery,
    BatteryFalls,
    Disconnects,
    DropNotifications,
    Fault,
    LostBursts,
    OutOfRange,
    Reboot,
    RefusePairing,
    Scenario,
    Slip,
    Stretch,
    StuckSensor,
)


class Afflicted(Protocol):
    """The wearable, as a fault sees it."""

    profile: Any
    charge_pct: float
    now_s: float
    """How far its life has come, in seconds since the day's origin."""

    def plan(self, at_s: float, action: Callable[[], None]) -> None:
        """Do something at a moment of its life."""

    def out_of_range(self, away: bool) -> None:
        """Carry it out of reach, or bring it back."""

    def drop_link(self) -> None:
        """Let the link be lost; it advertises again at once."""

    def lose_power(self) -> None:
        """Restart it."""

    def refuse_pairing(self, refused: bool) -> None:
        """Forget all hosts and trust none, or be willing again."""

    def stick(self, stuck: bool) -> None:
        """Let its chip give the same reading for ever, or live again."""

    def slip(self, turn_deg: float) -> None:
        """Let it slide round the limb, and stay there."""


class Fate:
    """Plans and carries out the faults of a scenario."""

    def __init__(self, scenario: Scenario, wearable: Afflicted, seed: int) -> None:
        self._scenario = scenario
        self._wearable = wearable
        self._random = random.Random(f"fate {seed}")
        self._under_way: Counter[str] = Counter()
        """How many stretches of a kind have begun and not ended: where they overlap, the last one's end counts."""
        self._lost_shares: list[float] = []
        """What the device itself loses of its notifications, and what each fault under way does."""

    def begin(self, begun_s: float) -> None:
        """Plan everything for a day that begins now."""
        self._lost_shares = [self._wearable.profile.drop_probability]
        for fault in self._scenario.faults:
            self._plan(fault, begun_s + fault.at_s)

    def _plan(self, fault: Fault, at_s: float) -> None:
        self._wearable.plan(at_s, lambda: self._strike(fault, at_s))

    def _strike(self, fault: Fault, at_s: float) -> None:
        if self._scenario.at_end == "repeat":
            self._plan(fault, at_s + self._scenario.length_s)
        wearable = self._wearable
        match fault:
            case OutOfRange():
                self._for_a_while(fault, wearable.out_of_range)
            case RefusePairing():
                self._for_a_while(fault, wearable.refuse_pairing)
            case StuckSensor():
                self._for_a_while(fault, wearable.stick)
            case DropNotifications():
                self._drop(fault.probability, fault.duration_s)
            case LostBursts():
                self._lose_bursts(fault, at_s)
            case Disconnects():
                self._disconnect(fault, at_s)
            case Reboot():
                wearable.lose_power()
            case Battery():
                wearable.charge_pct = float(fault.level_pct)
            case BatteryFalls():
                self._let_fall(fault)
            case Slip():
                wearable.slip(fault.turn_deg)

    def _for_a_while(self, fault: Stretch, turn: Callable[[bool], None]) -> None:
        kind = type(fault).__name__
        self._under_way[kind] += 1
        turn(True)

        def end() -> None:
            self._under_way[kind] -= 1
            if not self._under_way[kind]:
                turn(False)

        self._wearable.plan(self._wearable.now_s + fault.duration_s, end)

    def _drop(self, share: float, duration_s: float) -> None:
        self._lost_shares.append(share)
        self._lose_notifications()

        def end() -> None:
            self._lost_shares.remove(share)
            self._lose_notifications()

        self._wearable.plan(self._wearable.now_s + duration_s, end)

    def _lose_notifications(self) -> None:
        self._wearable.profile.drop_probability = max(self._lost_shares)

    def _lose_bursts(self, fault: LostBursts, at_s: float) -> None:
        """Plan bursts as a radio loses them (Gilbert 1960): lengths and distances have no memory."""
        until_s = at_s + fault.duration_s
        burst_s = at_s + self._random.expovariate(1.0 / fault.every_s)
        while burst_s < until_s:
            lasts_s = min(self._random.expovariate(1.0 / fault.burst_s), until_s - burst_s)
            self._wearable.plan(burst_s, lambda lasts_s=lasts_s: self._drop(1.0, lasts_s))  # type: ignore[misc]
            burst_s += lasts_s + self._random.expovariate(1.0 / fault.every_s)

    def _disconnect(self, fault: Disconnects, at_s: float) -> None:
        for turn in range(1, fault.times):
            self._wearable.plan(at_s + turn * fault.every_s, self._wearable.drop_link)
        self._wearable.drop_link()

    def _let_fall(self, fault: BatteryFalls) -> None:
        """Let the charge fall by one per cent after the other."""
        now_s, highest = self._wearable.now_s, round(self._wearable.charge_pct)
        for step in range(1, highest - fault.level_pct + 1):
            at_s = now_s + fault.duration_s * step / (highest - fault.level_pct)
            self._wearable.plan(at_s, lambda level=highest - step: self._charge(level))  # type: ignore[misc]

    def _charge(self, level_pct: int) -> None:
        self._wearable.charge_pct = float(level_pct)
