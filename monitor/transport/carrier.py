"""What a session lets carry out its driver's actions."""

from __future__ import annotations

from typing import Protocol

from monitor.wearables.base import Outcome, Read, Subscribe, Unsubscribe, Write

NEEDS_PAIRING = frozenset({0x05, 0x08, 0x0F})
"""ATT: insufficient authentication, authorization, encryption (Core Specification, Vol 3, Part F, 3.4.1.1)."""

GattAction = Read | Write | Subscribe | Unsubscribe
"""What a carrier carries out; a session itself sees to a wish to connect anew."""


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
