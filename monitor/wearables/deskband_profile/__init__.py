"""The DeskBand profile, spoken by more than one product: ``driver`` tells the conversation and where the parts are."""

from __future__ import annotations

from monitor.wearables.deskband_profile.driver import DeskBandDriver
from monitor.wearables.deskband_profile.rules import DeskBandRules

__all__ = ["DeskBandDriver", "DeskBandRules"]
