"""Three steps to not worn."""

from __future__ import annotations

import numpy as np

from monitor.accel.epochs import EpochBuilder, join
from monitor.accel.wear import Wear
from monitor.model import Epochs, Quality
from tests.support.wearers import wear


def epochs(*doings: tuple[str, float], quality: Quality = Quality.NONE) -> Epochs:
    builder = EpochBuilder()
    return join([builder.feed(wear(*doings, rate_hz=12.5).block(quality=quality)), builder.tick(1e6)])


def test_a_sensor_on_the_table_is_suspected_after_600_and_settled_after_1800_seconds() -> None:
    rows = Wear().advance(epochs(("off", 2000)))
    assert np.flatnonzero(rows.suspected)[0] in (599, 600)
    assert np.flatnonzero(rows.settled)[0] in (1799, 1800)


def test_a_still_person_is_never_suspected() -> None:
    assert not Wear().advance(epochs(("sit", 3000))).suspected.any()


def test_exactly_repeated_values_are_no_proof_before_600_seconds() -> None:
    builder = EpochBuilder()
    still = wear(("sit", 1000), rate_hz=12.5)
    still.xyz_g[:] = still.xyz_g[0]
    rows = Wear().advance(join([builder.feed(still.block()), builder.tick(1e6)]))
    assert not rows.suspected[:599].any()
    assert rows.suspected[601:].all()


def test_one_movement_ends_the_stillness() -> None:
    rows = Wear().advance(epochs(("off", 700), ("walk", 2), ("off", 500)))
    assert rows.suspected[690]
    assert not rows.suspected[701:].any()


def test_the_wearables_own_word_settles_it_at_once() -> None:
    rows = Wear().advance(epochs(("sit", 20), quality=Quality.DEVICE_NOT_WORN))
    assert rows.settled.all()


def test_row_by_row_counts_the_same() -> None:
    from monitor.accel.epochs import take

    rows = epochs(("off", 50), ("walk", 5), ("off", 60))
    one = Wear()
    single = np.concatenate([one.advance(take(rows, slice(k, k + 1))).flat_s for k in range(len(rows))])
    assert single.tolist() == Wear().advance(rows).flat_s.tolist()
