"""Parameters of waist and lower back: what a still pose says, and how right that is with what has happened.

Each recording is lived through three times: told nothing; with the pose shown; and with the pose in walking kept from
the day before. So every source of upright is seen in use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from labelled import SUSPECT

from monitor.accel.epochs import take
from monitor.accel.wear import Wear
from monitor.model import Bools, Floats, PostureEpochs
from monitor.posture import PLACEMENTS
from monitor.posture.base import Placement
from monitor.posture.logistic import Logistic, Provenance, TrunkModel
from monitor.posture.trunk import Trunk, TrunkColumns
from monitor.posture.upright import Source
from monitor.rules import changed
from training.newton import fit
from training.subjects import Subject, provenance, rehearse

LEAST_S = 300
"""A source that was in use for less, in all, takes the parameters of the next better one."""
POSE_SIGNS = ("tilt", "sway")


def trusted(subject: Subject, placement: str) -> Bools:
    """Rows to learn from: labels that the other sensor of the same person contradicts are left out."""
    suspect = next((code for (name, _), code in SUSPECT.items() if name == subject.name), None)
    return subject.counted & (subject.label != suspect if placement == "lower_back" else True)


def pieces(subject: Subject, placement: str) -> list[Subject]:
    """The pieces between which the sensor was put on anew, or the whole where it was not."""
    epochs = subject.epochs
    if placement != "waist" or not subject.shows:
        return [subject]
    return [
        replace(
            subject,
            epochs=take(epochs, epochs.segment == piece),
            label=subject.label[epochs.segment == piece],
            after_walk=subject.after_walk[epochs.segment == piece],
        )
        for piece in np.unique(epochs.segment)
    ]


@dataclass(frozen=True, eq=False)
class TrunkRun:
    """What a trunk placement sees of a recording, before any trained parameter is used."""

    subject: Subject
    placement: str
    trusted: Bools
    seen: TrunkColumns

    @classmethod
    def of(cls, subject: Subject, placement: str, *, kept: bool = False, shown: bool = False) -> TrunkRun:
        """Told nothing, with the pose in walking kept from an earlier day, or with the pose shown."""
        site = _site(placement, _bare())
        if kept:
            rehearse(site, subject.epochs)
        for stretch in subject.shows if shown else ():
            site.teach_standing(*stretch)
        seen = site.look(subject.epochs, Wear().advance(subject.epochs))
        return cls(subject, placement, trusted(subject, placement), seen)

    @property
    def still(self) -> Bools:
        """Rows in which pose and happenings decide."""
        return self.trusted & ~self.seen.stepping & ~self.seen.lying & ~self.seen.busy

    def evidence(self, model: TrunkModel) -> Floats:
        """Log odds of sitting with these parameters."""
        return _site(self.placement, model).weigh(self.subject.epochs.start_s, self.seen)


def train_trunk(placement: str, subjects: list[Subject]) -> Callable[[list[int]], TrunkModel]:
    """What trains a trunk site from the subjects with some places in the list."""
    runs = [
        [TrunkRun.of(subject, placement), TrunkRun.of(subject, placement, shown=True)]
        + [TrunkRun.of(piece, placement, kept=True) for piece in pieces(subject, placement)]
        for subject in subjects
    ]

    def train(chosen: list[int]) -> TrunkModel:
        mine = [run for place in chosen for run in runs[place]]
        model = _bare(provenance(placement, [subjects[place] for place in chosen]))
        model = changed(model, pose=_pose_models(mine))
        return changed(
            model,
            confidence=_confidence_models(mine, model),
            stepping_confidence=_share_right(mine, lambda run: run.seen.stepping, sedentary=False),
            lying_confidence=_share_right(mine, lambda run: run.seen.lying, sedentary=True),
            active_confidence=_share_right(mine, lambda run: run.seen.busy, sedentary=False),
        )

    return train


def ways_to_know(
    placement: str, subject: Subject, kind: type[Placement]
) -> Iterator[tuple[str, Subject, PostureEpochs, Bools]]:
    """What is said, and which rows count, where upright is known from an earlier day or from standing when told."""
    once = () if subject.once is None else (subject.once,)
    for part in pieces(subject, placement):
        site = kind()
        rehearse(site, part.epochs)
        yield "pose kept", part, site.advance(part.epochs), np.ones(len(part.label), np.bool_)
    for name, shows in (("pose shown once", once), ("and in each piece", subject.shows)):
        site = kind()
        for stretch in shows:
            site.teach_standing(*stretch)
        if shows:
            yield name, subject, site.advance(subject.epochs), subject.epochs.start_s >= shows[0][1]


def _site(placement: str, model: TrunkModel) -> Trunk:
    site = type("Site", (PLACEMENTS[placement],), {"MODEL": model})()
    assert isinstance(site, Trunk)
    return site


def _bare(words: Provenance | None = None) -> TrunkModel:
    words = words or Provenance(about="", trained_on="", command="")
    return TrunkModel(
        provenance=words, pose={}, confidence={}, stepping_confidence=0.9, lying_confidence=0.9, active_confidence=0.9
    )


def _pose_models(runs: list[TrunkRun]) -> dict[str, Logistic]:
    """By source; a pose is judged as if sitting and standing were equally frequent."""
    columns = [np.stack([run.seen.signs[name] for name in POSE_SIGNS], axis=1) for run in runs]
    return _by_source(runs, columns, POSE_SIGNS, (Source.SHOWN, Source.WALKED, Source.GUESSED, Source.STALE), True)


def _confidence_models(runs: list[TrunkRun], model: TrunkModel) -> dict[str, Logistic]:
    columns = [np.stack([run.evidence(model), run.seen.signs["sway"]], axis=1) for run in runs]
    sources = (Source.SHOWN, Source.WALKED, Source.GUESSED, Source.STALE, Source.NONE)
    return _by_source(runs, columns, ("evidence", "sway"), sources, False)


def _by_source(
    runs: list[TrunkRun], columns: list[Floats], names: tuple[str, ...], sources: tuple[Source, ...], balanced: bool
) -> dict[str, Logistic]:
    models: dict[str, Logistic] = {}
    for source in sources:
        rows = [run.still & (run.seen.source == source) for run in runs]
        signs = np.concatenate([column[chosen] for column, chosen in zip(columns, rows, strict=True)])
        sedentary = np.concatenate([run.subject.sedentary[chosen] for run, chosen in zip(runs, rows, strict=True)])
        better = list(models.values())[-1:]
        enough = min(sedentary.sum(), (~sedentary).sum()) >= LEAST_S
        models[source.name.lower()] = fit(names, signs, sedentary, balanced=balanced) if enough else better[0]
    return models


def _share_right(runs: list[TrunkRun], rows: Callable[[TrunkRun], Bools], *, sedentary: bool) -> float:
    """How often rows like these are right, with one wrong one added."""
    right = np.concatenate([(run.subject.sedentary == sedentary)[run.trusted & rows(run)] for run in runs])
    return round(min(float(right.sum()) / (len(right) + 1), 0.995), 3)
