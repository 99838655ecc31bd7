"""How far the sensor turns in the seconds after a row that are known already: getting up shows before it is decided."""

from __future__ import annotations

import numpy as np

from monitor.accel.metrics import degrees_of, norm
from monitor.model import Epochs, Floats


def turned_deg(epochs: Epochs) -> Floats:
    """Largest angle between the mean direction of each second and those ahead of it that its row has waited for.

    Returns
    -------
    (n,) degrees, 0 to 180; NaN where one of these seconds has no sample, or where there is no direction.
    """
    seen = np.arange(1, epochs.ahead_jitter_g.shape[1] + 1) < (epochs.decided_s - epochs.start_s)[:, None]
    x, y, z = epochs.mean_g[:, 0, None], epochs.mean_g[:, 1, None], epochs.mean_g[:, 2, None]
    ahead = epochs.ahead_mean_g
    along = x * ahead[:, :, 0] + y * ahead[:, :, 1] + z * ahead[:, :, 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        cosine = along / (norm(epochs.mean_g)[:, None] * norm(ahead))
    return degrees_of(np.where(seen, cosine, 1.0).min(axis=1, initial=1.0))
