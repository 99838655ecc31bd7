"""Parameters of waist and lower back: where sitting begins, how much a second weighs, how sure the sum is."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from labelled import SUSPECT
from numpy.typing import NDArray

from monitor.accel.epochs import take
from monitor.accel.stepping import steps
from monitor.accel.wear import Wear
from monitor.model import Bools, Floats
from monitor.posture import PLACEMENTS
from monitor.posture.logistic import Logistic, Provenance, TiltModel
from monitor.posture.signs import log_tilt
from monitor.posture.trunk import TRUNK_STEPS, Evidence, Trunk, weighed
from training.newton import fit
from training.subjects import STANDING, Subject, provenance, rehearse

STALE_MIN_S = 300
MIDDLES_DEG = np.arange(5.0, 20.1, 0.5)
GAINS = {"lower_back": (0.1, 0.2), "waist": (0.8, 1.6)}
"""A lumbar sensor is taped on and worn all day: it may take its time where the tilt is small."""
PUBLISHED_DEG, PULL_PER_DEG = 11.6, {"waist": 0.002, "lower_back": 0.0}
"""The best cut at the hip (Vähä-Ypyä et al. 2018); a few people here shall not move it far for next to nothing."""
WORTH = {"lower_back": (0.5, 0.2, 0.3), "waist": (0.5, 0.4, 0.1)}
"""Of sedentary, of upright, and of standing once more: where it is short it would hardly count."""
BOUNDS = ((2.0, 3.0), (3.0, 6.0))
PLATEAU_DEG = 1.0
"""A middle is judged together with its neighbours: a cliff beside the best one would be luck."""


def trusted(subject: Subject, placement: str) -> Bools:
    """Rows to learn from: labels that the other sensor of the same person contradicts are left out."""
    suspect = next((code for (name, _), code in SUSPECT.items() if name == subject.name), None)
    return subject.counted & (subject.label != suspect if placement == "lower_back" else True)


@dataclass(frozen=True, eq=False)
class TiltRun:
    """What a trunk placement sees of a subject, before any trained parameter is used."""

    subject: Subject
    trusted: Bools
    tilt_deg: Floats
    stepping: Bools
    lying: Bools
    busy: Bools
    stale: Bools
    shown: Bools
    """The pose that was shown is in use."""

    @classmethod
    def of(cls, subject: Subject, placement: str, *, kept: bool) -> TiltRun:
        """With the pose in walking kept from an earlier day, or with the pose shown."""
        kind = type("Bare", (PLACEMENTS[placement],), {"MODEL": _bare(shown=1.0)})
        if kept:
            parts = [cls._of(kind(), part, placement, kept=True) for part in pieces(subject, placement)]
            return _join_runs(subject, parts)
        return cls._of(kind(), subject, placement, kept=False)

    @classmethod
    def _of(cls, site: Trunk, subject: Subject, placement: str, *, kept: bool) -> TiltRun:
        epochs = subject.epochs
        if kept:
            rehearse(site, epochs)
        else:
            for stretch in subject.shows:
                site.teach_standing(*stretch)
        like = steps(epochs, TRUNK_STEPS)
        walks = site.walking.advance(epochs.start_s, like, 4) >= 3
        pose = site.pose(epochs, Wear().advance(epochs))
        known, lying = ~np.isnan(pose.tilt_deg), pose.tilt_deg > site.rules.lying_above_deg
        stepping = like & np.where(known, ~lying, pose.steady | walks)
        busy = (epochs.window_spread_g > site.rules.moving_max_g) & ~stepping & ~lying
        shown = pose.middle_deg == 1.0
        return cls(subject, trusted(subject, placement), pose.tilt_deg, stepping, lying, busy, pose.stale, shown)

    def sums(self, model: TiltModel) -> Floats:
        middle_deg = np.where(self.shown, model.taught_middle_deg, model.walking_middle_deg)
        beyond = self.beyond(model)
        gains = np.where(np.isnan(middle_deg + beyond) | self.stepping, 0.0, weighed(beyond, model))
        gains = np.where(self.lying, 1.5, gains)
        return Evidence().advance(self.subject.epochs.start_s, gains, self.stepping, model)

    def beyond(self, model: TiltModel) -> Floats:
        middle_deg = np.where(self.shown, model.taught_middle_deg, model.walking_middle_deg)
        return log_tilt(self.tilt_deg, 1.0) - log_tilt(middle_deg, 1.0)


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


def _join_runs(subject: Subject, runs: list[TiltRun]) -> TiltRun:
    names = [name for name in TiltRun.__dataclass_fields__ if name != "subject"]
    return TiltRun(subject, **{name: np.concatenate([getattr(run, name) for run in runs]) for name in names})


def _bare(shown: float = 0.0, **parts: float) -> TiltModel:
    nothing = Logistic(bias=0.0, weights={})
    values = {"walking_middle_deg": 0.0, "taught_middle_deg": shown, "gain": 1.0, "stepped": 2.0, "limit": 3.0}
    words = Provenance(about="", trained_on="", command="")
    said = {"stepping_confidence": 0.9, "lying_confidence": 0.9, "active_confidence": 0.9}
    return TiltModel.model_validate(
        {"provenance": words, "confidence": nothing, "stale_confidence": nothing, **values, **said, **parts}
    )


def _counts(run: TiltRun, sums: Floats) -> NDArray[np.float64]:
    """Right and all of sedentary, of upright, of standing, among the rows that are judged."""
    judged = run.trusted & ~np.isnan(run.tilt_deg) & ~run.stale
    said = (sums > 0.0) & ~run.busy
    sedentary, standing = run.subject.sedentary, run.subject.label == STANDING
    parts = [(sedentary, said), (~sedentary, ~said), (standing, ~said)]
    return np.array([[(judged & who & right).sum(), (judged & who).sum()] for who, right in parts], np.float64)


def _worth(placement: str, counts: NDArray[np.float64]) -> float:
    """Shares that are right, pooled seconds, weighed."""
    share = counts[:, 0] / np.maximum(counts[:, 1], 1.0)
    return float((np.array(WORTH[placement]) * share).sum())


Table = dict[tuple[float, tuple[float, float], float], list[NDArray[np.float64]]]


def tilt_table(placement: str, runs: list[TiltRun]) -> Table:
    """Counts of every subject for every choice of gain, bounds and middle."""
    table: Table = {}
    for gain, bounds, middle_deg in itertools.product(GAINS[placement], BOUNDS, MIDDLES_DEG.tolist()):
        model = _bare(
            walking_middle_deg=middle_deg, taught_middle_deg=middle_deg, gain=gain, stepped=bounds[0], limit=bounds[1]
        )
        table[gain, bounds, middle_deg] = [_counts(run, run.sums(model)) for run in runs]
    return table


def _best_middle(
    placement: str, table: Table, gain: float, bounds: tuple[float, float], chosen: list[int]
) -> tuple[float, float]:
    def worth(middle_deg: float) -> float:
        counts = np.sum([table[gain, bounds, middle_deg][place] for place in chosen], axis=0)
        return _worth(placement, counts) - PULL_PER_DEG[placement] * abs(middle_deg - PUBLISHED_DEG)

    edge = round(PLATEAU_DEG / (MIDDLES_DEG[1] - MIDDLES_DEG[0]))
    inner = MIDDLES_DEG[edge:-edge].tolist()
    around = {m: [worth(m + shift) for shift in (-PLATEAU_DEG, 0.0, PLATEAU_DEG)] for m in inner}
    best = max(around, key=lambda middle_deg: (min(around[middle_deg]) + sum(around[middle_deg]), -middle_deg))
    return best, sum(around[best])


def train_trunk(placement: str, subjects: list[Subject]) -> Callable[[list[int]], TiltModel]:
    """What trains a trunk site from the subjects with some places in the list."""
    kept = [TiltRun.of(subject, placement, kept=True) for subject in subjects]
    shown = [TiltRun.of(subject, placement, kept=False) for subject in subjects]
    told = [TiltRun.of(replace(subject, shows=()), placement, kept=False) for subject in subjects]
    return train_tilt(placement, (tilt_table(placement, kept), tilt_table(placement, shown)), (kept, shown, told))


def train_tilt(
    placement: str, tables: tuple[Table, Table], runs: tuple[list[TiltRun], ...]
) -> Callable[[list[int]], TiltModel]:
    """Parameters of a trunk site from its tables, with the pose kept and with the pose shown, and its runs."""

    def train(chosen: list[int]) -> TiltModel:
        gain, bounds = max(
            itertools.product(GAINS[placement], BOUNDS),
            key=lambda choice: sum(_best_middle(placement, table, *choice, chosen)[1] for table in tables),
        )
        walking_deg, taught_deg = (_best_middle(placement, table, gain, bounds, chosen)[0] for table in tables)
        bare = _bare(
            walking_middle_deg=walking_deg, taught_middle_deg=taught_deg, gain=gain, stepped=bounds[0], limit=bounds[1]
        )
        kept, shown, told = ([group[place] for place in chosen] for group in runs)
        stale = sum(int(run.stale.sum()) for run in told) > STALE_MIN_S
        confidence = _tilt_confidence(kept + shown, bare, stale=False)
        return bare.model_copy(
            update={
                "provenance": provenance(placement, [run.subject for run in kept]),
                "confidence": confidence,
                "stale_confidence": _tilt_confidence(told, bare, stale=True) if stale else None,
                "stepping_confidence": _share_right(kept, lambda run: run.stepping, sedentary=False),
                "lying_confidence": _share_right(kept, lambda run: run.lying & ~run.stepping, sedentary=True),
                "active_confidence": _share_right(kept, lambda run: run.busy, sedentary=False),
            }
        )

    return train


def _tilt_confidence(runs: list[TiltRun], model: TiltModel, *, stale: bool) -> Logistic:
    signs, sedentary = [], []
    for run in runs:
        quiet = run.trusted & ~run.stepping & ~run.lying & ~run.busy & ~np.isnan(run.tilt_deg) & (run.stale == stale)
        columns = [run.sums(model), np.clip(run.beyond(model), -1.5, 1.5)]
        signs.append(np.stack(columns, axis=1)[quiet])
        sedentary.append(run.subject.sedentary[quiet])
    return fit(("evidence", "tilt"), np.concatenate(signs), np.concatenate(sedentary))


def _share_right(runs: list[TiltRun], rows: Callable[[TiltRun], Bools], *, sedentary: bool) -> float:
    """How often rows like these are right, with one wrong one added."""
    chosen = [(run.subject.sedentary == sedentary)[run.trusted & rows(run) & ~np.isnan(run.tilt_deg)] for run in runs]
    right = np.concatenate(chosen)
    return round(min(float(right.sum()) / (len(right) + 1), 0.995), 3)
