"""The driver in conversation with a band that forgets, loses, repeats and reboots."""

from __future__ import annotations

import copy
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from monitor.model import Answer, AnswerKind, BatteryLevel, HoleClosed, Nudge, Quality, WearableFacts
from monitor.wearables.base import DecodeError, Outcome, Packet, Read, Reconnect, Subscribe, Unsubscribe, Write
from monitor.wearables.deskband import DeskBand, DeskBandRules
from monitor.wearables.deskband_profile import codec
from monitor.wearables.standard import BATTERY_LEVEL
from tests.wearables.band import FakeBand
from tests.wearables.conversation import Conversation


def talked(seconds: float = 60.0, **band: object) -> Conversation:
    """A conversation that has run for a while."""
    talk = Conversation(FakeBand(**band))  # type: ignore[arg-type]
    talk.link()
    talk.live(seconds)
    return talk


def delivered(talk: Conversation, segment: int) -> list[int]:
    return sorted(talk.samples().get(segment, {}))


def whole(talk: Conversation, segment: int) -> bool:
    """Everything from the first delivered sample of a segment to its last, without a hole."""
    indices = delivered(talk, segment)
    return indices == list(range(indices[0], indices[-1] + 1))


# --- setting up ---------------------------------------------------------------------------------------------


def test_info_and_status_are_read_before_anything_is_listened_to() -> None:
    reply = DeskBand().start(None, 1.8e9)
    assert reply[:2] == [Read(codec.INFO), Read(codec.STATUS)]
    assert [a.characteristic for a in reply[2:] if isinstance(a, Subscribe)] == [
        codec.CONTROL,
        codec.LIVE,
        codec.REPLAY,
        codec.STATUS,
        codec.ALERT,
    ]


def test_the_clock_is_set_before_the_stream_starts() -> None:
    ops = [data[0] for data in talked(5).band.written]
    assert ops.index(6) < ops.index(1)


def test_facts_say_what_it_is_and_how_full() -> None:
    facts = talked(5).facts
    assert WearableFacts("DeskBand", "100 (protocol 1.0)", "thigh", True) in facts
    assert [fact.percent for fact in facts if isinstance(fact, BatteryLevel)] == [80]


def test_a_history_older_than_the_first_acquaintance_is_not_fetched() -> None:
    talk = Conversation(FakeBand())
    talk.band.pass_time(talk.band.now_s + 3600)
    talk.link()
    talk.live(30)
    assert not talk.holes()
    assert delivered(talk, 7)[0] >= 3590 * 25


def test_another_rate_is_asked_for_and_begins_a_new_session() -> None:
    talk = Conversation(FakeBand(), DeskBand(DeskBandRules(rate_hz=50.0)))
    talk.link()
    talk.live(20)
    assert {block.segment for block in talk.blocks()} == {8}
    assert {block.rate_hz for block in talk.blocks()} == {50.0}
    assert [data[2:6] for data in talk.band.written if data[0] == 7] == [bytes((2, 2, 10, 3))]


def test_the_configuration_is_not_asked_for_again_on_the_next_link() -> None:
    talk = talked(5)
    talk.lose_link(5)
    talk.link()
    talk.live(5)
    assert [data[0] for data in talk.band.written].count(7) == 1


def test_a_rate_the_band_does_not_have_becomes_the_next_higher() -> None:
    talk = Conversation(FakeBand(), DeskBand(DeskBandRules(rate_hz=30.0)))
    talk.link()
    assert [data[2] for data in talk.band.written if data[0] == 7] == [2]


def test_the_lite_profile_without_configuration_and_sessions_streams() -> None:
    talk = talked(20, lite=True)
    assert whole(talk, 7)
    talk.lose_link(10)
    talk.band.boot()
    talk.link()
    talk.live(20)
    talk.check()
    assert whole(talk, 8)


def test_a_band_that_does_not_answer_is_asked_three_times_and_then_left() -> None:
    talk = talked(120, deaf=True)
    assert talk.reconnects == ["no answer to START"]
    assert [data[0] for data in talk.band.written] == [7, 7, 7, 6, 6, 6, 1, 1, 1]
    tags = [data[1] for data in talk.band.written]
    assert len(set(tags)) == len(tags)


def test_a_late_answer_to_an_earlier_try_counts() -> None:
    talk = Conversation(FakeBand(deaf=True))
    talk.link()
    talk.live(12)
    first, second = (data for data in talk.band.written if data[0] == 7)
    talk.band.deaf = False
    talk.band.write(codec.CONTROL, first)
    talk.live(10)
    assert talk.blocks()
    assert first[1] != second[1]


