"""What only a thigh sensor is asked: known and unknown uprights, silent re-mounting, wear, calibration.

    python benchmarks/thigh_bars.py DATA_DIR [--seeds N]

DATA_DIR holds the labelled recordings, as ``labelled.py`` reads them; seconds, labels and margins are counted as
there, and unknown counts as wrong unless said otherwise.

* told: from the end of the first ten labelled seconds of standing on, which the placement was told of;
* before the first walk: what is said at all, how much that is, and how often it is right;
* re-mounted: the second half of each recording is turned once more; counted from 60 labelled seconds of walking
  after the turn on;
* kept: all from the middle of the sitting time on, begun with what had been learned before, counted until 20 s of
  walking; as it was, and re-mounted overnight, where it should rather say nothing than something wrong;
* confidence: expected calibration error (20 bins of equal size) and the area under the ROC curve of right
  against wrong.
"""

from __future__ import annotations

import argparse
import zlib
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from labelled import (
    CYCLING_LABEL,
    SEDENTARY_LABELS,
    STANDING_LABEL,
    UPRIGHT_LABELS,
    WALKING_LABEL,
    Labelled,
    Truth,
    random_rotation,
)
from numpy.typing import NDArray

from monitor.accel.epochs import EpochBuilder, join, take
from monitor.model import Epochs, Posture, PostureEpochs
from monitor.posture.thigh import Thigh

TOLD_S, REMOUNTED_WALK_S, KEPT_WALK_S = 10, 60, 20
SILENT = (Posture.UNKNOWN, Posture.NOT_WORN)


def epochs_of(recording: Labelled, rotation: NDArray[np.float64]) -> Epochs:
    """The rows of a turned recording, by the path that live samples take."""
    builder, parts, last_s = EpochBuilder(decides_after_s=Thigh.DECIDES_AFTER_S), [], None
    for block in recording.blocks(rotation):
        if last_s is not None:
            parts.append(builder.tick(min(last_s + 5.0, float(block.t_s[0]))))
        parts.append(builder.feed(block))
        last_s = float(block.t_s[-1])
    if last_s is not None:
        parts.append(builder.tick(last_s + 5.0))
    return join(parts)


def _turned(epochs: Epochs, rotation: NDArray[np.float64]) -> Epochs:
    """The same with the sensor another way round."""
    return replace(
        epochs,
        mean_g=epochs.mean_g @ rotation.T,
        window_mean_g=epochs.window_mean_g @ rotation.T,
        ahead_mean_g=epochs.ahead_mean_g @ rotation.T,
    )


@dataclass
class Tally:
    """Counted seconds, how many were said, and how many of those were right, sedentary first."""

    of: list[int] = field(default_factory=lambda: [0, 0])
    said: list[int] = field(default_factory=lambda: [0, 0])
    right: list[int] = field(default_factory=lambda: [0, 0])

    def add(self, label: NDArray[np.int64], rows: PostureEpochs, counted: NDArray[np.bool_]) -> None:
        speaks = ~np.isin(rows.posture, SILENT)
        for place, labels in enumerate((SEDENTARY_LABELS, UPRIGHT_LABELS)):
            mine = counted & np.isin(label, labels)
            self.of[place] += int(mine.sum())
            self.said[place] += int((mine & speaks).sum())
            self.right[place] += int((mine & speaks & (rows.sedentary == (place == 0))).sum())

    def line(self, name: str) -> str:
        whole = [100.0 * right / of if of else float("nan") for right, of in zip(self.right, self.of, strict=True)]
        spoken = [100.0 * right / of if of else float("nan") for right, of in zip(self.right, self.said, strict=True)]
        share = 100.0 * sum(self.said) / max(1, sum(self.of))
        return (
            f"{name:<34}{whole[0]:8.2f} / {whole[1]:6.2f}   where it speaks {spoken[0]:6.2f} / {spoken[1]:6.2f}"
            f"   speaks {share:6.2f} % of {sum(self.of)}"
        )


