"""BTHome v2: sensors and buttons that advertise; ``codec`` knows the bytes, ``sealed`` the cipher."""

from __future__ import annotations

from monitor.wearables.bthome.driver import BTHome
from monitor.wearables.bthome.rules import BTHomeRules

__all__ = ["BTHome", "BTHomeRules"]
