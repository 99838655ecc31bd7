"""Where labelled recordings are looked for, and what is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from monitor.evaluation.labelled import LabelledDataError, Source, described, find, read
from tests.support.recorded import write_npz
from tests.support.wearers import wear


def test_data_is_found_in_folders_and_files(data: Path) -> None:
    by_folder = find([data], None)
    assert [(source.subject, source.data_set, source.placement) for source in by_folder] == [
        ("toy__1", "toy", "thigh"),
        ("toy__2", "toy", "thigh"),
    ]
    assert find([data / "thigh"], None) == by_folder
    (one,) = find([data / "thigh" / "toy__2.npz"], "pocket")
    assert one.placement == "pocket"
    assert find([data], "thigh") == by_folder
    with pytest.raises(LabelledDataError, match="no labelled"):
        find([data], "wrist")
    with pytest.raises(LabelledDataError, match="not there"):
        find([data / "nowhere"], None)
    assert described([data / "thigh"], {"toy", "other"}) == {"toy": {"title": "Toys", "citation": "none"}}


def test_a_recording_without_labels_is_refused(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "thigh" / "toy__1.npz", wear(("sit", 10.0)), np.zeros(3, np.uint8))
    with pytest.raises(LabelledDataError, match="one code a sample"):
        read(Source(path, "thigh"))
