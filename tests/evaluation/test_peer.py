"""The package beside ours is told how the sensor sits; without it the remedy is named."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from monitor.evaluation.figure import FigureMissingError, check_installed
from monitor.evaluation.peer import Peer, PeerMissingError, told_axes
from monitor.evaluation.truth import SITTING, STANDING


def test_the_peer_is_told_x_up_and_z_backwards() -> None:
    xyz_g = np.array([[0.0, -1.0, 0.0]] * 5 + [[1.0, 0.1, 0.0]] * 5)
    axes = told_axes("hapt", xyz_g, np.array([STANDING] * 5 + [SITTING] * 5, np.uint8))
    assert axes is not None
    assert np.allclose(axes @ [0.0, -1.0, 0.0], [1.0, 0.0, 0.0])
    assert np.allclose(axes @ [1.0, 0.0, 0.0], [0.0, 0.0, -1.0])
    assert np.linalg.det(axes) == pytest.approx(1.0)
    assert told_axes("hapt", xyz_g, np.zeros(10, np.uint8)) is None


def test_missing_extras_are_named_with_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "actimotus", None)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(PeerMissingError, match=r'pip install "sitbreak\[compare\]"'):
        Peer()
    with pytest.raises(FigureMissingError, match=r'pip install "sitbreak\[figure\]"'):
        check_installed()
