"""What the books of one wearer say: the running bout, the upright stretch and the gap, each an event when it ends."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.bouts.states import Seen
from monitor.event_ids import event_id
from monitor.events import BoutEnded, BreakEnded, BreakTaken, Event, GapEnded


@dataclass
class Stretch:
    """An upright stretch while it lasts: the pause, and, once long enough, the break."""

    start_s: float
    upright_s: float = 0.0
    stepping_s: float = 0.0
    steps: float = 0.0
    other_s: float = 0.0
    """Being busy in between: neither sitting nor upright for sure."""
    unknown_s: float = 0.0
    settling_since_s: float = 0.0
    settling_s: float = 0.0
    """Sedentary seconds at its end, too few yet to end it."""

    def count(self, seen: Seen, start_s: float, cadence_hz: float) -> None:
        """Count one second of it."""
        if seen is Seen.SEDENTARY:
            if not self.settling_s:
                self.settling_since_s = start_s
            self.settling_s += 1.0
            return
        self.unsettle()
        if seen is Seen.UPRIGHT:
            self.upright_s += 1.0
            self.stepping_s += 1.0 if cadence_hz > 0 else 0.0
            self.steps += cadence_hz
        else:
            self.other_s += 1.0

    def unsettle(self) -> None:
        """The wearer did not really sit down."""
        self.other_s += self.settling_s
        self.settling_s = 0.0


@dataclass
class Bout:
    """A sedentary bout while it lasts."""

    id: str
    start_s: float
    sedentary_s: float = 0.0
    paused_s: float = 0.0
    unknown_s: float = 0.0


@dataclass
class Ledger:
    """The pages that are open, and how they are closed."""

    wearer: str
    bout: Bout | None = None
    """The running or paused bout."""
    upright: Stretch | None = None
    gap_start_s: float = 0.0
    silent_reasons: dict[str, float] = field(default_factory=dict)
    """Seconds of the present gap or silence by their reason; the longest gives it its name."""
    events: list[Event] = field(default_factory=list)
    """Events of the call under way."""

    def longest_reason(self) -> str:
        """What most of the silence was."""
        return max(self.silent_reasons, key=self.silent_reasons.__getitem__, default="no_data")

    def take_break(self, decided_s: float) -> None:
        """The upright stretch has become long enough: the bout ended where it began."""
        assert self.bout is not None
        assert self.upright is not None
        bout, stretch = self.bout, self.upright
        self.end_bout(stretch.start_s, decided_s, "upright")
        self.events.append(
            BreakTaken(
                id=event_id(stretch.start_s, self.wearer, "break_taken"),
                at_s=decided_s,
                bout_id=bout.id,
                break_start_s=stretch.start_s,
                upright_s=stretch.upright_s,
                sedentary_s=bout.sedentary_s,
            )
        )

    def end_bout(self, end_s: float, at_s: float, ended_by: str) -> None:
        """The bout is over."""
        assert self.bout is not None
        bout, self.bout = self.bout, None
        self.events.append(
            BoutEnded(
                id=event_id(bout.start_s, self.wearer, "bout_ended", end_s),
                at_s=at_s,
                bout_id=bout.id,
                bout_start_s=bout.start_s,
                bout_end_s=end_s,
                sedentary_s=bout.sedentary_s,
                paused_s=bout.paused_s,
                unknown_s=bout.unknown_s,
                ended_by=ended_by,
            )
        )

    def end_break(self, end_s: float, at_s: float) -> None:
        """The upright stretch is over."""
        assert self.upright is not None
        stretch, self.upright = self.upright, None
        self.events.append(
            BreakEnded(
                id=event_id(stretch.start_s, self.wearer, "break_ended"),
                at_s=at_s,
                break_start_s=stretch.start_s,
                break_end_s=end_s,
                upright_s=stretch.upright_s,
                stepping_s=stretch.stepping_s,
                steps=round(stretch.steps),
            )
        )

    def end_gap(self, end_s: float, at_s: float) -> None:
        """The gap is over; of one without a second nothing is told."""
        if end_s > self.gap_start_s:
            self.events.append(
                GapEnded(
                    id=event_id(self.gap_start_s, self.wearer, "gap_ended"),
                    at_s=at_s,
                    gap_start_s=self.gap_start_s,
                    gap_end_s=end_s,
                    reason=self.longest_reason(),
                )
            )
        self.silent_reasons.clear()

    def take_events(self) -> list[Event]:
        """What has happened in this call."""
        events, self.events = self.events, []
        return events
