"""The DeskBand in words."""

from __future__ import annotations

from monitor.wearables.base import About

ABOUT = About(
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
