"""What a session lets carry out its driver's actions."""

from __future__ import annotations

from typing import Protocol

from monitor.transport.gatt import GattAction
from monitor.wearables.base import Outcome


class Carrier(Protocol):
    """What carries out a driver's actions: a connected client, or nobody where a wearable only tells."""

    SILENCE: str
    """What it means that data fail to come, in words."""

    @property
    def is_up(self) -> bool:
        """Whether there is anything to serve."""
        ...

    @property
    def bearer_is_dead(self) -> bool:
        """Whether nothing more can be asked."""
        ...

    async def perform(self, action: GattAction) -> Outcome:
        """Carry out one action; there is always an outcome."""
        ...

    async def probe(self) -> str | None:
        """None when somebody is there, else what failed."""
        ...

    async def close(self, limit_s: float) -> None:
        """End it cleanly; each step within ``limit_s``."""
        ...
