"""The wearables that can be simulated: what they send and what they understand; one file a device, and the table."""

from __future__ import annotations

from collections.abc import Callable

from firmware_sim.profiles.base import Profile
from firmware_sim.profiles.deskband_gatt import deskband
from firmware_sim.profiles.movesense import movesense
from firmware_sim.profiles.polar import polar_h10, verity
from firmware_sim.profiles.thingy52 import thingy52
from firmware_sim.profiles.witmotion import witmotion

PROFILES: dict[str, Callable[..., Profile]] = {
    "deskband": deskband,
    "polar-h10": polar_h10,
    "verity": verity,
    "movesense": movesense,
    "witmotion": witmotion,
    "thingy52": thingy52,
}
"""By name: takes `catch_up`, `seed`, `placement`, and what the device can be set to by keyword."""
