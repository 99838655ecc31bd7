"""What simple wearables with a link share: an address, a queue to the host, and what the wearer has noticed."""

from __future__ import annotations

from bumble.device import Connection

from firmware_sim.profiles.base import CatchUp, Circumstances, Felt
from firmware_sim.profiles.outgoing import Outgoing


class Streamer:
    """The part of a `Profile` that does not depend on the device: no memory of samples, one host, one queue."""

    connectable = True

    def __init__(self, name: str, address: str, catch_up: CatchUp, seed: int, max_mtu: int) -> None:
        self.name = name
        self.address = address
        self.max_mtu = max_mtu
        self.circumstances = Circumstances()
        self._catch_up = catch_up
        self._outgoing = Outgoing(seed)
        self._felt: list[Felt] = []

    @property
    def drop_probability(self) -> float:
        """Share of notifications that are lost before the radio: a fault."""
        return self._outgoing.drop_probability

    @drop_probability.setter
    def drop_probability(self, share: float) -> None:
        self._outgoing.drop_probability = share

    @property
    def dropped(self) -> int:
        """Notifications lost so far."""
        return self._outgoing.dropped

    async def serve(self, connection: Connection) -> None:
        """Talk to a host until cancelled."""
        await self._outgoing.serve(connection)

    async def drained(self) -> None:
        """Return when everything that waits to be sent has gone to the link, or there is none."""
        await self._outgoing.drained()

    def notice(self, circumstances: Circumstances) -> None:
        """Feel the skin, the charger and the battery."""
        self.circumstances = circumstances

    def take_felt(self) -> list[Felt]:
        """Return and forget what the wearer has noticed since last asked."""
        taken, self._felt = self._felt, []
        return taken

    def press(self, now_us: int, double: bool) -> None:
        """Feel a button; this device has none."""

    def reboot(self) -> None:
        """Lose the power for a moment: what was queued or noticed is gone."""
        self._outgoing.clear()
        self._felt.clear()
