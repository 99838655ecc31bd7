"""Three steps to not worn."""

from __future__ import annotations

import numpy as np

from monitor.accel.epochs import take
from monitor.accel.wear import Wear, WearRules
from monitor.model import Epochs, Quality
from tests.support.wearers import rows_of, wear


def epochs(*doings: tuple[str, float], quality: Quality = Quality.NONE) -> Epochs:
    return rows_of(wear(*doings, rate_hz=12.5).block(quality=quality))


def test_a_sensor_on_the_table_is_suspected_after_600_and_settled_after_1800_seconds() -> None:
    rows = Wear().advance(epochs(("off", 2000)))
    assert np.flatnonzero(rows.suspected)[0] in (599, 600)
    assert np.flatnonzero(rows.settled)[0] in (1799, 1800)


def test_a_still_person_is_never_suspected() -> None:
    assert not Wear().advance(epochs(("sit", 3000))).suspected.any()


def test_exactly_repeated_values_are_no_proof_before_600_seconds() -> None:
    still = wear(("sit", 1000), rate_hz=12.5)
    still.xyz_g[:] = still.xyz_g[0]
    rows = Wear().advance(rows_of(still))
    assert not rows.suspected[:599].any()
    assert rows.suspected[601:].all()


def on_the_table(
    seconds: int,
    *bumps: tuple[int, float],
    noise_g: float = 0.003,
    turned_at_s: int = 10**9,
    rate_hz: float = 12.5,
) -> Epochs:
    """A sensor that lies there and is shaken from each of these moments for so long."""
    still = wear(("off", seconds), rate_hz=rate_hz)
    rng, at_s = np.random.default_rng(5), still.t_s - still.t_s[0]
    still.xyz_g[:] = np.array([0.1, 0.6, 0.79]) + rng.normal(0.0, noise_g, still.xyz_g.shape)
    for start_s, long_s in bumps:
        shaken = (at_s >= start_s) & (at_s < start_s + long_s)
        still.xyz_g[shaken] += rng.normal(0.0, 0.1, (int(shaken.sum()), 3))
    still.xyz_g[at_s >= turned_at_s] = still.xyz_g[at_s >= turned_at_s][:, [1, 2, 0]]
    return rows_of(still)


def test_a_bump_of_the_table_does_not_end_the_stillness() -> None:
    rows = Wear().advance(on_the_table(2000, (100, 0.5), (400, 3.0), (900, 1.0), (1900, 2.0)))
    assert np.flatnonzero(rows.suspected)[0] in (599, 600)
    assert np.flatnonzero(rows.settled)[0] in (1799, 1800)
    assert rows.settled[1800:].all()
    assert rows.flat_s[1901] == 0


def test_what_lasts_longer_than_a_bump_ends_it() -> None:
    rows = Wear().advance(on_the_table(1500, (700, 9.0)))
    assert rows.suspected[690:705].all()
    assert not rows.suspected[706:1300].any()


def test_a_step_or_two_end_it_at_once_though_the_sensor_rests_as_before() -> None:
    rows = Wear().advance(epochs(("off", 700), ("walk", 2), ("off", 500)))
    assert rows.suspected[690]
    assert not rows.suspected[701:].any()


def test_a_short_movement_that_turns_the_sensor_ends_it() -> None:
    rows = Wear().advance(on_the_table(1200, (700, 1.0), turned_at_s=700))
    assert rows.suspected[690]
    assert not rows.suspected[707:].any()


def test_a_sensor_with_noise_of_its_own_is_known_to_lie_still() -> None:
    assert Wear().advance(on_the_table(1900, noise_g=0.008, rate_hz=25.0)).settled[-1]


def test_a_body_that_comes_back_to_about_where_it_was_is_not_still() -> None:
    rows = Wear().advance(epochs(*[("rest", 200), ("stand", 3)] * 5))
    assert not rows.doubted.any()


def test_the_wearables_own_word_settles_it_at_once() -> None:
    rows = Wear().advance(epochs(("sit", 20), quality=Quality.DEVICE_NOT_WORN))
    assert rows.settled.all()


def test_row_by_row_counts_the_same() -> None:
    rows = on_the_table(300, (40, 2.0), (90, 5.0), (150, 8.0), (200, 1.0), turned_at_s=200)
    rules, one = WearRules(doubt_s=60.0), Wear(WearRules(doubt_s=60.0))
    whole = Wear(rules).advance(rows)
    single = [one.advance(take(rows, slice(k, k + 1))) for k in range(len(rows))]
    assert [int(row.flat_s[0]) for row in single] == whole.flat_s.tolist()
    assert [bool(row.doubted[0]) for row in single] == whole.doubted.tolist()
