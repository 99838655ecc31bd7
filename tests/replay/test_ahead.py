"""What is made ahead is what would have been made: all of it, in order, errors at their place, and no more."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.replay.ahead import made_ahead


def counted(made: list[int], until: int) -> Iterator[int]:
    for number in range(until):
        made.append(number)
        yield number


@given(st.integers(0, 30), st.integers(1, 5))
def test_all_items_come_in_their_order(length: int, ahead: int) -> None:
    assert list(made_ahead(iter(range(length)), ahead)) == list(range(length))


def test_items_are_made_by_another_thread() -> None:
    (name,) = made_ahead(threading.current_thread().name for _ in range(1))
    assert name != threading.current_thread().name


def test_no_more_are_made_than_asked_for() -> None:
    made: list[int] = []
    stream = made_ahead(counted(made, 100), ahead=2)
    assert [next(stream) for _ in range(5)] == [0, 1, 2, 3, 4]
    assert len(made) <= 5 + 2
    stream.close()


def test_an_error_comes_after_the_items_before_it() -> None:
    def failing() -> Iterator[int]:
        yield from (1, 2)
        raise ValueError("torn page")

    stream = made_ahead(failing())
    assert [next(stream), next(stream)] == [1, 2]
    with pytest.raises(ValueError, match="torn page"):
        next(stream)


def test_who_stops_early_leaves_no_thread_behind() -> None:
    before, made = threading.active_count(), list[int]()
    stream = made_ahead(counted(made, 1000))
    next(stream)
    stream.close()
    assert threading.active_count() == before
    assert len(made) < 10
