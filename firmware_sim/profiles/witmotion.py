"""A WitMotion sensor on the air: a serial stream of frames, cut into notifications wherever its radio likes.

No clock, no counter, no alert and no standard services; it streams to whoever listens.
"""

from __future__ import annotations

import random
from typing import Annotated

import numpy as np
from bumble.att import Attribute
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection
from bumble.gatt import Characteristic, CharacteristicValue, Service
from msgspec import Meta

from firmware_sim.profiles.base import CatchUp, Sampling
from firmware_sim.profiles.linked import Linked, identity, static_address
from firmware_sim.profiles.options import MaxMtu
from firmware_sim.profiles.witmotion_frames import COUNTS_PER_G, FRAME_BYTES, Registers, angles_of, encode_stream
from firmware_sim.sensor import Samples

SERVICE, NOTIFY, WRITE = (UUID(f"0000ff{end}-0000-1000-8000-00805f9a34fb") for end in ("e5", "e4", "e9"))
"""On the vendor's base, one digit from Bluetooth's own."""
RANGE_G = 16.0
NAME = "WT901BLE68"

Write, Notify, Command = (
    Characteristic.Properties.WRITE,
    Characteristic.Properties.NOTIFY,
    Characteristic.Properties.WRITE_WITHOUT_RESPONSE,
)


class WitMotionProfile(Linked):
    """One sensor."""

    def __init__(self, catch_up: CatchUp, seed: int, max_mtu: int, ragged: float) -> None:
        super().__init__(NAME, static_address(identity("witmotion", seed)), catch_up, seed, max_mtu)
        self.registers = Registers()
        self.ragged = ragged
        self._random = random.Random(f"witmotion {seed}")
        self._serial = b""
        """Bytes of the stream that no notification has taken yet."""
        self._last_deg: np.ndarray | None = None
        self._listened_to = False
        self._notify = Characteristic[bytes](NOTIFY, Notify, Attribute.READABLE)
        self._write = Characteristic[bytes](
            WRITE, Write | Command, Attribute.WRITEABLE, CharacteristicValue[bytes](write=self._take_command)
        )
        self._notify.on("subscription", lambda _bearer, notify, _indicate: self._listen(notify))

    def services(self) -> list[Service]:
        """Return the one service."""
        return [Service(SERVICE, [self._notify, self._write])]

    def advertising_data(self) -> bytes:
        """Return flags and name, by which alone it is known."""
        structures = [(AdvertisingData.FLAGS, b"\x06"), (AdvertisingData.COMPLETE_LOCAL_NAME, self.name.encode())]
        return bytes(AdvertisingData([*structures]))

    def scan_response_data(self) -> bytes:
        """Return nothing more."""
        return b""

    def _listen(self, listens: bool) -> None:
        self._listened_to, self._serial = listens, b""

    def unlinked(self) -> None:
        """Stream no longer."""
        self._listen(False)

    def _take_command(self, _connection: Connection, command: bytes) -> None:
        self._catch_up()
        self.registers.battery_pct = self.battery_pct
        answer = self.registers.write(command)
        if answer is not None and self._listened_to:
            self._send(self._serial + answer)

    def sampling(self) -> Sampling:
        """Return the output rate; the chip gives 2048 counts a g over 16 g."""
        return Sampling(self.registers.rate_hz, RANGE_G, COUNTS_PER_G)

    def feed(self, samples: Samples) -> None:
        """Take samples and stream them."""
        if len(samples.counts) == 0:
            return
        angles_deg = angles_of(samples.counts / COUNTS_PER_G)
        before_deg = angles_deg[:1] if self._last_deg is None else self._last_deg[None]
        self._last_deg = angles_deg[-1]
        if not self._listened_to:
            return
        turned_deg = np.diff(np.vstack((before_deg, angles_deg)), axis=0)
        turn_dps = ((turned_deg + 180.0) % 360.0 - 180.0) * self.registers.rate_hz
        self._send(self._serial + encode_stream(samples.counts, turn_dps, angles_deg))

    def _send(self, stream: bytes) -> None:
        """Cut the stream: whole frames as a rule, now and then in the middle of one."""
        while len(stream) >= FRAME_BYTES:
            size = self._cut(min(len(stream), self.payload))
            self._outgoing.notify(self._notify, stream[:size])
            stream = stream[size:]
        self._serial = stream

    def _cut(self, most: int) -> int:
        if self._random.random() < self.ragged:
            return self._random.randint(1, most)
        return most - most % FRAME_BYTES or most

    def tick(self, now_us: int) -> None:
        """Nothing is due by time alone."""

    def reboot(self) -> None:
        """Lose the power for a moment: what was not saved is gone."""
        super().reboot()
        self.registers.lose_power()
        self._serial = b""


def witmotion(
    catch_up: CatchUp,
    seed: int,
    placement: str,
    ragged: Annotated[
        float, Meta(ge=0, le=1, description="Share of its notifications that end in the middle of a frame.")
    ] = 0.05,
    max_mtu: MaxMtu = 247,
) -> WitMotionProfile:
    """Build a sensor."""
    return WitMotionProfile(catch_up, seed, max_mtu, ragged)
