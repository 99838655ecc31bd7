"""The benchmark of speed measures what it says."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from benchmarks.speed import OURS, commands, run, shown, stages
from benchmarks.week import RATE_HZ, made_up, save, stitched


def test_the_made_up_week_has_the_samples_of_its_days_and_looks_worn() -> None:
    acc = made_up(0.05)
    assert acc.shape == (round(0.05 * 86400 * RATE_HZ), 3)
    assert 900 < np.median(np.linalg.norm(acc, axis=1)) < 1100


def test_slower_recordings_are_brought_to_the_rate_and_repeated(tmp_path: Path) -> None:
    np.savez(tmp_path / "slow.npz", acc=np.array([[0, 0, 1000], [400, 0, 1000]], np.int16), fs=12.5)
    week = stitched(tmp_path, 0.001)
    assert len(week) == round(0.001 * 86400 * RATE_HZ)
    assert week[:6, 0].tolist() == [0, 100, 200, 300, 400, 0]


def test_ours_is_the_command_of_everybody_and_what_it_costs_is_seen(tmp_path: Path) -> None:
    save(tmp_path / "week.npz", made_up(0.01))
    chosen = commands(tmp_path / "week.npz", tmp_path, [], sys.executable)
    assert list(chosen) == [OURS, "reading the file", "one pass of numpy"]
    runs = {name: [run(command)] for name, command in chosen.items()}
    assert "864 s seen" in runs[OURS][0].said
    assert len((tmp_path / "epochs.csv").read_text().splitlines()) == 865
    for (cost,) in runs.values():
        assert cost.processor_s > 0
        assert cost.peak_mb > 5
    assert shown(runs).row_count == 3
    assert stages(tmp_path / "week.npz").row_count == 7
