"""The wearables that can be simulated: what they send and what they understand; one file a device, and the table."""

from __future__ import annotations

from collections.abc import Callable

from firmware_sim.profiles.bangle import bangle
from firmware_sim.profiles.base import Profile
from firmware_sim.profiles.bthome import bthome
from firmware_sim.profiles.deskband_gatt import deskband
from firmware_sim.profiles.infinitime import infinitime
from firmware_sim.profiles.microbit import microbit
from firmware_sim.profiles.ruuvi import ruuvi

PROFILES: dict[str, Callable[..., Profile]] = {
    "deskband": deskband,
    "bangle": bangle,
    "bthome": bthome,
    "infinitime": infinitime,
    "microbit": microbit,
    "ruuvi": ruuvi,
}
"""By name: takes `catch_up`, `seed`, `placement`, and what the device can be set to by keyword."""
