"""What gets lost between a band and its driver is announced, fetched again, and put where it belongs in time."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.model import HoleClosed, Quality
from monitor.wearables.base import Packet
from monitor.wearables.deskband_profile import codec
from tests.wearables.conversation import delivered, talked, whole

# --- holes ----------------------------------------------------------------------------------------------------


def test_live_samples_come_once_and_in_order_at_any_packet_size() -> None:
    for payload in (20, 128, 242):
        talk = talked(30, payload=payload)
        talk.check()
        assert whole(talk, 7)
        assert not talk.holes()


def test_every_notification_fivefold_delivers_every_sample_once() -> None:
    talk = talked(60, repeat=5, lose=0.1)
    talk.lose_link(30)
    talk.link()
    talk.band.lose = 0.0
    talk.live(60)
    talk.check()
    assert whole(talk, 7)


def test_delta_coded_blocks_read_the_same() -> None:
    talk = talked(30, delta=True)
    talk.check()
    assert whole(talk, 7)


def test_a_hole_is_announced_before_the_block_after_it_and_asked_for_exactly() -> None:
    talk = talked(20)
    talk.band.lose = 1.0
    talk.live(4)
    talk.band.lose = 0.0
    first = talk.driver.memory.next_index
    talk.live(1)
    hole = talk.holes()[0]
    assert hole.first_index == first
    assert not [data for data in talk.band.written if data[0] == 3]
    talk.live(5)
    asked = [data[2:] for data in talk.band.written if data[0] == 3]
    assert asked == [
        (7).to_bytes(2, "little") + hole.first_index.to_bytes(4, "little") + hole.end_index.to_bytes(4, "little")
    ]
    talk.check()
    assert talk.closed() == [HoleClosed(7, hole.first_index, hole.end_index, filled=True)]
    assert whole(talk, 7)


def test_the_block_after_a_hole_says_how_long_it_was() -> None:
    talk = talked(20)
    talk.lose_link(100)
    talk.link()
    talk.live(5)
    gaps = [b.gap_before_s for b in talk.blocks() if not b.quality & Quality.REPLAYED and b.gap_before_s]
    hole = talk.holes()[0]
    assert gaps == [pytest.approx((hole.end_index - hole.first_index) / 25, rel=0.01)]


def test_after_a_lost_link_the_hole_is_filled_while_live_goes_on() -> None:
    talk = talked(60)
    talk.lose_link(3600)
    talk.link()
    talk.live(120)
    talk.check()
    assert whole(talk, 7)
    assert [c.filled for c in talk.closed()] == [True]
    replayed = [b for b in talk.blocks() if b.quality & Quality.REPLAYED]
    assert sum(len(b.t_s) for b in replayed) == talk.holes()[0].end_index - talk.holes()[0].first_index


def test_what_the_band_has_overwritten_is_given_up_and_the_rest_fetched() -> None:
    talk = talked(60, capacity=25 * 600)
    talk.lose_link(3600)
    talk.link()
    talk.live(120)
    talk.check()
    hole, closed = talk.holes()[0], talk.closed()
    assert [c.filled for c in closed] == [False]
    late = [i for i in delivered(talk, 7) if hole.first_index <= i < hole.end_index]
    assert late == list(range(late[0], hole.end_index))
    assert len(late) == pytest.approx(25 * 600, abs=25 * 5)


def test_replay_blocks_lost_on_the_air_are_asked_for_again() -> None:
    talk = talked(60)
    talk.lose_link(300)
    talk.link()
    talk.band.lose = 0.3
    talk.live(60)
    talk.band.lose = 0.0
    talk.live(60)
    talk.check()
    assert whole(talk, 7)
    assert all(c.filled for c in talk.closed())


def test_a_replay_left_over_from_the_last_link_is_aborted() -> None:
    talk = talked(60)
    talk.lose_link(300)
    talk.band.replay_per_step = 0
    talk.link()
    talk.live(3)
    left_over = talk.band.replaying
    assert left_over is not None
    talk.lose_link(5)
    talk.band.replaying = left_over
    talk.link()
    talk.live(3)
    talk.band.replay_per_step = 100
    talk.live(60)
    assert 4 in [data[0] for data in talk.band.written]
    talk.check()
    assert whole(talk, 7)


def test_samples_that_never_were_end_the_hole_unfilled() -> None:
    talk = talked(20)
    current = talk.band.current
    current.oldest = current.made + 50
    current.made = current.sent = current.made + 100
    current.started_s -= 100 / 25
    talk.live(20)
    closed = talk.closed()
    assert [c.filled for c in closed] == [False]
    talk.check()


def test_a_block_of_a_reserved_format_is_skipped_and_its_samples_are_a_hole() -> None:
    talk = talked(20)
    block = bytearray(talk.band.block(talk.band.current, talk.band.current.sent, talk.band.current.sent + 20, 0))
    block[0] = 0x15
    assert talk.driver.receive(Packet(codec.LIVE, bytes(block), talk.band.now_s)) == []
    talk.band.current.sent += 20
    talk.live(10)
    assert [hole.end_index - hole.first_index for hole in talk.holes()] == [20]
    talk.check()
    assert whole(talk, 7)


def test_a_block_far_ahead_of_time_is_not_believed() -> None:
    talk = talked(20)
    wild = bytearray(talk.band.block(talk.band.current, 100, 130, 0))
    wild[4:8] = (4_000_000_000).to_bytes(4, "little")
    talk.band.out.append((codec.LIVE, bytes(wild)))
    talk.live(20)
    talk.check()
    assert not talk.holes()
    assert whole(talk, 7)


# --- times ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("forward_s", [30.0, 300.0, 86_400.0])
def test_where_our_clock_was_set_forward_samples_follow_within_half_a_minute(forward_s: float) -> None:
    talk = talked(1000)
    talk.set_s = forward_s
    talk.live(30)
    assert talk.now_s - talk.blocks()[-1].t_s[-1] < 2.0
    talk.check()


def test_replayed_samples_get_their_true_times() -> None:
    talk = talked(900, rate_error=0.03, drift=2e-4)
    talk.lose_link(1800)
    talk.link()
    talk.live(120)
    talk.check()
    session = talk.band.sessions[0]
    times = talk.samples()[7]
    error_s = np.array([times[i] - session.true_s(i) for i in sorted(times)])
    assert np.sqrt((error_s**2).mean()) < 0.05
    assert whole(talk, 7)
