"""What the pipeline makes of single readings, 0.8 a second at best, as a tag on the thigh advertises them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from monitor.accel.epochs import EpochBuilder, join
from monitor.model import SEDENTARY, UPRIGHT, AccelBlock, Posture
from monitor.posture.thigh import Thigh
from monitor.wearables.base import Packet
from monitor.wearables.ruuvi import CHANNEL, Ruuvi
from tests.support.teller import ruuvi
from tests.support.wearers import Recording, wear

DAY = (("stand", 60.0), ("sit", 300.0), ("stand", 90.0), ("walk", 90.0), ("sit", 200.0))
START_S = 1000.0
SETTLED_S = 8.0
"""After a change of posture: getting up or down, and readings in movement that have to agree."""


def packets(body: Recording, heard: float, seed: int = 5) -> Iterator[Packet]:
    """What a tag on this body advertises, as far as it is heard; the movement counter is that of 64 mg at 10 Hz."""
    rng = np.random.default_rng(seed)
    slow = slice(None, None, round(body.rate_hz / 10))
    jumps = np.abs(np.diff(body.xyz_g[slow], axis=0, prepend=body.xyz_g[:1])).max(axis=1) > 0.064
    moved, moved_s = np.cumsum(jumps), body.t_s[slow]
    now_s, sequence = float(body.t_s[0]), 0
    while now_s < body.t_s[-1]:
        sequence += 1
        place = np.searchsorted(body.t_s, now_s)
        movement = int(moved[np.searchsorted(moved_s, now_s, "right") - 1]) % 255
        x_mg, y_mg, z_mg = np.clip(1000 * body.xyz_g[place], -2000, 2000).round().astype(int).tolist()
        if rng.random() < heard:
            yield Packet(CHANNEL, ruuvi(sequence, movement, (x_mg, y_mg, z_mg)), now_s)
        now_s += 1.285 + rng.uniform(0.0, 0.01)


def said(body: Recording, heard: float, taught: bool) -> dict[float, tuple[Posture, float]]:
    """Posture and confidence by the second."""
    driver, builder, thigh = Ruuvi(), EpochBuilder(), Thigh()
    driver.start(None, START_S)
    if taught:
        thigh.teach_standing(START_S + 5, START_S + 30)
    parts = []
    for packet in packets(body, heard):
        parts += [builder.feed(fact) for fact in driver.receive(packet) if isinstance(fact, AccelBlock)]
        parts.append(builder.tick(np.floor(packet.at_s - 2.0)))
    rows = thigh.advance(join(parts))
    postures = [Posture(code) for code in rows.posture.tolist()]
    return dict(zip(rows.start_s.tolist(), zip(postures, rows.confidence.tolist(), strict=True), strict=True))


def truth() -> Iterator[tuple[str, list[float]]]:
    """What is done, and the seconds of it that are well after its beginning."""
    begin_s = START_S
    for doing, seconds in DAY:
        yield doing, list(np.arange(begin_s + SETTLED_S, begin_s + seconds))
        begin_s += seconds


@pytest.mark.parametrize("heard", [1.0, 0.6, 0.3])
def test_where_upright_was_told_what_is_said_is_right(heard: float) -> None:
    rows = said(wear(*DAY), heard, taught=True)
    known = {"sit": [0, 0], "stand": [0, 0], "walk": [0, 0]}
    for place, (doing, seconds) in enumerate(truth()):
        right = SEDENTARY if doing == "sit" else UPRIGHT
        for second in seconds if place else ():
            posture, _ = rows.get(second, (Posture.UNKNOWN, 0.0))
            assert posture in right or posture is Posture.UNKNOWN, (doing, second, posture)
            known[doing][0] += posture in right
            known[doing][1] += 1
    if heard == 1.0:
        shares = {doing: count / of for doing, (count, of) in known.items()}
        assert shares["sit"] > 0.9
        assert shares["stand"] > 0.9


@pytest.mark.parametrize("heard", [1.0, 0.4])
def test_where_upright_is_not_known_nothing_is_said(heard: float) -> None:
    rows = said(wear(*DAY), heard, taught=False)
    assert rows
    assert {posture for posture, _ in rows.values()} == {Posture.UNKNOWN}
    assert {confidence for _, confidence in rows.values()} == {0.0}
