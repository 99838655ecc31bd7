"""Polar: H10, Verity Sense and OH1 stream acceleration with time stamps over Polar Measurement Data (PMD).

The conversation: listen to control point and data; where wished, switch SDK mode on; ask which settings there are;
START with exactly those. Commands are answered by indications, one at a time. A stream that ran on from before is
stopped and started; one that the device stops by itself is started again. STOP before leaving: an H10 that is left
streaming never sleeps.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import ClassVar

from monitor.model import Quality, WearableFacts
from monitor.rules import Rules
from monitor.wearables.asking import NEEDS_PAIRING
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
from monitor.wearables.polar import codec
from monitor.wearables.polar.about import ABOUT, NO_SETTINGS, PAIR_IT, SWITCH_OFF_AND_ON, refusal
from monitor.wearables.polar.codec import CONTROL, DATA, Measurement, Op, Setting, Status
from monitor.wearables.polar.rules import PolarRules, choose
from monitor.wearables.polar.steps import COMMANDS, after_refusal, opening
from monitor.wearables.standard import BATTERY_LEVEL, FIRMWARE_REVISION, decode_text, uuid_of
from monitor.wearables.stream import Stream

MODEL_NUMBER, HEART_RATE = uuid_of(0x2A24), uuid_of(0x2A37)
CONTACT_HOLDS_S = 5.0
"""Heart rate comes once a second; an older word about skin contact says nothing."""
SILENT_S = 20.0
"""A stream without a frame for so long is stopped and started: the longest frames hold 3 s."""


def decode_contact(data: bytes) -> bool | None:
    """Skin contact, of a heart rate measurement (Bluetooth SIG, Heart Rate Service 1.0); None where it does not say."""
    if not data or not data[0] & 0b100:
        return None
    return bool(data[0] & 0b10)


@dataclass
class Polar(CommandedDriver):
    """Driver of one Polar sensor; its agenda holds names of ``steps.COMMANDS``."""

    ADVERTISED: ClassVar[Advertised] = Advertised(name_prefixes=("Polar ",))
    RULES: ClassVar[type[Rules]] = PolarRules
    ALERTED_BY: ClassVar[tuple[str, ...]] = ()
    MAY_PAIR: ClassVar[bool] = True
    COMMANDED_AT: ClassVar[str] = CONTROL
    ABOUT: ClassVar[About] = ABOUT

    rules: PolarRules = field(default_factory=PolarRules)
    pause_until_s: float = 0.0
    refusals: int = 0
    """Since the last frame, on this link."""
    parts: str = ""
    """Beginning of an answer in several parts, hexadecimal."""
    chosen: dict[int, int] = field(default_factory=dict)
    factor: float | None = None
    streaming: bool = False
    heard_s: float = 0.0
    """When the newest frame came, or the stream was started."""
    sdk_on: bool = False
    model: str = ""
    firmware: str = ""
    contact: bool | None = None
    contact_s: float = 0.0

    # --- the device's part of the contract ------------------------------------------------------------------

    def _new_stream(self) -> Stream:
        return Stream(float(self.rules.rate_hz), float(self.rules.range_g))

    def _opening(self, now_s: float) -> Reply:
        self.agenda = opening(self.rules.sdk_mode)
        self.pause_until_s, self.refusals, self.parts = 0.0, 0, ""
        self.streaming = self.sdk_on = False
        self.model = self.firmware = ""
        self.contact = None
        ask = self.asking.ask
        reply = ask(Subscribe(CONTROL), now_s, PAIR_IT)
        for wish in (Read(MODEL_NUMBER), Read(FIRMWARE_REVISION), Read(BATTERY_LEVEL)):
            reply += ask(wish, now_s)
        return reply + ask(Subscribe(BATTERY_LEVEL), now_s)

    def _heard(self, packet: Packet) -> Reply:
        match packet.characteristic:
            case str(control) if control == CONTROL:
                return self._answered(codec.decode_control(packet.data), packet.at_s) + self._next(packet.at_s)
            case str(data) if data == DATA:
                return self._framed(packet)
            case str(heart_rate) if heart_rate == HEART_RATE:
                self.contact, self.contact_s = decode_contact(packet.data), packet.at_s
        return []

    def _listens(self, characteristic: str, at_s: float) -> Reply:
        # The rest waits for this one: a sensor that wants to be paired says so once, not for everything asked.
        return self.asking.ask(Read(CONTROL), at_s) if characteristic == CONTROL else []

    def _has_read(self, characteristic: str, value: bytes, outcome: Outcome) -> Reply:
        if characteristic == CONTROL:
            return self._may_be_used(value, outcome.at_s)
        if characteristic == MODEL_NUMBER:
            self.model = decode_text(value)
        elif characteristic == FIRMWARE_REVISION:
            self.firmware = decode_text(value)
        return self._described(characteristic)

    def _failed(self, action: Action, outcome: Outcome) -> Reply:
        if action == Read(CONTROL):
            if outcome.att_error in NEEDS_PAIRING:
                return self.asking.leave(f"{outcome.error}; {PAIR_IT}")
            return self.asking.ask(Subscribe(DATA), outcome.at_s, PAIR_IT)
        return self._described(action.characteristic) if isinstance(action, Read) else []

    def _may_be_used(self, features: bytes, at_s: float) -> Reply:
        """The control point can be read: the sensor trusts us. Listen to it."""
        reply = self.asking.ask(Subscribe(DATA), at_s, PAIR_IT)
        with suppress(DecodeError):  # a map that cannot be read is no reason not to stream
            # Only a chest strap has electrodes: its word about skin contact can be trusted.
            if self.rules.use_contact and Measurement.ECG in codec.decode_features(features):
                reply += self.asking.ask(Subscribe(HEART_RATE), at_s)
        return reply

    def _passed(self, now_s: float) -> Reply:
        reply, why = self.dialogue.overdue(now_s)
        if why:
            return self.asking.leave(f"{why}; {SWITCH_OFF_AND_ON if why == 'no answer' else PAIR_IT}")
        if reply:
            self.parts = ""  # it is asked again, and will be answered from the beginning
        if self.streaming and now_s - self.heard_s > SILENT_S:
            self.streaming = False
            if not self._retry(["stop", "settings", "start"], now_s):
                return self.asking.leave(f"no data; {SWITCH_OFF_AND_ON}")
        return reply + self._next(now_s)

    def _goodbye(self) -> Reply:
        if CONTROL not in self.subscribed:
            return []
        stop: Reply = [Write(CONTROL, codec.encode_command(Op.STOP, Measurement.ACC), note="STOP")]
        if self.sdk_on:
            stop.append(Write(CONTROL, codec.encode_command(Op.STOP, Measurement.SDK_MODE), note="SDK mode off"))
        return stop

    # --- samples --------------------------------------------------------------------------------------------

    def _framed(self, packet: Packet) -> Reply:
        frame = codec.decode_frame(packet.data, self.factor)
        if frame is None or not self.streaming:
            return []  # a stream that ran on from before has unknown settings: it is stopped soon
        self.heard_s, self.refusals = packet.at_s, 0
        bare = self.contact is False and packet.at_s - self.contact_s <= CONTACT_HOLDS_S
        quality = Quality.DEVICE_NOT_WORN if bare else Quality.NONE
        # Compressed frames are filled by size: only the next sample, which does not fit any more, sends one off.
        late_s = self.stream.period_s if frame.kind & codec.COMPRESSED else 0.0
        stamp_us = frame.stamp_ns // 1000
        return list(self.stream.add(frame.xyz_mg / 1000, packet.at_s - late_s, stamp_us, quality=quality))

    def _described(self, characteristic: str) -> Reply:
        waiting = self.asking.is_open(Read(MODEL_NUMBER)) or self.asking.is_open(Read(FIRMWARE_REVISION))
        if waiting or characteristic not in (MODEL_NUMBER, FIRMWARE_REVISION):
            return []
        model = self.model if self.model.startswith("Polar") else f"Polar {self.model}".strip()
        return [WearableFacts(model, self.firmware)]

    # --- the control point ----------------------------------------------------------------------------------

    def _next(self, now_s: float) -> Reply:
        listening = CONTROL in self.subscribed and DATA in self.subscribed
        idle = listening and not self.dialogue.is_open and not self.asking.leaving
        if not self.up or not idle or not self.agenda or now_s < self.pause_until_s:
            return []
        step = self.agenda[0]
        command = codec.encode_command(*COMMANDS[step], self.chosen if step == "start" else None)
        return self.dialogue.ask(command, now_s)

    def _answered(self, message: codec.Answer | codec.Stopped, at_s: float) -> Reply:
        if isinstance(message, codec.Stopped):
            return self._stopped(message, at_s)
        command = bytes.fromhex(self.dialogue.command)
        if command[:2] != bytes((message.op, message.measurement)):
            return []
        self.parts += message.params.hex()
        if message.more:
            return []
        self.dialogue.answered()
        params, self.parts = bytes.fromhex(self.parts), ""
        step = self.agenda.pop(0)
        if message.status != Status.SUCCESS:
            return self._refused(step, message.status, at_s)
        if step == "sdk":
            self.sdk_on, self.agenda = True, ["all settings", "start"]
        elif step in ("settings", "all settings"):
            return self._offered(step, params, at_s)
        elif step == "start":
            self._started(params, at_s)
        return []

    def _stopped(self, notice: codec.Stopped, at_s: float) -> Reply:
        """The device ended its stream by itself: start it again."""
        if Measurement.ACC in notice.measurements and self.streaming:
            self.streaming = False
            self.agenda = opening(self.rules.sdk_mode)
            self.pause_until_s = at_s + self.rules.request_pause_s
        return []

    def _offered(self, step: str, params: bytes, at_s: float) -> Reply:
        try:
            self.chosen = choose(codec.decode_settings(params), self.rules)
        except DecodeError:
            if not self._retry([step], at_s):
                return self.asking.leave(NO_SETTINGS)
            raise
        return [] if self.chosen.get(Setting.RATE) else self.asking.leave(NO_SETTINGS)

    def _started(self, params: bytes, at_s: float) -> None:
        self.streaming, self.heard_s, self.factor = True, at_s, None
        self.stream.begin(float(self.chosen[Setting.RATE]), float(self.chosen.get(Setting.RANGE, self.rules.range_g)))
        self.factor = codec.decode_factor(params)

    def _refused(self, step: str, status: int, at_s: float) -> Reply:
        if step == "sdk" and status == Status.ALREADY_IN_STATE:
            self.sdk_on = True
        steps = after_refusal(step, status)
        return [] if not steps or self._retry(steps, at_s) else self.asking.leave(refusal(status))

    def _retry(self, steps: list[str], at_s: float) -> bool:
        """Take these steps next, after a pause; false where that was done too often on this link."""
        self.refusals += 1
        self.agenda = [*steps, *self.agenda]
        self.pause_until_s = at_s if steps[0] in ("stop", "settings") else at_s + self.rules.request_pause_s
        return self.refusals < self.rules.request_tries
