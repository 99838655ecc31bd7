"""WitMotion: an endless stream of frames without times, numbers or checksums.

The sensor streams as soon as somebody listens, at a rate it does not tell: it is measured. Only where it differs from
the one wanted it is set (unlock, write, save: the registers are kept in flash), and measured again. No sample is
delivered before the rate is known.
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
    Reply,
    Subscribe,
    Write,
)
from monitor.wearables.linked import LinkedDriver
from monitor.wearables.stream import Stream
from monitor.wearables.witmotion import frames
from monitor.wearables.witmotion.frames import FRAME_BYTES, NOTIFY, RANGE_G, WRITE, Framer
from monitor.wearables.witmotion.pace import Pace

NO_FRAMES = "the sensor cannot be listened to: switch it off and on, and close the vendor's app"
VIBRATION = (
    "this is a vibration sensor (WTVB01), which sends no acceleration: a WT901BLE, BWT901BLE or WT9011DCL is needed"
)
LONGEST_LOSS = 3 * FRAME_BYTES
"""Bytes skipped without finding a frame: more than what a lost notification leaves behind."""
VIBRATION_FRAMES = 3
"""So many longer frames in a row, and it is one."""


class WitMotionRules(AskingRules, frozen=True):
    """What a WitMotion sensor is asked for."""

    rate_hz: Annotated[
        int, Meta(ge=1, le=200, description="Sampling rate wanted; the nearest of 10, 20, 50, 100, 200 Hz.")
    ] = 20
    bandwidth_hz: Annotated[
        int,
        Meta(
            ge=0, le=256, description="Low-pass filter wanted, in Hz; 0 leaves the sensor's own (20 Hz as delivered)."
        ),
    ] = 0
    rate_tries: Annotated[
        int, Meta(ge=0, le=10, description="How often to set the rate before the sensor's own is kept.")
    ] = 2
    battery_every_s: Annotated[float, Meta(ge=10, le=86400, description="How often the battery is asked for.")] = 600.0


@dataclass
class WitMotion(LinkedDriver):
    """Driver of one WitMotion sensor."""

    ADVERTISED: ClassVar[Advertised] = Advertised((frames.SERVICE,), ("WT901", "BWT901", "WT9011"))
    RULES: ClassVar[type[Rules]] = WitMotionRules
    ALERTED_BY: ClassVar[tuple[str, ...]] = ()
    ABOUT: ClassVar[About] = About(
        title="WitMotion inertial sensor",
        products=("WitMotion BWT901BLE", "WitMotion WT901BLECL", "WitMotion WT901BLE68", "WitMotion WT9011DCL"),
        placements=("thigh", "pocket", "waist", "lower_back", "chest", "wrist"),
        rate="10, 20, 50, 100 or 200 Hz; 20 unless set otherwise",
        clock="the sensor sends no times and no numbers: times are reconstructed by counting, good to about 0.1 s;"
        " a lost sample shows only when several are missing, and what happens out of reach is not kept",
        alert="",
        pairing="",
        battery="rechargeable; some hours to two days of streaming, by the model (an estimate)",
        wearing=(
            "On a strap or clip around the middle of the thigh; it may sit any way round.",
            "Charge it every evening.",
        ),
        limits=(
            "Its rate is set once and kept in the sensor: the vendor's app will find it changed.",
            "The vibration sensors WTVB01 are not supported, nor are sensors with Bluetooth 2.0.",
            "It cannot call you: let the phone, the desktop or a lamp do it.",
        ),
    )

    rules: WitMotionRules = field(default_factory=WitMotionRules)
    framer: Framer = field(default_factory=Framer)
    pace: Pace = field(default_factory=Pace)
    rate_hz: int = 0
    """As measured; 0: not known."""
    doubted_hz: int = 0
    """Another rate, measured once since."""
    settings: list[str] = field(default_factory=list)
    """Commands still to be written in order, hexadecimal."""
    writing: str = ""
    """The one on its way."""
    response: bool = True
    """Whether writes are answered; some firmwares take only those that are not."""
    failures: int = 0
    rounds: int = 0
    """How often the settings were written."""
    battery_due_s: float = 0.0
    battery_asked: int = 0
    """Questions for the battery without an answer."""

    # --- the device's part of the contract ------------------------------------------------------------------

    def done(self, action: Action, outcome: Outcome) -> Reply:
        """An action was carried out or failed."""
        reply = super().done(action, outcome)
        if self.up and isinstance(action, Write) and action.data.hex() == self.writing:
            self._wrote(outcome)
        return reply

    def _new_stream(self) -> Stream:
        return Stream(float(self._wanted_hz()), RANGE_G, stamped=False)

    def _wanted_hz(self) -> int:
        usable = [rate_hz for rate_hz in frames.RATE_CODES if rate_hz >= 10]
        return min(usable, key=lambda rate_hz: abs(rate_hz - self.rules.rate_hz))

    def _opening(self, now_s: float) -> Reply:
        if self.stream.past.segment >= 0:
            self.rate_hz = round(self.stream.past.rate_hz)  # also over a crash
        self.framer, self.pace = Framer(), Pace()
        self.settings, self.writing, self.failures, self.rounds, self.doubted_hz = [], "", 0, 0, 0
        self.battery_due_s, self.battery_asked = now_s, 0
        return self.asking.ask(Subscribe(NOTIFY), now_s, NO_FRAMES)

    def _listens(self, characteristic: str, at_s: float) -> Reply:
        return [WearableFacts("WitMotion")]

    def _heard(self, packet: Packet) -> Reply:
        if packet.characteristic != NOTIFY or self.repeats.is_repeat(packet.data, packet.at_s):
            return []
        complete = self.framer.take(packet.data)
        if self.framer.longer >= VIBRATION_FRAMES:
            return self.asking.leave(VIBRATION)
        if not complete and self.framer.skipped > LONGEST_LOSS:
            raise DecodeError(f"no frame in {self.framer.skipped} bytes", packet.data)
        reply = self._battery_of(complete, packet.at_s)
        xyz_g = frames.decode_motion(complete)
        if not len(xyz_g):
            return reply
        self.pace.heard(len(xyz_g), packet.at_s)
        return reply + self._sampled(xyz_g, packet.at_s) if self.rate_hz else reply

    def _heed_rate(self) -> Reply:
        """Believe a rate that was measured: at once where none is known, else at the second time."""
        measured_hz = self.pace.measured_hz(list(frames.RATE_CODES))
        if measured_hz is None:
            return []
        if self.rate_hz not in (0, measured_hz) and self.doubted_hz != measured_hz:
            self.doubted_hz = measured_hz
            return []
        facts = self._flush()
        self.rate_hz, self.doubted_hz = measured_hz, 0
        self.stream.begin(float(measured_hz), RANGE_G)
        self._plan_settings()
        return facts

    def _plan_settings(self) -> None:
        wanted_hz, bandwidth_hz = self._wanted_hz(), self.rules.bandwidth_hz
        is_right = self.rate_hz == wanted_hz and (not bandwidth_hz or self.rounds > 0)
        if is_right or self.rounds >= self.rules.rate_tries:
            return
        self.rounds += 1
        commands = [frames.UNLOCK, frames.encode_register(frames.RATE_REGISTER, frames.RATE_CODES[wanted_hz])]
        if bandwidth_hz:
            nearest_hz = min(frames.BANDWIDTH_CODES, key=lambda each: abs(each - bandwidth_hz))
            code = frames.BANDWIDTH_CODES[nearest_hz]
            commands.append(frames.encode_register(frames.BANDWIDTH_REGISTER, code))
        self.settings = [command.hex() for command in (*commands, frames.SAVE)]

    def _passed(self, now_s: float) -> Reply:
        if NOTIFY not in self.subscribed:
            return []
        facts = super()._passed(now_s) + self._heed_rate()
        if self.settings:
            return facts + self._write_next()
        if now_s >= self.battery_due_s:
            return facts + self._ask_battery(now_s)
        return facts

    # --- settings -------------------------------------------------------------------------------------------

    def _write_next(self) -> Reply:
        """One command a tick: the sensor wants a tenth of a second between them."""
        if self.writing:
            return []
        self.writing = self.settings[0]
        return [Write(WRITE, bytes.fromhex(self.writing), self.response)]

    def _wrote(self, outcome: Outcome) -> None:
        command, self.writing = self.writing, ""
        if outcome.error is not None:
            self.response = not self.response
            self.failures += 1
            if self.failures >= 2 * self.rules.request_tries:
                self.settings = []  # it streams all the same, at its own rate
            return
        if self.settings[:1] == [command]:
            self.settings.pop(0)
            if not self.settings:
                self.rate_hz = 0  # measured again before anything more is delivered
                self.pace.forget()

    # --- battery --------------------------------------------------------------------------------------------

    def _ask_battery(self, now_s: float) -> Reply:
        if self.writing:
            return []
        unknown: Reply = [BatteryLevel(None, now_s)] if self.battery_asked == self.rules.request_tries else []
        self.battery_asked += 1
        hopeless = self.battery_asked > self.rules.request_tries
        self.battery_due_s = now_s + (self.rules.battery_every_s if hopeless else self.rules.request_timeout_s)
        self.writing = frames.READ_BATTERY.hex()
        return [*unknown, Write(WRITE, frames.READ_BATTERY, self.response)]

    def _battery_of(self, complete: list[bytes], at_s: float) -> Reply:
        reply: Reply = []
        for percent in (frames.decode_battery(frame) for frame in complete):
            if percent is None:
                continue
            self.battery_asked, self.battery_due_s = 0, at_s + self.rules.battery_every_s
            if percent != self.battery:
                self.battery = percent
                reply.append(BatteryLevel(percent, at_s))
        return reply
