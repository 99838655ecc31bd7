"""Polar Measurement Data: see ``driver`` for the conversation; ``codec`` knows the bytes, ``about`` the words."""

from __future__ import annotations

from monitor.wearables.polar.driver import Polar
from monitor.wearables.polar.rules import PolarRules

__all__ = ["Polar", "PolarRules"]
