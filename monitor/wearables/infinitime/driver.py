"""PineTime with InfiniTime: about ten values a second, and only what changed.

The conversation: read firmware, battery and the first value, listen to motion; set the watch's clock where wanted.
While the watch is silent its value is read now and then: as long as it answers, silence is stillness (``polls``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from msgspec import Meta

from monitor.civil import local_time
from monitor.model import AnswerKind, LinkEvent, LinkState, Nudge, WearableFacts
from monitor.rules import Rules
from monitor.wearables.asking import AskingRules
from monitor.wearables.base import About, Action, Advertised, Outcome, Packet, Read, Reply, Subscribe, Write
from monitor.wearables.infinitime import codec
from monitor.wearables.infinitime.about import ABOUT
from monitor.wearables.infinitime.polls import POLL_HZ, Polls
from monitor.wearables.linked import LinkedDriver
from monitor.wearables.standard import (
    ALERT_LEVEL,
    BATTERY_LEVEL,
    CURRENT_TIME,
    FIRMWARE_REVISION,
    NEW_ALERT,
    decode_text,
    encode_current_time,
)
from monitor.wearables.stream import Stream
from monitor.wearables.triplets import decode_triplets

RANGE_G = 2.0
NEEDED, ADVISED = (1, 14), (1, 16)
"""Before 1.14 motion is not dependable at all, before 1.16 it can be stale while the screen is off."""
NO_MOTION = (
    "the watch does not tell its motion: update InfiniTime to 1.16 or newer, and disconnect the phone's app from it"
)
NO_ANSWER = "the watch has fallen silent: see whether it is near, switched on and charged"
TITLES = {
    "nudge": "Time for a break?",
    "stand_up": "Time for a break?",
    "urgent": "Still time for a break",
    "well_done": "Break taken",
    "identify": "Hello from sitbreak",
}
"""By ``Nudge.kind``, where the coach gives none."""
IMMEDIATE = {"nudge": 1, "stand_up": 2, "urgent": 2, "identify": 1}
"""Alert levels for a watch that takes no text: mild or high."""


class InfiniTimeRules(AskingRules, frozen=True):
    """What a PineTime is asked for."""

    alive_check_s: Annotated[
        float, Meta(ge=1, le=60, description="After so long a silence the watch is asked whether it is still there.")
    ] = 2.0
    burst_wait_s: Annotated[
        float,
        Meta(ge=0.2, le=3, description="How long values wait, so that a held-up radio is not taken for stillness."),
    ] = 1.5
    set_clock: Annotated[bool, Meta(description="Set the watch's clock on connecting, as the phone's app would.")] = (
        True
    )
    clock_timezone: Annotated[str, Meta(description="Time zone shown on the watch; empty is that of this machine.")] = (
        ""
    )
    ring_when_repeated: Annotated[
        bool,
        Meta(description="A repeated alert rings like a call until it is accepted (break), declined or muted (later)."),
    ] = False


@dataclass
class InfiniTime(LinkedDriver):
    """Driver of one PineTime."""

    ADVERTISED: ClassVar[Advertised] = Advertised(name_prefixes=("InfiniTime",))
    SILENCE_IS_LEGAL: ClassVar[bool] = True
    RULES: ClassVar[type[Rules]] = InfiniTimeRules
    ABOUT: ClassVar[About] = ABOUT
    ALERTED_BY: ClassVar[tuple[str, ...]] = (NEW_ALERT, ALERT_LEVEL)

    rules: InfiniTimeRules = field(default_factory=InfiniTimeRules)
    polls: Polls = field(init=False)
    said: str = ""
    """Kind of the last alert: what is said by the simpler way if the watch does not take the text."""

    def _new_stream(self) -> Stream:
        stream = Stream(POLL_HZ, RANGE_G, stamped=False, on_change=True)
        self.polls = Polls(stream, self.rules.burst_wait_s)
        return stream

    def _opening(self, now_s: float) -> Reply:
        self.polls = Polls(self.stream, self.rules.burst_wait_s, heard_s=now_s)
        ask = self.asking.ask
        reply = ask(Subscribe(codec.MOTION), now_s, NO_MOTION) + ask(Read(codec.MOTION), now_s, NO_MOTION)
        for wish in (Read(FIRMWARE_REVISION), Read(BATTERY_LEVEL), Subscribe(BATTERY_LEVEL)):
            reply += ask(wish, now_s)
        local = local_time(now_s, self.rules.clock_timezone) if self.rules.set_clock else None
        if local is not None:
            reply += ask(Write(CURRENT_TIME, encode_current_time(local)), now_s)
        return reply + (ask(Subscribe(codec.CALL_ANSWER), now_s) if self.rules.ring_when_repeated else [])

    def _heard(self, packet: Packet) -> Reply:
        if packet.characteristic == codec.CALL_ANSWER:
            return self._answered(codec.decode_call_answer(packet.data), packet.at_s)
        if packet.characteristic != codec.MOTION or self.repeats.is_repeat(packet.data, packet.at_s):
            return []
        # More than one triplet, as a proposed firmware sends: all of one poll
        return list(self.polls.heard(decode_triplets(packet.data).mean(axis=0), packet.at_s))

    def _has_read(self, characteristic: str, value: bytes, outcome: Outcome) -> Reply:
        if characteristic == codec.MOTION:
            xyz_g = decode_triplets(value).mean(axis=0)
            return list(self.polls.confirmed(xyz_g, outcome.sent_at_s, outcome.at_s))
        return self._describe(decode_text(value), outcome.at_s) if characteristic == FIRMWARE_REVISION else []

    def _failed(self, action: Action, outcome: Outcome) -> Reply:
        return self._describe("", outcome.at_s) if action == Read(FIRMWARE_REVISION) else []

    def _passed(self, now_s: float) -> Reply:
        blocks = list(self.polls.passed(now_s))
        silent = not self.polls.waiting and now_s - self.polls.heard_s >= self.rules.alive_check_s
        if not silent or self.asking.is_open(Read(codec.MOTION)):
            return [*blocks]
        return [*blocks, *self.asking.ask(Read(codec.MOTION), now_s, NO_ANSWER)]

    def _describe(self, firmware: str, at_s: float) -> Reply:
        facts: Reply = [WearableFacts("PineTime (InfiniTime)", firmware, can_alert=True)]
        version = codec.decode_version(firmware)
        if version is not None and version < ADVISED:
            trouble = "is too old" if version < NEEDED else "may fall silent while its screen is off"
            advice = f"InfiniTime {firmware} {trouble}: please update the watch to 1.16 or newer"
            facts.append(LinkEvent(LinkState.CONNECTED, at_s, detail=advice))
        return facts

    def _calling(self, nudge: Nudge) -> Reply:
        if nudge.kind not in TITLES:
            return []
        self.said = nudge.kind
        rings = nudge.kind == "urgent" and self.rules.ring_when_repeated
        title = nudge.title or TITLES[nudge.kind]
        data = codec.encode_new_alert(title, nudge.message, codec.CALL if rings else codec.SIMPLE)
        return [Write(NEW_ALERT, data, note=nudge.kind)]

    def _refused_call(self, action: Write, outcome: Outcome) -> Reply:
        level = IMMEDIATE.get(self.said)
        if action.characteristic == NEW_ALERT and level is not None:
            return [Write(ALERT_LEVEL, bytes((level,)), response=False, note=self.said)]
        return super()._refused_call(action, outcome)

    def _answered(self, answer: int, at_s: float) -> Reply:
        """Accepted is a break; declined and muted both say: later."""
        if answer not in (codec.ACCEPTED, codec.DECLINED, codec.MUTED):
            return []
        kind = AnswerKind.ACKNOWLEDGED if answer == codec.ACCEPTED else AnswerKind.SNOOZED
        return self.call.answered(kind, at_s)

    def _flush(self) -> Reply:
        return list(self.polls.flush())
