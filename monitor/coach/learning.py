"""Learning your yes: after which calls does this wearer get up?

A Bayesian logistic model over four questions: what time of day, how far beyond the soft limit, which kind of move,
which rung of the ladder. A yes is measured, not said: the sensor has seen a break begin within five minutes of the
call. The prior is what studies found of prompts in general (30 % within five minutes; Compernolle et al. 2021), and
weak: some dozens of calls outweigh it. It only chooses among what is allowed anyway (when within the window, which kind
of exercise); the call at the hard limit always comes. Each call has a small, fixed chance to be made by lot instead, so
that what was once disliked can be found to be liked now.

The update is that of assumed-density filtering with a Laplace step (Spiegelhalter & Lauritzen 1990, Networks 20:579):
the posterior stays normal, its mean moves to the new mode.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field

import numpy as np

from monitor.civil import local_time

YES_WITHIN_S = 300.0
PRIOR_YES = 0.30
PRIOR_SD, BASE_SD = 0.7, 1.5
"""Of each answer's weight, and of the common one, in log odds."""
NEWTON_STEPS = 12
WORTH_A_CHOICE = 0.05
"""Kinds whose chances differ by less keep their usual turn."""

ANSWERS: dict[str, tuple[str, ...]] = {
    "hour": ("before_10", "10_to_12", "12_to_14", "14_to_17", "after_17"),
    "window": ("early", "late", "limit", "repeat"),
    "kind": ("strengthen", "stretch", "none"),
    "rung": ("wearable", "phone", "room"),
}
"""The questions, and the answers there are."""
HOUR_ENDS = (10, 12, 14, 17)
PLACES = {pair: number for number, pair in enumerate(((q, a) for q, all_ in ANSWERS.items() for a in all_), start=1)}
SIZE = len(PLACES) + 1


@dataclass(frozen=True, slots=True)
class Situation:
    """A call as the model sees it: one answer a question."""

    hour: str
    window: str
    kind: str
    rung: str

    def row(self) -> np.ndarray:
        """(SIZE,) ones at the common weight and at each answer."""
        row = np.zeros(SIZE)
        row[[0, *(PLACES[question, getattr(self, question)] for question in ANSWERS)]] = 1.0
        return row


def hour_of(now_s: float, zone: str) -> str:
    """The part of the day."""
    local = local_time(now_s, zone)
    hour = local.hour if local is not None else 12
    return ANSWERS["hour"][sum(hour >= end for end in HOUR_ENDS)]


def window_of(clock_s: float, limit_s: float, early_s: float, repeat: int) -> str:
    """How far beyond the soft limit, or at or past the hard one."""
    if repeat:
        return "repeat"
    if clock_s >= limit_s:
        return "limit"
    return "early" if clock_s < limit_s - early_s / 2 else "late"


def _prior_mean() -> np.ndarray:
    """(SIZE,) so that the expected share of yes is ``PRIOR_YES`` before anything was learned."""
    mean = np.zeros(SIZE)
    mean[0] = math.log(PRIOR_YES / (1 - PRIOR_YES)) * _shrink(BASE_SD**2 + len(ANSWERS) * PRIOR_SD**2)
    return mean


def _shrink(variance: float) -> float:
    """By how much uncertainty draws a share to one half: MacKay (1992), Neural Computation 4(5):720."""
    return math.sqrt(1 + math.pi * variance / 8)


def _prior_precision() -> np.ndarray:
    return np.diag([BASE_SD**-2, *[PRIOR_SD**-2] * (SIZE - 1)])


@dataclass
class Learner:
    """What is believed of one wearer, in log odds."""

    weights: list[float] = field(default_factory=list)
    """(SIZE,) means; empty while nothing was learned."""
    certainty: list[list[float]] = field(default_factory=list)
    """(SIZE, SIZE) inverse covariance; empty likewise."""
    open_call: Situation | None = None
    """The last call, while it is not known what came of it."""
    open_s: float = 0.0
    asked: int = 0
    yes: int = 0

    @property
    def mean(self) -> np.ndarray:
        """(SIZE,) expected weights."""
        return np.array(self.weights) if self.weights else _prior_mean()

    @property
    def precision(self) -> np.ndarray:
        """(SIZE, SIZE) inverse covariance of the weights."""
        return np.array(self.certainty) if self.certainty else _prior_precision()

    def chance(self, situation: Situation) -> float:
        """The expected share of yes."""
        row = situation.row()
        variance = float(row @ np.linalg.solve(self.precision, row))
        return _logistic(float(row @ self.mean) / _shrink(variance))

    def note_call(self, at_s: float, situation: Situation) -> None:
        """A call was made; the one before it is judged."""
        self.expire(at_s, forced=True)
        self.open_call, self.open_s = situation, at_s

    def note_break(self, break_start_s: float) -> None:
        """A break has begun."""
        if self.open_call is not None:
            self._learn(-1.0 <= break_start_s - self.open_s <= YES_WITHIN_S)

    def expire(self, now_s: float, forced: bool = False) -> None:
        """No break in time is a no; known as long again later, for a break is seen once it is long enough."""
        if self.open_call is not None and (forced or now_s - self.open_s > 2 * YES_WITHIN_S):
            self._learn(False)

    def forget_call(self) -> None:
        """The last call says nothing: it was wrong, or the data ended."""
        self.open_call = None

    def _learn(self, said_yes: bool) -> None:
        assert self.open_call is not None
        row, self.open_call = self.open_call.row(), None
        self.asked, self.yes = self.asked + 1, self.yes + said_yes
        before, precision = self.mean, self.precision
        mean = before
        for _ in range(NEWTON_STEPS):
            share = _logistic(float(row @ mean))
            slope = precision @ (mean - before) - row * (said_yes - share)
            mean = mean - np.linalg.solve(precision + share * (1 - share) * np.outer(row, row), slope)
        share = _logistic(float(row @ mean))
        self.weights = mean.tolist()
        self.certainty = (precision + share * (1 - share) * np.outer(row, row)).tolist()

    # --- choosing -------------------------------------------------------------------------------------------

    def speaks_now(self, now: Situation, at_limit: Situation, explore: float, lot_of: str) -> bool:
        """Whether to use this moment before the limit, rather than wait for the limit."""
        drawn = lot(lot_of, "moment")
        return drawn < explore / 2 if drawn < explore else self.chance(now) >= self.chance(at_limit)

    def liked_kind(self, situations: dict[str, Situation], explore: float, lot_of: str) -> str:
        """The kind of move to offer; "" where the lot shall not be touched (then the usual order holds)."""
        if len(situations) < 2 or lot(lot_of, "kind") < explore:
            return ""
        chances = {kind: self.chance(situation) for kind, situation in situations.items()}
        best = max(chances, key=lambda kind: chances[kind])
        return best if chances[best] - min(chances.values()) > WORTH_A_CHOICE else ""

    # --- explaining -----------------------------------------------------------------------------------------

    def effect(self, question: str, answer: str, other: str) -> tuple[float, float]:
        """Mean and standard deviation of the log odds of one answer against another."""
        contrast = np.zeros(SIZE)
        contrast[PLACES[question, answer]], contrast[PLACES[question, other]] = 1.0, -1.0
        return float(contrast @ self.mean), math.sqrt(float(contrast @ np.linalg.solve(self.precision, contrast)))


def lot(subject: str, purpose: str) -> float:
    """A number in [0, 1) made from what it is drawn for, so that a replay draws the same."""
    return int.from_bytes(hashlib.sha256(f"{purpose}\x1f{subject}".encode()).digest()[:6], "big") / 2.0**48


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x)) if x > -700 else 0.0
