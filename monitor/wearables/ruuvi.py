"""RuuviTag, data format 5: one reading in each advertisement, no connection.

Every measurement is sent more than once and most are missed, so repeats are known by MAC address and sequence. The
movement counter says whether anything moved the tag since the last measurement that was heard.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from msgspec import Meta

from monitor.model import BatteryLevel
from monitor.rules import Rules
from monitor.wearables.base import About, Advertised, DecodeError, Packet, Reach, Reply, Resume
from monitor.wearables.kept import Kept
from monitor.wearables.readings import ReadingRules, Readings
from monitor.wearables.told import ToldDriver

COMPANY = 0x0499
CHANNEL = f"company:{COMPANY:04x}"
INTERVAL_S = 1.285
"""Of the standard firmware, plus up to 10 ms at random."""
FASTEST_S = 0.2
"""No firmware measures more often: a sequence that grew faster has begun anew."""
SEQUENCES, MOVEMENTS = 65535, 255
"""Both counters wrap there; the number itself means that it is not available."""
BATTERY_EVERY_S = 600.0
_LAYOUT = struct.Struct(">BhHHhhhHBH6s")
_NO_ACCELERATION, _NO_MILLIVOLTS = -32768, 2047


class RuuviRules(ReadingRules, frozen=True):
    """How a RuuviTag is understood."""

    battery_full_mv: Annotated[int, Meta(ge=2500, le=3600, description="Voltage of a full cell.")] = 3000
    battery_empty_mv: Annotated[int, Meta(ge=1600, le=2400, description="Voltage at which the tag falls silent.")] = (
        2000
    )


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one advertisement says of what matters here; None where the tag does not know."""

    xyz_g: tuple[float, float, float] | None
    battery_mv: int | None
    movement: int | None
    sequence: int | None
    mac: str


def decode(data: bytes) -> Measurement:
    """Manufacturer data without the company id. Raises DecodeError."""
    if not data or data[0] != 5:
        raise DecodeError(f"Ruuvi data format {data[0] if data else 'missing'}, not 5", data)
    if len(data) != _LAYOUT.size:
        raise DecodeError(f"length {len(data)}, not {_LAYOUT.size}", data)
    _, _, _, _, *counts, power, movement, sequence, mac = _LAYOUT.unpack(data)
    x_g, y_g, z_g = (count / 1000.0 for count in counts)
    return Measurement(
        xyz_g=None if _NO_ACCELERATION in counts else (x_g, y_g, z_g),
        battery_mv=None if power >> 5 == _NO_MILLIVOLTS else 1600 + (power >> 5),
        movement=None if movement == MOVEMENTS else movement,
        sequence=None if sequence == SEQUENCES else sequence,
        mac=mac.hex(":").upper(),
    )


@dataclass
class Memory:
    """The last measurement that was heard."""

    mac: str = ""
    sequence: int | None = None
    movement: int | None = None
    payload: str = ""
    at_s: float = 0.0
    segment: int = 1


_MEMORY = Kept(Memory)


@dataclass
class Ruuvi(ToldDriver):
    """Driver of one RuuviTag."""

    ADVERTISED: ClassVar[Advertised] = Advertised(name_prefixes=("Ruuvi ",), company_ids=(COMPANY,))
    REACH: ClassVar[Reach] = Reach.ADVERTISEMENT
    RULES: ClassVar[type[Rules]] = RuuviRules
    MODEL: ClassVar[str] = "RuuviTag"
    ABOUT: ClassVar[About] = About(
        title="RuuviTag",
        products=("RuuviTag", "RuuviTag Pro 3in1 and 4in1"),
        placements=("thigh", "pocket", "waist", "chest"),
        rate="0.8 a second, of which a quarter to nine tenths are heard",
        clock="the time of arrival, good to a second; a sequence number shows what was missed",
        alert="",
        pairing="",
        battery="years, from a CR2477 cell",
        wearing=(
            "Fix it to the thigh or carry it in a tight trouser pocket, and do not let it turn.",
            "It cannot see steps: say once that you stand, so that upright is known.",
        ),
        limits=(
            "Steps and exercises cannot be seen at this rate; posture comes from the tilt alone.",
            "While you walk most seconds stay without a statement.",
            "Firmware that measures every nine seconds is too slow.",
        ),
    )

    rules: RuuviRules = field(default_factory=RuuviRules)
    memory: Memory = field(default_factory=Memory)
    readings: Readings = field(init=False)
    battery_told_s: float | None = None

    def __post_init__(self) -> None:
        self.readings = Readings(1.0 / INTERVAL_S, self.rules)

    def start(self, resume: Resume | None, now_s: float) -> Reply:
        """The tag is in reach; there is nothing to ask it."""
        self.battery_told_s = None
        return super().start(resume, now_s)

    def receive(self, packet: Packet) -> Reply:
        """One advertisement; a repeat says nothing new."""
        if packet.characteristic != CHANNEL:
            return []
        measured = decode(packet.data)
        if self._is_repeat(measured, packet):
            return []
        if self._is_another_life(measured, packet.at_s):
            self.readings.renew()
            self.memory = Memory(segment=self.readings.segment)
        still = measured.movement is not None and measured.movement == self.memory.movement
        self.memory = Memory(
            measured.mac, measured.sequence, measured.movement, packet.data.hex(), packet.at_s, self.readings.segment
        )
        reply = [*self._introduction(), *self._battery(measured, packet.at_s)]
        if measured.xyz_g is not None:
            reply += self.readings.take(packet.at_s, measured.xyz_g, still)
        elif not still:
            self.readings.moved = True
        return reply

    def lost(self, now_s: float) -> Reply:
        """Too long unheard: what was between is not known."""
        self.readings.forget()
        return []

    def resume(self) -> Resume:
        """The last measurement heard."""
        return _MEMORY.written(self.memory)

    def _remember(self, resume: Resume) -> None:
        self.memory = _MEMORY.read(resume) or Memory()
        self.readings.segment = self.memory.segment

    def _is_repeat(self, measured: Measurement, packet: Packet) -> bool:
        before = self.memory
        if measured.sequence is None:
            return packet.data.hex() == before.payload and packet.at_s - before.at_s < INTERVAL_S / 2
        return (measured.mac, measured.sequence) == (before.mac, before.sequence)

    def _is_another_life(self, measured: Measurement, at_s: float) -> bool:
        """Another tag, or this one after a restart: the sequence went back, or forward faster than it can."""
        before = self.memory
        if not before.mac or measured.mac != before.mac:
            return bool(before.mac)
        if measured.sequence is None or before.sequence is None:
            return False
        ahead = (measured.sequence - before.sequence) % SEQUENCES
        return ahead > 2 + (at_s - before.at_s) / FASTEST_S

    def _battery(self, measured: Measurement, at_s: float) -> Reply:
        """Linear between the two voltages; a lithium cell is not, and its last tenth is short."""
        if measured.battery_mv is None:
            return []
        if self.battery_told_s is not None and at_s - self.battery_told_s < BATTERY_EVERY_S:
            return []
        self.battery_told_s = at_s
        span_mv = self.rules.battery_full_mv - self.rules.battery_empty_mv
        share = (measured.battery_mv - self.rules.battery_empty_mv) / span_mv
        return [BatteryLevel(round(100 * min(1.0, max(0.0, share))), at_s)]
