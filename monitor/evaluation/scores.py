"""What is counted, and the figures that come of it: sums over people and orientations, one ``Score`` a scope.

A scope is a choice of seconds: all of them, those after 20 s of walking, those before, those after standing was
taught, those after a re-mounting. Every share is in percent. Unless a name says otherwise, seconds of which the
program says nothing count as wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.evaluation.alerts import AlertScore, Told
from monitor.evaluation.calibration import Calibration
from monitor.evaluation.stretches import NOTHING, SEDENTARY, UPRIGHT, BoutScore, TransitionScore, usual_duration_s
from monitor.evaluation.truth import (
    CYCLING,
    KIND_OF_LABEL,
    KIND_OF_POSTURE,
    LABEL_COUNT,
    LYING,
    SEDENTARY_LABELS,
    STANDING,
    UNLABELLED,
    UPRIGHT_LABELS,
    WALKING,
    Said,
    Truth,
)
from monitor.model import Bools, Posture

WORST_MIN_S = 60
"""A person counts as the worst with at least so much of the class."""

Table = NDArray[np.int64]
Figures = dict[str, Any]


def no_seconds() -> Table:
    """Seconds by label (row) and posture (column)."""
    return np.zeros((LABEL_COUNT, len(Posture)), np.int64)


@dataclass
class Score:
    """Everything counted in one scope."""

    by_subject: dict[str, Table] = field(default_factory=dict)
    transitions: TransitionScore = field(default_factory=TransitionScore)
    bouts: BoutScore = field(default_factory=BoutScore)
    alerts: dict[float, AlertScore] = field(default_factory=dict)
    calibration: Calibration = field(default_factory=Calibration)

    def add(
        self, subject: str, truth: Truth, said: Said, counts: Bools, told: dict[float, list[Told]] | None = None
    ) -> None:
        """Count one recording; ``told`` are alerts by limit, in seconds of the truth's grid."""
        label = truth.scored_label
        table = self.by_subject.setdefault(subject, no_seconds())
        np.add.at(table, (label[counts], said.posture[counts]), 1)
        kind = truth.kind
        self.transitions.add(kind, said.kind, counts)
        self.bouts.add(kind, said.kind, counts, truth.label != UNLABELLED)
        for limit_s, alerts in (told or {}).items():
            self.alerts.setdefault(limit_s, AlertScore()).add(kind, alerts, limit_s, counts)
        stated = KIND_OF_LABEL[label]
        judged = counts & (stated != NOTHING) & (said.kind != NOTHING) & np.isfinite(said.confidence)
        self.calibration.add(said.confidence[judged], said.kind[judged] == stated[judged])

    @property
    def table(self) -> Table:
        """Of all subjects."""
        return sum(self.by_subject.values(), no_seconds())

    def figures(self) -> Figures:
        """Everything, JSON-ready (None where there is nothing to count)."""
        figures = {**seconds_figures(self.table), **self._worst()}
        figures |= _transition_figures(self.transitions) | _bout_figures(self.bouts)
        figures |= _confidence_figures(self.calibration)
        if self.alerts:
            figures["alerts"] = {f"{limit_s:g}": _alert_figures(one) for limit_s, one in sorted(self.alerts.items())}
        found: Figures = plain(figures)
        return found

    def _worst(self) -> Figures:
        found: Figures = {}
        for name, labels, share in (
            ("sensitivity", SEDENTARY_LABELS, sensitivity),
            ("specificity", UPRIGHT_LABELS, specificity),
        ):
            scores = sorted(
                (share(table), subject)
                for subject, table in self.by_subject.items()
                if table[list(labels)].sum() >= WORST_MIN_S
            )
            found[f"worst_{name}"] = scores[0][0] if scores else float("nan")
            found[f"worst_{name}_subject"] = scores[0][1] if scores else ""
        return found


def _share(part: float, whole: float) -> float:
    return 100.0 * float(part) / float(whole) if whole else float("nan")


def _said_as(rows: Table, kind: int) -> int:
    return int(rows[..., kind == KIND_OF_POSTURE].sum())


def sensitivity(table: Table, *, unknown_wrong: bool = True) -> float:
    """Percent of labelled sedentary seconds that were said to be sedentary."""
    rows = table[list(SEDENTARY_LABELS)]
    return _share(_said_as(rows, SEDENTARY), rows.sum() - (0 if unknown_wrong else _said_as(rows, NOTHING)))


