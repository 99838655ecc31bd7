"""A wearable's life without its radio: a body, a chip that samples it and a firmware, all on one clock."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from firmware_sim.clock import Clock
from firmware_sim.profiles.base import Circumstances, Felt, Profile
from firmware_sim.scenario import Activity, Scenario
from firmware_sim.sensor import Sensor, SensorRules
from firmware_sim.timeline import Timeline
from firmware_sim.truth import Truth
from firmware_sim.wearer import Wearer

CHUNK_S = 20.0
"""Most of the body's time that is computed at once."""
DRAIN_S_PER_PCT = 7200.0
"""A small cell lasts a week or so."""
CHARGE_S_PER_PCT = 60.0
WORN_C, ROOM_C = 31, 23
FULL_PCT = 87.0
"""Charge at the start of a day."""

P = TypeVar("P", bound=Profile)


class Life(Generic[P]):
    """One wearable on one wearer, as far as it needs no radio."""

    def __init__(
        self,
        make: Callable[..., P],
        clock: Clock,
        scenario: Scenario,
        *,
        seed: int = 1,
        placement: str = "thigh",
        sensor_rules: SensorRules | None = None,
        truth: Truth | None = None,
        **options: Any,
    ) -> None:
        """`make` is an entry of `PROFILES`; `options` are what that device can be set to."""
        self.clock = clock
        self.truth = truth or Truth()
        self.timeline = Timeline(scenario, self.truth)
        self.wearer = Wearer(self.timeline, placement, seed)
        self.sensor = Sensor(self.wearer, seed, sensor_rules)
        self.profile = make(self.catch_up, seed, placement, **options)
        self.now_s = 0.0
        """How far body and sensor have lived, in seconds since the day's origin."""
        self.charge_pct = FULL_PCT
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._sampling = self.profile.sampling()
        self._start_sensor()

    # -- what the wearer feels and does ------------------------------------------------------------------------------

    def press_button(self, double: bool = False) -> None:
        """Press the button once (acknowledge) or twice (snooze)."""
        self.catch_up()
        self._press(double)

    def _press(self, double: bool) -> None:
        self.profile.press(self.sensor.device_us(self.now_s), double)

    def call(self) -> None:
        """Call the wearer from elsewhere, as a phone or a screen does."""
        self.catch_up()
        self.truth.event(self.now_s, "called")
        self._react()

    def feel(self, felt: Felt) -> None:
        """Let the wearer notice the device, and react to a call as the scenario says."""
        self.truth.event(self.now_s, felt.what, **felt.details)
        if felt.calls:
            self._react()

    def _react(self) -> None:
        reaction = self.timeline.react(self.now_s)
        if reaction is not None and reaction.button is not None:
            double = reaction.button == "snooze"
            self.plan(self.now_s + reaction.button_after_s, lambda: self._press(double))

    # -- what befalls the chip -----------------------------------------------------------------------------------------

    def stick(self, stuck: bool) -> None:
        """Let the chip give the same reading for ever, or live again."""
        self.truth.event(self.now_s, "sensor_stuck" if stuck else "sensor_lives")
        self.sensor.stuck = stuck

    def slip(self, turn_deg: float) -> None:
        """Slide round the limb, and stay there."""
        self.truth.event(self.now_s, "slip", turn_deg=turn_deg)
        self.wearer.slip(self.now_s, turn_deg)

    # -- time --------------------------------------------------------------------------------------------------------

    def plan(self, at_s: float, action: Callable[[], None]) -> None:
        """Do something at a moment of this life."""
        heapq.heappush(self._agenda, (at_s, next(self._order), action))

    def catch_up(self) -> int:
        """Let the body live and the chip sample up to this moment; return the device's clock."""
        until_s = self.clock.now_s() - self.clock.origin_s
        while self._agenda and self._agenda[0][0] <= until_s:
            at_s, _, action = heapq.heappop(self._agenda)
            self._live_until(at_s)
            action()
        self._live_until(until_s)
        return self.sensor.device_us(self.now_s)

    def _live_until(self, until_s: float) -> None:
        while self.now_s < until_s:
            self._restart_sensor()
            since_s = self.now_s
            self.now_s = min(until_s, self.now_s + CHUNK_S)
            self._notice_wear(self.timeline.pass_time(self.now_s), self.now_s - since_s)
            self.profile.feed(self.sensor.read(self.now_s))

    def _notice_wear(self, activity: Activity, lasted_s: float) -> None:
        """Let the device feel the charger, the skin and its battery."""
        worn = activity.posture != "not_worn"
        change_pct = lasted_s / (CHARGE_S_PER_PCT if activity.charging else -DRAIN_S_PER_PCT)
        self.charge_pct = min(100.0, max(0.0, self.charge_pct + change_pct))
        warmth_c = WORN_C if worn else ROOM_C
        self.sensor.warm(self.now_s, warmth_c)
        self.profile.notice(Circumstances(worn, activity.charging, round(self.charge_pct), warmth_c))

    def _restart_sensor(self) -> None:
        sampling = self.profile.sampling()
        if sampling != self._sampling:
            self._sampling = sampling
            self._start_sensor()

    def _start_sensor(self) -> None:
        own = self._sampling
        self.sensor.start(self.now_s, own.rate_hz, own.range_g, own.counts_per_g, own.step)