def test_an_answer_may_overtake_the_news_that_the_request_was_written() -> None:
    talk = Conversation(FakeBand(), answers_first=True)
    talk.link()
    talk.live(60)
    talk.lose_link(100)
    talk.link()
    talk.live(60)
    talk.check()
    assert whole(talk, 7)
    assert talk.driver.memory.clock.host.uncertainty_s < 0.01


def test_an_unreadable_status_asks_for_a_new_link() -> None:
    driver = DeskBand()
    driver.start(None, 1.8e9)
    reply = driver.done(Read(codec.STATUS), Outcome(1.8e9, 1.8e9, None, "gone"))
    assert isinstance(reply[0], Reconnect)
    assert driver.tick(1.8e9 + 100) == []


# --- holes --------------------------------------------------------------------------------------------------


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


# --- sessions -----------------------------------------------------------------------------------------------


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


# --- what the host has stored -------------------------------------------------------------------------------


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


# --- alerts and words of the band ---------------------------------------------------------------------------


def test_an_alert_is_sixteen_bytes_with_number_and_life() -> None:
    talk = talked(5)
    (write,) = talk.driver.alert(Nudge("stand_up", 0x0102, 120.0), talk.band.now_s)
    assert write == Write(codec.ALERT, bytes.fromhex("02035003fa009600ff50000002017800"), note="stand_up")


def test_a_band_without_buzzer_light_or_display_gets_no_alert() -> None:
    talk = talked(5, features=0x23)
    assert talk.driver.alert(Nudge("nudge", 1, 60.0), talk.band.now_s) == []


def test_a_button_is_an_answer_at_the_time_it_was_pressed() -> None:
    talk = talked(60)
    pressed_s = talk.band.now_s - 0.4
    event = b"\x03\x02\x01" + talk.band.device_us(pressed_s).to_bytes(6, "little")
    (answer,) = [f for f in talk.driver.receive(Packet(codec.ALERT, event, talk.band.now_s)) if isinstance(f, Answer)]
    assert (answer.kind, answer.alert_number) == (AnswerKind.ACKNOWLEDGED, 0x0102)
    assert answer.at_s == pytest.approx(pressed_s, abs=0.05)


def test_an_alert_that_cannot_be_written_is_refused() -> None:
    talk = talked(5)
    (write,) = talk.driver.alert(Nudge("nudge", 9, 60.0), talk.band.now_s)
    assert isinstance(write, Write)
    reply = talk.driver.done(write, Outcome(talk.band.now_s, talk.band.now_s, None, "not connected"))
    assert Answer(AnswerKind.REFUSED, 9, talk.band.now_s) in reply


def test_a_status_notification_tells_the_battery_only_when_it_changes() -> None:
    talk = talked(5)
    talk.band.battery = 79
    for _ in range(2):
        talk.band._notify(codec.STATUS, talk.band.status())
    talk.live(1)
    assert [f.percent for f in talk.facts if isinstance(f, BatteryLevel)] == [80, 79]


@pytest.mark.parametrize(
    ("features", "flags", "off"), [(0x27, 0x11, False), (0x27, 0x15, True), (0x67, 0x11, True), (0x67, 0x19, False)]
)
def test_charging_or_off_the_body_marks_the_samples(features: int, flags: int, off: bool) -> None:
    blocks = talked(5, features=features, flags=flags).blocks()
    assert all(bool(block.quality & Quality.DEVICE_NOT_WORN) is off for block in blocks)


def test_block_flags_become_quality() -> None:
    talk = talked(5)
    current = talk.band.current
    data = talk.band.block(current, current.sent, current.sent + 5, 0x08 | 0x10)
    (block,) = talk.driver.receive(Packet(codec.LIVE, data, talk.band.now_s))
    assert block.quality == Quality.CLIPPED | Quality.DEVICE_NOT_WORN  # type: ignore[union-attr]


def test_a_clean_end_stops_the_stream_and_every_notification() -> None:
    talk = talked(5)
    reply = talk.driver.stop()
    assert isinstance(reply[0], Write)
    assert reply[0].data[0] == 2
    assert [a.characteristic for a in reply[1:] if isinstance(a, Unsubscribe)] == [
        codec.CONTROL,
        codec.LIVE,
        codec.REPLAY,
        codec.STATUS,
        codec.ALERT,
    ]


