"""A device that speaks the DeskBand profile, loss-free by sample index: what every product with it has in common.

The conversation: read Info and Status, subscribe, set the configuration, exchange clocks, list the retained sessions
where a new one runs, START; then fill holes, oldest first, while live goes on. The parts: ``codec`` and ``control``
know the bytes, ``link`` what is known, ``blocks`` and ``merge`` make facts of samples, ``sessions`` follows the
band's sessions, ``requests`` asks, ``answers`` and ``replay`` understand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from monitor.model import Answer, AnswerKind, Nudge, PacketRefused, WearableFacts
from monitor.wearables.asking import key_of
from monitor.wearables.base import (
    Action,
    DecodeError,
    Outcome,
    Packet,
    Reach,
    Read,
    Reply,
    Resume,
    Subscribe,
    Unsubscribe,
    Write,
)
from monitor.wearables.deskband_profile import codec, control
from monitor.wearables.deskband_profile.answers import heed_control, heed_exchange, unanswered
from monitor.wearables.deskband_profile.blocks import heed_block
from monitor.wearables.deskband_profile.link import Band, Link, leave
from monitor.wearables.deskband_profile.merge import Memory
from monitor.wearables.deskband_profile.requests import next_request, note_exchange
from monitor.wearables.deskband_profile.rules import DeskBandRules
from monitor.wearables.deskband_profile.sessions import heed_status, tell_battery
from monitor.wearables.kept import Kept
from monitor.wearables.sample_clock import SampleClock, SampleClockRules
from monitor.wearables.standard import BATTERY_LEVEL, decode_battery

MANDATORY = (codec.CONTROL, codec.LIVE, codec.REPLAY)
SUBSCRIBED = (codec.CONTROL, codec.LIVE, codec.REPLAY, codec.STATUS, codec.ALERT)
_MEMORY = Kept(Memory)


@dataclass
class DeskBandDriver(Band):
    """Driver of one device; a product adds by what it is recognised, its settings and its description."""

    REACH: ClassVar[Reach] = Reach.LINK
    SILENCE_IS_LEGAL: ClassVar[bool] = False
    MAY_PAIR: ClassVar[bool] = False
    MODEL: ClassVar[str]
    """What the product is called."""
    REMEDY: ClassVar[str]
    """What a user should do where the device does not speak the profile."""

    rules: DeskBandRules = field(default_factory=DeskBandRules)
    memory: Memory = field(init=False)
    link: Link = field(init=False)

    def __post_init__(self) -> None:
        self.memory = self._fresh_memory()
        self.link = self._fresh_link()

    def start(self, resume: Resume | None, now_s: float) -> Reply:
        """A link is up: ask what the band is and how it is, listen to it."""
        if resume is not None:
            self.memory = self._remembered(resume)
        self.memory.backfill.unlink()
        self.link = self._fresh_link()
        self.link.up = True
        self.link.agenda = ["config", "sync", "start"]
        actions: list[Action] = [Read(codec.INFO), Read(codec.STATUS), *(Subscribe(each) for each in SUBSCRIBED)]
        self.link.awaited = [key_of(action) for action in actions]
        return [*actions]

    def receive(self, packet: Packet) -> Reply:
        """Decode one notification."""
        if not self.link.up:
            return []
        return self._heed(packet) + next_request(self, packet.at_s)

    def done(self, action: Action, outcome: Outcome) -> Reply:
        """An action was carried out or failed."""
        if not self.link.up:
            return []
        key = key_of(action)
        self.link.awaited = [each for each in self.link.awaited if each != key]
        try:
            reply = self._heed_outcome(action, outcome)
        except DecodeError as error:
            reply = [PacketRefused(outcome.at_s, str(error))]
        if key == key_of(Read(codec.STATUS)) and self.link.status is None:
            reply += leave(self, f"the status cannot be read ({outcome.error or 'not understood'}); {self.REMEDY}")
        return reply + next_request(self, outcome.at_s)

    def tick(self, now_s: float) -> Reply:
        """Time-outs, and whatever has become due."""
        reply: Reply = []
        request = self.link.control.request
        if request is not None and now_s >= request.due_s and not self.link.leaving:
            if len(request.tags) < self.rules.request_tries:
                return [note_exchange(self, self.link.control.again(now_s))]
            self.link.control.request = None
            reply = unanswered(self, request.op, now_s)
        if self.link.control.request is None:
            self.memory.backfill.watch(now_s, self.rules.hole_wait_s)
        return reply + next_request(self, now_s)

    def stored(self, segment: int, upto_index: int) -> Reply:
        """Remember what is on disk; the band is told when an ACK is due."""
        self.memory.keep_stored(segment, upto_index)
        return []

    def alert(self, nudge: Nudge, now_s: float) -> Reply:
        """Buzz and light up."""
        pattern = codec.ALERT_PATTERNS.get(nudge.kind)
        if pattern is None or not self._can_alert() or self.link.leaving:
            return []
        data = codec.encode_alert(pattern, nudge.alert_number, nudge.time_to_live_s)
        return [Write(codec.ALERT, data, note=nudge.kind)]

    def lost(self, now_s: float) -> Reply:
        """Forget what was asked; what was delivered and what is missing stays known."""
        self.link = self._fresh_link()
        self.memory.backfill.unlink()
        return []

    def stop(self) -> Reply:
        """Live off, notifications off."""
        actions: Reply = []
        if self.link.streaming_since_s is not None:
            actions.append(Write(codec.CONTROL, control.encode_request(control.Op.STOP, 0), note="STOP"))
        actions += [Unsubscribe(each) for each in self.link.subscribed]
        self.link.leaving = True
        return actions

    def resume(self) -> Resume:
        """Session, contiguous end, open holes and the fit of the clock, as of the facts delivered so far."""
        return _MEMORY.written(self.memory)

    def _fresh_memory(self) -> Memory:
        return Memory(SampleClock(self.rules.rate_hz), rate_hz=self.rules.rate_hz)

    def _fresh_link(self) -> Link:
        return Link(control.ControlPoint(self.rules.request_timeout_s))

    def _remembered(self, resume: Resume) -> Memory:
        """The memory before the crash; a fresh one where another version wrote it."""
        memory = _MEMORY.read(resume)
        if memory is None:
            return self._fresh_memory()
        memory.clock.rules = SampleClockRules()  # those of this version
        return memory

    def _heed(self, packet: Packet) -> Reply:
        match packet.characteristic:
            case codec.CONTROL:
                return heed_control(self, packet)
            case codec.LIVE | codec.REPLAY:
                return heed_block(self, packet)
            case codec.STATUS:
                return heed_status(self, codec.decode_status(packet.data), packet.at_s, read=False)
            case codec.ALERT:
                return self._heed_alert_event(packet)
            case str(battery) if battery == BATTERY_LEVEL:
                return tell_battery(self, decode_battery(packet.data), packet.at_s)
        return []

    def _heed_outcome(self, action: Action, outcome: Outcome) -> Reply:
        match action:
            case Read(characteristic=codec.STATUS):
                self.link.asked_status = False
            case Subscribe(characteristic=characteristic) if outcome.error is None:
                self.link.subscribed.append(characteristic)
            case Subscribe(characteristic=characteristic) if characteristic in MANDATORY:
                return leave(self, f"cannot listen to {characteristic}: {outcome.error}")
            case Write(characteristic=codec.CONTROL):
                self._has_asked(action.data[1], outcome)
            case Write(characteristic=codec.ALERT) if outcome.error is not None:
                number = int.from_bytes(action.data[12:14], "little")
                return [Answer(AnswerKind.REFUSED, number, outcome.at_s)]
        return self._has_read(action, outcome)

    def _has_read(self, action: Action, outcome: Outcome) -> Reply:
        match action, outcome.value:
            case Read(characteristic=codec.INFO), bytes(value):
                return self._heed_info(codec.decode_info(value))
            case Read(characteristic=codec.STATUS), bytes(value):
                return heed_status(self, codec.decode_status(value), outcome.at_s, read=True)
            case Read(characteristic=characteristic), bytes(value) if characteristic == BATTERY_LEVEL:
                return tell_battery(self, decode_battery(value), outcome.at_s)
        return []

    def _has_asked(self, tag: int, outcome: Outcome) -> None:
        if outcome.error is not None:
            self.link.control.failed(tag, outcome.at_s)
            return
        for exchange in self.link.exchanges:
            if exchange.tag == tag and exchange.sent_s is None:
                exchange.sent_s = outcome.sent_at_s
                heed_exchange(self, exchange, outcome.at_s)

    def _heed_info(self, info: codec.Info) -> Reply:
        self.link.info = info
        facts: Reply = []
        if self.memory.device_id not in (None, info.device_id):
            # Another band under the same name: what the last one still had is out of reach.
            for hole in self.memory.backfill.holes:
                hole.give_up(hole.first_index, hole.end_index)
            facts += self.memory.backfill.closed()
            self.memory = self._fresh_memory()
        self.memory.device_id = info.device_id
        words = codec.PLACEMENT_WORDS
        placement = words[info.placement] if info.placement < len(words) else None
        firmware = f"{info.firmware} (protocol {info.major}.{info.minor})"
        return [*facts, WearableFacts(self.MODEL, firmware, placement, self._can_alert())]

    def _can_alert(self) -> bool:
        return self.link.info is not None and bool(self.link.info.features & codec.CAN_ALERT)

    def _heed_alert_event(self, packet: Packet) -> Reply:
        event = codec.decode_alert_event(packet.data)
        if event.kind is None:
            return []
        at_s = self.memory.clock.stream_time(event.device_us)
        fits = at_s is not None and packet.at_s - self.rules.jump_slack_s <= at_s <= packet.at_s
        return [Answer(event.kind, event.alert_number, at_s if fits and at_s is not None else packet.at_s)]
