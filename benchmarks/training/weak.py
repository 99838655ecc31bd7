"""Parameters of chest and wrist: how likely sitting is, from a few signs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from monitor.accel.metrics import angle_deg
from monitor.accel.mounting import Mounting
from monitor.accel.stepping import steps
from monitor.accel.wear import Wear
from monitor.posture.likely import LOOSE_STEPS, SURE, walking_only
from monitor.posture.logistic import LikelyModel, Logistic
from monitor.posture.signs import Signs
from training.newton import fit
from training.subjects import Subject, provenance

TURNS = {"chest": 5, "wrist": 2}
"""How often the takes are shuffled anew for the check: in a few takes luck is large."""
SIGNS = {
    "wrist": ("hangs", "flat", "raised", "beyond_45", "moves", "stirs", "quiet", "sway", "turning"),
    "chest": ("lean", "turning", "steps", "stirs"),
}
UNWALKED_SIGNS = {
    "wrist": ("moves", "stirs", "quiet", "sway", "turning", "jolts"),
    "chest": ("steps", "quiet", "stirs", "sway"),
}
EVERY_S = {"wrist": 1, "chest": 30}
"""One second in so many is learned from. Seconds of nine people are much alike: with all of them the weights grow, and
likelihoods do not hold for a tenth person (people left out, six orders: calibration error 0.03 against 0.02)."""
SAY_FROM = {"wrist": (0.85, 0.7, 0.9, 0.72), "chest": (0.81, 0.83, 0.95, 0.75)}
"""Likelihoods from which on sitting and upright are said; then the same before the first walk."""


def train_likely(placement: str, subjects: list[Subject]) -> Callable[[list[int]], LikelyModel]:
    """What trains a weak site from the subjects with some places in the list.

    The pose in walking is known from the start, since whether it is known yet is no sign.
    """
    prepared = []
    for subject in subjects:
        wear, mounting = Wear().advance(subject.epochs), Mounting(rules=SURE, stepping_rules=LOOSE_STEPS)
        mounting.advance(walking_only(subject.epochs), wear)
        direction = mounting.advance(walking_only(subject.epochs), wear).direction
        tilt_deg = angle_deg(subject.epochs.window_mean_g, direction)
        signs = Signs().advance(subject.epochs, tilt_deg, steps(subject.epochs, LOOSE_STEPS))
        known = subject.counted & ~np.isnan(signs["hangs"])
        prepared.append((signs, known, subject.counted, subject.sedentary))

    def logistic(chosen: list[int], names: tuple[str, ...], *, walked: bool) -> Logistic:
        columns, sedentary = [], []
        for signs, known, counted, truth in (prepared[place] for place in chosen):
            rows = known if walked else counted
            columns.append(np.stack([signs[name][rows] for name in names], axis=1))
            sedentary.append(truth[rows])
        every = EVERY_S[placement]
        return fit(names, np.concatenate(columns)[::every], np.concatenate(sedentary)[::every])

    def train(chosen: list[int]) -> LikelyModel:
        said = SAY_FROM[placement]
        return LikelyModel(
            provenance=provenance(placement, [subjects[place] for place in chosen]),
            walked=logistic(chosen, SIGNS[placement], walked=True),
            unwalked=logistic(chosen, UNWALKED_SIGNS[placement], walked=False),
            sedentary_from=said[0],
            upright_from=said[1],
            unwalked_sedentary_from=said[2],
            unwalked_upright_from=said[3],
        )

    return train
