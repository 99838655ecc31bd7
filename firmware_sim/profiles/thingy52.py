"""A Nordic Thingy:52 on the air: motion, light, sound, a button, and its insistence on a short connection interval.

Raw motion, gravity, pedometer and orientation are played. Tap, quaternion, Euler angles, rotation matrix and heading
are there and stay silent: what our wearer moves has an acceleration only.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Callable

import numpy as np
from bumble.att import ATT_Error, Attribute, ErrorCode
from bumble.core import UUID, AdvertisingData, BaseBumbleError
from bumble.device import Connection
from bumble.gatt import Characteristic, CharacteristicValue, Service

from firmware_sim.profiles.base import CatchUp, Felt, Sampling
from firmware_sim.profiles.linked import Linked, identity, static_address
from firmware_sim.profiles.options import MaxMtu
from firmware_sim.profiles.stirring import MovementDetector, Wakefulness
from firmware_sim.profiles.thingy52_codec import (
    COUNTS_PER_G,
    FREQUENCY,
    GRAVITY_M_S2,
    MotionConfiguration,
    Sound,
    decode_sound,
    encode_raw,
    is_dark,
    is_light,
)
from firmware_sim.profiles.thingy52_steps import StepCounter
from firmware_sim.sensor import Samples

RANGE_G = 16.0
CARRIED_HZ = 60.0
"""What the link carries of raw values, however many are asked for (Android-Nordic-Thingy issue 24)."""
ADVERTISING = struct.pack("<HB", 608, 180)
"""380 ms, for 180 s."""
BREATHING = bytes((2, 6, 20)) + struct.pack("<H", 3500)
INTERVAL_MS, LATENCY, SUPERVISION_MS, PATIENCE = (7.5, 30.0), 0, 3200.0, 3
GRAVITY_SHARE = 0.2
"""Weight of a new reading in the gravity vector."""
FINISHED, INVALID_COMMAND = 0x00, 0x10
"""Speaker status; the page names the characteristic, the values are from the vendor's documentation, not re-checked."""

Read, Write, Notify, Command = (
    Characteristic.Properties.READ,
    Characteristic.Properties.WRITE,
    Characteristic.Properties.NOTIFY,
    Characteristic.Properties.WRITE_WITHOUT_RESPONSE,
)
READABLE, WRITEABLE = Attribute.READABLE, Attribute.WRITEABLE


def uuid(number: int) -> UUID:
    """Return a UUID on the Thingy's base."""
    return UUID(f"EF68{number:04X}-9B35-4933-9B10-52FFA9740042")


