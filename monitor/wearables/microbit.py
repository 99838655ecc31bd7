"""BBC micro:bit: one acceleration sample a notification, in bursts; text on its LEDs, two buttons that answer.

The board has only certain periods: it takes the least that reaches the one asked for, so that a V1 answers 80 ms to a
wish for 40. Therefore the period is written, read back, and where it became much longer the next shorter is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from msgspec import Meta

from monitor.model import AnswerKind, Nudge, WearableFacts
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
from monitor.wearables.linked import LinkedDriver
from monitor.wearables.standard import FIRMWARE_REVISION, decode_text
from monitor.wearables.stream import Stream
from monitor.wearables.triplets import decode_triplets


def _uuid(short: str) -> str:
    return f"e95d{short}-251d-470a-a062-fa1922dfa9a8"


DATA, PERIOD = _uuid("ca4b"), _uuid("fb24")
MATRIX, TEXT, SCROLLING = _uuid("7b77"), _uuid("93ee"), _uuid("0d2d")
BUTTON_A, BUTTON_B = _uuid("da90"), _uuid("da91")

DEFAULT_PERIOD_MS = 20
PERIODS_MS = (5, 10, 20, 80, 160)
"""What a V1 has; 1 and 2 ms crash it, 640 is of no use."""
MUCH_LONGER = 1.5
TEXT_BYTES = 20
SCROLL_MS = 80
BUTTON_DOWN = 1
DARK = bytes(5)
ARROW_UP = bytes.fromhex("040e1f0404")
WORDS = {
    "stand_up": "STAND UP",
    "urgent": "STAND UP!",
    "well_done": "WELL DONE",
    "identify": "HELLO",
}
"""What scrolls by, by ``Nudge.kind``: the coach's own titles take half a minute on 25 LEDs."""
PICTURES = {"stop": DARK, "nudge": ARROW_UP}
NO_DATA = (
    "the board's program offers no accelerometer: flash one that starts the accelerometer service (MakeCode, extension"
    ' Bluetooth, setting "No pairing required"), and remove the board from the Bluetooth settings of this machine'
)


class MicroBitRules(AskingRules, frozen=True):
    """What a micro:bit is asked for."""

    period_ms: Annotated[
        int, Meta(ge=5, le=160, description="Milliseconds between samples; a first-generation board makes 20 of 40.")
    ] = 40


def decode_period(data: bytes) -> int:
    """Milliseconds between samples."""
    if len(data) < 2:
        raise DecodeError("period: shorter than 2 bytes", data)
    period_ms = int.from_bytes(data[:2], "little")
    if not period_ms:
        raise DecodeError("period: 0 ms", data)
    return period_ms


def decode_button(data: bytes) -> int:
    """0 up, 1 down, 2 held long."""
    if not data:
        raise DecodeError("button: empty")
    return data[0]


def encode_period(period_ms: int) -> bytes:
    """The wish for a period."""
    return period_ms.to_bytes(2, "little")


def encode_text(text: str) -> bytes:
    """What scrolls over the LEDs: 20 bytes at most."""
    return text.encode()[:TEXT_BYTES].decode("utf-8", "ignore").encode()


