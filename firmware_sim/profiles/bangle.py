"""A Bangle.js 2 on which our own app runs: DeskBand Lite as a GATT service, and the console's UART beside it.

Lite is the small form of PROTOCOL.md that config/bangle speaks: triplets only, 12.5 to 50 Hz, a ring in RAM, and no
operations but 1 to 6 and 9. The watch stays updatable, so the Nordic UART is there too; what the console says to
nobody is lost.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from bumble.att import ATT_Error, Attribute, ErrorCode
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection
from bumble.gatt import Characteristic, CharacteristicValue, Service
from msgspec import Meta

from firmware_sim.profiles.bangle_repl import Console
from firmware_sim.profiles.base import CatchUp, Felt
from firmware_sim.profiles.deskband import DeskBandFirmware
from firmware_sim.profiles.deskband_codec import ControlStatus, Feature, Op, encode_response
from firmware_sim.profiles.deskband_gatt import PLACEMENT_BYTES, DeskBandProfile
from firmware_sim.profiles.deskband_state import RATES_HZ, DeskBandSettings
from firmware_sim.profiles.options import Address, MaxMtu, OneOf

UART, TO_WATCH, FROM_WATCH = (UUID(f"6e4000{number:02x}-b5a3-f393-e0a9-e50e24dcca9e") for number in range(1, 4))
MAX_MTU = 131
RING_BYTES = 45_000
LITE_OPS = (Op.START, Op.STOP, Op.REPLAY, Op.ABORT, Op.ACK, Op.TIME_SYNC, Op.PING)
LITE_RATES = 0b00111
"""12.5, 25 and 50 Hz."""
RANGE_CODE, RANGES = 1, 0b010
"""The firmware's default, 4 g."""
LATENCY_DS = 16
"""A full notification at 12.5 Hz: 19 samples in 1.52 s."""


class BangleProfile(DeskBandProfile):
    """One watch."""

    def __init__(self, firmware: DeskBandFirmware, catch_up: CatchUp, seed: int, address: str, max_mtu: int) -> None:
        super().__init__(firmware, catch_up, seed, max_mtu)
        self.console = Console()
        self._address = address
        self._text_heard = False

    @property
    def name(self) -> str:
        """Local name, with the last four digits of the address."""
        return "Bangle.js " + self._address.replace(":", "")[-4:].lower()

    @property
    def address(self) -> str:
        """Static random address."""
        return self._address

    def services(self) -> list[Service]:
        """Return our app's service and the UART; the watch has neither battery nor device information service."""
        write = CharacteristicValue[bytes](write=self._write_console)
        how = Characteristic.Properties.WRITE | Characteristic.Properties.WRITE_WITHOUT_RESPONSE
        self._from_watch = Characteristic[bytes](FROM_WATCH, Characteristic.Properties.NOTIFY, Attribute.READABLE)
        self._from_watch.on("subscription", lambda _bearer, notify, _indicate: self._hear_text(notify))
        own = next(service for service in super().services() if self._info in service.characteristics)
        to_watch = Characteristic[bytes](TO_WATCH, how, Attribute.WRITEABLE, write)
        return [own, Service(UART, [to_watch, self._from_watch])]

    def _hear_text(self, heard: bool) -> None:
        self._text_heard = heard

    def _write_control(self, connection: Connection, value: bytes) -> None:
        if len(value) < 2 or value[0] in LITE_OPS:
            super()._write_control(connection, value)
        elif not self._indications_on:
            raise ATT_Error(ErrorCode.CCCD_IMPROPERLY_CONFIGURED)
        else:
            self.sender.indicate(encode_response(value[0], value[1], ControlStatus.UNKNOWN_OP))

    def _write_console(self, _connection: Connection, value: bytes) -> None:
        self._catch_up()
        said = self.console.receive(value)
        if self._text_heard and self.sender.connection is not None:
            room = self.sender.connection.att_mtu - 3
            for at in range(0, len(said), room):
                self.sender.notify(self._from_watch, said[at : at + room])

    def take_felt(self) -> list[Felt]:
        """Return what became of alerts, and what the console was told to buzz and show."""
        shown, self.console.shown = self.console.shown, []
        texts = [Felt("console_alert", one.buzz_ms is not None, asdict(one)) for one in shown]
        return super().take_felt() + texts

    def advertising_data(self) -> bytes:
        """Return flags and the name."""
        name = (AdvertisingData.COMPLETE_LOCAL_NAME, self.name.encode())
        return bytes(AdvertisingData([(AdvertisingData.FLAGS, b"\x06"), name]))

    def scan_response_data(self) -> bytes:
        """Return the UART service; our own is found after connecting."""
        return bytes(AdvertisingData([(AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS, bytes(UART))]))


def bangle(
    catch_up: CatchUp,
    seed: int,
    placement: str,
    address: Address = "E3:60:C4:9D:1A:2B",
    rate_hz: Annotated[float, OneOf(RATES_HZ[:3]), Meta(description="Rate of its app: 12.5, 25 or 50 Hz.")] = 12.5,
    buffer_bytes: Annotated[int, Meta(ge=1024, description="Size of its ring buffer.")] = RING_BYTES,
    max_mtu: MaxMtu = MAX_MTU,
) -> BangleProfile:
    """Build a watch whose app samples at 12.5, 25 or 50 Hz."""
    features = Feature.HAPTIC | Feature.BUTTON | Feature.DISPLAY
    firmware = DeskBandFirmware(
        DeskBandSettings(
            device_id=int(address.replace(":", "")[-8:], 16),
            features=features,
            rates=LITE_RATES,
            ranges=RANGES,
            placement=PLACEMENT_BYTES[placement],
            buffer_bytes=buffer_bytes,
        )
    )
    own = firmware.configuration
    own.rate_code, own.range_code, own.latency_ds = RATES_HZ.index(rate_hz), RANGE_CODE, LATENCY_DS
    firmware.session.rate_code = own.rate_code
    firmware.recorder.payload_bytes = max_mtu - 3
    return BangleProfile(firmware, catch_up, seed, address, max_mtu)
