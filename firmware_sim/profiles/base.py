"""What every simulated wearable offers to the body that wears it and to the radio that puts it on the air.

A profile takes samples as its chip would give them, packs them as its firmware would, and talks to a host through
bumble's GATT server, or only advertises; the device's file has its name, and those of its parts begin with it. The
device's clock comes in from outside, in microseconds since its boot; what is to be sent leaves through `Outgoing` or a
queue of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from bumble.device import Connection
from bumble.gatt import Service

from firmware_sim.sensor import Samples

CatchUp = Callable[[], int]
"""Lets body and sensor live up to this moment; returns the device's clock in microseconds. Called before an answer is
made of what the device has just seen."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the chip is set; another value starts it anew."""

    rate_hz: float
    range_g: float
    counts_per_g: int = 4096
    """Unit of `Samples.counts`: range_g * counts_per_g must fit 16 bits."""
    step: int = 1
    """Distance of neighbouring readings in counts: 16 where a chip of 8 bits gives 1024 counts a g over 4 g."""
    run: int = 0
    """Another number starts the chip anew at the same setting."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the device itself can feel."""

    worn: bool = True
    charging: bool = False
    battery_pct: int = 87
    temperature_c: int = 31


@dataclass(frozen=True, slots=True)
class Felt:
    """What the wearer notices of the device: a buzz begins, ends, is answered, or a text is shown."""

    what: str
    """For the truth's lines, for example "alert_started"."""
    calls: bool = False
    """Whether the wearer feels called, and may react."""
    details: dict[str, object] = field(default_factory=dict)


class Profile(Protocol):
    """One wearable: its chip, its firmware, its services, its advertisement and its talk with a host."""

    drop_probability: float
    """Share of notifications that are lost before the radio: a fault."""

    @property
    def name(self) -> str:
        """Local name."""

    @property
    def address(self) -> str:
        """Static random address, so that a host knows it again."""

    @property
    def max_mtu(self) -> int:
        """Largest ATT MTU that it agrees to, 23 to 517."""

    @property
    def connectable(self) -> bool:
        """False where it only advertises."""

    def services(self) -> list[Service]:
        """Return the GATT services."""

    def advertising_data(self) -> bytes:
        """Return at most 31 bytes, none while it keeps off the air; asked again after each tick without a host."""

    def scan_response_data(self) -> bytes:
        """Return at most 31 bytes."""

    async def serve(self, connection: Connection) -> None:
        """Talk to a host until cancelled."""

    async def drained(self) -> None:
        """Return when everything that waits to be sent has gone to the link, or there is none."""

    def sampling(self) -> Sampling:
        """Return how the chip is set now."""

    def feed(self, samples: Samples) -> None:
        """Take consecutive samples from the chip."""

    def notice(self, circumstances: Circumstances) -> None:
        """Feel the skin, the charger and the battery; called often."""

    def tick(self, now_us: int) -> None:
        """Let device time pass and queue what is to be sent."""

    def press(self, now_us: int, double: bool) -> None:
        """Feel the button, once or twice; nothing happens on a device without."""

    def take_felt(self) -> list[Felt]:
        """Return and forget what the wearer has noticed since last asked."""

    def reboot(self) -> None:
        """Lose the power for a moment; the clock that is handed in begins at zero again."""
