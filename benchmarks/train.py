"""Train the parameter files of the weaker placements, and check them on people who were left out.

    python benchmarks/train.py DATA_DIR --placement waist --out monitor/posture/models/waist.json
    python benchmarks/train.py DATA_DIR --placement waist --check

The same folder gives the same file, byte for byte: plain numpy, Newton's method, one seed. ``--check`` trains without
a group of subjects at a time and runs the real placement on them: every recording turned at random, and for chest and
wrist with the takes (or the labelled blocks, where a recording has none) in random order, because in a script the
time alone gives the posture away. How well the time alone does is printed beside.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from labelled import SEDENTARY_LABELS, SUSPECT, UPRIGHT_LABELS, Labelled, Score, Truth, random_rotation
from numpy.typing import NDArray

from monitor.accel.epochs import EpochBuilder, join, take
from monitor.accel.metrics import angle_deg
from monitor.accel.mounting import Mounting
from monitor.accel.stepping import steps
from monitor.accel.wear import Wear
from monitor.model import Bools, Epochs, Floats, Posture, PostureEpochs
from monitor.posture import PLACEMENTS
from monitor.posture.likely import LOOSE_STEPS, SURE, Likely, walking_only
from monitor.posture.logistic import LikelyModel, Logistic, Provenance, TiltModel
from monitor.posture.signs import Signs, log_tilt
from monitor.posture.trunk import TRUNK_STEPS, Evidence, Trunk, weighed

SEED = 20180201
GROUPS = 9
STANDING = 3
PAUSE_S = 60.0
"""Between shuffled takes."""
TAKE_BASED = ("chest", "wrist")
TURNS = {"chest": 5, "wrist": 2, "waist": 1, "lower_back": 1}
"""How often the takes are shuffled anew for the check: in a few takes luck is large."""
SIGNS = {
    "wrist": ("hangs", "flat", "raised", "beyond_45", "moves", "quiet", "busy", "sway"),
    "chest": ("beyond_15", "tilt_mean", "moves", "quiet", "busy"),
}
UNWALKED_SIGNS = {"wrist": ("moves", "quiet", "busy", "sway"), "chest": ("moves", "quiet")}
SAY_FROM = {"wrist": (0.85, 0.7, 0.95, 0.9), "chest": (0.9, 0.88, 0.999, 0.93)}
"""Likelihoods from which on sitting and upright are said; then the same before the first walk."""
PENALTY = 5.0
"""Of squared weights, of signs with spread 1."""
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


Trainer = Callable[[list[int]], TiltModel | LikelyModel]
"""Parameters from the subjects with these places."""


# --- recordings -----------------------------------------------------------------------------------------------


def shuffled(recording: Labelled, rng: np.random.Generator) -> Labelled:
    """The takes in random order; a recording in one piece is cut where its label changes."""
    cuts = np.diff(recording.piece) != 0
    if not cuts.any():
        cuts = np.diff(recording.label) != 0
    edges = [0, *(np.flatnonzero(cuts) + 1).tolist(), len(recording.label)]
    takes = list(itertools.pairwise(edges))
    order, t_s, now_s = [], [], 1000.0
    for number in rng.permutation(len(takes)).tolist():
        part = np.arange(*takes[number])
        order.append(part)
        t_s.append(np.ceil(now_s) + recording.t_s[part] - recording.t_s[part[0]])
        now_s = t_s[-1][-1] + PAUSE_S
    places = np.concatenate(order)
    return replace(
        recording,
        t_s=np.concatenate(t_s),
        xyz_g=recording.xyz_g[places],
        label=recording.label[places],
        piece=np.repeat(np.arange(len(order)), [len(part) for part in order]),
    )


def epochs_of(recording: Labelled, rotation: NDArray[np.float64]) -> Epochs:
    """By the path that live samples take."""
    builder, parts, last_s = EpochBuilder(), [], None
    for block in recording.blocks(rotation):
        if last_s is not None:
            parts.append(builder.tick(min(last_s + 5.0, float(block.t_s[0]))))
        parts.append(builder.feed(block))
        last_s = float(block.t_s[-1])
    parts.append(builder.tick((last_s or 0.0) + 5.0))
    return join(parts)


@dataclass(frozen=True, eq=False)
class Subject:
    """One recording, ready to be learned from and to be judged."""

    name: str
    epochs: Epochs
    label: NDArray[np.int64]
    after_walk: Bools
    shows: tuple[tuple[float, float], ...]
    """The first 10 s of labelled standing of the recording, or of each piece where the sensor is put on anew."""

    @property
    def sedentary(self) -> Bools:
        return np.isin(self.label, SEDENTARY_LABELS)

    @property
    def counted(self) -> Bools:
        return np.isin(self.label, SEDENTARY_LABELS + UPRIGHT_LABELS)

    @property
    def shown(self) -> Bools:
        """Seconds after the pose was shown."""
        if not self.shows:
            return np.zeros(len(self.label), np.bool_)
        return self.epochs.start_s >= self.shows[0][1]


def load(data_dir: Path, placement: str, turn: int = 0) -> list[Subject]:
    """All subjects of a placement, turned and shuffled by the seed; each ``turn`` does it in another way."""
    subjects = []
    for number, path in enumerate(sorted((data_dir / placement).glob("*.npz"))):
        rng = np.random.default_rng([SEED, number, turn])
        recording = Labelled.load(path, placement)
        if placement in TAKE_BASED:
            recording = shuffled(recording, rng)
        epochs, truth = epochs_of(recording, random_rotation(rng)), Truth.of(recording)
        place = (epochs.start_s - truth.first_s).astype(np.int64)
        label = truth.label[place]
        shows = tuple(_first_standing(epochs, label, each_piece=placement == "waist"))
        subjects.append(Subject(path.stem, epochs, label, truth.after_walk[place], shows))
    if not subjects:
        raise SystemExit(f"{data_dir / placement}: no .npz recordings here")
    return subjects


def _first_standing(epochs: Epochs, label: NDArray[np.int64], *, each_piece: bool) -> Iterator[tuple[float, float]]:
    pieces = np.unique(epochs.segment) if each_piece else [None]
    for piece in pieces:
        still = (label == STANDING) & ((epochs.segment == piece) if piece is not None else True)
        start_s = epochs.start_s[still]
        whole = np.flatnonzero(start_s[9:] - start_s[:-9] == 9.0)
        if len(whole):
            yield float(start_s[whole[0]]), float(start_s[whole[0]]) + 10.0


def trusted(subject: Subject, placement: str) -> Bools:
    """Rows to learn from: labels that the other sensor of the same person contradicts are left out."""
    suspect = next((code for (name, _), code in SUSPECT.items() if name == subject.name), None)
    return subject.counted & (subject.label != suspect if placement == "lower_back" else True)


# --- Newton ---------------------------------------------------------------------------------------------------


def fit(names: tuple[str, ...], signs: Floats, sedentary: Bools, penalty: float = PENALTY) -> Logistic:
    """Logistic regression with squared penalty by Newton's method; (n, k) signs, (n,) truth."""
    mean, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-9
    design = np.concatenate([np.ones((len(signs), 1)), (signs - mean) / spread], axis=1)
    ridge = np.diag([1e-6, *([penalty] * len(names))])
    weights = np.zeros(len(names) + 1)
    for _ in range(50):
        likely = 1.0 / (1.0 + np.exp(-np.clip(np.einsum("nk,k->n", design, weights), -30, 30)))
        slope = np.einsum("nk,n->k", design, likely - sedentary) + np.einsum("jk,k->j", ridge, weights)
        bend = np.einsum("nj,nk,n->jk", design, design, likely * (1 - likely), optimize=False) + ridge
        step = np.linalg.solve(bend, slope)
        weights = weights - step
        if np.abs(step).max() < 1e-9:
            break
    plain = weights[1:] / spread
    bias = float(weights[0] - (plain * mean).sum())
    return Logistic(bias=round(bias, 5), weights={n: round(float(w), 5) for n, w in zip(names, plain, strict=True)})


