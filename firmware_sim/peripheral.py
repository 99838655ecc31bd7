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
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from bumble.transport.common import Transport

from firmware_sim.air import Air
from firmware_sim.clock import Clock, ScaledClock, SteppedClock
from firmware_sim.faults import Fate
from firmware_sim.life import Life, P
from firmware_sim.on_air import OnAir
from firmware_sim.profiles import PROFILES
from firmware_sim.profiles.deskband_gatt import DeskBandProfile, deskband
from firmware_sim.scenario import Scenario, load_scenario

TICK_S = 0.05
"""Wall time between looks at the body; at speed 60 that is three seconds of its life."""
BROADCAST_TICK_S = 0.01
"""The same for a device that only advertises: at speed 60 a Ruuvi tag has something new to say every 21 ms."""
STEP_S, BROADCAST_STEP_S = 5.0, 1.0
"""Most that `advance` lets pass before it waits for the link, or for the advertisement to be out."""


class VirtualWearable(Life[P]):
    """One wearable on one wearer and on the air; use `virtual_wearable` to run it."""

    def __init__(
        self,
        make: Callable[..., P],
        transport: Transport,
        clock: Clock,
        scenario: Scenario,
        *,
        seed: int = 1,
        reach: Callable[[bool], None] | None = None,
        **life: Any,
    ) -> None:
        """`reach` takes the radio out of everybody's reach, where the air is ours; `life` is for `Life`."""
        super().__init__(make, clock, scenario, seed=seed, **life)
        self.on_air = OnAir(self.profile, transport, self._note_link)
        self.away = False
        """Whether it is out of everybody's reach."""
        self._reach = reach
        self._fate = Fate(scenario, self, seed)
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

    def begin_day(self) -> None:
        """Let a day begin that waits for a host: at the first link, or on somebody's word."""
        if self.timeline.begun_s is None:
            self.catch_up()
            self.timeline.begin(self.now_s)
            self._fate.begin(self.now_s)

    def _note_link(self, up: bool) -> None:
        self.truth.event(self.now_s, "link", up=up)
        if up:
            self.begin_day()

    # -- what befalls its link ---------------------------------------------------------------------------------------

    def out_of_range(self, away: bool) -> None:
        """Carry the band out of reach: the link drops; or bring it back: it is found again."""
        if away == self.away:
            return
        self.away = away
        self.truth.event(self.now_s, "out_of_range" if away else "in_range")
        if self._reach is not None:
            self._reach(away)
        else:
            self.on_air.go_silent(away)

    def drop_link(self) -> None:
        """Let the link be lost; it advertises again at once."""
        self.truth.event(self.now_s, "link_dropped")
        if self.away:
            return
        if self._reach is None:
            self.on_air.cut_link()
        else:
            self._reach(True)
            self._reach(False)

    def reboot(self) -> None:
        """Lose the power for a moment: link, queue and clock go; what is in flash stays."""
        self.catch_up()
        self.lose_power()

    def lose_power(self) -> None:
        """Restart, at this moment of its life."""
        self.truth.event(self.now_s, "reboot")
        self.profile.reboot()
        self.sensor.boot(self.now_s)
        self.on_air.cut_link()

    def refuse_pairing(self, refused: bool) -> None:
        """Forget all hosts and trust none, or be willing again."""
        self.truth.event(self.now_s, "pairing_refused" if refused else "pairing_allowed")
        self.on_air.refuse_pairing(refused)

    # -- running -----------------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        now_us = self.catch_up()
        self.profile.tick(now_us)
        for felt in self.profile.take_felt():
            self.feel(felt)
        self.on_air.tell_anew()

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
