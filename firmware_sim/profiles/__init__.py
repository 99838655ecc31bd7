"""The wearables that can be simulated: what they send and what they understand."""

from __future__ import annotations

from collections.abc import Callable

from firmware_sim.profiles.bangle import bangle
from firmware_sim.profiles.base import Profile
from firmware_sim.profiles.bthome import bthome
from firmware_sim.profiles.deskband_gatt import deskband
from firmware_sim.profiles.infinitime import infinitime
from firmware_sim.profiles.microbit import microbit
from firmware_sim.profiles.movesense import movesense
from firmware_sim.profiles.polar import polar_h10, verity
from firmware_sim.profiles.ruuvi import ruuvi
from firmware_sim.profiles.thingy52 import thingy52
from firmware_sim.profiles.witmotion import witmotion

PROFILES: dict[str, Callable[..., Profile]] = {
    "deskband": deskband,
    "bangle": bangle,
    "bthome": bthome,
    "infinitime": infinitime,
    "microbit": microbit,
    "movesense": movesense,
    "polar-h10": polar_h10,
    "ruuvi": ruuvi,
    "thingy52": thingy52,
    "verity": verity,
    "witmotion": witmotion,
}
"""By name: takes `catch_up`, `seed`, `placement`, and what the device can be set to by keyword."""