# --- waist and lower back -------------------------------------------------------------------------------------


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


def rehearse(site: Trunk | Likely, epochs: Epochs) -> None:
    """Let it see the day before, which was the same."""
    day_s = epochs.start_s[-1] - epochs.start_s[0] + 1.0
    site.advance(
        replace(
            epochs,
            start_s=epochs.start_s - day_s,
            decided_s=epochs.decided_s - day_s,
            segment=0 * epochs.segment + epochs.segment[0],
        )
    )


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


def train_tilt(placement: str, tables: tuple[Table, Table], runs: tuple[list[TiltRun], ...]) -> Trainer:
    """Trainer of a trunk site from its tables, with the pose kept and with the pose shown, and its runs."""

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
                "provenance": _provenance(placement, [run.subject for run in kept]),
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


# --- chest and wrist ------------------------------------------------------------------------------------------


def train_likely(placement: str, subjects: list[Subject]) -> Trainer:
    """Trainer of a weak site; the pose in walking is known from the start, since whether it is known yet is no sign."""
    prepared = []
    for subject in subjects:
        wear, mounting = Wear().advance(subject.epochs), Mounting(rules=SURE, stepping_rules=LOOSE_STEPS)
        mounting.advance(walking_only(subject.epochs), wear)
        direction = mounting.advance(walking_only(subject.epochs), wear).direction
        signs = Signs().advance(subject.epochs, angle_deg(subject.epochs.window_mean_g, direction))
        known = subject.counted & ~np.isnan(signs["hangs"])
        prepared.append((signs, known, subject.counted, subject.sedentary))

    def logistic(chosen: list[int], names: tuple[str, ...], *, walked: bool) -> Logistic:
        columns, sedentary = [], []
        for signs, known, counted, truth in (prepared[place] for place in chosen):
            rows = known if walked else counted
            columns.append(np.stack([signs[name][rows] for name in names], axis=1))
            sedentary.append(truth[rows])
        return fit(names, np.concatenate(columns), np.concatenate(sedentary))

    def train(chosen: list[int]) -> LikelyModel:
        said = SAY_FROM[placement]
        return LikelyModel(
            provenance=_provenance(placement, [subjects[place] for place in chosen]),
            walked=logistic(chosen, SIGNS[placement], walked=True),
            unwalked=logistic(chosen, UNWALKED_SIGNS[placement], walked=False),
            sedentary_from=said[0],
            upright_from=said[1],
            unwalked_sedentary_from=said[2],
            unwalked_upright_from=said[3],
        )

    return train


