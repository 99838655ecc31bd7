"""A log that does not repeat itself."""

from __future__ import annotations

import pytest

from monitor.transport.seldom import Seldom


@pytest.mark.parametrize(("later_s", "words", "lets"), [(0.0, "a", False), (0.0, "b", True), (1.0, "a", True)])
def test_the_same_words_are_said_once_in_a_while(later_s: float, words: str, lets: bool) -> None:
    seldom = Seldom(600.0)
    assert seldom.lets("a")
    seldom.next_s -= 600.0 * later_s
    assert seldom.lets(words) is lets
