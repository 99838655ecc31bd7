"""Back-fill of a DeskBand: which hole to ask for next, and what the device's word about it means.

Only the device's own word ends a hole unfilled: it answers that the samples are gone, or it has sent all it has and
nothing got lost on the way. Silence and refusals only postpone.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.model import HoleClosed
from monitor.wearables.deskband_profile.codec import Block
from monitor.wearables.deskband_profile.control import ControlStatus, ReplayDone
from monitor.wearables.holes import Hole

GONE = frozenset(
    {
        ControlStatus.UNKNOWN_OP,
        ControlStatus.BAD_LENGTH,
        ControlStatus.BAD_PARAMETER,
        ControlStatus.UNKNOWN_SESSION,
    }
)
"""Answers to REPLAY after which asking again is no use."""


NEAR_SAMPLES = 250
"""Fragments no farther apart are asked for together: ten seconds at 25 Hz, less than a round trip costs."""
LONGEST_DOUBLING = 4
"""Waits grow from 2 to 16 times the first."""


@dataclass
class Replay:
    """One REPLAY under way."""

    segment: int
    first_index: int
    end_index: int
    wanted: int
    """Samples the hole still missed when it was asked for."""
    heard_at_s: float
    patience_s: float
    """Without a block or an event for so long, the replay counts as forgotten."""
    tags: list[int] = field(default_factory=list)
    offered_tags: list[int] = field(default_factory=list)
    """Of the request just before, which the band answered with a smaller range."""
    blocks: int = 0
    last_index: int = -1

    def heard(self, block: Block, at_s: float) -> None:
        """Count a block once, however often the radio stack repeats it."""
        self.heard_at_s = at_s
        asked = block.first_index < self.end_index and self.first_index < block.end_index
        if asked and block.session == self.segment & 0xFFFF and block.first_index > self.last_index:
            self.last_index = block.first_index
            self.blocks += 1


@dataclass
class Backfill:
    """The open holes, oldest first, and the replay that runs."""

    holes: list[Hole] = field(default_factory=list)
    replay: Replay | None = None
    offered_tags: list[int] = field(default_factory=list)
    abort: bool = False
    """The device replays something nobody waits for."""

    def open(self, hole: Hole) -> None:
        """Take a hole in."""
        self.holes.append(hole)
        self.holes.sort(key=lambda each: (each.segment, each.first_index))

    def unlink(self) -> None:
        """The link is gone, and with it every replay."""
        self.replay, self.offered_tags, self.abort = None, [], False

    def next_part(self, now_s: float) -> tuple[Hole, int, int] | None:
        """The oldest stretch that may be asked for now, with what is missing close behind it."""
        for hole in self.holes:
            if hole.ready_at_s <= now_s and hole.missing:
                first, end = hole.missing[0].first_index, hole.missing[0].end_index
                for part in hole.missing[1:]:
                    # One request for a torn stretch; what comes twice is dropped.
                    end = part.end_index if part.first_index - end <= NEAR_SAMPLES else end
                return hole, first, end
        return None

    def begin(self, hole: Hole, first_index: int, end_index: int, now_s: float, patience_s: float) -> Replay:
        """A REPLAY of [first_index, end_index) is being sent."""
        self.replay = Replay(hole.segment, first_index, end_index, hole.missing_count, now_s, patience_s)
        self.replay.offered_tags, self.offered_tags = self.offered_tags, []
        return self.replay

    def answered(self, status: int, available: tuple[int, int], now_s: float, wait_s: float, tries: int) -> None:
        """What the device says to the REPLAY that was sent; ``available`` is (0, 0) where it told no range."""
        replay, hole = self.replay, self._asked_hole()
        if replay is None or hole is None:
            self.replay = None
        elif status in (ControlStatus.OK, ControlStatus.NOT_AVAILABLE):
            self._narrow(replay, hole, available, status, now_s)
        elif status in GONE:
            hole.give_up(replay.first_index, replay.end_index)
            self.replay = None
        elif status == ControlStatus.BUSY and replay.offered_tags:
            # It had begun by itself to send what it offered: then that is the replay.
            replay.heard_at_s = now_s
        else:
            self.abort = status == ControlStatus.BUSY
            self.fail(now_s, wait_s, tries)

    def _narrow(self, replay: Replay, hole: Hole, available: tuple[int, int], status: int, now_s: float) -> None:
        """Give up what the device has no more; wait for the rest, or ask for it where it was only offered."""
        first, end = max(available[0], replay.first_index), min(available[1], replay.end_index)
        if first >= end:
            hole.give_up(replay.first_index, replay.end_index)
            self.replay = None
            return
        hole.give_up(replay.first_index, first)
        if status == ControlStatus.NOT_AVAILABLE:
            # Ask at once: the oldest samples are being overwritten while we speak.
            hole.give_up(end, replay.end_index)
            hole.ready_at_s, self.offered_tags, self.replay = now_s, list(replay.tags), None
            return
        replay.first_index, replay.end_index, replay.wanted = first, end, hole.missing_count

    def done(self, event: ReplayDone, now_s: float, wait_s: float, tries: int) -> None:
        """The device has ended a replay."""
        replay, hole = self.replay, self._asked_hole()
        if replay is None or event.tag not in (*replay.tags, *replay.offered_tags):
            return
        if hole is None:
            self.replay = None
        elif event.status == ControlStatus.OK and replay.blocks & 0xFFFF == event.blocks:
            hole.give_up(replay.first_index, min(event.next_index, replay.end_index))
            self._finish(hole, replay, now_s, wait_s)
        elif event.status == ControlStatus.ABORTED or hole.missing_count < replay.wanted:
            self._finish(hole, replay, now_s, wait_s)
        else:
            self.fail(now_s, wait_s, tries)

    def _finish(self, hole: Hole, replay: Replay, now_s: float, wait_s: float) -> None:
        """This replay is over; what it left open is asked for again, at once if it moved anything."""
        moved = hole.missing_count < replay.wanted
        hole.tries = 0 if moved else hole.tries
        hole.ready_at_s = now_s if moved else now_s + wait_s
        self.replay = None

    def fail(self, now_s: float, wait_s: float, tries: int) -> None:
        """Nothing came of it: try later, and after ``tries`` give this stretch up."""
        replay, hole = self.replay, self._asked_hole()
        self.replay = None
        if replay is None or hole is None:
            return
        hole.tries += 1
        hole.ready_at_s = now_s + wait_s * 2 ** min(hole.tries, LONGEST_DOUBLING)
        if hole.tries >= tries:
            hole.give_up(replay.first_index, replay.end_index)
            hole.tries = 0

    def postpone(self, until_s: float) -> None:
        """The replay that runs was forgotten by somebody; ask again later."""
        hole = self._asked_hole()
        self.replay = None
        if hole is not None:
            hole.ready_at_s = until_s

    def watch(self, now_s: float, wait_s: float) -> None:
        """Do not wait for ever for a replay that stays silent, nor long for one whose hole is full."""
        replay = self.replay
        if replay is not None:
            patience_s = replay.patience_s if self._asked_hole() is not None else wait_s
            if now_s - replay.heard_at_s > patience_s:
                self.postpone(now_s + wait_s)

    def closed(self) -> list[HoleClosed]:
        """The holes that are over, which leave the list."""
        over = [hole for hole in self.holes if not hole.missing]
        self.holes = [hole for hole in self.holes if hole.missing]
        return [hole.closed() for hole in over]

    def _asked_hole(self) -> Hole | None:
        replay = self.replay
        if replay is None:
            return None
        return next((hole for hole in self.holes if _covers(hole, replay)), None)


def _covers(hole: Hole, replay: Replay) -> bool:
    return hole.segment == replay.segment and hole.first_index <= replay.first_index < hole.end_index
