"""Driver and band talking over an air that loses, repeats and breaks; what was delivered is checked as it comes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import numpy as np

from monitor.model import AccelBlock, Fact, HoleClosed, HoleOpened, Quality
from monitor.wearables.base import Action, Outcome, Packet, Read, Reconnect, Reply, Subscribe, Unsubscribe, Write
from monitor.wearables.deskband import DeskBand
from tests.wearables.band import FakeBand, index_of


@dataclass
class Conversation:
    """One driver (and its successors after crashes) with one band."""

    band: FakeBand
    driver: DeskBand = field(default_factory=DeskBand)
    jitter_s: float = 0.0
    set_s: float = 0.0
    """So far our clock was set forward."""
    facts: list[Fact] = field(default_factory=list)
    reconnects: list[str] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    store: bool = True
    answers_first: bool = False
    """The answer to a write overtakes the news that it was written."""

    @property
    def now_s(self) -> float:
        """By our clock."""
        return self.band.now_s + self.set_s

    def link(self, resume: object = None) -> None:
        """The link comes up."""
        self._queue: list[Action] = []
        self._take(self.driver.start(resume, self.now_s))  # type: ignore[arg-type]
        self._settle()

    def live(self, duration_s: float, step_s: float = 1.0) -> None:
        """Time passes with the link up."""
        for _ in range(round(duration_s / step_s)):
            self.band.pass_time(self.band.now_s + step_s)
            self._settle()
            self._take(self.driver.tick(self.now_s))
            if self.store:
                self._store()
            self._settle()

    def lose_link(self, away_s: float) -> None:
        """Out of range: the band goes on alone."""
        self._take(self.driver.lost(self.now_s))
        self.band.live, self.band.replaying, self.band.out = False, None, []
        self.band.pass_time(self.band.now_s + away_s)

    def crash(self) -> object:
        """Kill the program; the memory of the last facts survives as JSON."""
        memory = json.loads(json.dumps(self.driver.resume(), allow_nan=False))
        self.driver = DeskBand(self.driver.rules)
        self.band.live, self.band.replaying, self.band.out = False, None, []
        return memory

    def _store(self) -> None:
        for fact in self.facts[-1:]:
            if isinstance(fact, AccelBlock) and fact.first_index is not None:
                self._take(self.driver.stored(fact.segment, fact.first_index + len(fact.t_s)))

    def _settle(self) -> None:
        """Carry out what is wanted and hand over what arrived, until both rest."""
        while self._queue or self.band.out:
            if self.band.out:
                self._hear()
            else:
                self._perform(self._queue.pop(0))

    def _hear(self) -> None:
        characteristic, data = self.band.out.pop(0)
        late_s = self.band.random.random() * self.jitter_s
        self._take(self.driver.receive(Packet(characteristic, data, self.now_s + late_s)))

    def _perform(self, action: Action) -> None:
        now_s, value, error = self.now_s, None, None
        if isinstance(action, Reconnect):
            self.reconnects.append(action.reason)
            return
        if isinstance(action, Read):
            value = self.band.read(action.characteristic)
            error = "no such characteristic" if value is None else None
        elif isinstance(action, Write):
            self.band.write(action.characteristic, action.data)
            while self.answers_first and self.band.out:
                self._hear()
        self._take(self.driver.done(action, Outcome(now_s, now_s, value, error)))

    def _take(self, reply: Reply) -> None:
        for part in reply:
            if isinstance(part, Read | Write | Subscribe | Unsubscribe | Reconnect):
                self._queue.append(part)
                self.actions.append(part)
            else:
                self.facts.append(part)

    # --- what was delivered ---------------------------------------------------------------------------------

    def blocks(self) -> list[AccelBlock]:
        return [fact for fact in self.facts if isinstance(fact, AccelBlock)]

    def holes(self) -> list[HoleOpened]:
        return [fact for fact in self.facts if isinstance(fact, HoleOpened)]

    def closed(self) -> list[HoleClosed]:
        return [fact for fact in self.facts if isinstance(fact, HoleClosed)]

    def samples(self) -> dict[int, dict[int, float]]:
        """By segment: time of every delivered index. Fails where a sample comes twice or is not what it says."""
        found: dict[int, dict[int, float]] = {}
        for block in self.blocks():
            assert block.first_index is not None
            own = found.setdefault(block.segment, {})
            counts = np.rint(block.xyz_g.astype(float) * 4096).astype(int)
            for place, (time_s, each) in enumerate(zip(block.t_s, counts, strict=True)):
                index = block.first_index + place
                assert index_of(tuple(each)) == (block.segment % 4096, index)
                assert index not in own, f"sample {index} twice"
                own[index] = float(time_s)
        return found

    def check(self) -> None:
        """Everything the contract says about the order of facts and times."""
        open_holes: list[HoleOpened] = []
        live_end: dict[int, int] = {}
        for place, fact in enumerate(self.facts):
            if isinstance(fact, HoleOpened):
                open_holes.append(fact)
            elif isinstance(fact, HoleClosed):
                open_holes.remove(HoleOpened(fact.segment, fact.first_index, fact.end_index))
            elif isinstance(fact, AccelBlock):
                assert fact.first_index is not None
                assert (np.diff(fact.t_s) > 0).all()
                end = fact.first_index + len(fact.t_s)
                if fact.quality & Quality.REPLAYED:
                    assert any(
                        h.segment == fact.segment and h.first_index <= fact.first_index and end <= h.end_index
                        for h in open_holes
                    )
                    continue
                expected = live_end.get(fact.segment)
                if expected is not None and fact.first_index != expected:
                    before = self.facts[place - 1]
                    assert before == HoleOpened(fact.segment, expected, fact.first_index)
                live_end[fact.segment] = end
        self._check_times()

    def _check_times(self) -> None:
        """Live and late samples interleave strictly, within a segment and from one to the next."""
        last_s = -np.inf
        for segment, times in sorted(self.samples().items()):
            ordered = np.array([times[index] for index in sorted(times)])
            assert (np.diff(ordered) > 0).all(), f"segment {segment}: times go back"
            assert ordered[0] > last_s
            last_s = ordered[-1]


def talked(seconds: float = 60.0, **band: object) -> Conversation:
    """A conversation that has run for a while."""
    talk = Conversation(FakeBand(**band))  # type: ignore[arg-type]
    talk.link()
    talk.live(seconds)
    return talk


def delivered(talk: Conversation, segment: int) -> list[int]:
    """Indices of a segment that came."""
    return sorted(talk.samples().get(segment, {}))


def whole(talk: Conversation, segment: int) -> bool:
    """Everything from the first delivered sample of a segment to its last, without a hole."""
    indices = delivered(talk, segment)
    return indices == list(range(indices[0], indices[-1] + 1))
