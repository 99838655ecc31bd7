"""The wearables that can be simulated: what they send and what they understand; one file a device, and the table."""

from __future__ import annotations

from collections.abc import Callable

from firmware_sim.profiles.base import Profile
from firmware_sim.profiles.deskband_gatt import deskband

PROFILES: dict[str, Callable[..., Profile]] = {"deskband": deskband}
"""By name: takes `catch_up`, `seed`, `placement`, and what the device can be set to by keyword."""
