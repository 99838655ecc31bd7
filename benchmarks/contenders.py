"""Who runs against whom in ``speed.py``: each in a process of its own, ``python contenders.py NAME RECORDING``.

Nothing of ours is imported here, so that the others may live in another environment. Each reads the file itself, is
told how the sensor sits where it asks for that, and prints one line about what it has found.
"""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def read_file(path: Path) -> str:
    """The limit: every byte of the file once, in pieces."""
    total = 0
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            total += len(piece)
    return f"{total / 1e6:.0f} MB"


def one_pass(path: Path) -> str:
    """The limit of numpy: samples from the file, and the mean of their magnitudes, in float64 and in pieces."""
    total, count = 0.0, 0
    with np.load(path) as file:
        acc = file["acc"]
    for first in range(0, len(acc), 1 << 16):
        x, y, z = acc[first : first + (1 << 16)].T.astype(np.float64, order="C")
        total += float(np.sqrt(x * x + y * y + z * z).sum())
        count += len(x)
    return f"{total / count:.0f} mg in the mean"


def acti_motus(path: Path) -> str:
    """acti-motus: features and activities; it is told the axes, x up when upright and z backwards when seated."""
    import actimotus
    import pandas

    t_s, xyz_g, rate_hz = _samples(path)
    frame = pandas.DataFrame((xyz_g * (-1.0, -1.0, 1.0)).astype(np.float32), columns=["acc_x", "acc_y", "acc_z"])
    frame.index = pandas.to_datetime(np.round(t_s * 1e3), unit="ms", utc=True)
    frame.index.name = "datetime"
    del t_s, xyz_g
    features = actimotus.Features(calibrate=True).compute(frame, sampling_frequency=rate_hz)
    activities, _ = actimotus.Activities(vendor="Other").compute(features)
    seated = activities["activity"].isin(["sit", "lie", "kneel"]).sum()
    return f"{len(activities)} s, {seated / 60:.1f} min sedentary"


def skdh_activity(path: Path) -> str:
    """scikit-digital-health: activity levels."""
    from skdh.activity import ActivityLevelClassification

    t_s, xyz_g, rate_hz = _samples(path)
    found = ActivityLevelClassification(cutpoints="hildebrand_hip_adult_actigraph").predict(
        time=t_s, accel=xyz_g, fs=rate_hz
    )
    return f"{len(found)} figures"


def skdh_sit2stand(path: Path) -> str:
    """scikit-digital-health: sit-to-stand transfers."""
    from skdh.sit2stand import Sit2Stand

    t_s, xyz_g, _ = _samples(path)
    found = Sit2Stand().predict(time=t_s, accel=xyz_g)
    return f"{len(next(iter(found.values()), []))} transfers"


CONTENDERS: dict[str, tuple[Callable[[Path], str], str]] = {
    "reading the file": (read_file, ""),
    "one pass of numpy": (one_pass, ""),
    "acti-motus": (acti_motus, "actimotus"),
    "scikit-digital-health activity": (skdh_activity, "skdh"),
    "scikit-digital-health sit2stand": (skdh_sit2stand, "skdh"),
}
"""By name: what is run, and the package that it needs."""


def _samples(path: Path) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    with np.load(path) as file:
        acc, rate_hz, start_s = file["acc"], float(file["fs"]), float(file["seg_t0"][0])
    return start_s + np.arange(len(acc)) / rate_hz, acc / 1000.0, rate_hz


def main(arguments: list[str]) -> Any:
    """Run one of them."""
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    run, _ = CONTENDERS[arguments[0]]
    print(run(Path(arguments[1])))


if __name__ == "__main__":
    main(sys.argv[1:])
