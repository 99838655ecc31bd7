"""DeskBand: a board that runs our open profile, or the simulator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from monitor.rules import Rules
from monitor.wearables.base import About, Advertised
from monitor.wearables.deskband_profile import DeskBandDriver, DeskBandRules
from monitor.wearables.deskband_profile.codec import SERVICE

__all__ = ["DeskBand", "DeskBandRules"]


@dataclass
class DeskBand(DeskBandDriver):
    """Driver of one DeskBand."""

    ADVERTISED: ClassVar[Advertised] = Advertised(service_uuids=(SERVICE,), name_prefixes=("DeskBand-",))
    RULES: ClassVar[type[Rules]] = DeskBandRules
    MODEL: ClassVar[str] = "DeskBand"
    REMEDY: ClassVar[str] = "switch the band off and on, or see whether its firmware speaks DeskBand 1.x"
    ABOUT: ClassVar[About] = About(
        title="DeskBand, our open profile",
        products=("the simulator", "boards with nRF52840 or ESP32 that run a firmware for the DeskBand profile"),
        placements=("thigh", "pocket", "waist", "lower_back", "chest", "wrist"),
        rate="6.25 to 100 a second; 25 unless set otherwise",
        clock="every sample is counted and stamped; what is missed is fetched again from the band's memory",
        alert="vibration, light or sound, as the board has it; a button answers",
        pairing="",
        battery="about a week from a small cell, by the board",
        wearing=(
            "A strap around the middle of the thigh, under or over the trousers, sees most.",
            "It may sit any way round: upright is learned from your own steps.",
        ),
        limits=("You build it yourself: no shop sells it yet.",),
    )
