"""A virtual wearable: body, sensor and firmware on one clock, on the air through bumble.

For tests, everything in one process::

    async with Air() as air, virtual_wearable("deskband", air=air, scenario="office_day", clock=SteppedClock()) as band:
        transport = air.join("host")       # the bumble Transport of the host under test
        ...                                # connect to band.address, band.name is "DeskBand-3C4D"
        await band.advance(60.0)           # a simulated minute passes; returns when its notifications are on the link
        band.out_of_range(True)            # the link drops, sampling goes on; False: back again
        band.press_button()                # acknowledges an alert; double=True snoozes it
        band.reboot()                      # the device's clock begins at zero again
        band.profile.drop_probability = 0.1
        band.timeline.spans                # the truth

With ``SteppedClock`` time passes only in ``advance``; with ``ScaledClock(speed=60)`` it runs by itself. ``origin_s`` of
the clock is the second in which the device boots and the scenario starts; one with ``starts = "when_connected"`` waits,
standing, for the first host.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Generic, TypeVar

from bumble.transport.common import Transport

from firmware_sim.air import Air
from firmware_sim.clock import Clock, ScaledClock, SteppedClock
from firmware_sim.faults import Fate
from firmware_sim.on_air import OnAir
from firmware_sim.profiles import PROFILES
from firmware_sim.profiles.base import Circumstances, Felt, Profile
from firmware_sim.profiles.deskband_gatt import DeskBandProfile, deskband
from firmware_sim.scenario import Activity, Scenario, load_scenario
from firmware_sim.sensor import Sensor, SensorRules
from firmware_sim.timeline import Timeline
from firmware_sim.truth import Truth
from firmware_sim.wearer import Wearer

TICK_S = 0.05
"""Wall time between looks at the body; at speed 60 that is three seconds of its life."""
BROADCAST_TICK_S = 0.01
"""The same for a device that only advertises: at speed 60 a Ruuvi tag has something new to say every 21 ms."""
CHUNK_S = 20.0
"""Most of the body's time that is computed at once."""
STEP_S, BROADCAST_STEP_S = 5.0, 1.0
"""Most that `advance` lets pass before it waits for the link, or for the advertisement to be out."""
DRAIN_S_PER_PCT = 7200.0
"""A small cell lasts a week or so."""
CHARGE_S_PER_PCT = 60.0
WORN_C, ROOM_C = 31, 23
FULL_PCT = 87.0
"""Charge at the start of a day."""

P = TypeVar("P", bound=Profile)


