"""One recording through the live path, as often as the questions need it.

Samples go in as they would off the air, turned into some random orientation; rows and alerts come out of the real
pipeline. *Told nothing* is a wearer's first day; *taught* adds the first 10 s of labelled standing; *re-mounted* turns
the sensor silently into another orientation half-way through.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from monitor.accel.epochs import EpochBuilder
from monitor.assembly.wearer import new_pipeline
from monitor.evaluation.alerts import Told
from monitor.evaluation.stretches import BRIDGE_S
from monitor.events import BreakDue
from monitor.model import AccelBlock, Epochs, Floats, PostureEpochs
from monitor.pipeline import LATENCY_S, NO_POSTURES, Pipeline, Step, join_postures
from monitor.settings.loading import load

WEARER = "me"


def rotation_of(seed: int, subject: str, turn: int = 0) -> Floats:
    """A random rotation, (3, 3); the same for the same seed, subject and turn."""
    rng = np.random.default_rng([seed, zlib.crc32(subject.encode()), turn])
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))
    return q if np.linalg.det(q) > 0 else -q


def remounted(blocks: Iterable[AccelBlock], rotation: Floats, at_s: float) -> list[AccelBlock]:
    """The same samples, turned from ``at_s`` on; nothing else tells of it."""
    return [
        replace(block, xyz_g=np.where((block.t_s >= at_s)[:, None], block.xyz_g @ rotation.T, block.xyz_g).astype("f4"))
        for block in blocks
    ]


@dataclass
class Tape(EpochBuilder):
    """An epoch builder that keeps what it hands out, and can play it again: the coach's limits do not change epochs."""

    made: list[Epochs] = field(default_factory=list)
    at: int | None = None
    """The next to be played; None while recording."""

    def again(self) -> Tape:
        """The same epochs for another pipeline that gets the same calls."""
        return Tape(made=self.made, at=0)

    def feed(self, block: AccelBlock) -> Epochs:
        """As the builder, or as it was the first time."""
        return self._kept(super().feed(block)) if self.at is None else self._played()

    def tick(self, now_s: float) -> Epochs:
        """As the builder, or as it was the first time."""
        return self._kept(super().tick(now_s)) if self.at is None else self._played()

    def _kept(self, rows: Epochs) -> Epochs:
        self.made.append(rows)
        return rows

    def _played(self) -> Epochs:
        assert self.at is not None
        self.at += 1
        return self.made[self.at - 1]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What the program said, and the first calls of its alerts."""

    rows: PostureEpochs
    told: list[Told]


def pipeline_for(placement: str, limit_s: float, epochs: EpochBuilder) -> Pipeline:
    """A pipeline that has seen nothing, set for scoring: calls at the limit only, over 10 s upright are a break.

    A break begins when it has lasted its minimum, and interruptions of up to 10 s (``stretches.BRIDGE_S``) belong to
    a bout: so the minimum is one second more.
    """
    overrides = [
        f"wearers.{WEARER}.placement={placement}",
        f"coach.limit_s={limit_s:g}",
        "coach.early_s=0",
        f"bouts.break_min_s={BRIDGE_S + 1}",
    ]
    pipeline = new_pipeline(load(None, overrides, environment={}).settings, WEARER).pipeline
    epochs.decides_after_s = pipeline.epochs.decides_after_s
    pipeline.epochs = epochs
    return pipeline


def run(pipeline: Pipeline, blocks: Iterable[AccelBlock]) -> Outcome:
    """Feed everything; over gaps and past the end the clock ticks on, as it does live."""
    steps: list[Step] = []
    last_s: float | None = None
    for block in blocks:
        if last_s is not None and block.t_s[0] - last_s > LATENCY_S:
            steps.append(pipeline.tick(last_s + LATENCY_S))
        steps.append(pipeline.feed(block))
        last_s = float(block.t_s[-1])
    if last_s is not None:
        steps.append(pipeline.tick(last_s + LATENCY_S))
    return Outcome(join_postures([NO_POSTURES, *(step.postures for step in steps)]), _told(steps))


def _told(steps: list[Step]) -> list[Told]:
    events = [event for step in steps for event in step.events]
    return [Told(event.at_s, event.due_s) for event in events if isinstance(event, BreakDue) and not event.repeat]


def run_limits(
    placement: str,
    blocks: list[AccelBlock],
    limits_s: tuple[float, ...],
    standing_s: tuple[float, float] | None = None,
    tape: Tape | None = None,
) -> tuple[PostureEpochs, dict[float, list[Told]], Tape]:
    """Rows, alerts by limit, and the epochs for a further run over the same samples."""
    tape = tape or Tape()
    rows, told = NO_POSTURES, {}
    for limit_s in limits_s:
        pipeline = pipeline_for(placement, limit_s, tape)
        if standing_s is not None:
            pipeline.placement.teach_standing(*standing_s)
        outcome = run(pipeline, blocks)
        rows, told[limit_s] = outcome.rows, outcome.told
        tape = tape.again()
    return rows, told, tape
