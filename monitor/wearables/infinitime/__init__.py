"""PineTime with the InfiniTime firmware: see ``driver`` for the conversation, ``polls`` for what silence means."""

from __future__ import annotations

from monitor.wearables.infinitime.driver import InfiniTime, InfiniTimeRules

__all__ = ["InfiniTime", "InfiniTimeRules"]
