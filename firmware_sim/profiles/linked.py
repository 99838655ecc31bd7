"""What wearables with demands on their link share: payload, pairing, hanging up, battery service, an identity."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress

from bumble.att import ATT_Error, ErrorCode
from bumble.core import BaseBumbleError
from bumble.device import Connection
from bumble.profiles.battery_service import BatteryService

from firmware_sim.profiles.base import CatchUp, Circumstances
from firmware_sim.profiles.streamer import Streamer

LEAST_PAYLOAD = 20
"""What one notification carries before a host asks for a larger MTU than 23."""


def identity(kind: str, seed: int) -> bytes:
    """Return twenty bytes that this seed's device of a kind always has."""
    return hashlib.sha1(f"{kind} {seed}".encode(), usedforsecurity=False).digest()


def static_address(own: bytes) -> str:
    """Make a static random address of an identity: its two highest bits are ones."""
    return ":".join(f"{byte:02X}" for byte in (own[0] | 0xC0, *own[1:6]))


class Linked(Streamer):
    """A `Streamer` that knows what a notification carries, may demand a paired link, and may hang up by itself."""

    def __init__(
        self, name: str, address: str, catch_up: CatchUp, seed: int, max_mtu: int, pairing: bool = False
    ) -> None:
        """`pairing`: what needs trust is refused on a link that is not encrypted."""
        super().__init__(name, address, catch_up, seed, max_mtu)
        self.pairing = pairing
        self.payload = LEAST_PAYLOAD
        """What one notification carries on this link."""
        self.battery_pct = self.circumstances.battery_pct
        self.battery = BatteryService(lambda _: self.battery_pct)
        self._hang_up = asyncio.Event()

    def notice(self, circumstances: Circumstances) -> None:
        """Feel the skin, the charger and the battery; tell the host of another charge."""
        super().notice(circumstances)
        if self.updates_battery() and circumstances.battery_pct != self.battery_pct:
            self.battery_pct = circumstances.battery_pct
            level = self.battery.battery_level_characteristic
            self._outgoing.notify(level, self.battery_pct)  # type: ignore[arg-type]  # its adapter packs the number

    def updates_battery(self) -> bool:
        """Say whether the battery's level is measured now."""
        return True

    def demand_trust(self, connection: Connection) -> None:
        """Refuse a read or write on a link that is not encrypted, where this device demands that."""
        if self.pairing and not connection.encryption:
            raise ATT_Error(ErrorCode.INSUFFICIENT_AUTHENTICATION)

    def hang_up(self) -> None:
        """End the link, if there is one."""
        self._hang_up.set()

    def linked(self) -> None:
        """Begin with a host."""

    def unlinked(self) -> None:
        """Forget what belongs to a link; called when one has ended."""

    async def serve(self, connection: Connection) -> None:
        """Talk to a host until cancelled."""
        self._measure(connection)
        connection.on("connection_att_mtu_update", lambda: self._measure(connection))
        self._hang_up.clear()
        self.linked()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._outgoing.serve(connection), name="wearable-outgoing")
                tasks.create_task(self._hang_up_when_wanted(connection), name="wearable-hangs-up")
                tasks.create_task(self.negotiate(connection), name="wearable-negotiates")
        finally:
            self.payload = LEAST_PAYLOAD
            self.unlinked()

    async def negotiate(self, connection: Connection) -> None:
        """Ask the host for other parameters of the link, where the device does so."""

    def _measure(self, connection: Connection) -> None:
        self.payload = connection.att_mtu - 3

    async def _hang_up_when_wanted(self, connection: Connection) -> None:
        await self._hang_up.wait()
        with suppress(BaseBumbleError):  # the host was faster
            await connection.disconnect()