@dataclass
class MicroBit(LinkedDriver):
    """Driver of one micro:bit."""

    ADVERTISED: ClassVar[Advertised] = Advertised(name_prefixes=("BBC micro:bit",))
    RULES: ClassVar[type[Rules]] = MicroBitRules
    ALERTED_BY: ClassVar[tuple[str, ...]] = (TEXT, MATRIX)
    ABOUT: ClassVar[About] = About(
        title="BBC micro:bit",
        products=("micro:bit V2", "micro:bit V1 and V1.5"),
        placements=("thigh", "pocket", "waist", "lower_back", "chest"),
        rate="25 a second on a V2, 50 on a V1",
        clock="the board sends no times and no numbers: times are reconstructed by counting, good to about 0.1 s;"
        " a lost sample shows only when several are missing, and what happens out of reach is not kept",
        alert="text on the LEDs; button A says that you take the break, button B asks for a later time",
        pairing='none, if its program is built with "No pairing required"; then do not pair it in the system\'s'
        " settings either",
        battery="two to four working days on two AAA cells (an estimate); it cannot tell how full they are",
        wearing=(
            "On a strap around the middle of the thigh, battery and all; it may sit any way round.",
            "In a trouser pocket it works, too, but its LEDs are seen by nobody.",
        ),
        limits=(
            "It needs a program that starts the services for accelerometer and LEDs, and for buttons if they should"
            " answer; a V1 has memory for accelerometer and LEDs only.",
            "It neither buzzes nor sounds: you have to look at it.",
            "Harder hits than 2 g are cut off unless its program sets a wider range.",
        ),
    )

    rules: MicroBitRules = field(default_factory=MicroBitRules)
    asked_ms: int = 0
    """The period asked for last; 0: none on this link."""

    def _new_stream(self) -> Stream:
        return Stream(1000.0 / self.rules.period_ms, stamped=False)

    def _opening(self, now_s: float) -> Reply:
        ask = self.asking.ask
        reply = self._ask_period(self.rules.period_ms, now_s) + ask(Subscribe(DATA), now_s, NO_DATA)
        for wish in (Read(FIRMWARE_REVISION), Subscribe(BUTTON_A), Subscribe(BUTTON_B)):
            reply += ask(wish, now_s)
        return reply + ask(Write(SCROLLING, encode_period(SCROLL_MS)), now_s)

    def _ask_period(self, period_ms: int, now_s: float) -> Reply:
        self.asked_ms = period_ms
        return self.asking.ask(Write(PERIOD, encode_period(period_ms)), now_s)

    def _heard(self, packet: Packet) -> Reply:
        match packet.characteristic:
            case str(button) if button in (BUTTON_A, BUTTON_B):
                return self._pressed(button, packet)
            case str(data) if data == DATA and not self.repeats.is_repeat(packet.data, packet.at_s):
                return self._sampled(decode_triplets(packet.data), packet.at_s)
        return []

    def _pressed(self, button: str, packet: Packet) -> Reply:
        if decode_button(packet.data) != BUTTON_DOWN:
            return []
        kind = AnswerKind.ACKNOWLEDGED if button == BUTTON_A else AnswerKind.SNOOZED
        return self.call.answered(kind, packet.at_s)

    def _has_written(self, action: Write, outcome: Outcome) -> Reply:
        return self.asking.ask(Read(PERIOD), outcome.at_s) if action.characteristic == PERIOD else []

    def _has_read(self, characteristic: str, value: bytes, outcome: Outcome) -> Reply:
        if characteristic == FIRMWARE_REVISION:
            return self._describe(decode_text(value))
        if characteristic != PERIOD:
            return []
        period_ms = decode_period(value)
        shorter = [each for each in PERIODS_MS if each < self.asked_ms]
        if period_ms > MUCH_LONGER * self.rules.period_ms and shorter:
            return self._ask_period(shorter[-1], outcome.at_s)
        return self._streams_at(1000.0 / period_ms)

    def _failed(self, action: Action, outcome: Outcome) -> Reply:
        if action == Read(FIRMWARE_REVISION):
            return self._describe("")
        if isinstance(action, Write) and action.characteristic == PERIOD:
            return self.asking.ask(Read(PERIOD), outcome.at_s)
        if action == Read(PERIOD):
            return self._streams_at(1000.0 / DEFAULT_PERIOD_MS)
        return []

    def _describe(self, firmware: str) -> Reply:
        return [WearableFacts("BBC micro:bit", firmware, can_alert=True)]

    def _calling(self, nudge: Nudge) -> Reply:
        if nudge.kind in PICTURES:
            return [Write(MATRIX, PICTURES[nudge.kind], note=nudge.kind)]
        text = WORDS.get(nudge.kind)
        return [] if text is None else [Write(TEXT, encode_text(text), note=nudge.kind)]
