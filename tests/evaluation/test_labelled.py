"""Where labelled recordings are looked for, and what is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from monitor.evaluation.labelled import LabelledDataError, Source, described, find, read
from monitor.evaluation.truth import SITTING
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


@pytest.mark.parametrize(
    "text", ["", "[]", '{"name": "a web page"}', '{"datasets": ["toy"]}', '{"datasets": {"toy": 1}}']
)
def test_a_manifest_of_something_else_describes_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    assert described([tmp_path], {"toy"}) == {}


def test_a_recording_without_labels_is_refused(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "thigh" / "toy__1.npz", wear(("sit", 10.0)), np.zeros(3, np.uint8))
    with pytest.raises(LabelledDataError, match="one code a sample"):
        read(Source(path, "thigh"))


@pytest.mark.parametrize("code", [-1, 10, 256])
def test_a_label_that_is_none_of_the_codes_is_refused(tmp_path: Path, code: int) -> None:
    label = np.full(250, SITTING, np.int16)
    label[7] = code
    path = write_npz(tmp_path / "toy__1.npz", wear(("sit", 10.0)), label)
    with pytest.raises(LabelledDataError, match="0 to 9"):
        read(Source(path, "thigh"))


@pytest.mark.parametrize("bad_s", [np.nan, 1004.0, 9e9])
def test_samples_whose_time_is_wrong_are_left_out_with_their_labels(tmp_path: Path, bad_s: float) -> None:
    recording, label = wear(("sit", 10.0)), np.arange(250, dtype=np.uint8) % 10
    recording.t_s[200] = bad_s
    found = read(Source(write_npz(tmp_path / "toy__1.npz", recording, label, times=True), "thigh"))
    assert found.t_s.tolist() == np.concatenate([block.t_s for block in found.blocks]).tolist()
    assert found.label.tolist() == np.delete(label, 200).tolist()
    assert len(found.xyz_g) == 249
