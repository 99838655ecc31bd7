"""Whether the alerts of the live path came when they were due.

Due: a labelled bout with an upright label before it holds at least the limit and 5 s of sitting; then an alert is
wanted when so much has been sat: upright seconds that belong to a bout do not run its clock. False: an alert in whose
whole window (the limit before it) the labels are known, and no bout as long as the limit (less 5 s) is there. Alerts in
unlabelled time are neither.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from monitor.evaluation.stretches import UPRIGHT, Bout, Kinds, bouts_in, known_in
from monitor.model import Bools

SLACK_S = 5.0


@dataclass(frozen=True, slots=True)
class Told:
    """The first call of an alert, in seconds of the grid."""

    at_s: float
    """When the wearer is told."""
    due_s: float
    """When, by the program's books, the limit was reached."""


@dataclass
class AlertScore:
    """Alerts for one limit."""

    due: int = 0
    missed: int = 0
    judged: int = 0
    """Alerts given where the labels are known."""
    false: int = 0
    told_errors_s: list[float] = field(default_factory=list)
    """When the wearer was told, minus when the limit was reached by the labels."""
    due_errors_s: list[float] = field(default_factory=list)
    """When it was reached by the program's books, minus the same."""
    labelled_s: float = 0.0
    """Labelled time that was looked at."""

    def add(self, truth: Kinds, told: list[Told], limit_s: float, counts: Bools) -> None:
        """Count one recording; only bouts and alerts in ``counts`` seconds."""
        bouts, known = bouts_in(truth), known_in(truth)
        self.labelled_s += float((known & counts).sum())
        for bout in bouts:
            sat_s = np.cumsum(truth[bout.start : bout.end] != UPRIGHT)
            if bout.upright_before and counts[bout.start] and sat_s[-1] >= limit_s + SLACK_S:
                self._look_for(bout, told, bout.start + 1.0 + float(np.searchsorted(sat_s, limit_s)))
        for alert in told:
            self._judge(alert, bouts, known & counts, limit_s)

    def _look_for(self, bout: Bout, told: list[Told], wanted_s: float) -> None:
        self.due += 1
        answers = [alert for alert in told if bout.start < alert.at_s <= bout.end + SLACK_S]
        if not answers:
            self.missed += 1
            return
        self.told_errors_s.append(answers[0].at_s - wanted_s)
        self.due_errors_s.append(answers[0].due_s - wanted_s)

    def _judge(self, alert: Told, bouts: list[Bout], known: Bools, limit_s: float) -> None:
        first, end = int(np.floor(alert.at_s - limit_s)), int(np.floor(alert.at_s))
        if first < 0 or end > len(known) or not known[first:end].all():
            return
        self.judged += 1
        long_enough = [bout for bout in bouts if len(bout) >= limit_s - SLACK_S]
        self.false += not any(bout.start < alert.at_s and bout.end > first for bout in long_enough)
