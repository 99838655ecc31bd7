"""WitMotion: see ``driver`` for the conversation; ``frames`` knows the bytes, ``pace`` the rate."""

from __future__ import annotations

from monitor.wearables.witmotion.driver import WitMotion, WitMotionRules

__all__ = ["WitMotion", "WitMotionRules"]
