"""Movesense through the GATT SensorData Protocol (GSP): subscribe to acceleration, stamped in milliseconds.

A measurement that does not fit into one notification goes on in a second. Answers to commands may get lost, as the
vendor says: data prove a subscription as well as its answer does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from msgspec import Meta

from monitor.model import BatteryLevel, WearableFacts
from monitor.rules import Rules
from monitor.wearables.asking import AskingRules
from monitor.wearables.base import (
    About,
    Action,
    Advertised,
    DecodeError,
    Outcome,
    Packet,
    Read,
    Reply,
    Subscribe,
    Write,
)
from monitor.wearables.commanded import CommandedDriver
from monitor.wearables.movesense import codec
from monitor.wearables.movesense.codec import COMMAND, NOTIFY, Op
from monitor.wearables.standard import BATTERY_LEVEL
from monitor.wearables.stream import Stream

SILENT_S = 20.0
"""Without data for so long the sensor is subscribed to once more: a measurement holds less than a second."""
HELLO_REF, ACC_REF, ENERGY_REF = 1, 99, 2
ENERGY_PATH = "/System/Energy/Level"
NOT_HEARD = (
    "pair the sensor if it wants that; if it lacks the GATT SensorData Protocol, put the GSP or datalogger sample"
    " firmware on it with the Movesense Showcase app"
)
NO_GSP = (
    "the sensor does not speak the GATT SensorData Protocol: put the GSP or datalogger sample firmware on it with the"
    " Movesense Showcase app, and move it so that it is awake"
)


class MovesenseRules(AskingRules, frozen=True):
    """What a Movesense sensor is asked for."""

    rate_hz: Annotated[
        int, Meta(ge=13, le=208, description="Sampling rate wanted; the nearest of 13, 26, 52, 104 and 208 is used.")
    ] = 26


@dataclass
class Movesense(CommandedDriver):
    """Driver of one Movesense sensor; its commands are ``subscribe``, ``hello`` and ``energy``."""

    ADVERTISED: ClassVar[Advertised] = Advertised(service_uuids=(codec.SERVICE,), name_prefixes=("Movesense ",))
    RULES: ClassVar[type[Rules]] = MovesenseRules
    ALERTED_BY: ClassVar[tuple[str, ...]] = ()
    MAY_PAIR: ClassVar[bool] = True
    COMMANDED_AT: ClassVar[str] = COMMAND
    ABOUT: ClassVar[About] = About(
        title="Movesense sensor",
        products=("Movesense MD", "Movesense HR+", "Movesense HR2", "Movesense Flash"),
        placements=("thigh", "chest", "waist", "wrist"),
        rate="13, 26, 52, 104 or 208 Hz; 26 unless set otherwise",
        clock="every packet bears the time of its first sample, so that times are good to about 20 ms and every loss is"
        " seen; what happens out of reach is not kept",
        alert="",
        pairing="none, unless its firmware asks for it: then accept (no code)",
        battery="weeks from its coin cell (CR2025) at 13 or 26 Hz (an estimate); higher rates cost more",
        wearing=(
            "On a limb band around the middle of the thigh it sees most; it may sit any way round.",
            "On its chest strap sitting and standing look alike.",
        ),
        limits=(
            "It needs a firmware with the GATT SensorData Protocol: the vendor's GSP or datalogger sample, put on with"
            " the Showcase app.",
            "It falls asleep about a minute after it was moved last without a connection: move it to be found.",
            "It cannot call you: let the phone, the desktop or a lamp do it.",
            "Its measuring range is left as it is set.",
        ),
    )

    rules: MovesenseRules = field(default_factory=MovesenseRules)
    rest: str = ""
    """Bytes of a vector that the next notification completes, hexadecimal."""
    stamp_ms: int = 0
    """Of the measurement under way, as it came."""
    count: int = 0
    """Its samples so far."""
    begun: bool = False
    """A measurement has begun on this link."""
    heard_s: float = 0.0
    """When the newest one came, or was asked for."""

    # --- the device's part of the contract ------------------------------------------------------------------

    @property
    def rate_hz(self) -> int:
        """The rate that the sensor has, nearest to the one wanted."""
        return min(codec.RATES_HZ, key=lambda rate_hz: (abs(rate_hz - self.rules.rate_hz), -rate_hz))

    def _new_stream(self) -> Stream:
        return Stream(float(self.rate_hz))

    def _opening(self, now_s: float) -> Reply:
        self.agenda = ["subscribe", "hello"]
        self.rest, self.count, self.begun = "", 0, False
        self.stream.begin(float(self.rate_hz))
        ask = self.asking.ask
        reply = ask(Subscribe(NOTIFY), now_s, NOT_HEARD) + ask(Read(BATTERY_LEVEL), now_s)
        return reply + ask(Subscribe(BATTERY_LEVEL), now_s)

    def _heard(self, packet: Packet) -> Reply:
        if packet.characteristic != NOTIFY or self.repeats.is_repeat(packet.data, packet.at_s):
            return []
        message = codec.decode_message(packet.data)
        match message:
            case codec.Response():
                return self._answered(message, packet.at_s) + self._next(packet.at_s)
            case codec.Data(ref=ref) if ref == ACC_REF:
                # A new measurement: what the last one lacked is lost, and seen by the stamps.
                self.stamp_ms, self.count, self.rest, self.begun = message.stamp_ms, 0, "", True
                self.heard_s = packet.at_s
                return self._measured(message.content, packet.at_s) + self._proven("subscribe", packet.at_s)
            case codec.Continuation(ref=ref) if ref == ACC_REF:
                if not self.begun:
                    raise DecodeError("acceleration: the rest of a measurement whose beginning is missing", packet.data)
                return self._measured(message.content, packet.at_s)
        return []

    def _failed(self, action: Action, outcome: Outcome) -> Reply:
        if action == Read(BATTERY_LEVEL):
            self.agenda.append("energy")
            return self._next(outcome.at_s)
        return []

    def _passed(self, now_s: float) -> Reply:
        reply, why = self.dialogue.overdue(now_s)
        reply = super()._passed(now_s) + reply
        if self.begun and now_s - self.heard_s > SILENT_S and "subscribe" not in self.agenda:
            self.agenda.append("subscribe")
            self.heard_s = now_s
        if not why:
            return reply + self._next(now_s)
        step = self.agenda.pop(0)
        if step == "subscribe":
            return self.asking.leave(f"{why}; {NO_GSP if why == 'no answer' else NOT_HEARD}")
        unknown: Reply = [WearableFacts("Movesense")] if step == "hello" else [BatteryLevel(None, now_s)]
        return unknown + self._next(now_s)

    def _goodbye(self) -> Reply:
        if NOTIFY not in self.subscribed:
            return []
        return [Write(COMMAND, codec.encode_command(Op.UNSUBSCRIBE, ACC_REF), note="UNSUBSCRIBE")]

    # --- samples --------------------------------------------------------------------------------------------

    def _measured(self, content: bytes, at_s: float) -> Reply:
        xyz_g, rest = codec.split_vectors(bytes.fromhex(self.rest) + content)
        self.rest = rest.hex()
        if not len(xyz_g):
            return []
        self.count += len(xyz_g)
        stamp_us = self._stamp_us()
        if not self._goes_on(len(xyz_g), stamp_us):  # alone, so that the stream sees what is missing before it
            return [*self._flush(), *self.stream.add(xyz_g, at_s, stamp_us)]
        facts = self._flush() if self.gathered.is_due(at_s) else []
        self.gathered.add(xyz_g, at_s, stamp_us)
        return facts

    def _goes_on(self, count: int, stamp_us: int) -> bool:
        """Whether so many samples, the last at this stamp, follow those before without anything between."""
        past = self.stream.past
        newest_us = past.stamp_us if self.gathered.stamp_us is None else self.gathered.stamp_us
        return newest_us is None or abs((stamp_us - newest_us) / past.clock.line.period_us - count) < 1

    def _stamp_us(self) -> int:
        """Device clock at the newest sample: the stamp is that of the first, and wraps after 49.7 days."""
        newest_us = self.stamp_ms * 1000 + round((self.count - 1) * self.stream.past.clock.line.period_us)
        near_us = self.stream.past.stamp_us
        wrap_us = codec.STAMP_WRAP_MS * 1000
        return newest_us if near_us is None else newest_us + wrap_us * round((near_us - newest_us) / wrap_us)

    # --- commands -------------------------------------------------------------------------------------------

    def _next(self, now_s: float) -> Reply:
        idle = NOTIFY in self.subscribed and not self.dialogue.is_open and not self.asking.leaving
        if not self.up or not idle or not self.agenda:
            return []
        commands = {
            "hello": codec.encode_command(Op.HELLO, HELLO_REF),
            "subscribe": codec.encode_command(Op.SUBSCRIBE, ACC_REF, codec.acceleration_path(self.rate_hz)),
            "energy": codec.encode_command(Op.GET, ENERGY_REF, ENERGY_PATH),
        }
        return self.dialogue.ask(commands[self.agenda[0]], now_s)

    def _proven(self, step: str, at_s: float) -> Reply:
        """A step has done its work, whether it was answered or not."""
        if not self.dialogue.is_open or self.agenda[:1] != [step]:
            return []
        self.dialogue.answered()
        self.agenda.pop(0)
        return self._next(at_s)

    def _answered(self, response: codec.Response, at_s: float) -> Reply:
        if bytes.fromhex(self.dialogue.command)[1:2] != bytes((response.ref,)):
            return []
        self.dialogue.answered()
        step = self.agenda.pop(0)
        if step == "hello":
            product, firmware = codec.decode_hello(response.payload)
            return [WearableFacts(product, firmware)]
        if step == "energy":
            percent = response.body[0] if response.status == codec.OK and response.body else 255
            return [BatteryLevel(percent if percent <= 100 else None, at_s)]
        if response.status // 100 != 2:
            refused = f"the sensor refuses acceleration at {self.rate_hz} Hz ({response.status})"
            return self.asking.leave(f"{refused}: {NO_GSP}")
        return []
