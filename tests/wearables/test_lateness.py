"""When lateness is jitter, and when it is loss."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.wearables.lateness import Lateness, by_jitter_s


def heard(lateness: Lateness, late_s: list[float], from_s: float = 0.0) -> list[float]:
    """What is said to arrivals every 0.1 s."""
    return [lateness.heard(from_s + 0.1 * place, each) for place, each in enumerate(late_s)]


@pytest.mark.parametrize("jitter_s", [0.0, 0.05, 0.5, 2.0])
def test_jitter_is_no_loss(jitter_s: float) -> None:
    late_s = list(jitter_s * np.random.default_rng(1).random(3000))
    assert not any(heard(Lateness(), late_s))


def test_a_stall_shorter_than_the_window_is_no_loss() -> None:
    late_s = [0.01] * 50 + [max(0.01, 2.9 - 0.1 * place) for place in range(29)] + [0.01] * 50
    assert not any(heard(Lateness(), late_s))


def test_lateness_that_stays_is_loss_once_a_window_has_passed() -> None:
    said = heard(Lateness(), [0.01] * 50 + [0.51] * 50)
    assert not any(said[:75])
    assert said[85] == pytest.approx(0.51)


def test_where_loss_goes_on_all_of_it_is_said_and_not_what_it_was_at_first() -> None:
    said = heard(Lateness(), [0.01] * 50 + [0.3 + 0.01 * place for place in range(50)])
    first = next(place for place, each_s in enumerate(said) if each_s)
    assert said[first] == pytest.approx(0.3 + 0.01 * (first - 50), abs=0.11)


def test_lateness_that_only_grows_is_loss_and_no_jitter() -> None:
    said = heard(Lateness(), [0.01] * 50 + [0.12 + 0.1 * (place // 5) for place in range(50)])
    assert any(said[:90])


def test_lateness_that_gets_better_tells_how_great_the_jitter_is() -> None:
    rng = np.random.default_rng(1)
    late_s = rng.random((2000, 16))
    assert np.mean([by_jitter_s(each.tolist()) for each in late_s]) == pytest.approx(1 / 17, rel=0.02)
    assert by_jitter_s([0.1, 0.2, 0.2, 0.5]) == pytest.approx(0.0, abs=1e-12)


def test_a_little_lateness_is_never_loss() -> None:
    assert not any(heard(Lateness(), [0.09] * 200))


def test_what_is_forgotten_is_not_said_again() -> None:
    lateness = Lateness()
    assert heard(lateness, [0.5] * 60)[-1] == 0.5
    lateness.forget()
    assert not any(heard(lateness, [0.0] * 60, 6.0))