class VirtualWearable(Generic[P]):
    """One wearable on one wearer; use `virtual_wearable` to run it."""

    def __init__(
        self,
        make: Callable[..., P],
        transport: Transport,
        clock: Clock,
        scenario: Scenario,
        *,
        seed: int = 1,
        placement: str = "thigh",
        sensor_rules: SensorRules | None = None,
        truth: Truth | None = None,
        reach: Callable[[bool], None] | None = None,
        **options: Any,
    ) -> None:
        """`make` is an entry of `PROFILES`; `options` are what that device can be set to."""
        self.clock = clock
        self.truth = truth or Truth()
        self.timeline = Timeline(scenario, self.truth)
        self.wearer = Wearer(self.timeline, placement, seed)
        self.sensor = Sensor(self.wearer, seed, sensor_rules)
        self.profile = make(self._catch_up, seed, placement, **options)
        self.on_air = OnAir(self.profile, transport, self._note_link)
        self._reach = reach
        self._away = False
        self._now_s = 0.0
        self.charge_pct = FULL_PCT
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._fate = Fate(scenario, self, seed)
        self._sampling = self.profile.sampling()
        self._start_sensor()
        if self.timeline.begun_s is not None:
            self._fate.begin(self.timeline.begun_s)

    @property
    def name(self) -> str:
        """Local name, in the scan response."""
        return self.profile.name

    @property
    def address(self) -> str:
        """Static random address."""
        return self.profile.address

    @property
    def away(self) -> bool:
        """Whether it is out of everybody's reach."""
        return self._away

    # -- the wearer's hand and fate ----------------------------------------------------------------------------------

    def press_button(self, double: bool = False) -> None:
        """Press the button once (acknowledge) or twice (snooze)."""
        self._catch_up()
        self._press(double)

    def begin_day(self) -> None:
        """Let a day begin that waits for a host: at the first link, or on somebody's word."""
        if self.timeline.begun_s is None:
            self._catch_up()
            self.timeline.begin(self._now_s)
            self._fate.begin(self._now_s)

    def call(self) -> None:
        """Call the wearer from elsewhere, as a phone or a screen does."""
        self._catch_up()
        self.truth.event(self._now_s, "called")
        self._react()

    def out_of_range(self, away: bool) -> None:
        """Carry the band out of reach: the link drops; or bring it back: it is found again."""
        if away == self._away:
            return
        self._away = away
        self.truth.event(self._now_s, "out_of_range" if away else "in_range")
        if self._reach is not None:
            self._reach(away)
        else:
            self.on_air.go_silent(away)

    def reboot(self) -> None:
        """Lose the power for a moment: link, queue and clock go; what is in flash stays."""
        self._catch_up()
        self.lose_power()

    def _press(self, double: bool) -> None:
        self.profile.press(self.sensor.device_us(self._now_s), double)

    def _note_link(self, up: bool) -> None:
        self.truth.event(self._now_s, "link", up=up)
        if up:
            self.begin_day()

    # -- what a fault can do (`Afflicted`) -----------------------------------------------------------------------------

    @property
    def now_s(self) -> float:
        """How far body and sensor have lived, in seconds since the day's origin."""
        return self._now_s

    def plan(self, at_s: float, action: Callable[[], None]) -> None:
        """Do something at a moment of this life."""
        heapq.heappush(self._agenda, (at_s, next(self._order), action))

    def drop_link(self) -> None:
        """Let the link be lost; it advertises again at once."""
        self.truth.event(self._now_s, "link_dropped")
        if self._away:
            return
        if self._reach is None:
            self.on_air.cut_link()
        else:
            self._reach(True)
            self._reach(False)

    def lose_power(self) -> None:
        """Restart, at this moment of its life."""
        self.truth.event(self._now_s, "reboot")
        self.profile.reboot()
        self.sensor.boot(self._now_s)
        self.on_air.cut_link()

    def refuse_pairing(self, refused: bool) -> None:
        """Forget all hosts and trust none, or be willing again."""
        self.truth.event(self._now_s, "pairing_refused" if refused else "pairing_allowed")
        self.on_air.refuse_pairing(refused)

    def stick(self, stuck: bool) -> None:
        """Let the chip give the same reading for ever, or live again."""
        self.truth.event(self._now_s, "sensor_stuck" if stuck else "sensor_lives")
        self.sensor.stuck = stuck

    def slip(self, turn_deg: float) -> None:
        """Slide round the limb, and stay there."""
        self.truth.event(self._now_s, "slip", turn_deg=turn_deg)
        self.wearer.slip(self._now_s, turn_deg)

    # -- time --------------------------------------------------------------------------------------------------------

    def _catch_up(self) -> int:
        """Let the body live and the chip sample up to this moment; return the device's clock."""
        until_s = self.clock.now_s() - self.clock.origin_s
        while self._agenda and self._agenda[0][0] <= until_s:
            at_s, _, action = heapq.heappop(self._agenda)
            self._live_until(at_s)
            action()
        self._live_until(until_s)
        return self.sensor.device_us(self._now_s)

    def _live_until(self, until_s: float) -> None:
        while self._now_s < until_s:
            self._restart_sensor()
            since_s = self._now_s
            self._now_s = min(until_s, self._now_s + CHUNK_S)
            self._notice_wear(self.timeline.pass_time(self._now_s), self._now_s - since_s)
            self.profile.feed(self.sensor.read(self._now_s))

    def _notice_wear(self, activity: Activity, lasted_s: float) -> None:
        """Let the device feel the charger, the skin and its battery."""
        worn = activity.posture != "not_worn"
        change_pct = lasted_s / (CHARGE_S_PER_PCT if activity.charging else -DRAIN_S_PER_PCT)
        self.charge_pct = min(100.0, max(0.0, self.charge_pct + change_pct))
        warmth_c = WORN_C if worn else ROOM_C
        self.sensor.warm(self._now_s, warmth_c)
        self.profile.notice(Circumstances(worn, activity.charging, round(self.charge_pct), warmth_c))

    def _restart_sensor(self) -> None:
        sampling = self.profile.sampling()
        if sampling != self._sampling:
            self._sampling = sampling
            self._start_sensor()

    def _start_sensor(self) -> None:
        own = self._sampling
        self.sensor.start(self._now_s, own.rate_hz, own.range_g, own.counts_per_g, own.step)

    def _tick(self) -> None:
        now_us = self._catch_up()
        self.profile.tick(now_us)
        for felt in self.profile.take_felt():
            self._feel(felt)
        self.on_air.tell_anew()

    def _feel(self, felt: Felt) -> None:
        """Let the wearer notice an alert, and react to it as the scenario says."""
        self.truth.event(self._now_s, felt.what, **felt.details)
        if felt.calls:
            self._react()

    def _react(self) -> None:
        reaction = self.timeline.react(self._now_s)
        if reaction is not None and reaction.button is not None:
            double = reaction.button == "snooze"
            self.plan(self._now_s + reaction.button_after_s, lambda: self._press(double))

    async def advance(self, seconds: float, step_s: float | None = None) -> None:
        """Let simulated time pass on a `SteppedClock`; return when all it caused has gone to the link.

        It passes in steps (5 s, or what is said): what is written to the device arrives between two of them.
        """
        assert isinstance(self.clock, SteppedClock), "only a SteppedClock can be moved"
        step_s = step_s or (STEP_S if self.profile.connectable else BROADCAST_STEP_S)
        while seconds > 0:
            self.clock.advance(min(seconds, step_s))
            seconds -= step_s
            self._tick()
            await self.profile.drained()
            await self.on_air.aired()

    async def run(self, ready: asyncio.Event | None = None) -> None:
        """Live and be on the air until cancelled; `ready` is set when the first advertisement is out."""
        async with asyncio.TaskGroup() as tasks:
            if not isinstance(self.clock, SteppedClock):
                tasks.create_task(self._live(), name="wearable-life")
            tasks.create_task(self.on_air.run(ready or asyncio.Event()), name="wearable-link")

    async def _live(self) -> None:
        pause_s = TICK_S if self.profile.connectable else BROADCAST_TICK_S
        while True:
            self._tick()
            await asyncio.sleep(pause_s)


