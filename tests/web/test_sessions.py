"""Sessions end, and wrong passwords cost time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.web.sessions import (
    EVERYBODY,
    FREE_TRIES,
    LONGEST_WAIT_S,
    REMEMBERED,
    Sessions,
    Tries,
    Visit,
    neighbourhood,
)


def test_a_session_lets_in_until_its_time_is_over_or_it_is_ended() -> None:
    sessions = Sessions(lasts_s=100)
    first, second = sessions.begin(0), sessions.begin(0)
    assert first != second
    assert sessions.whose(first, 99) == EVERYBODY
    assert sessions.whose(first, 100) is None
    sessions.end(second)
    assert sessions.whose(second, 1) is None
    assert sessions.whose("", 1) is None


def test_a_session_knows_whose_it_is_and_a_visit_sees_that_one_only() -> None:
    sessions = Sessions(lasts_s=100)
    ada, owner = sessions.begin(0, "ada"), sessions.begin(0)
    assert (sessions.whose(ada, 1), sessions.whose(owner, 1)) == ("ada", EVERYBODY)
    assert Visit("ada", lambda: True).sees(["bob", "ada"]) == ["ada"]
    assert Visit(EVERYBODY, lambda: True).sees(["bob", "ada"]) == ["bob", "ada"]


def test_the_number_of_sessions_is_bounded() -> None:
    sessions = Sessions(lasts_s=100)
    oldest = sessions.begin(0)
    for _ in range(REMEMBERED):
        newest = sessions.begin(1)
    assert sessions.whose(oldest, 2) is None
    assert sessions.whose(newest, 2) is not None


def test_mistyping_is_free_and_then_each_wrong_password_doubles_the_wait() -> None:
    tries = Tries()
    waits = []
    for _ in range(7):
        waits.append(tries.wait_s("a", 0))
        tries.wrong("a", 0)
    assert waits == [0, 0, 0, 2, 4, 8, 16]
    assert tries.wait_s("a", 30) == 2
    assert tries.wait_s("b", 0) == 0
    tries.right("a")
    assert tries.wait_s("a", 0) == 0


@given(st.integers(FREE_TRIES, 3000))
def test_the_wait_is_never_without_end(count: int) -> None:
    tries = Tries()
    for _ in range(count):
        tries.wrong("a", 0)
    assert 0 < tries.wait_s("a", 0) <= LONGEST_WAIT_S
    assert tries.wait_s("a", LONGEST_WAIT_S) == 0


def test_many_addresses_do_not_fill_the_memory() -> None:
    tries = Tries()
    for number in range(3 * REMEMBERED):
        tries.wrong(str(number), 0)
    assert len(tries._wrong) == REMEMBERED


@pytest.mark.parametrize(
    ("address", "belongs"),
    [
        ("192.168.1.7", "192.168.1.7"),
        ("::ffff:192.168.1.7", "192.168.1.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("a socket", "a socket"),
        ("", ""),
    ],
)
def test_who_changes_addresses_within_a_network_of_their_own_stays_the_same(address: str, belongs: str) -> None:
    assert neighbourhood(address) == belongs


def test_a_limit_for_all_has_its_own_count_and_its_own_longest_wait() -> None:
    tries = Tries(free=100, longest_s=10.0)
    for _ in range(99):
        tries.wrong("", 0.0)
    assert tries.wait_s("", 0.0) == 0
    for _ in range(50):
        tries.wrong("", 0.0)
    assert tries.wait_s("", 0.0) == 10.0