@dataclass
class Bars:
    """Sums over recordings and seeds."""

    told: Tally = field(default_factory=Tally)
    told_by_subject: dict[str, Tally] = field(default_factory=dict)
    after_walk: Tally = field(default_factory=Tally)
    before_walk: Tally = field(default_factory=Tally)
    remounted: Tally = field(default_factory=Tally)
    kept: Tally = field(default_factory=Tally)
    kept_turned: Tally = field(default_factory=Tally)
    called_sedentary: dict[int, list[int]] = field(default_factory=dict)
    worn: list[int] = field(default_factory=lambda: [0, 0])
    said_walking: list[NDArray[np.float64]] = field(default_factory=list)
    confidence: dict[str, list[NDArray[np.float64]]] = field(default_factory=dict)

    def add(self, recording: Labelled, seed: int) -> None:
        rng = np.random.default_rng([seed, zlib.crc32(recording.name.encode())])
        epochs, truth = epochs_of(recording, random_rotation(rng)), Truth.of(recording)
        place = (epochs.start_s - truth.first_s).astype(np.int64)
        label, after_walk = truth.label[place], truth.after_walk[place]
        rows = Thigh().advance(epochs)
        self.after_walk.add(label, rows, after_walk)
        self.before_walk.add(label, rows, ~after_walk)
        self._add_sides(label, rows, after_walk)
        self._add_confidence(recording.name.split("__")[0], label, rows)
        self._add_told(recording.name, epochs, label)
        again = random_rotation(rng)
        self._add_remounted(epochs, label, again)
        self._add_kept(epochs, label, again)

    def _add_sides(self, label: NDArray[np.int64], rows: PostureEpochs, after_walk: NDArray[np.bool_]) -> None:
        for code in (STANDING_LABEL, WALKING_LABEL, CYCLING_LABEL):
            mine = (label == code) & after_walk
            sums = self.called_sedentary.setdefault(code, [0, 0])
            sums[0] += int((mine & rows.sedentary).sum())
            sums[1] += int(mine.sum())
        worn = label > 0
        self.worn[0] += int((worn & ~rows.worn).sum())
        self.worn[1] += int(worn.sum())
        walking = (label == WALKING_LABEL) & (rows.posture == Posture.STEPPING)
        self.said_walking.append(rows.cadence_hz[walking].astype(np.float64))

    def _add_confidence(self, data_set: str, label: NDArray[np.int64], rows: PostureEpochs) -> None:
        counted = np.isin(label, SEDENTARY_LABELS + UPRIGHT_LABELS) & ~np.isin(rows.posture, SILENT)
        right = rows.sedentary[counted] == np.isin(label[counted], SEDENTARY_LABELS)
        self.confidence.setdefault(data_set, []).append(
            np.stack([rows.confidence[counted].astype(np.float64), right], axis=1)
        )

    def _add_told(self, name: str, epochs: Epochs, label: NDArray[np.int64]) -> None:
        standing = label == STANDING_LABEL
        whole = np.convolve(standing, np.ones(TOLD_S), "valid") == TOLD_S
        if not whole.any():
            return
        first = int(np.argmax(whole))
        thigh = Thigh()
        thigh.teach_standing(float(epochs.start_s[first]), float(epochs.start_s[first]) + TOLD_S)
        rows = thigh.advance(epochs)
        after = np.arange(len(epochs)) >= first + TOLD_S
        self.told.add(label, rows, after)
        self.told_by_subject.setdefault(name, Tally()).add(label, rows, after)

    def _add_remounted(self, epochs: Epochs, label: NDArray[np.int64], rotation: NDArray[np.float64]) -> None:
        half = np.flatnonzero(np.cumsum(label == WALKING_LABEL) * 2 >= (label == WALKING_LABEL).sum())[0]
        turned = np.arange(len(epochs)) >= half
        rows = Thigh().advance(join([take(epochs, ~turned), _turned(take(epochs, turned), rotation)]))
        walked = np.cumsum((label == WALKING_LABEL) & turned)
        self.remounted.add(label, rows, walked >= REMOUNTED_WALK_S)

    def _add_kept(self, epochs: Epochs, label: NDArray[np.int64], rotation: NDArray[np.float64]) -> None:
        sits = np.isin(label, SEDENTARY_LABELS)
        later = np.cumsum(sits) * 2 >= sits.sum()
        before = Thigh()
        before.advance(take(epochs, ~later))
        known = before.known()
        if known is None:
            return
        early = (np.cumsum((label == WALKING_LABEL) & later) < KEPT_WALK_S)[later]
        for tally, again in ((self.kept, np.eye(3)), (self.kept_turned, rotation)):
            thigh = Thigh()
            thigh.remember(known)
            tally.add(label[later], thigh.advance(_turned(take(epochs, later), again)), early)

    def lines(self) -> list[str]:
        worst = [
            (100.0 * tally.right[place] / tally.of[place], name, "sens" if place == 0 else "spec")
            for name, tally in self.told_by_subject.items()
            for place in (0, 1)
            if tally.of[place] >= 60
        ]
        cadence_hz = np.concatenate(self.said_walking)
        lines = [
            self.told.line("told ten seconds of standing"),
            "  worst: " + ", ".join(f"{name} {side} {percent:.1f}" for percent, name, side in sorted(worst)[:4]),
            self.after_walk.line("told nothing, after 20 s of walking"),
            self.before_walk.line("told nothing, before that"),
            self.remounted.line("turned midway, after 60 s of walking"),
            self.kept.line("kept, the same mounting, first rows"),
            self.kept_turned.line("kept, but re-mounted, first rows"),
            "called sedentary %: "
            + ", ".join(
                f"{word} {100 * self.called_sedentary[code][0] / max(1, self.called_sedentary[code][1]):.3f}"
                for word, code in (("standing", STANDING_LABEL), ("walking", WALKING_LABEL), ("cycling", CYCLING_LABEL))
            ),
            f"labelled time called not worn: {100 * self.worn[0] / self.worn[1]:.3f} % of {self.worn[1]} s",
            f"cadence while walking: {np.percentile(cadence_hz, [5, 50, 95]).round(2)} Hz, "
            f"{100 * np.mean((cadence_hz > 1.4) & (cadence_hz < 2.5)):.1f} % within 1.4 to 2.5 Hz",
        ]
        return lines + [
            f"confidence on {name}: calibration error {calibration_error(pairs):.4f}, area under ROC {area(pairs):.3f}"
            for name, pairs in ((name, np.concatenate(parts)) for name, parts in self.confidence.items())
        ]


