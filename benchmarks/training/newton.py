"""Logistic regression by Newton's method in plain numpy: the same rows give the same weights, byte for byte."""

from __future__ import annotations

import numpy as np

from monitor.model import Bools, Floats
from monitor.posture.logistic import Logistic

PENALTY = 5.0
"""Of squared weights, of signs with spread 1."""


def fit(names: tuple[str, ...], signs: Floats, sedentary: Bools, *, balanced: bool = False) -> Logistic:
    """Logistic regression with squared penalty by Newton's method; (n, k) signs, (n,) truth.

    ``balanced``: as if sitting and standing were equally frequent.
    """
    share = float(sedentary.mean()) if balanced else 0.5
    worth = np.where(sedentary, 0.5 / share, 0.5 / (1.0 - share))
    mean, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-9
    design = np.concatenate([np.ones((len(signs), 1)), (signs - mean) / spread], axis=1)
    ridge = np.diag([1e-6, *([PENALTY] * len(names))])
    weights = np.zeros(len(names) + 1)
    for _ in range(50):
        likely = 1.0 / (1.0 + np.exp(-np.clip(np.einsum("nk,k->n", design, weights), -30, 30)))
        slope = np.einsum("nk,n->k", design, worth * (likely - sedentary)) + np.einsum("jk,k->j", ridge, weights)
        bend = np.einsum("nj,nk,n->jk", design, design, worth * likely * (1 - likely), optimize=False) + ridge
        step = np.linalg.solve(bend, slope)
        weights = weights - step
        if np.abs(step).max() < 1e-9:
            break
    plain = weights[1:] / spread
    bias = float(weights[0] - (plain * mean).sum())
    return Logistic(bias=round(bias, 5), weights={n: round(float(w), 5) for n, w in zip(names, plain, strict=True)})
