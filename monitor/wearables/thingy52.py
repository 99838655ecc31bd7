"""Nordic Thingy:52: raw motion without numbers or times, coloured light, tones, a button.

The conversation: read the motion configuration, write it with the rate wanted, listen to raw motion and the button;
let it advertise for ever, or else it switches itself off after three minutes out of reach and wakes only when moved.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from monitor.model import AnswerKind, Nudge, WearableFacts
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
from monitor.wearables.linked import LinkedDriver
from monitor.wearables.standard import BATTERY_LEVEL
from monitor.wearables.stream import Stream


def _uuid(short: str) -> str:
    return f"ef68{short}-9b35-4933-9b10-52ffa9740042"


CONFIGURATION, ADVERTISING = _uuid("0100"), _uuid("0102")
LED, BUTTON = _uuid("0301"), _uuid("0302")
MOTION_CONFIG, RAW = _uuid("0401"), _uuid("0406")
SOUND_CONFIG, SPEAKER = _uuid("0501"), _uuid("0502")

ADVERTISING_UNITS = 608
"""380 ms in units of 0.625 ms: as delivered."""
RAW_BYTES = 18
COUNTS_PER_UNIT = (1024, 32, 16)
"""Of g, degrees a second and microtesla: 6Q10, 11Q5, 12Q4."""
BUTTON_DOWN = 1
DOUBLE_PRESS_S = 1.0
"""A second press within this asks for a later time."""
FREQUENCY_MODE = 1
RED, GREEN, YELLOW, BLUE = 1, 2, 3, 4
LIGHT_OFF = b"\x00"
TONE_HZ, TONE_MS = 880, 300
LIGHTS = {"nudge": (BLUE, 40, 1500), "stand_up": (YELLOW, 80, 800), "urgent": (RED, 100, 500)}
"""Colour, intensity in per cent and pause in ms of the breathing light, by ``Nudge.kind``."""
FLASHES = {"well_done": GREEN, "identify": BLUE}
"""Colour of one flash."""
SOUNDING = ("stand_up", "urgent", "identify")
NO_MOTION = "the Thingy does not send its motion: update its firmware to 2.x, or switch it off and on"


class Thingy52Rules(AskingRules, frozen=True, extra="forbid"):
    """What a Thingy:52 is asked for."""

    rate_hz: int = Field(25, ge=5, le=60, description="Samples a second; above about 60 it cannot send them all.")
    sound: bool = Field(True, description="Let it sound a tone when it calls you.")
    volume_pct: int = Field(80, ge=1, le=100, description="How loud the tone is.")
    advertise_for_ever: bool = Field(
        True, description="Keep it findable out of reach; as delivered it switches itself off after three minutes."
    )


@dataclass(frozen=True, slots=True)
class MotionConfig:
    """How the motion unit is set (0401)."""

    pedometer_ms: int
    temperature_ms: int
    compass_ms: int
    motion_hz: int
    wake_on_motion: int


@dataclass(frozen=True, slots=True, eq=False)
class RawMotion:
    """One sample of everything (0406); we use the acceleration."""

    xyz_g: NDArray[np.float32]
    turn_dps: NDArray[np.float32]
    field_ut: NDArray[np.float32]


AS_DELIVERED = MotionConfig(1000, 500, 500, 10, 1)
_CONFIG = struct.Struct("<HHHHB")


def decode_config(data: bytes) -> MotionConfig:
    """The nine bytes of the motion configuration."""
    if len(data) != _CONFIG.size:
        raise DecodeError(f"motion configuration: {len(data)} bytes, not {_CONFIG.size}", data)
    config = MotionConfig(*_CONFIG.unpack(data))
    if not 5 <= config.motion_hz <= 200:
        raise DecodeError(f"motion configuration: {config.motion_hz} Hz is not 5 to 200", data)
    return config


def encode_config(config: MotionConfig) -> bytes:
    """The same, written."""
    return _CONFIG.pack(
        config.pedometer_ms, config.temperature_ms, config.compass_ms, config.motion_hz, config.wake_on_motion
    )


def decode_raw(data: bytes) -> RawMotion:
    """The eighteen bytes of raw motion."""
    if len(data) != RAW_BYTES:
        raise DecodeError(f"raw motion: {len(data)} bytes, not {RAW_BYTES}", data)
    counts = np.frombuffer(data, "<i2").reshape(3, 3)
    xyz_g, turn_dps, field_ut = (counts / np.array(COUNTS_PER_UNIT)[:, None]).astype(np.float32)
    return RawMotion(xyz_g, turn_dps, field_ut)


def decode_advertising(data: bytes) -> tuple[int, int]:
    """Interval in units of 0.625 ms, and after how many seconds it switches itself off (0: never)."""
    if len(data) < 3:
        raise DecodeError("advertising parameters: shorter than 3 bytes", data)
    interval, timeout_s = struct.unpack_from("<HB", data)
    return interval, timeout_s


def decode_button(data: bytes) -> int:
    """1 pressed, 0 let go."""
    if not data:
        raise DecodeError("button: empty")
    return data[0]


def encode_breathing(colour: int, intensity_pct: int, pause_ms: int) -> bytes:
    """A light that comes and goes."""
    return struct.pack("<BBBH", 2, colour, intensity_pct, pause_ms)


def encode_flash(colour: int, intensity_pct: int = 100) -> bytes:
    """One flash."""
    return bytes((3, colour, intensity_pct))


def encode_tone(frequency_hz: int, duration_ms: int, volume_pct: int) -> bytes:
    """One tone, in frequency mode."""
    return struct.pack("<HHB", frequency_hz, duration_ms, volume_pct)


@dataclass
class Thingy52(LinkedDriver):
    """Driver of one Thingy:52."""

    ADVERTISED: ClassVar[Advertised] = Advertised(service_uuids=(CONFIGURATION,), name_prefixes=("Thingy",))
    RULES: ClassVar[type[BaseModel]] = Thingy52Rules
    ALERTED_BY: ClassVar[tuple[str, ...]] = (LED,)
    ABOUT: ClassVar[About] = About(
        title="Nordic Thingy:52",
        products=("Nordic Thingy:52 with firmware 2.x",),
        placements=("thigh", "waist", "pocket", "lower_back", "chest"),
        rate="5 to 60 a second; 25 unless set otherwise",
        clock="it sends no times and no numbers: times are reconstructed by counting, good to about 0.1 s; a lost"
        " sample shows only when several are missing, and what happens out of reach is not kept",
        alert="coloured light and a tone; one press of its button says that you take the break, two ask for a later"
        " time",
        pairing="",
        battery="days from its rechargeable cell (an estimate: raw motion keeps the gyroscope and the compass running)",
        wearing=(
            "On a strap around the middle of the thigh, or clipped to the belt; it may sit any way round.",
            "Keep its light where you can see it, or let it sound.",
        ),
        limits=(
            "No longer made, but easy to find second-hand.",
            "Out of reach for three minutes it would switch itself off and wake only when moved; we set it to stay"
            " findable for ever (`advertise_for_ever`), and it keeps that setting.",
            "The Thingy:53 speaks otherwise and is not supported.",
        ),
    )

    rules: Thingy52Rules = field(default_factory=Thingy52Rules)
    pressed_s: float | None = None
    """When the button was pressed, while a second press may still come."""
    speaks: bool = False
    """The speaker takes tones."""
    delivered_hz: int = AS_DELIVERED.motion_hz
    """Its rate before it was asked for another."""

    def _new_stream(self) -> Stream:
        return Stream(float(self.rules.rate_hz), stamped=False)

    def _opening(self, now_s: float) -> Reply:
        self.pressed_s, self.speaks = None, False
        ask = self.asking.ask
        reply = ask(Read(MOTION_CONFIG), now_s) + ask(Subscribe(RAW), now_s, NO_MOTION)
        for wish in (Subscribe(BUTTON), Read(BATTERY_LEVEL), Subscribe(BATTERY_LEVEL)):
            reply += ask(wish, now_s)
        reply += ask(Read(SOUND_CONFIG), now_s) if self.rules.sound else []
        reply += ask(Read(ADVERTISING), now_s) if self.rules.advertise_for_ever else []
        return [*reply, WearableFacts("Thingy:52", can_alert=True)]

    def _heard(self, packet: Packet) -> Reply:
        if packet.characteristic == BUTTON:
            return self._pressed(packet) if decode_button(packet.data) == BUTTON_DOWN else []
        if packet.characteristic != RAW or self.stream.is_repeat(packet.data, packet.at_s):
            return []
        return self._sampled(decode_raw(packet.data).xyz_g[None], packet.at_s)

    def _pressed(self, packet: Packet) -> Reply:
        """The first press waits whether a second one follows."""
        if self.pressed_s is None:
            self.pressed_s = packet.at_s
            return []
        twice = packet.at_s - self.pressed_s <= DOUBLE_PRESS_S
        before_s, self.pressed_s = self.pressed_s, None
        kind = AnswerKind.SNOOZED if twice else AnswerKind.ACKNOWLEDGED
        return self.call.answered(kind, before_s)

    def _passed(self, now_s: float) -> Reply:
        samples = super()._passed(now_s)
        if self.pressed_s is None or now_s - self.pressed_s <= DOUBLE_PRESS_S:
            return samples
        pressed_s, self.pressed_s = self.pressed_s, None
        return samples + self.call.answered(AnswerKind.ACKNOWLEDGED, pressed_s)

    def _has_read(self, characteristic: str, value: bytes, outcome: Outcome) -> Reply:
        match characteristic:
            case str(read) if read == MOTION_CONFIG:
                return self._configure(decode_config(value), outcome.at_s)
            case str(read) if read == SOUND_CONFIG and len(value) >= 2:
                return self.asking.ask(Write(SOUND_CONFIG, bytes((FREQUENCY_MODE, value[1]))), outcome.at_s)
            case str(read) if read == ADVERTISING:
                interval, timeout_s = decode_advertising(value)
                return self._stay_findable(interval, outcome.at_s) if timeout_s else []
        return []

    def _stay_findable(self, interval: int, now_s: float) -> Reply:
        return self.asking.ask(Write(ADVERTISING, struct.pack("<HB", interval, 0)), now_s)

    def _configure(self, config: MotionConfig, now_s: float) -> Reply:
        if config.motion_hz == self.rules.rate_hz:
            return self._streams_at(float(config.motion_hz))
        self.delivered_hz = config.motion_hz
        wanted = replace(config, motion_hz=self.rules.rate_hz)
        return self.asking.ask(Write(MOTION_CONFIG, encode_config(wanted)), now_s)

    def _has_written(self, action: Write, outcome: Outcome) -> Reply:
        if action.characteristic == MOTION_CONFIG:
            return self._streams_at(float(decode_config(action.data).motion_hz))
        self.speaks = self.speaks or action.characteristic == SOUND_CONFIG
        return []

    def _failed(self, action: Action, outcome: Outcome) -> Reply:
        if action == Read(MOTION_CONFIG):
            return self._configure(AS_DELIVERED, outcome.at_s)
        if action == Read(ADVERTISING):
            return self._stay_findable(ADVERTISING_UNITS, outcome.at_s)
        if isinstance(action, Write) and action.characteristic == MOTION_CONFIG:
            return self._streams_at(float(self.delivered_hz))
        return []

    def _calling(self, nudge: Nudge) -> Reply:
        if nudge.kind == "stop":
            return [Write(LED, LIGHT_OFF, note="stop")]
        if nudge.kind in LIGHTS:
            light = encode_breathing(*LIGHTS[nudge.kind])
        elif nudge.kind in FLASHES:
            light = encode_flash(FLASHES[nudge.kind])
        else:
            return []
        tone = encode_tone(TONE_HZ, TONE_MS, self.rules.volume_pct)
        sounds = self.speaks and nudge.kind in SOUNDING
        return [
            Write(LED, light, note=nudge.kind),
            *([Write(SPEAKER, tone, response=False, note=nudge.kind)] if sounds else []),
        ]
