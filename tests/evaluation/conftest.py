"""Labelled recordings of two synthetic wearers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from monitor.evaluation.truth import SITTING, STANDING, WALKING
from tests.support.recorded import write_npz
from tests.support.wearers import wear


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of data, with a manifest."""
    doings = (("stand", 30.0), ("walk", 60.0), ("sit", 200.0), ("stand", 60.0), ("walk", 150.0), ("sit", 60.0))
    codes = {"stand": STANDING, "walk": WALKING, "sit": SITTING}
    label = np.repeat([codes[name] for name, _ in doings], [int(25 * s) for _, s in doings]).astype(np.uint8)
    for number in (1, 2):
        write_npz(tmp_path / "thigh" / f"toy__{number}.npz", wear(*doings, seed=number), label)
    (tmp_path / "manifest.json").write_text(json.dumps({"datasets": {"toy": {"title": "Toys", "citation": "none"}}}))
    return tmp_path