def virtual_wearable(profile: str, **options: Any) -> AbstractAsyncContextManager[VirtualWearable[Any]]:
    """Run one of `PROFILES`; the options are those of `running`."""
    return running(PROFILES[profile], **options)


def virtual_band(**options: Any) -> AbstractAsyncContextManager[VirtualWearable[DeskBandProfile]]:
    """Run a DeskBand, typed as one; the options are those of `running`."""
    return running(deskband, **options)


@asynccontextmanager
async def running(
    make: Callable[..., P],
    *,
    air: Air | None = None,
    transport: Transport | None = None,
    scenario: str | Path | Scenario = "office_day",
    clock: Clock | None = None,
    radio_name: str = "band",
    **options: Any,
) -> AsyncIterator[VirtualWearable[P]]:
    """Run a wearable on an in-process air, or on any bumble transport; `options` are those of `VirtualWearable`."""
    if transport is None:
        assert air is not None, "a wearable needs an air or a transport"
        transport = air.join(radio_name)
    reach = (lambda away: air.set_out_of_range(radio_name, away)) if air is not None else None
    worn = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    wearable = VirtualWearable(make, transport, clock or ScaledClock(), worn, reach=reach, **options)
    ready = asyncio.Event()
    # No TaskGroup around a yield: a test's fixture may be left in another task than it was entered.
    life = asyncio.create_task(wearable.run(ready), name="wearable")
    waiting = asyncio.create_task(ready.wait(), name="wearable-ready")
    try:
        await asyncio.wait({life, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if ready.is_set():
            yield wearable
    finally:
        waiting.cancel()
        life.cancel()
        with suppress(asyncio.CancelledError):
            await life
