"""What the sensor showed before a "wrong" becomes a recording that can be replayed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from monitor.model import AccelBlock, Quality
from monitor.transport.recording import open_recording
from monitor.wrong_cases import KEPT_CASES, KEPT_S, RecentSamples

T0 = 1_795_000_000.0


def block(start_s: float, count: int = 50, value_g: float = 1.0) -> AccelBlock:
    xyz = np.zeros((count, 3), np.float32)
    xyz[:, 2] = value_g
    return AccelBlock(start_s + np.arange(count) / 25.0, xyz, 25.0, 1, None, None, Quality(0))


def test_a_case_holds_the_last_minutes_and_can_be_replayed(tmp_path: Path) -> None:
    recent = RecentSamples(tmp_path / "wrong", "me")
    for number in range(300):
        recent.add(block(T0 + 2.0 * number, value_g=1.0 + 0.001 * (number % 3)))
    path = recent.save(T0 + 600)
    assert path is not None
    assert path.name == "me-20261118T111640Z.npz"
    assert path.stat().st_mode & 0o777 == 0o600
    rows = list(open_recording(path).blocks())
    times = np.concatenate([piece.t_s for piece in rows])
    assert times[-1] - times[0] == pytest.approx(KEPT_S, abs=3)
    values = np.concatenate([piece.xyz_g for piece in rows])[:, 2]
    fed = np.repeat([1.0 + 0.001 * (number % 3) for number in range(300)], 50)
    assert values == pytest.approx(fed[-len(values) :], abs=6e-4)


def test_only_the_newest_cases_are_kept(tmp_path: Path) -> None:
    recent = RecentSamples(tmp_path, "me")
    recent.add(block(T0))
    for number in range(KEPT_CASES + 5):
        recent.save(T0 + number)
    assert len(list(tmp_path.glob("me-*.npz"))) == KEPT_CASES


def test_cases_of_one_whose_name_begins_the_same_are_left_alone(tmp_path: Path) -> None:
    for wearer, count in (("me-too", 1), ("me", KEPT_CASES + 1)):
        recent = RecentSamples(tmp_path, wearer)
        recent.add(block(T0))
        for number in range(count):
            recent.save(T0 + number)
    assert len(list(tmp_path.glob("me-too-*.npz"))) == 1


def test_without_samples_there_is_no_case(tmp_path: Path) -> None:
    assert RecentSamples(tmp_path, "me").save(T0) is None