def calibration_error(pairs: NDArray[np.float64]) -> float:
    """Expected calibration error over 20 bins of equal size; (n, 2) confidence and right."""
    bins = np.array_split(pairs[np.argsort(pairs[:, 0], kind="stable")], 20)
    return float(sum(len(b) * abs(b[:, 0].mean() - b[:, 1].mean()) for b in bins) / len(pairs))


def area(pairs: NDArray[np.float64]) -> float:
    """Chance that a right row has more confidence than a wrong one; ties count half."""
    right, wrong = np.sort(pairs[pairs[:, 1] == 1, 0]), pairs[pairs[:, 1] == 0, 0]
    if not len(wrong):
        return float("nan")
    below, upto = np.searchsorted(right, wrong, "left"), np.searchsorted(right, wrong, "right")
    return float(1.0 - (below + upto).mean() / 2.0 / len(right))


def main() -> None:
    parser = argparse.ArgumentParser(description="The bars that only a thigh sensor is asked.")
    parser.add_argument("data_dir", type=Path, help="folder with a folder thigh of .npz recordings")
    parser.add_argument("--seeds", type=int, default=1, help="how many orientations of each recording (default 1)")
    options = parser.parse_args()
    bars = Bars()
    for path in sorted((options.data_dir / "thigh").glob("*.npz")):
        recording = Labelled.load(path, "thigh")
        for seed in range(options.seeds):
            bars.add(recording, seed)
    print("\n".join(bars.lines()))


if __name__ == "__main__":
    main()
