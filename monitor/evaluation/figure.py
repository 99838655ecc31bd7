"""A picture of one recording: the signal, what the labels state, what the program says and how sure it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.errors import MonitorError
from monitor.evaluation.labelled import Source, read, turned
from monitor.evaluation.stretches import runs
from monitor.evaluation.trial import Tape, pipeline_for, rotation_of, run
from monitor.evaluation.truth import Said, said_in, truth_of
from monitor.installing import install_line
from monitor.model import Posture

LABEL_WORDS = ["unlabelled", "sitting", "lying", "standing", "walking"]
LABEL_WORDS += ["stairs", "running", "cycling", "transition", "active"]
COLOURS = {
    "sitting": "#e07b39",
    "lying": "#b5442d",
    "standing": "#4c9f70",
    "walking": "#2b6f9e",
    "stepping": "#2b6f9e",
    "stairs": "#5796c4",
    "running": "#163f5e",
    "cycling": "#8e5ea2",
    "transition": "#d9c64a",
    "active": "#86b94b",
    "not_worn": "#555555",
}
"""Anything else is left white."""


class FigureMissingError(MonitorError):
    """matplotlib is not installed."""

    exit_code = 3

    def __init__(self) -> None:
        super().__init__(f"--figure needs matplotlib: {install_line('figure')}")


def check_installed() -> None:
    """Raise FigureMissingError before the long work, not after it."""
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise FigureMissingError from error


def draw(source: Source, seed: int, path: Path) -> None:
    """Run a recording in one orientation and draw it into ``path`` (.png, .svg or .pdf)."""
    check_installed()
    from matplotlib.figure import Figure

    recording = read(source)
    truth = truth_of(recording.t_s, recording.label, source.subject, source.placement)
    blocks = turned(recording.blocks, rotation_of(seed, source.subject))
    outcome = run(pipeline_for(source.placement, 1800.0, Tape()), blocks)
    said = said_in(outcome.rows, truth)
    figure = Figure(figsize=(16, 7), layout="constrained")
    signal, labels, ours, sure = figure.subplots(4, 1, sharex=True, height_ratios=(4, 1, 1, 1.5))
    _signal(signal, recording.t_s, recording.xyz_g)
    _strip(labels, truth.label, LABEL_WORDS, truth.first_s, "labels")
    _strip(ours, said.posture, [posture.word for posture in Posture], truth.first_s, "sitbreak")
    _confidence(sure, said, truth.first_s)
    signal.set_title(f"{source.subject}, {source.placement}, orientation {seed}")
    figure.savefig(path, dpi=110)


def _signal(axes: Any, t_s: NDArray[np.float64], xyz_g: NDArray[np.float64]) -> None:
    """Mean vector of each second, as recorded."""
    second = np.floor(t_s).astype(np.int64)
    seconds, slot = np.unique(second, return_inverse=True)
    for axis, name in enumerate("xyz"):
        mean_g = np.bincount(slot, xyz_g[:, axis]) / np.bincount(slot)
        axes.plot(seconds / 60.0, mean_g, linewidth=0.6, label=name)
    axes.set_ylabel("g, 1-s means")
    axes.legend(loc="upper right", ncols=3)


def _strip(axes: Any, codes: NDArray[np.uint8], words: list[str], first_s: int, name: str) -> None:
    seen: set[str] = set()
    for value, start, end in runs(codes):
        word = words[value]
        if word in COLOURS:
            left = (first_s + start) / 60.0
            label = None if word in seen else word
            axes.axvspan(left, (first_s + end) / 60.0, color=COLOURS[word], linewidth=0, label=label)
            seen.add(word)
    axes.set_yticks([])
    axes.set_ylabel(name, rotation=0, ha="right", va="center")
    if seen:
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize="x-small")


def _confidence(axes: Any, said: Said, first_s: int) -> None:
    minutes = (first_s + np.arange(len(said.confidence))) / 60.0
    axes.plot(minutes, said.confidence, linewidth=0.6, color="black")
    axes.set_ylim(0.0, 1.05)
    axes.set_ylabel("confidence")
    axes.set_xlabel("minutes of the recording")
