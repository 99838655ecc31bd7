"""A phone that publishes its sensors with the app Sensor Logger; ``codec`` knows its messages."""

from __future__ import annotations

from monitor.wearables.phone.driver import Phone
from monitor.wearables.phone.rules import PhoneRules

__all__ = ["Phone", "PhoneRules"]