def _provenance(placement: str, subjects: list[Subject]) -> Provenance:
    sets = sorted({subject.name.split("__")[0] for subject in subjects})
    seconds = sum(int(subject.counted.sum()) for subject in subjects)
    return Provenance(
        about=f"Parameters of monitor/posture/{placement}.py; the fields are explained in monitor/posture/logistic.py.",
        trained_on=f"{len(subjects)} recordings of {', '.join(sets)}, {seconds} labelled seconds, seed {SEED}",
        command=f"python benchmarks/train.py DATA_DIR --placement {placement} --out FILE",
    )


def trainer(placement: str, subjects: list[Subject]) -> Trainer:
    """What trains this placement from some of the subjects."""
    if issubclass(PLACEMENTS[placement], Likely):
        return train_likely(placement, subjects)
    kept = [TiltRun.of(subject, placement, kept=True) for subject in subjects]
    shown = [TiltRun.of(subject, placement, kept=False) for subject in subjects]
    told = [TiltRun.of(replace(subject, shows=()), placement, kept=False) for subject in subjects]
    return train_tilt(placement, (tilt_table(placement, kept), tilt_table(placement, shown)), (kept, shown, told))


# --- the check ------------------------------------------------------------------------------------------------


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


def check(placement: str, turns: list[list[Subject]]) -> Iterator[str]:
    """Figures on people who were left out of the training, which sees the first of the turns."""
    subjects = turns[0]
    train, people = trainer(placement, subjects), [subject.name for subject in subjects]
    groups = GROUPS if len(subjects) > 2 * GROUPS else len(subjects)
    told_nothing, after_walk = Verdict("told nothing", [], [], []), Verdict("after 20 s of walking", [], [], [])
    shown, kept = Verdict("pose shown", [], [], []), Verdict("pose kept", [], [], [])
    for group in range(groups):
        model = train([place for place in range(len(people)) if place % groups != group])
        kind = type("Fold", (PLACEMENTS[placement],), {"MODEL": model})
        for subject in (subject for turned in turns for subject in turned[group::groups]):
            said = kind().advance(subject.epochs)
            told_nothing.add(subject, said, np.ones(len(said), np.bool_))
            after_walk.add(subject, said, subject.after_walk)
            if placement not in TAKE_BASED:
                for part in pieces(subject, placement):
                    site = kind()
                    rehearse(site, part.epochs)
                    kept.add(part, site.advance(part.epochs), np.ones(len(part.label), np.bool_))
            if placement not in TAKE_BASED and subject.shows:
                site = kind()
                for stretch in subject.shows:
                    site.teach_standing(*stretch)
                shown.add(subject, site.advance(subject.epochs), subject.shown)
    yield f"{'sens / spec %':<22}{'unknown excluded':>18}{'unknown wrong':>18}{'cyc sed':>9}{'std sed':>9}"
    for verdict in (told_nothing, after_walk, *([kept, shown] if shown.label else [])):
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


def main() -> None:
    parser = argparse.ArgumentParser(description="Train or check the parameters of one placement.")
    parser.add_argument("data_dir", type=Path, help="folder with one folder of .npz recordings a placement")
    parser.add_argument("--placement", required=True, choices=["waist", "lower_back", "chest", "wrist"])
    parser.add_argument("--out", type=Path, help="where to write the parameter file")
    parser.add_argument("--check", action="store_true", help="leave subjects out, and print how right it is")
    options = parser.parse_args()
    subjects = load(options.data_dir, options.placement)
    if options.out:
        model = trainer(options.placement, subjects)(list(range(len(subjects))))
        options.out.write_text(json.dumps(model.model_dump(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"written: {options.out}")
    if options.check or not options.out:
        more = [load(options.data_dir, options.placement, turn) for turn in range(1, TURNS[options.placement])]
        print("\n".join(check(options.placement, [subjects, *more])))


if __name__ == "__main__":
    main()
