"""The last step of every placement: its codes become rows, and whoever is not worn has no posture."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from monitor.accel.wear import WearColumns
from monitor.model import Bools, Epochs, Floats, Posture, PostureEpochs


def posture_rows(epochs: Epochs, posture: NDArray[np.int64], confidence: Floats, wear: WearColumns) -> PostureEpochs:
    """Rows of equal length with ``epochs``; design.md section 4: suspected is unknown, settled is not worn."""
    posture = np.where(wear.settled, Posture.NOT_WORN, np.where(wear.suspected, Posture.UNKNOWN, posture))
    confidence = np.where(wear.settled, 0.99, np.where(posture == Posture.UNKNOWN, 0.0, confidence))
    stepping = (posture == Posture.STEPPING) & epochs.rhythm_known
    return PostureEpochs(
        start_s=epochs.start_s,
        decided_s=epochs.decided_s,
        posture=posture.astype(np.uint8),
        worn=~wear.settled,
        confidence=confidence.astype(np.float32),
        movement_mg=(1000.0 * epochs.spread_g).astype(np.float32),
        cadence_hz=np.where(stepping, epochs.cadence_hz, 0.0).astype(np.float32),
    )


def among(posture: NDArray[np.int64], kinds: Collection[Posture]) -> Bools:
    """(n,) whether each code is one of these: a look into a table, for ``np.isin`` costs ten times as much."""
    table = np.zeros(len(Posture), np.bool_)
    table[list(kinds)] = True
    chosen: Bools = table[posture]
    return chosen
