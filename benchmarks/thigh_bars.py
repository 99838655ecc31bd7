"""What ``sitbreak evaluate`` does not ask of a thigh sensor: mountings kept for another day, and the rate of steps.

    python benchmarks/thigh_bars.py DATA_DIR [--seeds N]

DATA_DIR holds the labelled recordings, as ``labelled.py`` reads them; seconds and labels are counted as there.

* kept: all from the middle of the sitting time on, begun with what had been learned before, counted until 20 s of
  walking; as it was, and re-mounted overnight, where it should rather say nothing than something wrong;
* cadence: what is said in the labelled walking that is called stepping.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from labelled import SEDENTARY_LABELS, UPRIGHT_LABELS, WALKING_LABEL, Labelled, Truth, epochs_of, random_rotation
from numpy.typing import NDArray

from monitor.accel.epochs import take
from monitor.model import Epochs, Posture, PostureEpochs
from monitor.posture.thigh import Thigh

KEPT_WALK_S = 20
SILENT = (Posture.UNKNOWN, Posture.NOT_WORN)


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
        """Seconds of one recording."""
        speaks = ~np.isin(rows.posture, SILENT)
        for place, labels in enumerate((SEDENTARY_LABELS, UPRIGHT_LABELS)):
            mine = counted & np.isin(label, labels)
            self.of[place] += int(mine.sum())
            self.said[place] += int((mine & speaks).sum())
            self.right[place] += int((mine & speaks & (rows.sedentary == (place == 0))).sum())

    def line(self, name: str) -> str:
        """Percent right, of all and where it speaks; how much it speaks."""
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

    kept: Tally = field(default_factory=Tally)
    kept_turned: Tally = field(default_factory=Tally)
    cadences_hz: list[NDArray[np.float32]] = field(default_factory=list)

    def add(self, recording: Labelled, seed: int) -> None:
        """One recording in one orientation."""
        rng = np.random.default_rng([seed, zlib.crc32(recording.name.encode())])
        epochs, truth = epochs_of(recording, random_rotation(rng), Thigh.DECIDES_AFTER_S), Truth.of(recording)
        label = truth.label[(epochs.start_s - truth.first_s).astype(np.int64)]
        rows = Thigh().advance(epochs)
        self.cadences_hz.append(rows.cadence_hz[(label == WALKING_LABEL) & (rows.posture == Posture.STEPPING)])
        self._add_kept(epochs, label, random_rotation(rng))

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

    def lines(self) -> Iterator[str]:
        """A line a bar."""
        yield self.kept.line("kept, the same mounting, first rows")
        yield self.kept_turned.line("kept, but re-mounted, first rows")
        cadence_hz = np.concatenate(self.cadences_hz).astype(np.float64)
        usual = 100 * np.mean((cadence_hz > 1.4) & (cadence_hz < 2.5))
        low, middle, high = np.percentile(cadence_hz, [5, 50, 95])
        yield f"cadence while walking: [{low:.2f} {middle:.2f} {high:.2f}] Hz, {usual:.1f} % within 1.4 to 2.5 Hz"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What only a thigh sensor is asked.")
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
