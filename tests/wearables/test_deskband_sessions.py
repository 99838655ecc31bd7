"""A band reboots, changes its rate or is another one; and it is told what it need not keep any more."""

from __future__ import annotations

import pytest

from tests.wearables.band import FakeBand
from tests.wearables.conversation import Conversation, delivered, talked, whole

# --- sessions -------------------------------------------------------------------------------------------------


def test_after_a_reboot_the_old_tail_and_the_new_head_are_fetched() -> None:
    talk = talked(60)
    talk.lose_link(50)
    talk.band.boot()
    talk.band.pass_time(talk.band.now_s + 40)
    talk.link()
    talk.live(60)
    talk.check()
    old, new = delivered(talk, 7), delivered(talk, 8)
    assert old[-1] == talk.band.sessions[0].made - 1
    assert new[0] == 0
    assert whole(talk, 7)
    assert whole(talk, 8)
    assert [c.filled for c in talk.closed()] == [True, True]


def test_several_reboots_out_of_range_lose_nothing() -> None:
    talk = talked(60)
    talk.lose_link(50)
    for _ in range(3):
        talk.band.boot()
        talk.band.pass_time(talk.band.now_s + 30)
    talk.link()
    talk.live(90)
    talk.check()
    for session in talk.band.sessions[:-1]:
        assert delivered(talk, session.session)[-1] == session.made - 1
        assert whole(talk, session.session)
    assert delivered(talk, 10)[0] == 0


def test_a_new_session_in_the_middle_of_a_link_is_noticed() -> None:
    talk = talked(60)
    talk.band._begin(8, talk.band.current.boot_s)
    talk.live(60)
    talk.check()
    assert delivered(talk, 7)[-1] == talk.band.sessions[0].made - 1
    assert delivered(talk, 8)[0] == 0
    assert whole(talk, 8)


def test_the_session_number_may_wrap() -> None:
    talk = Conversation(FakeBand())
    talk.band.boot(65535)
    talk.link()
    talk.live(20)
    talk.lose_link(10)
    talk.band.boot()
    talk.link()
    talk.live(30)
    talk.check()
    assert {block.segment for block in talk.blocks()} == {65535, 65536}


def test_a_band_that_forgot_its_counter_begins_a_new_segment() -> None:
    talk = talked(60)
    talk.lose_link(10)
    talk.band.sessions.clear()
    talk.band._begin(7, talk.band.now_s)
    talk.link()
    talk.live(30)
    assert {block.segment for block in talk.blocks()} == {7, 65536 + 7}


def test_another_band_under_the_same_name_is_a_stranger() -> None:
    talk = talked(60)
    talk.lose_link(600)
    talk.link()
    talk.live(1)
    assert talk.holes()
    talk.lose_link(1)
    stranger = FakeBand(seed=1, now_s=talk.band.now_s + 100, device_id=5)
    stranger.boot(300)
    talk.band = stranger
    talk.link()
    talk.live(30)
    assert talk.closed()[-1].filled is False
    assert not talk.driver.memory.backfill.holes


# --- what the host has stored ---------------------------------------------------------------------------------


def test_only_what_is_stored_and_contiguous_is_acknowledged() -> None:
    talk = talked(60)
    assert talk.band.acked[7] == pytest.approx(60 * 25, abs=12 * 25)
    talk.lose_link(60)
    talk.band.replay_per_step = 0
    talk.link()
    talk.live(60)
    assert talk.band.acked[7] == talk.holes()[0].first_index
    talk.band.replay_per_step = 100
    talk.live(120)
    assert talk.band.acked[7] > talk.holes()[0].end_index


def test_of_sessions_that_are_over_and_whole_nothing_is_remembered_for_ever() -> None:
    talk = talked(60)
    for _ in range(5):
        talk.lose_link(20)
        talk.band.boot()
        talk.link()
        talk.live(60)
    assert len(talk.band.acked) == 6
    assert set(talk.driver.memory.stored) == set(talk.driver.memory.acked) == {12}


def test_what_was_stored_of_another_band_is_not_acknowledged_to_this_one() -> None:
    talk = talked(600)
    talk.lose_link(10)
    talk.band = FakeBand(seed=1, now_s=talk.band.now_s, device_id=5)
    talk.link()
    talk.driver.stored(7, 10_000)
    for _ in range(60):
        talk.live(1)
        assert talk.band.acked.get(7, 0) <= (talk.driver.memory.next_index or 0)


def test_acknowledgements_come_at_most_every_ten_seconds() -> None:
    acks = [data for data in talked(100).band.written if data[0] == 5]
    assert 8 <= len(acks) <= 11


def test_a_new_session_is_not_acknowledged_before_the_old_one_is_whole() -> None:
    talk = talked(60)
    talk.lose_link(60)
    talk.band.boot()
    talk.band.replay_per_step = 0
    talk.link()
    talk.live(30)
    assert 8 not in talk.band.acked
