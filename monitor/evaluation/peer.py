"""acti-motus on the same seconds: the research package for thigh-worn sensors, with all the help it asks for.

It must be told how the sensor is mounted, and reads a recording as a whole. So it gets the published axes of the data
set or, where none are known here, those that the labels show: upright from standing and walking, backwards from
sitting. Each second it says is compared as ours is. It knows no confidence and raises no alerts.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.errors import MonitorError
from monitor.evaluation.labelled import Labelled
from monitor.evaluation.stretches import SEDENTARY, UPRIGHT
from monitor.evaluation.truth import KIND_OF_LABEL, Said, Truth
from monitor.installing import install_line
from monitor.model import Floats, Posture

POSTURES = {
    "lie": Posture.LYING,
    "sit": Posture.SITTING,
    "kneel": Posture.SITTING,
    "squat": Posture.STANDING,
    "stand": Posture.STANDING,
    "shuffle": Posture.STANDING,
    "slow-walk": Posture.STEPPING,
    "walk": Posture.STEPPING,
    "fast-walk": Posture.STEPPING,
    "run": Posture.STEPPING,
    "stairs": Posture.STEPPING,
    "bicycle": Posture.CYCLING,
    "row": Posture.ACTIVE,
    "non-wear": Posture.NOT_WORN,
}
"""Its words in ours; by its own grouping kneeling is sedentary."""
PUBLISHED_AXES = {"harth": ((-1.0, 0.0, 0.0), (0.0, 0.0, -1.0)), "sens": ((-1.0, 0.0, 0.0), (0.0, 1.0, 0.0))}
"""What the sensor reads upright and seated, as the data sets' authors say."""


class PeerMissingError(MonitorError):
    """acti-motus is not installed."""

    exit_code = 3

    def __init__(self) -> None:
        super().__init__(f"--compare actimotus needs acti-motus: {install_line('compare')}")


@contextmanager
def quietly() -> Iterator[None]:
    """Its advice on each recording, on the root logger too, is not for our users."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


class Peer:
    """Runs acti-motus. Raises PeerMissingError where it is not installed."""

    def __init__(self) -> None:
        try:
            import actimotus
            import pandas
        except ImportError as error:
            raise PeerMissingError from error
        self._actimotus: Any = actimotus
        self._pandas: Any = pandas

    def said(self, recording: Labelled, truth: Truth) -> Said:
        """What it says of a recording whose axes it is told."""
        length = len(truth.label)
        posture = np.full(length, int(Posture.UNKNOWN), np.uint8)
        axes = told_axes(recording.source.data_set, recording.xyz_g, recording.label)
        if axes is not None:
            start_s, words = self._activities(recording, axes)
            place = np.floor(start_s).astype(np.int64) - truth.first_s
            inside = (place >= 0) & (place < length)
            codes = np.array([int(POSTURES.get(word, Posture.UNKNOWN)) for word in words], np.uint8)
            posture[place[inside]] = codes[inside]
        nothing = np.full(length, np.nan)
        return Said(posture, posture != int(Posture.NOT_WORN), nothing, nothing)

    def _activities(self, recording: Labelled, axes: Floats) -> tuple[Floats, list[str]]:
        pandas, actimotus = self._pandas, self._actimotus
        xyz_g = (recording.xyz_g @ axes.T).astype(np.float32)
        frame = pandas.DataFrame(xyz_g, columns=["acc_x", "acc_y", "acc_z"])
        frame.index = pandas.to_datetime(np.round(recording.t_s * 1e3), unit="ms", utc=True)
        frame.index.name = "datetime"
        frame = frame[~frame.index.duplicated()]
        rate_hz = recording.blocks[0].rate_hz
        features = actimotus.Features(calibrate=True).compute(frame, sampling_frequency=round(rate_hz * 2.0) / 2.0)
        vendor = "Sens" if recording.source.data_set == "sens" else "Other"
        activities, _ = actimotus.Activities(vendor=vendor).compute(features)
        start_s = activities.index.as_unit("ns").astype("int64").to_numpy() / 1e9
        return start_s, [str(word) for word in activities["activity"]]


def told_axes(data_set: str, xyz_g: Floats, label: NDArray[np.uint8]) -> Floats | None:
    """(3, 3) rotation into its axes: x up when upright, z backwards when seated; None where nothing tells them."""
    if data_set in PUBLISHED_AXES:
        return _axes(*(np.array(direction) for direction in PUBLISHED_AXES[data_set]))
    kind = KIND_OF_LABEL[label]
    if not (kind == UPRIGHT).any() or not (kind == SEDENTARY).any():
        return None
    return _axes(*(np.median(xyz_g[kind == one], axis=0) for one in (UPRIGHT, SEDENTARY)))


def _axes(up: Floats, seated: Floats) -> Floats:
    x = up / np.linalg.norm(up)
    z = -(seated - (seated @ x) * x)
    z = z / np.linalg.norm(z)
    return np.stack([x, np.cross(z, x), z])