# --- times --------------------------------------------------------------------------------------------------


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


# --- properties ---------------------------------------------------------------------------------------------

EVENTS = st.lists(
    st.tuples(st.sampled_from(["live", "lose", "repeat", "away", "reboot", "crash", "restart"]), st.integers(1, 40)),
    max_size=14,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
@given(events=EVENTS, seed=st.integers(0, 99), payload=st.sampled_from([20, 128, 242]))
def test_whatever_happens_every_sample_comes_exactly_once(
    events: list[tuple[str, int]], seed: int, payload: int
) -> None:
    talk = Conversation(FakeBand(seed, payload=payload, drift=1e-4, rate_error=-0.02), jitter_s=0.3)
    talk.link()
    talk.live(5)
    for kind, amount in events:
        if kind == "live":
            talk.live(amount)
        elif kind == "lose":
            talk.band.lose = amount / 60
            talk.live(5)
        elif kind == "repeat":
            talk.band.repeat = 1 + amount % 3
        elif kind == "crash":
            memory = talk.crash()
            talk.band.pass_time(talk.band.now_s + amount)
            talk.link(memory)
        elif kind == "restart":
            talk.band._begin(talk.band.current.session + 1, talk.band.current.boot_s)
            talk.live(amount / 10)
        else:
            talk.lose_link(amount)
            if kind == "reboot":
                talk.band.boot()
                talk.band.pass_time(talk.band.now_s + amount)
            talk.link()
    talk.band.lose, talk.band.repeat = 0.0, 1
    talk.live(200)
    while talk.driver.memory.backfill.holes and talk.band.now_s < 1.8e9 + 5000:
        talk.live(100)
    talk.check()
    assert not talk.driver.memory.backfill.holes
    assert all(closed.filled for closed in talk.closed())
    assert [c.segment for c in talk.closed() if not c.filled] == []
    first = min(talk.samples())
    for session in talk.band.sessions:
        indices = delivered(talk, session.session)
        assert indices or session.made == 0
        start = indices[0] if session.session == first and indices else 0
        stop = session.made if session is not talk.band.current else session.sent
        assert indices == list(range(start, stop))


@settings(max_examples=300, deadline=None)
@given(
    characteristic=st.sampled_from([codec.CONTROL, codec.LIVE, codec.REPLAY, codec.STATUS, codec.ALERT, "nowhere"]),
    data=st.binary(max_size=60),
    head=st.sampled_from([b"", b"\x10\x00\x07\x00", b"\x11\x01\x07\x00", b"\x81", b"\x83", b"\xc3", b"\x8b", b"\x87"]),
)
def test_no_bytes_from_the_air_raise_anything_but_decode_error(characteristic: str, data: bytes, head: bytes) -> None:
    driver = copy.deepcopy(_TALKED.driver)
    with suppress(DecodeError):
        driver.receive(Packet(characteristic, head + data, _TALKED.band.now_s))
    driver.tick(_TALKED.band.now_s + 1)
    driver.resume()


@settings(max_examples=100, deadline=None)
@given(characteristic=st.sampled_from([codec.INFO, codec.STATUS, BATTERY_LEVEL]), value=st.binary(max_size=30))
def test_no_bytes_that_were_read_raise_anything(characteristic: str, value: bytes) -> None:
    driver = DeskBand()
    driver.start(None, 1.8e9)
    driver.done(Read(characteristic), Outcome(1.8e9, 1.8e9, value))


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(0, 400))
def test_a_crash_after_any_fact_loses_nothing_and_doubles_nothing(cut: int) -> None:
    """The memory is that of the facts delivered so far, wherever the program dies."""
    talk = Conversation(FakeBand(seed=3, lose=0.2))
    talk.link()
    talk.live(10)
    talk.lose_link(30)
    talk.link()
    for _ in range(cut):
        talk.band.pass_time(talk.band.now_s + 0.25)
        if talk.band.out:
            characteristic, data = talk.band.out.pop(0)
            talk._take(talk.driver.receive(Packet(characteristic, data, talk.band.now_s)))
        elif talk._queue:
            talk._perform(talk._queue.pop(0))
    talk.link(talk.crash())
    talk.band.lose = 0.0
    talk.live(60)
    talk.check()
    assert whole(talk, 7)


_TALKED = talked(20)
_TALKED.lose_link(60)
_TALKED.link()
_TALKED.band.replay_per_step = 1
_TALKED.live(2)
