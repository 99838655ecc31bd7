"""BTHome v2: what a sensor advertises becomes readings, its buttons become answers."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import ClassVar

from monitor.model import AnswerKind, Nudge
from monitor.rules import Rules
from monitor.wearables.base import About, Advertised, DecodeError, Packet, Reach, Reply, Resume
from monitor.wearables.bthome import codec, sealed
from monitor.wearables.bthome.about import ABOUT
from monitor.wearables.bthome.rules import BTHomeRules
from monitor.wearables.call import Call
from monitor.wearables.kept import Kept
from monitor.wearables.readings import Readings, Vector
from monitor.wearables.told import ToldDriver

ANSWERS = {
    1: AnswerKind.ACKNOWLEDGED,
    2: AnswerKind.SNOOZED,
    4: AnswerKind.SNOOZED,
}
"""A press says "I take it now"; a double or a long one "later"."""
REPEAT_S = 4.0
"""A sensor without packet id says the same thing several times within this."""
RESTARTED_BELOW = 100
"""A counter this low that went back is that of a sensor with a new battery, not an old packet played again."""


@dataclass
class Memory:
    """What was heard last."""

    payload: str = ""
    packet_id: int | None = None
    counter: int | None = None
    heard_s: float = 0.0


_MEMORY = Kept(Memory)


@dataclass
class BTHome(ToldDriver):
    """Driver of one BTHome sensor."""

    ADVERTISED: ClassVar[Advertised] = Advertised(service_uuids=(codec.SERVICE,))
    REACH: ClassVar[Reach] = Reach.ADVERTISEMENT
    RULES: ClassVar[type[Rules]] = BTHomeRules
    MODEL: ClassVar[str] = "BTHome sensor"
    ABOUT: ClassVar[About] = ABOUT

    rules: BTHomeRules = field(default_factory=BTHomeRules)
    memory: Memory = field(default_factory=Memory)
    readings: Readings = field(init=False)
    call: Call = field(default_factory=Call)
    """What a press answers."""

    def __post_init__(self) -> None:
        self.readings = Readings(1.0 / self.rules.interval_s, self.rules)

    def receive(self, packet: Packet) -> Reply:
        """One advertisement; a repeat says nothing new."""
        if packet.characteristic != codec.SERVICE:
            return []
        frame = codec.decode_frame(packet.data)
        content = self._news_in(frame, packet)
        if content is None:
            return []
        self.memory.payload, self.memory.packet_id = packet.data.hex(), content.packet_id
        self.memory.heard_s = packet.at_s
        reply = self._introduction() + self._tell_battery(content.battery_pct, packet.at_s)
        reply += self._pressed(content.buttons, packet.at_s)
        if content.xyz_g is not None:
            reply += self.readings.take(packet.at_s, content.xyz_g, self._is_still(content, content.xyz_g))
        elif content.moving:
            self.readings.moved = True
        return reply

    def alert(self, nudge: Nudge, now_s: float) -> Reply:
        """It cannot call anybody, but its button can answer."""
        self.call.opened(nudge, now_s)
        return []

    def lost(self, now_s: float) -> Reply:
        """Too long unheard: what was between is not known, and with a new battery it counts its packets anew."""
        self.readings.forget()
        self.memory.counter = None
        return []

    def resume(self) -> Resume:
        """What was heard last."""
        return _MEMORY.written(self.memory)

    def _remember(self, resume: Resume) -> None:
        self.memory = _MEMORY.read(resume) or Memory()

    # --- repeats ---------------------------------------------------------------------------------------------

    def _news_in(self, frame: codec.Frame, packet: Packet) -> codec.Content | None:
        """The content of a packet that is no repeat. Raises DecodeError."""
        if not frame.encrypted:
            content = codec.decode_objects(frame.body)
            return None if self._is_repeat(content, packet) else content
        counter = sealed.counter_of(frame)
        if counter == self.memory.counter:
            return None
        body = sealed.opened(frame, self.rules.keys)
        if self.memory.counter is not None and RESTARTED_BELOW <= counter < self.memory.counter:
            raise DecodeError(f"an old packet: counter {counter} after {self.memory.counter}", packet.data)
        self.memory.counter = counter
        return codec.decode_objects(body)

    def _is_repeat(self, content: codec.Content, packet: Packet) -> bool:
        if packet.data.hex() != self.memory.payload:
            return False
        if content.packet_id is not None:
            return True
        patience_s = self.rules.interval_s / 2 if content.xyz_g is not None and not content.buttons else REPEAT_S
        return packet.at_s - self.memory.heard_s < patience_s

    # --- what is new -----------------------------------------------------------------------------------------

    def _pressed(self, buttons: tuple[int, ...], at_s: float) -> Reply:
        kind = next((ANSWERS[button] for button in buttons if button in ANSWERS), None)
        return [] if kind is None else self.call.answered(kind, at_s)

    def _is_still(self, content: codec.Content, xyz_g: Vector) -> bool:
        if content.moving is not None:
            return not content.moving
        before_g = self.readings.newest_g
        return before_g is not None and math.dist(xyz_g, before_g) <= self.rules.alike_g
