"""What comes twice is dropped where everything does, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.wearables.repeats import AT_ONCE_S, Repeats

EVENT_S = 0.06
"""From one connection event to the next."""


def kept(repeats: Repeats, bursts: list[list[bytes]], from_s: float = 0.0) -> list[bytes]:
    """What is not dropped of bursts, in each of which one follows the other at once."""
    return [
        payload
        for event, burst in enumerate(bursts)
        for place, payload in enumerate(burst)
        if not repeats.is_repeat(payload, from_s + EVENT_S * event + 0.1 * AT_ONCE_S * place)
    ]


def relinked(clean: bool = False) -> Repeats:
    repeats = Repeats()
    kept(repeats, [[b"before"], [b"it"], [b"was"], [b"lost"]])
    repeats.lost(clean)
    return repeats


def test_on_the_first_link_and_after_a_clean_end_nothing_is_dropped() -> None:
    same = [[b"a", b"a"]] * 10
    for repeats in (Repeats(), relinked(clean=True)):
        assert len(kept(repeats, same, 1.0)) == 20


@pytest.mark.parametrize("copies", [2, 5])
def test_after_an_unclean_loss_what_comes_more_than_once_counts_once(copies: int) -> None:
    different = [[bytes((number,))] * copies for number in range(50)]
    alike = [[b"a"] * copies] * 50
    for bursts in (different, alike):
        assert kept(relinked(), bursts, 1.0) == [burst[0] for burst in bursts]


def test_as_soon_as_something_comes_once_a_device_at_rest_may_repeat_itself() -> None:
    at_rest = [[b"a", b"a", b"b"]] * 50
    assert b"".join(kept(relinked(), [[b"a", b"b"], *at_rest], 1.0)) == b"ab" + b"aab" * 50


def test_where_everything_begins_to_come_twice_it_is_seen_after_a_few() -> None:
    single = [[bytes((number,))] for number in range(50)]
    double = [[bytes((number,))] * 2 for number in range(50)]
    assert len(kept(relinked(), single + double, 1.0)) <= 50 + 50 + 5


@given(st.lists(st.lists(st.sampled_from([b"a", b"b", b"c"]), min_size=1, max_size=4), max_size=60))
def test_what_comes_twice_is_what_came_once(bursts: list[list[bytes]]) -> None:
    """Where each of a burst differs from the one before, as the least that a body does."""
    once = [[each for place, each in enumerate(burst) if not place or each != burst[place - 1]] for burst in bursts]
    twice = [[each for each in burst for _ in range(2)] for burst in once]
    assert kept(relinked(), twice, 1.0) == [each for burst in once for each in burst]
