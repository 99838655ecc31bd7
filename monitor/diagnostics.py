"""How well the way from the sensor to the wearer works: losses, reconnects, and how long an alert takes. Pure.

What is measured is what was seen to happen. A packet counts as lost when the wearable's own count, or its clock, shows
a hole inside a running stream; what an absent link kept away is no packet loss and counts as a reconnect. The latency
of an alert runs from the last sample that its decision needed (the time of its row, by the sensor) to the moment at
which the broker acknowledged it; an alert that waited for a broker for minutes counts with its minutes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from monitor.events import BreakDue, Event
from monitor.exchange import Message
from monitor.model import AccelBlock, Fact, LinkEvent, LinkState, PacketRefused, Quality

LOSS_MINUTES = 60
"""Losses are those of the last hour: a bad morning is not the evening's news."""
LATENCIES_KEPT = 100
"""Alerts that the percentiles are of: a few days of them."""
AWAITED_KEPT = 64
"""Alerts that may wait for a broker and still be measured."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push service made of the last alert that it was given."""

    service: str
    """Its kind and the number of its address, which is a secret."""
    outcome: str
    """``accepted``, ``trying``, ``failed`` or ``refused``."""
    reason: str
    at_s: float


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """One wearer's figures at one moment."""

    at_s: float
    packet_loss_pct: float | None
    """Share of samples lost on the way in the last hour; None where none came, or none can be counted."""
    reconnects: int
    """How often the stream came back since the start of the program."""
    refused_packets: int
    """Packets that made no sense since the start of the program."""
    latency_p50_s: float | None
    latency_p95_s: float | None
    """Of the last hundred alerts; None before the first."""
    alerts_measured: int
    outbox: int | None
    """Messages that wait for the broker; None where the history cannot say."""
    pushes: tuple[Pushed, ...] = ()
    """The push services that have been tried."""

    @property
    def push(self) -> str | None:
        """``ok``, or ``failing`` where any service has not taken what it was given last; None where none was tried."""
        if not self.pushes:
            return None
        return "ok" if all(each.outcome == "accepted" for each in self.pushes) else "failing"


class Gauges(Protocol):
    """Where an outlet reads the figures, and tells that a message has arrived."""

    async def read(self, wearer: str) -> Diagnostics:
        """One wearer's figures now."""
        ...

    def acknowledged(self, message: Message) -> None:
        """The broker has taken this message now."""
        ...


@dataclass
class Meter:
    """Counts one wearer's facts and times their alerts; its memory is bounded."""

    reconnects: int = 0
    refused_packets: int = 0
    _streamed: bool = False
    _resumed: bool = False
    _next: tuple[int, int] | None = None
    """Segment and index of the sample that should come next."""
    _minutes: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Samples that came and that were lost, by the minute of the sensor's time."""
    _awaited: dict[str, float] = field(default_factory=dict)
    """Alerts on their way: id -> time of the deciding sample."""
    _latencies_s: list[float] = field(default_factory=list)

    def heard(self, facts: Iterable[Fact]) -> None:
        """What the transport has delivered."""
        for fact in facts:
            match fact:
                case LinkEvent(state=LinkState.STREAMING):
                    self.reconnects += self._streamed
                    self._streamed = self._resumed = True
                case PacketRefused():
                    self.refused_packets += 1
                case AccelBlock() if not fact.quality & (Quality.REPLAYED | Quality.CHANGE_ONLY):
                    self._count(fact)

    def _count(self, block: AccelBlock) -> None:
        minute = math.floor(block.t_s[-1] / 60)
        came, lost = self._minutes.pop(minute, (0, 0))
        self._minutes[minute] = came + len(block.t_s), lost + (0 if self._resumed else self._lost_before(block))
        self._resumed = False
        if block.first_index is not None:
            self._next = block.segment, block.first_index + len(block.t_s)
        while len(self._minutes) > LOSS_MINUTES:
            del self._minutes[next(iter(self._minutes))]

    def _lost_before(self, block: AccelBlock) -> int:
        if block.gap_before_s is not None:
            return max(0, round(block.gap_before_s * block.rate_hz))
        if block.first_index is None or self._next is None or self._next[0] != block.segment:
            return 0
        return max(0, block.first_index - self._next[1])

    def decided(self, events: Sequence[Event]) -> None:
        """These are about to be stored and told."""
        for event in events:
            if isinstance(event, BreakDue):
                self._awaited[event.id] = event.at_s
        while len(self._awaited) > AWAITED_KEPT:
            del self._awaited[next(iter(self._awaited))]

    def acknowledged(self, event_id: str, now_s: float) -> None:
        """The broker has the alert; one decided in an earlier run is not measured."""
        decided_s = self._awaited.pop(event_id, None)
        if decided_s is not None:
            self._latencies_s = [*self._latencies_s, max(0.0, now_s - decided_s)][-LATENCIES_KEPT:]

    def read(self, now_s: float, outbox: int | None, pushes: tuple[Pushed, ...] = ()) -> Diagnostics:
        """The figures now."""
        return Diagnostics(
            at_s=now_s,
            packet_loss_pct=self._loss_pct(now_s),
            reconnects=self.reconnects,
            refused_packets=self.refused_packets,
            latency_p50_s=percentile(self._latencies_s, 0.50),
            latency_p95_s=percentile(self._latencies_s, 0.95),
            alerts_measured=len(self._latencies_s),
            outbox=outbox,
            pushes=pushes,
        )

    def _loss_pct(self, now_s: float) -> float | None:
        oldest = math.floor(now_s / 60) - LOSS_MINUTES
        recent = [counts for minute, counts in self._minutes.items() if minute > oldest]
        came, lost = sum(came for came, _ in recent), sum(lost for _, lost in recent)
        return 100.0 * lost / (came + lost) if came else None


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that so large a share does not exceed (nearest rank); None of nothing."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)] if values else None
