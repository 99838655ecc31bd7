"""A sensor taken off and put down, wherever it was worn: soon no standing, then no statement, then not worn."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.model import Posture, PostureEpochs
from monitor.posture import PLACEMENTS
from tests.support.wearers import rows_of, wear

WORN_S, OFF_S = 660, 3600
LAYS_G = {
    "as it was worn, upright": (-1.0, 0.0, 0.0),
    "leaning against a cup": (-0.94, 0.0, -0.34),
    "hanging from a chair": (-0.82, 0.57, 0.0),
    "flat on the table": (0.0, 0.0, -1.0),
    "on its edge": (0.0, 1.0, 0.0),
    "upside down": (1.0, 0.0, 0.0),
}


def taken_off(placement: str, lies_g: tuple[float, float, float], bumps: bool) -> PostureEpochs:
    """Sits, stands, is taught upright, walks; then the sensor lies somewhere for an hour, on a desk that is knocked."""
    day = wear(("sit", 300), ("stand", 120), ("walk", 180), ("stand", WORN_S - 600), ("off", OFF_S), rate_hz=12.5)
    off, rng = day.t_s - day.t_s[0] >= WORN_S, np.random.default_rng(2)
    day.xyz_g[off] = np.array(lies_g) + rng.normal(0.0, 0.003, (int(off.sum()), 3))
    if bumps:
        shaken = off & ((day.t_s - day.t_s[0]) % 97.0 < 1.5)
        day.xyz_g[shaken] += rng.normal(0.0, 0.05, (int(shaken.sum()), 3))
    worn_at = PLACEMENTS[placement]()
    worn_at.teach_standing(day.t_s[0] + 305.0, day.t_s[0] + 335.0)
    return worn_at.advance(rows_of(day))


@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("lies", LAYS_G)
@pytest.mark.parametrize("bumps", [False, True])
def test_a_sensor_put_down_does_not_stand_for_long_and_is_soon_not_worn(placement: str, lies: str, bumps: bool) -> None:
    rows = taken_off(placement, LAYS_G[lies], bumps)
    since_s = rows.start_s - rows.start_s[0] - WORN_S
    assert not (rows.posture[since_s > 310.0] == Posture.STANDING).any()
    assert set(rows.posture[(since_s > 610.0) & (since_s < 1790.0)]) == {Posture.UNKNOWN}
    assert set(rows.posture[since_s > 1810.0]) == {Posture.NOT_WORN}
    assert not rows.worn[since_s > 1810.0].any()


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_who_stands_quietly_is_not_doubted(placement: str) -> None:
    day = wear(("walk", 120), ("stand", 1500), rate_hz=12.5)
    assert PLACEMENTS[placement]().advance(rows_of(day)).worn.all()
