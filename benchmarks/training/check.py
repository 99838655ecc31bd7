"""Figures on people who were left out of the training."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from labelled import SEDENTARY_LABELS, Score
from numpy.typing import NDArray

from monitor.model import Bools, Floats, Posture, PostureEpochs
from monitor.posture import PLACEMENTS
from monitor.posture.base import Placement
from monitor.posture.logistic import LikelyModel, TrunkModel
from training.subjects import TAKE_BASED, Subject
from training.trunk import ways_to_know

GROUPS = 9


@dataclass
class Verdict:
    """Rows of people who were left out."""

    name: str
    label: list[NDArray[np.int64]]
    said: list[PostureEpochs]
    which: list[str]

    def add(self, subject: Subject, said: PostureEpochs, rows: Bools) -> None:
        rows = rows & subject.counted
        self.label.append(subject.label[rows])
        chosen = {column: getattr(said, column)[rows] for column in PostureEpochs.__dataclass_fields__}
        self.said.append(PostureEpochs(**chosen))
        self.which.append(subject.name)

    def lines(self) -> Iterator[str]:
        score = Score()
        label = np.concatenate(self.label)
        posture = np.concatenate([said.posture for said in self.said])
        score.add(label, posture)
        yield score.line(self.name)
        sedentary = np.isin(label, SEDENTARY_LABELS)
        down, speaks = np.isin(posture, [Posture.SITTING, Posture.LYING]), posture != Posture.UNKNOWN
        lying = label == 2
        yield (
            f"    right when it says sedentary {_pct(sedentary[down])}, upright {_pct(~sedentary[speaks & ~down])}; "
            f"speaks {_pct(speaks)}; lying called sedentary {_pct(down[lying])}"
        )
        sets = [name.split("__")[0] for name in self.which]
        for data_set in sorted(set(sets)):
            rows = [place for place, name in enumerate(sets) if name == data_set]
            part = Score()
            for place in rows:
                part.add(self.label[place], self.said[place].posture)
            yield part.line("  " + data_set)
            yield f"    {data_set}: {_calibration([self.label[r] for r in rows], [self.said[r] for r in rows])}"


def _pct(flags: Bools) -> str:
    return f"{100.0 * flags.mean():.1f} %" if len(flags) else "-"


def _calibration(label: list[NDArray[np.int64]], said: list[PostureEpochs]) -> str:
    """Expected calibration error in tenths, and how well confidence tells right from wrong."""
    posture = np.concatenate([rows.posture for rows in said])
    confidence = np.concatenate([rows.confidence for rows in said]).astype(np.float64)
    down = np.isin(posture, [Posture.SITTING, Posture.LYING])
    speaks = (posture != Posture.UNKNOWN) & (posture != Posture.NOT_WORN)
    right = (down == np.isin(np.concatenate(label), SEDENTARY_LABELS))[speaks]
    confidence = confidence[speaks]
    tenth = np.minimum(np.floor(confidence * 10), 9).astype(np.int64)
    off = np.bincount(tenth, confidence - right, 10)
    error = float(np.abs(off).sum()) / max(1, len(right))
    return f"calibration error {error:.3f}, confidence tells right from wrong {_auroc(confidence, right):.3f}"


def _auroc(values: Floats, positive: Bools) -> float:
    if positive.all() or not positive.any():
        return float("nan")
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2.0)[place]
    above = float(positive.sum())
    return float((rank[positive].sum() - above * (above + 1) / 2) / (above * (len(values) - above)))


def _ways(
    placement: str, subject: Subject, kind: type[Placement]
) -> Iterator[tuple[str, Subject, PostureEpochs, Bools]]:
    """What is asked of one person: what was said, and which rows of it count."""
    said = kind().advance(subject.epochs)
    yield "told nothing", subject, said, np.ones(len(said), np.bool_)
    yield "after 20 s of walking", subject, said, subject.after_walk
    if placement not in TAKE_BASED:
        yield "before it", subject, said, ~subject.after_walk
        yield from ways_to_know(placement, subject, kind)


def check(
    placement: str, train: Callable[[list[int]], TrunkModel | LikelyModel], turns: list[list[Subject]]
) -> Iterator[str]:
    """Figures on people who were left out of the training, which sees the first of the turns."""
    subjects = turns[0]
    people = [subject.name for subject in subjects]
    groups = GROUPS if len(subjects) > 2 * GROUPS else len(subjects)
    verdicts: dict[str, Verdict] = {}
    for group in range(groups):
        model = train([place for place in range(len(people)) if place % groups != group])
        kind = type("Fold", (PLACEMENTS[placement],), {"MODEL": model})
        for subject in (subject for turned in turns for subject in turned[group::groups]):
            for name, part, said, rows in _ways(placement, subject, kind):
                verdicts.setdefault(name, Verdict(name, [], [], [])).add(part, said, rows)
    yield f"{'sens / spec %':<22}{'unknown excluded':>18}{'unknown wrong':>18}{'cyc sed':>9}{'std sed':>9}"
    for verdict in verdicts.values():
        yield from verdict.lines()
    yield f"time alone would score {_clock_score(subjects, groups):.1f} (50 is chance)"


def _clock_score(subjects: list[Subject], groups: int) -> float:
    """Balanced accuracy of a model of the time since the start, on people who were left out."""
    right: dict[bool, list[Bools]] = {True: [], False: []}
    clocks = [(s.epochs.start_s - s.epochs.start_s[0])[s.counted] / 1000.0 for s in subjects]
    for group in range(groups):
        rest = [place for place in range(len(subjects)) if place % groups != group]
        truth = np.concatenate([subjects[place].sedentary[subjects[place].counted] for place in rest])
        clock = np.concatenate([clocks[place] for place in rest])
        cuts = np.quantile(clock, np.linspace(0, 1, 21)[1:-1])
        share = np.bincount(np.searchsorted(cuts, clock), truth, 20) / np.bincount(
            np.searchsorted(cuts, clock), minlength=20
        )
        for place in range(group, len(subjects), groups):
            said = share[np.searchsorted(cuts, clocks[place])] > truth.mean()
            actual = subjects[place].sedentary[subjects[place].counted]
            for which in (True, False):
                right[which].append((said == actual)[actual == which])
    return 50.0 * sum(float(np.concatenate(parts).mean()) for parts in right.values())
