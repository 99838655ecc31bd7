"""Who is in reach, what each can do for a wearer, and what to write into the settings to use it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

from monitor.clock import Clock
from monitor.model import AccelBlock, BatteryLevel
from monitor.settings.sections import Settings
from monitor.transport.listener import told_in
from monitor.transport.radio import Radio, RadioError
from monitor.transport.scanner import DeviceMatch, Sighting, is_one_of, overheard
from monitor.wearables import WEARABLES
from monitor.wearables.base import DecodeError, Driver, Packet, Reach

LOOK_EVERY_S = 1.0
BARS_DBM = (-90, -80, -70, -60)
"""A bar for each that is passed: at -90 a link hardly holds, at -60 the device lies on the desk."""
KINDS: dict[str, Driver] = {kind: driver() for kind, driver in WEARABLES.items()}
"""One of each, to be asked what it is known by."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One device in reach, as last heard."""

    address: str
    name: str
    rssi_dbm: int
    kind: str
    """Its entry in the table of wearables; empty where nobody knows it."""
    wearer: str = ""
    """Whose it is by the settings; empty where nobody's."""
    battery_pct: int | None = None
    tells: str = ""
    """What it says of itself without being asked."""

    @property
    def bars(self) -> str:
        """Its strength in four bars, and in dBm."""
        return bars(self.rssi_dbm)

    @property
    def settings_lines(self) -> list[str]:
        """What to write into the settings to use it."""
        placement = WEARABLES[self.kind].ABOUT.placements[0]
        lines = ["[wearers.me]", f'wearable = "{self.kind}"', f'placement = "{placement}"']
        return [*lines, f'address = "{self.address}"']


@dataclass(frozen=True, slots=True)
class Survey:
    """Everybody in reach, the nearest first."""

    known: tuple[Neighbour, ...] = ()
    unknown: tuple[Neighbour, ...] = ()


class Census:
    """Counts who was heard, and listens to those who tell something unasked."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known: dict[str, Neighbour] = {}
        self._unknown: dict[str, Neighbour] = {}
        self._drivers: dict[str, Driver] = {}
        self._clock = Clock()

    def look(self, sightings: Iterable[Sighting]) -> Survey:
        """Take note of what was heard last."""
        for sighting in list(sightings):
            self._note(sighting)
        return Survey(_nearest(self._known.values()), _nearest(self._unknown.values()))

    def _note(self, sighting: Sighting) -> None:
        kind = kind_of(sighting)
        name = "".join(letter for letter in sighting.name or "" if letter.isprintable())  # anybody may call itself so
        neighbour = Neighbour(sighting.address, name, sighting.rssi_dbm, kind)
        if not kind:
            self._unknown[sighting.address] = neighbour
            return
        self._unknown.pop(sighting.address, None)  # the name may have come later
        before = self._known.get(sighting.address, neighbour)
        told = replace(neighbour, battery_pct=before.battery_pct, tells=before.tells, wearer=self._wearer_of(sighting))
        if KINDS[kind].REACH is Reach.ADVERTISEMENT:
            told = self._listen(told, sighting)
        self._known[sighting.address] = told

    def _listen(self, neighbour: Neighbour, sighting: Sighting) -> Neighbour:
        """The same, with what its advertisement says."""
        if neighbour.address not in self._drivers:
            rules = self._settings.rules_of(neighbour.kind)
            self._drivers[neighbour.address] = WEARABLES[neighbour.kind](rules)
        driver, now_s = self._drivers[neighbour.address], self._clock.now_s()
        for channel, data in told_in(driver.ADVERTISED, sighting):
            try:
                for fact in driver.receive(Packet(channel, data, now_s)):
                    if isinstance(fact, BatteryLevel):
                        neighbour = replace(neighbour, battery_pct=fact.percent)
                    elif isinstance(fact, AccelBlock):
                        x_g, y_g, z_g = fact.xyz_g[-1].tolist()
                        neighbour = replace(neighbour, tells=f"{x_g:+.2f} {y_g:+.2f} {z_g:+.2f} g")
            except DecodeError as error:
                neighbour = replace(neighbour, tells=f"not understood: {error.reason}")
        return neighbour

    def _wearer_of(self, sighting: Sighting) -> str:
        for wearer, plan in self._settings.wearers.items():
            match = DeviceMatch(address=plan.address or None, name=plan.name or None)
            if match.is_configured and match.fits(sighting):
                return wearer
        return ""


def bars(rssi_dbm: int) -> str:
    """Strength in four bars, and in dBm."""
    strong = sum(rssi_dbm >= limit_dbm for limit_dbm in BARS_DBM)
    return f"{'▂▄▆█'[:strong]:<4} {rssi_dbm}"


def kind_of(sighting: Sighting) -> str:
    """The kind of wearable that advertises itself so; empty where it is none that we know."""
    return next((kind for kind, driver in KINDS.items() if is_one_of(driver.ADVERTISED, sighting)), "")


def _nearest(neighbours: Iterable[Neighbour]) -> tuple[Neighbour, ...]:
    return tuple(sorted(neighbours, key=lambda neighbour: -neighbour.rssi_dbm))


async def look_around(settings: Settings, duration_s: float, show: Callable[[Survey], None]) -> Survey:
    """Look for ``duration_s``, showing every second what is known so far. Raises RadioError."""
    radio, census, lost = Radio(settings.radio), Census(settings), asyncio.Event()
    radio.when_lost(lost.set)
    survey, until_s = Survey(), time.monotonic() + duration_s
    try:
        async with overheard(radio) as heard:
            while (left_s := until_s - time.monotonic()) > 0:
                with suppress(TimeoutError):
                    await asyncio.wait_for(lost.wait(), min(LOOK_EVERY_S, left_s))
                    raise RadioError("the radio was lost", "check radio.backend and try again")
                survey = census.look(heard.values())
                show(survey)
    finally:
        await radio.close()
    return survey
