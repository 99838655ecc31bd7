"""DeskBand, our own open profile: see ``driver`` for the conversation and where each part stands."""

from __future__ import annotations

from monitor.wearables.deskband.driver import DeskBand
from monitor.wearables.deskband.rules import DeskBandRules

__all__ = ["DeskBand", "DeskBandRules"]
