"""Labelled recordings: ``.npz`` files with ``label`` beside the arrays that ``sitbreak replay`` reads.

``acc`` int16 (N, 3) in milli-g, gravity included; ``label`` uint8 (N): 0 unlabelled or unclear, 1 sitting, 2 lying,
3 standing, 4 walking, 5 stairs, 6 running, 7 cycling, 8 transition, 9 active otherwise; ``fs`` in Hz; ``seg_start``
(S), the first sample of every continuous piece, and ``seg_t0`` (S), its time in seconds; ``t`` (N), times, where
sampling is irregular. DATA is a folder with one sub-folder a placement, a folder of recordings, or files. A file is
named ``DATASET__SUBJECT.npz``; a ``manifest.json`` at the top may say what the data sets are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.errors import MonitorError
from monitor.evaluation.truth import LABEL_COUNT
from monitor.model import AccelBlock, Bools, Floats
from monitor.posture import PLACEMENTS
from monitor.transport.recording import open_recording

MANIFEST = "manifest.json"


class LabelledDataError(MonitorError):
    """Data that cannot be scored. ``path`` is the file or folder, ``problem`` what is wrong with it."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Source:
    """A file, and where its sensor was worn."""

    path: Path
    placement: str

    @property
    def subject(self) -> str:
        """Data set and person, as the file is named."""
        return self.path.stem

    @property
    def data_set(self) -> str:
        """The data set, as the file is named."""
        return self.path.stem.split("__")[0]


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """One recording with its labels."""

    source: Source
    t_s: Floats
    """(N,) time of each sample, in the recording's own seconds."""
    xyz_g: Floats
    """(N, 3) acceleration as recorded."""
    label: NDArray[np.uint8]
    """(N,) common label codes, see ``truth``."""
    blocks: tuple[AccelBlock, ...]
    """The sound samples, as a driver would deliver them."""


def find(data: list[Path], placement: str | None) -> list[Source]:
    """The recordings in folders or files, in the order of the placements; one placement only where it is named."""
    sources = [source for path in data for source in _below(path, placement)]
    if not sources:
        raise LabelledDataError(data[0], "no labelled .npz recordings here; give a folder with one folder a placement")
    order = list(PLACEMENTS)
    return sorted(sources, key=lambda source: (order.index(source.placement), source.path.name))


def _below(path: Path, placement: str | None) -> list[Source]:
    if path.is_file():
        return [Source(path, _placed(path, placement))]
    if not path.is_dir():
        raise LabelledDataError(path, "is not there; check the name")
    files = sorted(path.glob("*.npz"))
    if files:
        return [Source(file, _placed(file, placement)) for file in files]
    wanted = [placement] if placement else list(PLACEMENTS)
    return [Source(file, name) for name in wanted for file in sorted((path / name).glob("*.npz"))]


def _placed(file: Path, placement: str | None) -> str:
    name = placement or file.resolve().parent.name
    if name not in PLACEMENTS:
        raise LabelledDataError(file, f"where was it worn? add --placement, one of {', '.join(PLACEMENTS)}")
    return name


def read(source: Source) -> Labelled:
    """Read one recording. Raises RecordingError or LabelledDataError."""
    recording = open_recording(source.path)
    with np.load(source.path, allow_pickle=False) as stored:
        if "label" not in stored.files or len(stored["label"]) != len(stored["acc"]):
            raise LabelledDataError(source.path, "has no array 'label' with one code a sample; it cannot be scored")
        label = stored["label"]
        if not np.isin(label, range(LABEL_COUNT)).all():
            raise LabelledDataError(source.path, f"has labels other than 0 to {LABEL_COUNT - 1}; it cannot be scored")
        index = np.arange(len(label))
        piece = np.searchsorted(stored["seg_start"], index, "right") - 1
        computed_s = stored["seg_t0"][piece] + (index - stored["seg_start"][piece]) / float(stored["fs"])
        t_s = stored["t"].astype(np.float64) if "t" in stored.files else computed_s
        xyz_g = stored["acc"] / 1000.0
    blocks = tuple(recording.blocks(3600.0))
    if not (np.diff(t_s) > 0).all():
        kept = _in_order(t_s, blocks)
        t_s, xyz_g, label = t_s[kept], xyz_g[kept], label[kept]
    return Labelled(source, t_s, xyz_g, label.astype(np.uint8), blocks)


def _in_order(t_s: Floats, blocks: tuple[AccelBlock, ...]) -> Bools:
    """The samples that the blocks have: not those whose time is no number, or none after the one before."""
    has_come = np.isin(t_s, np.concatenate([block.t_s for block in blocks]))
    latest_s = np.maximum.accumulate(np.where(has_come, t_s, -np.inf))
    in_order: Bools = has_come & (t_s > np.concatenate(([-np.inf], latest_s))[:-1])
    return in_order


def turned(blocks: tuple[AccelBlock, ...], rotation: Floats) -> list[AccelBlock]:
    """The same samples from a sensor that is mounted another way round: (3, 3) ``rotation``."""
    return [replace(block, xyz_g=(block.xyz_g @ rotation.T).astype(np.float32)) for block in blocks]


def described(data: list[Path], names: set[str]) -> dict[str, dict[str, str]]:
    """Title, device, licence and citation of data sets, from a manifest at or above the data."""
    folders = (folder for path in data for folder in (path, *path.resolve().parents[:2]))
    known = next(filter(None, map(_told_in, folders)), {})
    wanted = ("title", "device", "setting", "licence", "citation")
    return {
        name: {key: str(known[name][key]) for key in wanted if key in known[name]}
        for name in sorted(names & set(known))
    }


def _told_in(folder: Path) -> dict[str, dict[str, Any]]:
    """What the manifest there says of data sets; nothing where there is none, or where it is one of something else."""
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["datasets"].items()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {name: about for name, about in told if isinstance(about, dict)}
