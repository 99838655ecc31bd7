"""Nordic Thingy:52: see ``driver`` for the conversation, ``codec`` for the bytes."""

from __future__ import annotations

from monitor.wearables.thingy52.driver import Thingy52, Thingy52Rules

__all__ = ["Thingy52", "Thingy52Rules"]
