"""How a driver and a band come to terms, and what the band says besides its samples."""

from __future__ import annotations

import pytest

from monitor.model import Answer, AnswerKind, BatteryLevel, Nudge, Quality, WearableFacts
from monitor.wearables.base import Outcome, Packet, Read, Reconnect, Subscribe, Unsubscribe, Write
from monitor.wearables.deskband import DeskBand, DeskBandRules
from monitor.wearables.deskband_profile import codec
from tests.wearables.band import FakeBand
from tests.wearables.conversation import Conversation, delivered, talked, whole

# --- setting up -----------------------------------------------------------------------------------------------


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


# --- alerts and words of the band -----------------------------------------------------------------------------


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