def specificity(table: Table, *, unknown_wrong: bool = True) -> float:
    """Percent of labelled upright seconds that were said to be upright or busy."""
    rows = table[list(UPRIGHT_LABELS)]
    return _share(_said_as(rows, UPRIGHT), rows.sum() - (0 if unknown_wrong else _said_as(rows, NOTHING)))


def seconds_figures(table: Table) -> Figures:
    """Shares of a table of seconds."""
    sens, spec = sensitivity(table), specificity(table)
    sens_said, spec_said = sensitivity(table, unknown_wrong=False), specificity(table, unknown_wrong=False)
    stated = table[[*SEDENTARY_LABELS, *UPRIGHT_LABELS]]
    silent = _said_as(stated, NOTHING)
    right = _said_as(table[list(SEDENTARY_LABELS)], SEDENTARY) + _said_as(table[list(UPRIGHT_LABELS)], UPRIGHT)
    return {
        "sedentary_s": int(table[list(SEDENTARY_LABELS)].sum()),
        "upright_s": int(table[list(UPRIGHT_LABELS)].sum()),
        "sensitivity": sens,
        "specificity": spec,
        "balanced_accuracy": (sens + spec) / 2.0,
        "sensitivity_said": sens_said,
        "specificity_said": spec_said,
        "balanced_accuracy_said": (sens_said + spec_said) / 2.0,
        "unknown": _share(silent, stated.sum()),
        "right_of_said": _share(right, stated.sum() - silent),
        "sedentary_precision": _precision(table, SEDENTARY, SEDENTARY_LABELS),
        "upright_precision": _precision(table, UPRIGHT, UPRIGHT_LABELS),
        "lying_called_sedentary": _called_sedentary(table, LYING),
        "lying_called_lying": _share(table[LYING, Posture.LYING], table[LYING].sum()),
        "standing_called_sedentary": _called_sedentary(table, STANDING),
        "walking_called_sedentary": _called_sedentary(table, WALKING),
        "cycling_called_sedentary": _called_sedentary(table, CYCLING),
    }


def _precision(table: Table, kind: int, labels: tuple[int, ...]) -> float:
    """Percent of what was said to be of a kind, in seconds with a statement, that is."""
    stated = table[[*SEDENTARY_LABELS, *UPRIGHT_LABELS]]
    return _share(_said_as(table[list(labels)], kind), _said_as(stated, kind))


def _called_sedentary(table: Table, label: int) -> float:
    return _share(_said_as(table[label], SEDENTARY), table[label].sum())


def _transition_figures(score: TransitionScore) -> Figures:
    return {
        "transitions": score.labelled,
        "transition_recall": _share(score.hit, score.labelled),
        "transition_precision": _share(score.right, score.said),
    }


def _bout_figures(score: BoutScore) -> Figures:
    usual_s, said_s = usual_duration_s(score.labelled_s), usual_duration_s(score.said_s)
    return {
        "bouts": score.labelled,
        "bouts_whole": _share(score.whole, score.labelled),
        "bout_start_error_p95_s": p95(score.start_errors_s),
        "bout_end_error_p95_s": p95(score.end_errors_s),
        "usual_bout_s": usual_s,
        "usual_bout_said_s": said_s,
        "usual_bout_error": _share(abs(said_s - usual_s), usual_s),
    }


def _alert_figures(score: AlertScore) -> Figures:
    return {
        "due": score.due,
        "missed": score.missed,
        "judged": score.judged,
        "false": score.false,
        "labelled_h": score.labelled_s / 3600.0,
        "false_per_40_h": score.false * 40.0 * 3600.0 / score.labelled_s if score.labelled_s else float("nan"),
        "told_error_p95_s": p95(score.told_errors_s),
        "due_error_p95_s": p95(score.due_errors_s),
    }


def _confidence_figures(calibration: Calibration) -> Figures:
    return {
        "calibration_error": calibration.expected_error(),
        "auroc": calibration.auroc(),
        "wrong_s": calibration.wrong_s(),
        "reliability": [list(row) for row in calibration.reliability()],
    }


def p95(errors: list[int] | list[float]) -> float:
    """95th percentile of the absolute errors; NaN for none."""
    return float(np.percentile(np.abs(errors), 95)) if errors else float("nan")


def plain(figures: Any) -> Any:
    """Rounded, with None for what could not be computed, as JSON knows no NaN."""
    if isinstance(figures, dict):
        return {key: plain(value) for key, value in figures.items()}
    if isinstance(figures, list | tuple):
        return [plain(value) for value in figures]
    if isinstance(figures, float):
        return round(figures, 4) if np.isfinite(figures) else None
    return figures
