"""What every simulated wearable offers to the peripheral that puts it on the air."""

from __future__ import annotations

from typing import Protocol

from bumble.device import Connection
from bumble.gatt import Service

from firmware_sim.profiles.deskband_alert import Happening
from firmware_sim.sensor import Samples


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

    def sampling(self) -> tuple[float, int, int]:
        """Return rate in Hz, range in g and a number that changes when the sensor must start anew."""

    def feed(self, samples: Samples) -> None:
        """Take samples from the sensor."""

    def tick(self, now_us: int) -> None:
        """Let device time pass and queue what is to be sent."""

    def take_happenings(self) -> list[Happening]:
        """Return what became of alerts since last asked."""

    def press(self, now_us: int, double: bool) -> None:
        """Press the button."""

    def reboot(self) -> None:
        """Lose the power for a moment."""

    async def serve(self, connection: Connection) -> None:
        """Talk to a host until cancelled."""

    async def drained(self) -> None:
        """Return when everything queued has gone to the link."""
