"""What drivers of simple linked devices share: opening the link, asking again, battery, the open call, a clean end.

A device's own driver says what it wants to know and hear, and understands what comes. Its samples have no index of
their own; ``stream`` counts them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from monitor.model import AnswerKind, BatteryLevel, Nudge, PacketRefused
from monitor.wearables.asking import Asking, AskingRules, Settled
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
from monitor.wearables.call import CALLS, Call
from monitor.wearables.gathered import Gathered
from monitor.wearables.repeats import Repeats
from monitor.wearables.standard import BATTERY_LEVEL, decode_battery
from monitor.wearables.stream import Stream


@dataclass
class LinkedDriver:
    """One connected device; what is its own is in the methods with an underscore."""

    REACH: ClassVar[Reach] = Reach.LINK
    SILENCE_IS_LEGAL: ClassVar[bool] = False
    MAY_PAIR: ClassVar[bool] = False
    ALERTED_BY: ClassVar[tuple[str, ...]]
    """Characteristics that are written to call the wearer."""

    rules: AskingRules
    stream: Stream = field(init=False)
    asking: Asking = field(init=False)
    call: Call = field(default_factory=Call)
    gathered: Gathered = field(default_factory=Gathered)
    repeats: Repeats = field(default_factory=Repeats)
    up: bool = False
    """False before the first start and after a loss."""
    stopping: bool = False
    subscribed: list[str] = field(default_factory=list)
    battery: int | None = -1
    """Last level told; -1: none yet."""

    def __post_init__(self) -> None:
        self.stream = self._new_stream()
        self.asking = Asking(self.rules)

    # --- the contract ---------------------------------------------------------------------------------------

    def start(self, resume: Resume | None, now_s: float) -> Reply:
        """A link is up: ask and listen."""
        if resume is not None:
            self.stream = self._new_stream()
            self.stream.remember(resume.get("stream"))
        self.asking = Asking(self.rules)
        self.gathered = Gathered()
        self.up, self.stopping, self.subscribed, self.battery = True, False, [], -1
        return self._opening(now_s)

    def receive(self, packet: Packet) -> Reply:
        """Decode one notification."""
        if not self.up:
            return []
        if packet.characteristic == BATTERY_LEVEL:
            return self._tell_battery(packet.data, packet.at_s)
        return self._heard(packet)

    def done(self, action: Action, outcome: Outcome) -> Reply:
        """An action was carried out or failed."""
        if not self.up:
            return []
        settled, reply = self.asking.settle(action, outcome)
        try:
            return reply + self._heed(action, outcome, settled)
        except DecodeError as error:
            return [*reply, PacketRefused(outcome.at_s, str(error))]

    def tick(self, now_s: float) -> Reply:
        """What is due is asked again."""
        if not self.up:
            return []
        reply, hopeless = self.asking.overdue(now_s)
        for action in hopeless:
            reply += self._failed(action, Outcome(now_s, now_s, error="no answer"))
        return reply if self.asking.leaving else reply + self._passed(now_s)

    def stored(self, segment: int, upto_index: int) -> Reply:
        """Nothing: the device keeps no samples."""
        return []

    def alert(self, nudge: Nudge, now_s: float) -> Reply:
        """Call the wearer, or end the call."""
        if not self.up or self.asking.leaving:
            return []
        actions = self._calling(nudge)
        if actions or nudge.kind not in CALLS:
            self.call.opened(nudge, now_s)
        return actions

    def lost(self, now_s: float) -> Reply:
        """Forget what was asked; the samples are counted on."""
        facts = self._flush() if self.up else []
        self.stream.lost()
        self.repeats.lost(clean=self.stopping)
        self.up = False
        return facts

    def stop(self) -> Reply:
        """Quiet the device, notifications off."""
        self.stopping = self.asking.leaving = True
        return [*self._goodbye(), *(Unsubscribe(each) for each in self.subscribed)]

    def resume(self) -> Resume:
        """The stream as of the facts delivered so far."""
        return {"stream": self.stream.resume()}

    # --- what a device adds ---------------------------------------------------------------------------------

    def _new_stream(self) -> Stream:
        raise NotImplementedError

    def _opening(self, now_s: float) -> Reply:
        """First reads, writes and subscriptions."""
        raise NotImplementedError

    def _heard(self, packet: Packet) -> Reply:
        """Understand a notification."""
        raise NotImplementedError

    def _has_read(self, characteristic: str, value: bytes, outcome: Outcome) -> Reply:
        """Understand what was read."""
        return []

    def _listens(self, characteristic: str, at_s: float) -> Reply:
        """Notifications of a characteristic are on."""
        return []

    def _has_written(self, action: Write, outcome: Outcome) -> Reply:
        """What follows from a write that was asked for."""
        return []

    def _failed(self, action: Action, outcome: Outcome) -> Reply:
        """Something asked for cannot be had."""
        return []

    def _passed(self, now_s: float) -> Reply:
        """Time has passed."""
        return self._flush() if self.gathered.is_due(now_s) else []

    def _calling(self, nudge: Nudge) -> Reply:
        """Actions that call the wearer; empty where this kind says nothing."""
        return []

    def _goodbye(self) -> Reply:
        """Actions before the end."""
        return []

    def _flush(self) -> Reply:
        """Samples that were held back."""
        return self.gathered.handed_to(self.stream)

    def _sampled(self, xyz_g: NDArray[np.float32], at_s: float) -> Reply:
        """Samples came, (N, 3)."""
        facts = self._flush() if self.gathered.is_due(at_s) else []
        self.gathered.add(xyz_g, at_s)
        return facts

    def _streams_at(self, rate_hz: float) -> Reply:
        """The device has this rate from now on."""
        facts = self._flush()
        self.stream.begin(rate_hz)
        return facts

    # --- what follows ---------------------------------------------------------------------------------------

    def _heed(self, action: Action, outcome: Outcome, settled: Settled) -> Reply:
        if outcome.error is not None:
            if settled is Settled.GIVEN_UP:
                return self._failed(action, outcome)
            if isinstance(action, Write) and settled is Settled.STRANGER:
                return self._refused_call(action, outcome)
            return []
        match action:
            case Subscribe(characteristic=characteristic):
                self.subscribed += [] if characteristic in self.subscribed else [characteristic]
                return self._listens(characteristic, outcome.at_s)
            case Read(characteristic=characteristic):
                return self._understand(characteristic, outcome)
            case Write() if settled is Settled.DONE:
                return self._has_written(action, outcome)
        return []

    def _understand(self, characteristic: str, outcome: Outcome) -> Reply:
        value = outcome.value if outcome.value is not None else b""
        if characteristic == BATTERY_LEVEL:
            return self._tell_battery(value, outcome.at_s)
        return self._has_read(characteristic, value, outcome)

    def _refused_call(self, action: Write, outcome: Outcome) -> Reply:
        """A call that the device did not take; once a call, for one may be written in several parts."""
        return self.call.answered(AnswerKind.REFUSED, outcome.at_s) if action.characteristic in self.ALERTED_BY else []

    def _tell_battery(self, data: bytes, at_s: float) -> Reply:
        percent = decode_battery(data)
        if percent == self.battery:
            return []
        self.battery = percent
        return [BatteryLevel(percent, at_s)]
