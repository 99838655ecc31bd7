"""Nordic Thingy:52: raw motion without numbers or times, coloured light, tones, a button.

The conversation: read the motion configuration, write it with the rate wanted, listen to raw motion and the button;
let it advertise for ever, or else it switches itself off after three minutes out of reach and wakes only when moved.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Annotated, ClassVar

from msgspec import Meta

from monitor.model import AnswerKind, Nudge, WearableFacts
from monitor.rules import Rules
from monitor.wearables.asking import AskingRules
from monitor.wearables.base import (
    About,
    Action,
    Advertised,
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
from monitor.wearables.thingy52 import codec
from monitor.wearables.thingy52.about import ABOUT

DOUBLE_PRESS_S = 1.0
"""A second press within this asks for a later time."""
LIGHTS = {"nudge": (codec.BLUE, 40, 1500), "stand_up": (codec.YELLOW, 80, 800), "urgent": (codec.RED, 100, 500)}
"""Colour, intensity in per cent and pause in ms of the breathing light, by ``Nudge.kind``."""
FLASHES = {"well_done": codec.GREEN, "identify": codec.BLUE}
"""Colour of one flash."""
TONE_HZ, TONE_MS = 880, 300
SOUNDING = ("stand_up", "urgent", "identify")
NO_MOTION = "the Thingy does not send its motion: update its firmware to 2.x, or switch it off and on"


class Thingy52Rules(AskingRules, frozen=True):
    """What a Thingy:52 is asked for."""

    rate_hz: Annotated[
        int, Meta(ge=5, le=60, description="Samples a second; above about 60 it cannot send them all.")
    ] = 25
    sound: Annotated[bool, Meta(description="Let it sound a tone when it calls you.")] = True
    volume_pct: Annotated[int, Meta(ge=1, le=100, description="How loud the tone is.")] = 80
    advertise_for_ever: Annotated[
        bool,
        Meta(description="Keep it findable out of reach; as delivered it switches itself off after three minutes."),
    ] = True


@dataclass
class Thingy52(LinkedDriver):
    """Driver of one Thingy:52."""

    ADVERTISED: ClassVar[Advertised] = Advertised(service_uuids=(codec.CONFIGURATION,), name_prefixes=("Thingy",))
    RULES: ClassVar[type[Rules]] = Thingy52Rules
    ALERTED_BY: ClassVar[tuple[str, ...]] = (codec.LED,)
    ABOUT: ClassVar[About] = ABOUT

    rules: Thingy52Rules = field(default_factory=Thingy52Rules)
    pressed_s: float | None = None
    """When the button was pressed, while a second press may still come."""
    speaks: bool = False
    """The speaker takes tones."""
    delivered_hz: int = codec.AS_DELIVERED.motion_hz
    """Its rate before it was asked for another."""

    def _new_stream(self) -> Stream:
        return Stream(float(self.rules.rate_hz), stamped=False)

    def _opening(self, now_s: float) -> Reply:
        self.pressed_s, self.speaks = None, False
        ask = self.asking.ask
        reply = ask(Read(codec.MOTION_CONFIG), now_s) + ask(Subscribe(codec.RAW), now_s, NO_MOTION)
        for wish in (Subscribe(codec.BUTTON), Read(BATTERY_LEVEL), Subscribe(BATTERY_LEVEL)):
            reply += ask(wish, now_s)
        reply += ask(Read(codec.SOUND_CONFIG), now_s) if self.rules.sound else []
        reply += ask(Read(codec.ADVERTISING), now_s) if self.rules.advertise_for_ever else []
        return [*reply, WearableFacts("Thingy:52", can_alert=True)]

    def _heard(self, packet: Packet) -> Reply:
        if packet.characteristic == codec.BUTTON:
            return self._pressed(packet) if codec.decode_button(packet.data) == codec.BUTTON_DOWN else []
        if packet.characteristic != codec.RAW or self.repeats.is_repeat(packet.data, packet.at_s):
            return []
        return self._sampled(codec.decode_raw(packet.data), packet.at_s)

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
            case codec.MOTION_CONFIG:
                return self._configure(codec.decode_config(value), outcome.at_s)
            case codec.SOUND_CONFIG if len(value) >= 2:
                return self.asking.ask(Write(codec.SOUND_CONFIG, bytes((codec.FREQUENCY_MODE, value[1]))), outcome.at_s)
            case codec.ADVERTISING:
                interval, timeout_s = codec.decode_advertising(value)
                return self._stay_findable(interval, outcome.at_s) if timeout_s else []
        return []

    def _stay_findable(self, interval: int, now_s: float) -> Reply:
        return self.asking.ask(Write(codec.ADVERTISING, codec.encode_advertising(interval, 0)), now_s)

    def _configure(self, config: codec.MotionConfig, now_s: float) -> Reply:
        if config.motion_hz == self.rules.rate_hz:
            return self._streams_at(float(config.motion_hz))
        self.delivered_hz = config.motion_hz
        wanted = replace(config, motion_hz=self.rules.rate_hz)
        return self.asking.ask(Write(codec.MOTION_CONFIG, codec.encode_config(wanted)), now_s)

    def _has_written(self, action: Write, outcome: Outcome) -> Reply:
        if action.characteristic == codec.MOTION_CONFIG:
            return self._streams_at(float(codec.decode_config(action.data).motion_hz))
        self.speaks = self.speaks or action.characteristic == codec.SOUND_CONFIG
        return []

    def _failed(self, action: Action, outcome: Outcome) -> Reply:
        if action == Read(codec.MOTION_CONFIG):
            return self._configure(codec.AS_DELIVERED, outcome.at_s)
        if action == Read(codec.ADVERTISING):
            return self._stay_findable(codec.ADVERTISING_UNITS, outcome.at_s)
        if isinstance(action, Write) and action.characteristic == codec.MOTION_CONFIG:
            return self._streams_at(float(self.delivered_hz))
        return []

    def _calling(self, nudge: Nudge) -> Reply:
        if nudge.kind == "stop":
            return [Write(codec.LED, codec.LIGHT_OFF, note="stop")]
        if nudge.kind in LIGHTS:
            light = codec.encode_breathing(*LIGHTS[nudge.kind])
        elif nudge.kind in FLASHES:
            light = codec.encode_flash(FLASHES[nudge.kind])
        else:
            return []
        tone = codec.encode_tone(TONE_HZ, TONE_MS, self.rules.volume_pct)
        sounds = self.speaks and nudge.kind in SOUNDING
        return [
            Write(codec.LED, light, note=nudge.kind),
            *([Write(codec.SPEAKER, tone, response=False, note=nudge.kind)] if sounds else []),
        ]
