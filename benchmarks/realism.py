"""Is the simulated body like real ones? Figures of the signal, simulated and recorded, side by side.

    python -m benchmarks.realism RECORDINGS [--docs docs/simulator.md]

RECORDINGS is a folder with one folder a placement of labelled recordings (``.npz`` with acc, label, fs, seg_start,
seg_t0). Each figure (``realism_figures``) is computed for each recording, and in the same way for simulated wearers;
the table says the median of the simulated ones, and the median and the 5 % and 95 % quantiles of the real ones.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.realism_figures import FIGURES, SITTING, STANDING, WALKING, Body, Figure, Floats, Recording, median
from firmware_sim.scenario import Activity, Scenario
from firmware_sim.sensor import Samples, Sensor
from firmware_sim.timeline import Timeline
from firmware_sim.wearer import Wearer

LABELS = {"sitting": SITTING, "standing": STANDING, "stepping": WALKING}
SIMULATED_RATE_HZ = 50.0
BODIES = range(1, 13)
BEGIN, END = "<!-- realism: begin -->", "<!-- realism: end -->"


def load(path: Path) -> Recording:
    """Read a labelled recording."""
    with np.load(path) as stored:
        piece = np.searchsorted(stored["seg_start"], np.arange(len(stored["label"])), "right") - 1
        return Recording(stored["acc"] / 1000.0, stored["label"].astype(np.int64), piece, float(stored["fs"]))


def simulate(placement: str, seed: int) -> Recording:
    """Let a simulated wearer sit, stand and walk for an hour and a half."""
    sit, stand, walk = (Activity(do=do, duration_s=300) for do in ("sit", "stand", "walk"))
    activities = (walk, stand, sit, sit, stand, sit, sit, walk, sit, sit, stand, walk, sit, sit, stand, sit, walk)
    timeline = Timeline(Scenario(title="realism", activities=activities))
    sensor = Sensor(Wearer(timeline, placement, seed), seed)
    sensor.start(0.0, SIMULATED_RATE_HZ, 8.0)
    lasts_s = sum(activity.duration_s for activity in activities)
    read = Samples.joined([sensor.read(until_s) for until_s in np.arange(60.0, lasts_s + 1, 60.0)])
    spans = timeline.spans
    number = np.searchsorted([span.start_s for span in spans], read.device_us / 1e6, "right") - 1
    label = np.array([LABELS[span.activity.posture] for span in spans])[number]
    return Recording(read.counts / 4096.0, label, np.zeros(len(label), dtype=np.int64), SIMULATED_RATE_HZ)


def measured(figure: Figure, bodies: list[Body]) -> Floats:
    """Return a figure of every body that has it."""
    with np.errstate(all="ignore"):
        values = [figure(body) for body in bodies]
    flat = np.array([one for value in values for one in (value if isinstance(value, list) else [value])])
    return np.round(flat[np.isfinite(flat)], 6)  # a patch that repeats one value has a spread of rounding errors


def table(folder: Path) -> Iterator[str]:
    """Return the lines of the Markdown table."""
    yield "| placement | figure | simulated | real: median [5..95 %] | |"
    yield "|---|---|---|---|---|"
    for placement, figures in FIGURES.items():
        real = [body for path in sorted((folder / placement).glob("*.npz")) if (body := Body.of(load(path)))]
        simulated = [body for seed in BODIES if (body := Body.of(simulate(placement, seed)))]
        for name, figure in figures.items():
            found, ours = measured(figure, real), median(measured(figure, simulated))
            if len(found) < 5:
                continue
            low, high = np.quantile(found, (0.05, 0.95))
            inside = "" if low <= ours <= high else "outside"
            yield f"| {placement} | {name} | {ours:.3g} | {np.median(found):.3g} [{low:.3g}..{high:.3g}] | {inside} |"


def main() -> None:
    """Print the table, or put it between its markers in a page."""
    line = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    line.add_argument("recordings", type=Path, help="folder with a folder of recordings a placement")
    line.add_argument("--docs", type=Path, help="the page that holds the table")
    options = line.parse_args()
    text = "\n".join(table(options.recordings))
    if options.docs is None:
        print(text)
        return
    page = options.docs.read_text(encoding="utf-8")
    head, tail = page[: page.index(BEGIN) + len(BEGIN)], page[page.index(END) :]
    options.docs.write_text(f"{head}\n\n{text}\n\n{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