class Thingy52Profile(Linked):
    """One Thingy."""

    def __init__(self, catch_up: CatchUp, seed: int, max_mtu: int, wall_s: Callable[[], float]) -> None:
        super().__init__("Thingy", static_address(identity("thingy52", seed)), catch_up, seed, max_mtu)
        self.configuration = MotionConfiguration()
        self.light = BREATHING
        self.steps = StepCounter()
        self._speaker_mode = FREQUENCY
        self._advertising = ADVERTISING
        self._awake = Wakefulness(180.0, wall_s)
        self._movement = MovementDetector()
        self._gravity_g: np.ndarray | None = None
        self._orientation = -1
        self._sound_ends_us: int | None = None
        self._steps_told_us = 0
        self._carried_us = 0.0
        self._build()

    # -- services ----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        tells = {number: Characteristic[bytes](uuid(number), Notify, READABLE) for number in SILENT}
        self._silent = list(tells.values())
        self._raw, self._gravity, self._pedometer, self._facing, self._button, self._sound_status = (
            Characteristic[bytes](uuid(number), Notify, READABLE)
            for number in (0x0406, 0x040A, 0x0405, 0x0403, 0x0302, 0x0503)
        )
        both = Read | Write
        self._settings = self._held(0x0401, both, lambda: self.configuration.encode(), self._configure)
        self._parameters = self._held(0x0102, both, lambda: self._advertising, self._advertise_otherwise)
        self._led = self._held(0x0301, both, lambda: self.light, self._shine)
        self._sound_mode = self._held(0x0501, both, lambda: bytes((self._speaker_mode, 1)), self._choose_speaker)
        self._sound = Characteristic[bytes](
            uuid(0x0502), Command, WRITEABLE, CharacteristicValue[bytes](write=self._play)
        )

    def _held(
        self,
        number: int,
        properties: Characteristic.Properties,
        read: Callable[[], bytes],
        take: Callable[[bytes], bool],
    ) -> Characteristic[bytes]:
        """Build a characteristic that keeps what is written, unless `take` says that it is out of range."""

        def write(_connection: Connection, value: bytes) -> None:
            self._catch_up()
            if not take(value):
                raise ATT_Error(ErrorCode.WRITE_NOT_PERMITTED)

        value = CharacteristicValue[bytes](read=lambda _: read(), write=write)
        return Characteristic[bytes](uuid(number), properties, READABLE | WRITEABLE, value)

    def services(self) -> list[Service]:
        """Return configuration, user interface, motion, sound and battery."""
        motion = [self._settings, self._facing, self._pedometer, self._raw, self._gravity, *self._silent]
        return [
            Service(uuid(0x0100), [self._parameters]),
            Service(uuid(0x0300), [self._led, self._button]),
            Service(uuid(0x0400), motion),
            Service(uuid(0x0500), [self._sound_mode, self._sound, self._sound_status]),
            self.battery,
        ]

    def advertising_data(self) -> bytes:
        """Return flags, the configuration service among more, and the name; nothing once it has switched itself off."""
        if self._awake.over():
            return b""
        more = AdvertisingData.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS
        name = (AdvertisingData.COMPLETE_LOCAL_NAME, self.name.encode())
        return bytes(AdvertisingData([(AdvertisingData.FLAGS, b"\x06"), (more, bytes(uuid(0x0100))), name]))

    def scan_response_data(self) -> bytes:
        """Return nothing more."""
        return b""

    # -- what a host writes ------------------------------------------------------------------------------------------

    def _configure(self, value: bytes) -> bool:
        configuration = MotionConfiguration.decode(value)
        self.configuration = configuration or self.configuration
        return configuration is not None

    def _advertise_otherwise(self, value: bytes) -> bool:
        if len(value) != 3 or not 32 <= int.from_bytes(value[:2], "little") <= 8000 or value[2] > 180:
            return False
        self._advertising = value
        self._awake.lasts_s = float(value[2]) or None
        return True

    def _shine(self, value: bytes) -> bool:
        if not is_light(value):
            return False
        self.light = value
        if not is_dark(value):
            self._felt.append(Felt("light", calls=True, details={"value": value.hex()}))
        return True

    def _choose_speaker(self, value: bytes) -> bool:
        if len(value) != 2 or value[0] not in (1, 2, 3) or value[1] not in (1, 2):
            return False
        self._speaker_mode = value[0]
        return True

    def _play(self, _connection: Connection, value: bytes) -> None:
        now_us = self._catch_up()
        sound = decode_sound(self._speaker_mode, value)
        if sound is None:
            self._outgoing.notify(self._sound_status, bytes((INVALID_COMMAND,)))
            return
        self._begin(sound, now_us)

    def _begin(self, sound: Sound, now_us: int) -> None:
        self._sound_ends_us = now_us + sound.lasts_us
        if sound.audible:
            self._felt.append(Felt("sound", calls=True, details={"lasts_ms": sound.lasts_us // 1000}))

    # -- the link ----------------------------------------------------------------------------------------------------

    async def negotiate(self, connection: Connection) -> None:
        """Ask for 7.5 to 30 ms, three times; hang up where that is refused."""
        for _ in range(PATIENCE):
            try:
                await connection.device.update_connection_parameters(
                    connection, *INTERVAL_MS, LATENCY, SUPERVISION_MS, use_l2cap=True
                )
            except BaseBumbleError:
                continue
            finally:  # bumble would wait for ever for the answer of a host that is gone
                connection.device.l2cap_channel_manager.connection_parameters_update_response = None
            return
        self.hang_up()

    def unlinked(self) -> None:
        """Begin to advertise, for a while."""
        self._awake.stir()

    # -- the body's side ---------------------------------------------------------------------------------------------

    def sampling(self) -> Sampling:
        """Return the configured rate."""
        return Sampling(float(self.configuration.rate_hz), RANGE_G, COUNTS_PER_G)

    def feed(self, samples: Samples) -> None:
        """Take samples: count steps, follow gravity, send, or wake from movement."""
        if len(samples.counts) == 0:
            return
        xyz_g = samples.counts / COUNTS_PER_G
        if self._movement.moved(xyz_g) and self.configuration.wake_on_motion:
            self._awake.stir()
        self.steps.walk(samples.device_us, xyz_g)
        for at_us, reading_g in zip(samples.device_us.tolist(), xyz_g, strict=True):
            self._follow_gravity(reading_g)
            if self._is_carried(at_us):
                self._outgoing.notify(self._raw, encode_raw(reading_g, np.zeros(3), np.zeros(3)))

    def _is_carried(self, at_us: int) -> bool:
        """Say whether the link has room for this value: above its own pace it loses every few."""
        if at_us < self._carried_us:
            return False
        self._carried_us = max(self._carried_us, at_us - 1e6 / CARRIED_HZ) + 1e6 / CARRIED_HZ
        return True

    def _follow_gravity(self, reading_g: np.ndarray) -> None:
        before_g = reading_g if self._gravity_g is None else self._gravity_g
        self._gravity_g = before_g + GRAVITY_SHARE * (reading_g - before_g)
        self._outgoing.notify(self._gravity, (self._gravity_g * GRAVITY_M_S2).astype("<f4").tobytes())

    def tick(self, now_us: int) -> None:
        """Tell steps and orientation, end a sound."""
        if self._sound_ends_us is not None and now_us >= self._sound_ends_us:
            self._sound_ends_us = None
            self._outgoing.notify(self._sound_status, bytes((FINISHED,)))
        if now_us - self._steps_told_us >= self.configuration.pedometer_ms * 1000:
            self._steps_told_us = now_us
            self._outgoing.notify(self._pedometer, self.steps.encode())
        if self._gravity_g is not None and (facing := orientation_of(self._gravity_g)) != self._orientation:
            self._orientation = facing
            self._outgoing.notify(self._facing, bytes((facing,)))

    def press(self, now_us: int, double: bool) -> None:
        """Feel the button: it wakes the Thingy, and the host is told of press and release."""
        self._awake.stir()
        for _ in range(1 + double):
            self._outgoing.notify(self._button, b"\x01")
            self._outgoing.notify(self._button, b"\x00")

    def reboot(self) -> None:
        """Lose the power for a moment; light and steps are gone, the configuration is in flash."""
        super().reboot()
        self.light, self.steps = BREATHING, StepCounter()
        self._sound_ends_us, self._steps_told_us, self._carried_us = None, 0, 0.0
        self._awake.stir()


SILENT = (0x0402, 0x0404, 0x0407, 0x0408, 0x0409)
"""Tap, quaternion, Euler angles, rotation matrix, heading."""


def orientation_of(gravity_g: np.ndarray) -> int:
    """Return 0 to 3: which of the four edges is up."""
    x, y = float(gravity_g[0]), float(gravity_g[1])
    if abs(x) >= abs(y):
        return 0 if x >= 0 else 2
    return 1 if y >= 0 else 3


def thingy52(
    catch_up: CatchUp, seed: int, placement: str, max_mtu: MaxMtu = 276, wall_s: Callable[[], float] = time.monotonic
) -> Thingy52Profile:
    """Build a Thingy; `wall_s` is the time by which it switches itself off."""
    return Thingy52Profile(catch_up, seed, max_mtu, wall_s)
