"""What the band's word about a replay means for the hole: only its own word ends it unfilled."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.wearables.deskband_profile.codec import Block
from monitor.wearables.deskband_profile.control import ControlStatus, ReplayDone
from monitor.wearables.deskband_profile.replay import Backfill
from monitor.wearables.holes import Hole, Missing
from monitor.wearables.sample_clock import Anchor

WAIT_S, TRIES = 2.0, 3


def asked(tag: int = 5) -> Backfill:
    """A hole [100, 200) of segment 7 that was just asked for."""
    before, after = Anchor(99, 1000.0, 4e6), Anchor(200, 1004.04, 8.04e6)
    hole = Hole(7, 100, 200, 25.0, 0.04, 1.0, 0.0, missing=[Missing(100, 200, before, after)])
    backfill = Backfill()
    backfill.open(hole)
    ask_again(backfill, 0.0, tag)
    return backfill


def ask_again(backfill: Backfill, now_s: float, tag: int = 5) -> None:
    found = backfill.next_part(now_s)
    assert found is not None
    backfill.begin(*found, now_s, 30.0).tags = [tag]


def send(backfill: Backfill, first: int, end: int, deliver: bool = True) -> None:
    """A replay block comes (or is counted only)."""
    block = Block(0, 2, 7, first, None, np.zeros((end - first, 3), np.int16))
    if deliver:
        assert backfill.replay is not None
        backfill.replay.heard(block, 1.0)
        for hole in backfill.holes:
            hole.fill(first, end, None)


def done(backfill: Backfill, blocks: int, status: int = 0, tag: int = 5) -> None:
    backfill.done(ReplayDone(tag, status, 7, 200, blocks), 1.0, WAIT_S, TRIES)


def answer(backfill: Backfill, status: int, available: tuple[int, int] = (0, 0), now_s: float = 1.0) -> None:
    backfill.answered(status, available, now_s, WAIT_S, TRIES)


def test_all_blocks_here_and_samples_missing_means_they_never_were() -> None:
    backfill = asked()
    answer(backfill, 0, (100, 200))
    send(backfill, 100, 150)
    done(backfill, blocks=1)
    assert [closed.filled for closed in backfill.closed()] == [False]


def test_fewer_blocks_than_sent_is_asked_for_again() -> None:
    backfill = asked()
    answer(backfill, 0, (100, 200))
    send(backfill, 100, 150)
    done(backfill, blocks=2)
    assert backfill.closed() == []
    assert backfill.next_part(1.0) == (backfill.holes[0], 150, 200)


def test_a_block_twice_counts_once() -> None:
    backfill = asked()
    send(backfill, 100, 150)
    send(backfill, 100, 150)
    done(backfill, blocks=2)
    assert backfill.closed() == []


def test_more_than_65535_blocks_count_modulo() -> None:
    backfill = asked()
    assert backfill.replay is not None
    backfill.replay.blocks = 65536 + 2
    done(backfill, blocks=2)
    assert [closed.filled for closed in backfill.closed()] == [False]


@pytest.mark.parametrize("status", [1, 2, 3, 5])
def test_an_answer_that_will_not_change_gives_up(status: int) -> None:
    backfill = asked()
    answer(backfill, status)
    assert [closed.filled for closed in backfill.closed()] == [False]


def test_nothing_available_gives_up() -> None:
    backfill = asked()
    answer(backfill, ControlStatus.NOT_AVAILABLE, (200, 200))
    assert [closed.filled for closed in backfill.closed()] == [False]


def test_a_smaller_range_is_asked_for_at_once() -> None:
    backfill = asked()
    answer(backfill, ControlStatus.NOT_AVAILABLE, (150, 200))
    assert backfill.next_part(1.0) == (backfill.holes[0], 150, 200)
    assert backfill.holes[0].lost


def test_a_band_that_sends_what_it_offered_by_itself_is_let_do_it() -> None:
    backfill = asked(tag=5)
    answer(backfill, ControlStatus.NOT_AVAILABLE, (150, 200))
    ask_again(backfill, 1.0, tag=6)
    answer(backfill, ControlStatus.BUSY)
    assert not backfill.abort
    send(backfill, 150, 200)
    assert [closed.filled for closed in backfill.closed()] == [False]
    done(backfill, blocks=1, tag=5)
    assert backfill.replay is None


def test_a_busy_band_is_told_to_drop_what_nobody_waits_for() -> None:
    backfill = asked()
    answer(backfill, ControlStatus.BUSY)
    assert backfill.abort
    assert backfill.next_part(1.0) is None
    assert backfill.next_part(10.0) is not None


def test_refusals_end_after_so_many_tries() -> None:
    backfill, now_s = asked(), 0.0
    for _ in range(TRIES):
        assert backfill.closed() == []
        answer(backfill, ControlStatus.STORAGE_ERROR, now_s=now_s)
        now_s += 100
        if backfill.next_part(now_s) is not None:
            ask_again(backfill, now_s)
    assert [closed.filled for closed in backfill.closed()] == [False]


def test_silence_only_postpones() -> None:
    backfill = asked()
    for turn in range(50):
        backfill.watch(100.0 * (turn + 1), WAIT_S)
        assert backfill.replay is None
        ask_again(backfill, 100.0 * (turn + 1) + WAIT_S)
    assert backfill.closed() == []


def test_an_event_of_another_replay_changes_nothing() -> None:
    backfill = asked()
    done(backfill, blocks=0, tag=99)
    assert backfill.replay is not None


def test_a_torn_stretch_is_asked_for_as_one() -> None:
    backfill = asked()
    for first in range(110, 190, 20):
        send(backfill, first, first + 10)
    done(backfill, blocks=9)
    assert backfill.next_part(1.0) == (backfill.holes[0], 100, 200)
