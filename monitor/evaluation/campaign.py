"""Many recordings, each in some random orientations: scores by data set, and all together."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from monitor.evaluation.alerts import Told
from monitor.evaluation.days import LIMIT_S, Pieces, pieces_of, shuffled, stitched
from monitor.evaluation.invariants import InvariantScore, recut
from monitor.evaluation.labelled import Labelled, Source, read, turned
from monitor.evaluation.peer import Peer
from monitor.evaluation.scores import Score
from monitor.evaluation.trial import remounted, rotation_of, run_limits
from monitor.evaluation.truth import UNLABELLED, Said, Truth, said_in, truth_of
from monitor.evaluation.wear import WearScore
from monitor.model import AccelBlock, Bools, PostureEpochs

LIMITS_S = (120.0, 300.0, 600.0, 1200.0)
WALKED_S, REMOUNTED_WALK_S, TAUGHT_S = 20, 60, 10
POOLED = "pooled"
SCOPES = {
    "all": "all labelled seconds, told nothing",
    "after_walk": f"told nothing, after {WALKED_S} s of walking",
    "before_walk": f"told nothing, before {WALKED_S} s of walking",
    "taught": f"told {TAUGHT_S} s of standing, after them",
    "remounted": f"turned silently half-way, after {REMOUNTED_WALK_S} s of walking since",
    "shuffled": "takes in random order, told nothing",
    "days": "stitched 8-hour days, limit 30 min",
}


@dataclass
class Group:
    """Scores of one data set, or of all."""

    subjects: set[str] = field(default_factory=set)
    scopes: dict[str, Score] = field(default_factory=dict)
    wear: WearScore = field(default_factory=WearScore)
    invariants: InvariantScore = field(default_factory=InvariantScore)
    peer: dict[str, Score] = field(default_factory=dict)
    peer_wear: WearScore = field(default_factory=WearScore)

    def figures(self) -> dict[str, Any]:
        """JSON-ready."""
        found: dict[str, Any] = {"subjects": len(self.subjects), "wear": self.wear.figures()}
        found["invariants"] = self.invariants.figures()
        found |= {name: score.figures() for name, score in self.scopes.items()}
        if self.peer:
            peer = {name: score.figures() for name, score in self.peer.items()}
            found["actimotus"] = {"wear": self.peer_wear.figures(), **peer}
        return found


@dataclass
class Campaign:
    """All recordings of one placement."""

    placement: str
    seeds: tuple[int, ...] = (0,)
    days: int = 0
    """Stitched days to live through, for each seed."""
    peer: Peer | None = None
    groups: dict[str, Group] = field(default_factory=dict)

    def run(self, sources: list[Source], progress: Callable[[str], None] = lambda name: None) -> None:
        """Score every recording; ``progress`` hears of each when it is done."""
        lived = 0
        for number, source in enumerate(sources):
            recording = read(source)
            truth = truth_of(recording.t_s, recording.label, source.subject, source.placement)
            for seed in self.seeds:
                self._told_nothing_and_taught(recording, truth, seed)
                self._remounted(recording, truth, seed)
                self._shuffled(recording, seed)
            if self.peer is not None:
                self._peer(self.peer, recording, truth)
            pieces = pieces_of(truth, recording.t_s) if self.days else None
            if pieces is not None and pieces.enough():
                share = round(self.days * (number + 1) / len(sources)) - lived
                self._live_days(recording, pieces, share)
                lived += share
            progress(source.subject)

    def figures(self) -> dict[str, Any]:
        """By data set and pooled."""
        names = sorted(self.groups, key=lambda name: (name != POOLED, name))
        return {name: self.groups[name].figures() for name in names}

    # --- what is asked of one recording -----------------------------------------------------------------------

    def _told_nothing_and_taught(self, recording: Labelled, truth: Truth, seed: int) -> None:
        source = recording.source
        blocks = turned(recording.blocks, rotation_of(seed, source.subject))
        rows, told, tape = run_limits(self.placement, blocks, LIMITS_S)
        said, alerts = said_in(rows, truth), _on_grid(told, truth)
        walked = truth.walked_s() >= WALKED_S
        for scope, counts in (("all", np.ones_like(walked)), ("after_walk", walked), ("before_walk", ~walked)):
            self._add(source, scope, truth, said, counts, alerts)
        for group in self._groups(source):
            group.wear.add(recording.t_s, recording.xyz_g, recording.label, truth, said)
        self._invariants(recording, rows, blocks, seed)
        if (standing := truth.standing(TAUGHT_S)) is not None:
            first_s, end_s = (float(truth.first_s + second) for second in standing)
            rows, told, _ = run_limits(self.placement, blocks, LIMITS_S, (first_s, end_s), tape)
            said, alerts = said_in(rows, truth), _on_grid(told, truth)
            self._add(source, "taught", truth, said, after(truth, standing[1]), alerts)

    def _invariants(self, recording: Labelled, rows: PostureEpochs, blocks: list[AccelBlock], seed: int) -> None:
        rng = np.random.default_rng([seed, zlib.crc32(recording.source.subject.encode()), 1])
        until_s = float(rng.uniform(recording.t_s[0], recording.t_s[-1]))
        cut_off, _, _ = run_limits(self.placement, list(recut(blocks, until_s, rng)), LIMITS_S[:1])
        unturned, _, _ = run_limits(self.placement, list(recording.blocks), LIMITS_S[:1])
        for group in self._groups(recording.source):
            group.invariants.add(rows, cut_off, until_s, unturned)

    def _remounted(self, recording: Labelled, truth: Truth, seed: int) -> None:
        source = recording.source
        labelled = np.cumsum(truth.label != UNLABELLED)
        middle = int(np.searchsorted(labelled, labelled[-1] / 2.0))
        walked = truth.walked_s()
        counts = walked - walked[middle] >= REMOUNTED_WALK_S
        if not counts.any():
            return
        blocks = turned(recording.blocks, rotation_of(seed, source.subject))
        turn = rotation_of(seed, source.subject, turn=1)
        rows, _, _ = run_limits(self.placement, remounted(blocks, turn, truth.first_s + middle), LIMITS_S[:1])
        self._add(source, "remounted", truth, said_in(rows, truth), counts, None)

    def _shuffled(self, recording: Labelled, seed: int) -> None:
        source, rate_hz = recording.source, recording.blocks[0].rate_hz
        rng = np.random.default_rng([seed, zlib.crc32(source.subject.encode())])
        takes = shuffled(recording.t_s, recording.xyz_g, recording.label, rate_hz, rng)
        truth = truth_of(takes.t_s, takes.label, source.subject, source.placement)
        blocks = turned(tuple(takes.blocks()), rotation_of(seed, source.subject))
        rows, _, _ = run_limits(self.placement, blocks, LIMITS_S[:1])
        self._add(source, "shuffled", truth, said_in(rows, truth), np.ones(len(truth.label), np.bool_), None)

    def _live_days(self, recording: Labelled, pieces: Pieces, count: int) -> None:
        """This person's share of the days."""
        rate_hz = recording.blocks[0].rate_hz
        for seed in self.seeds:
            for turn in range(count):
                rng = np.random.default_rng([seed, zlib.crc32(recording.source.subject.encode()), turn])
                day = stitched(pieces, recording.xyz_g, recording.label, rate_hz, rng)
                truth = truth_of(day.t_s, day.label, recording.source.subject)
                blocks = turned(tuple(day.blocks()), rotation_of(seed, recording.source.subject, 2 + turn))
                self._add_day(recording.source, truth, blocks)

    def _add_day(self, source: Source, truth: Truth, blocks: list[AccelBlock]) -> None:
        rows, told, _ = run_limits(self.placement, blocks, (LIMIT_S,))
        counts = truth.walked_s() >= WALKED_S
        self._add(source, "days", truth, said_in(rows, truth), counts, _on_grid(told, truth))

    def _peer(self, peer: Peer, recording: Labelled, truth: Truth) -> None:
        said = peer.said(recording, truth)
        walked, standing = truth.walked_s() >= WALKED_S, truth.standing(TAUGHT_S)
        scopes = {"all": np.ones_like(walked), "after_walk": walked}
        if standing is not None:
            scopes["taught"] = after(truth, standing[1])
        for group in self._groups(recording.source):
            for scope, counts in scopes.items():
                group.peer.setdefault(scope, Score()).add(recording.source.subject, truth, said, counts)
            group.peer_wear.add(recording.t_s, recording.xyz_g, recording.label, truth, said)

    def _groups(self, source: Source) -> list[Group]:
        groups = [self.groups.setdefault(name, Group()) for name in (POOLED, source.data_set)]
        for group in groups:
            group.subjects.add(source.subject)
        return groups

    def _add(
        self,
        source: Source,
        scope: str,
        truth: Truth,
        said: Said,
        counts: Bools,
        alerts: dict[float, list[Told]] | None,
    ) -> None:
        for group in self._groups(source):
            group.scopes.setdefault(scope, Score()).add(source.subject, truth, said, counts, alerts)


def after(truth: Truth, second: int) -> Bools:
    """The seconds of the grid from one on."""
    return np.arange(len(truth.label)) >= second


def _on_grid(told: dict[float, list[Told]], truth: Truth) -> dict[float, list[Told]]:
    return {
        limit_s: [Told(alert.at_s - truth.first_s, alert.due_s - truth.first_s) for alert in alerts]
        for limit_s, alerts in told.items()
    }


def score_all(
    sources: list[Source], seeds: tuple[int, ...], days: int, peer: Peer | None, progress: Callable[[str], None]
) -> dict[str, Any]:
    """Figures of every placement there is; the peer knows the thigh only."""
    scored = {}
    for name in dict.fromkeys(source.placement for source in sources):
        campaign = Campaign(name, seeds, days, peer if name == "thigh" else None)
        campaign.run([source for source in sources if source.placement == name], progress)
        scored[name] = campaign.figures()
    return scored
