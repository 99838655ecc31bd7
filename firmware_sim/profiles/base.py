"""What every simulated wearable offers to the peripheral that puts it on the air."""

from __future__ import annotations

from typing import Protocol

from bumble.device import Connection
from bumble.gatt import Service


class Profile(Protocol):
    """One wearable: its services, its advertisement and its talk with a host."""

    @property
    def name(self) -> str:
        """Local name."""

    @property
    def address(self) -> str:
        """Static random address, so that a host knows it again."""

    def services(self) -> list[Service]:
        """Return the GATT services."""

    def advertising_data(self) -> bytes:
        """Return at most 31 bytes."""

    def scan_response_data(self) -> bytes:
        """Return at most 31 bytes."""

    async def serve(self, connection: Connection) -> None:
        """Talk to a host until cancelled."""
