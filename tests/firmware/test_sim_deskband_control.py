"""The control point: every operation, every status, against bytes."""

from __future__ import annotations

import struct
from itertools import pairwise

import pytest

from firmware_sim.profiles.deskband import Channel, DeskBandFirmware
from firmware_sim.profiles.deskband_codec import StatusFlag
from firmware_sim.profiles.deskband_control import handle
from firmware_sim.profiles.deskband_state import DeskBandSettings
from tests.firmware.mini_decoder import Read, read_block
from tests.firmware.test_sim_deskband import PERIOD_US, feed


def band(buffer_bytes: int = 2**21) -> DeskBandFirmware:
    firmware = DeskBandFirmware(DeskBandSettings(first_session=7, buffer_bytes=buffer_bytes))
    firmware.linked(244)
    firmware.listen_to_replay(True)
    return firmware


def ask(firmware: DeskBandFirmware, request: str, now_us: int = 0) -> str:
    handle(firmware, bytes.fromhex(request.replace(" ", "")), now_us)
    controls = [message for channel, message in firmware.take_outbox() if channel is Channel.CONTROL]
    assert len(controls[0]) <= 20
    return controls[0].hex()


def replayed(firmware: DeskBandFirmware) -> list[Read]:
    blocks = []
    while (block := firmware.take_replay_block()) is not None:
        blocks.append(read_block(block))
    return blocks


def ended(firmware: DeskBandFirmware) -> str:
    (event,) = [message for channel, message in firmware.take_outbox() if channel is Channel.CONTROL]
    return event.hex()


def index(number: int) -> str:
    return struct.pack("<I", number).hex()


def test_start_names_session_and_next_index() -> None:
    firmware = band()
    feed(firmware, 2300)
    assert ask(firmware, "01 01") == "810100" + "0700" + "fc080000"
    assert firmware.live


def test_stop_ends_live_data_only() -> None:
    firmware = band()
    ask(firmware, "01 01")
    assert ask(firmware, "02 02") == "820200"
    feed(firmware, 50)
    assert firmware.take_outbox() == []
    assert firmware.ring.span(7) == (0, 50)


def test_a_replay_sends_the_range_asked_for_and_no_sample_more() -> None:
    firmware = band()
    feed(firmware, 1500)
    assert ask(firmware, "03 21 0700 E8030000 78050000") == "832100" + "e803000078050000"
    blocks = replayed(firmware)
    assert blocks[0].index == 1000
    assert blocks[-1].end == 1400
    assert all(later.index == earlier.end for earlier, later in pairwise(blocks))
    assert all(block.flags & 0x02 for block in blocks)
    assert all(block.t_us == block.end * PERIOD_US for block in blocks)
    assert ended(firmware) == "c32100" + "0700" + "78050000" + struct.pack("<H", len(blocks)).hex()


def test_a_replay_up_to_now_includes_what_was_no_block_yet() -> None:
    firmware = band()
    feed(firmware, 110)
    assert ask(firmware, "03 21 0700 00000000 FFFFFFFF") == "832100" + "00000000" + index(110)
    assert replayed(firmware)[-1].end == 110


def test_a_replay_is_cut_for_the_link_of_the_day() -> None:
    firmware = band()
    feed(firmware, 100)
    firmware.linked(20)
    ask(firmware, "03 21 0700 00000000 64000000")
    blocks = replayed(firmware)
    assert {len(block.samples) for block in blocks[1:]} <= {1, 2}
    assert blocks[0].t_us is not None
    assert blocks[-1].end == 100


def test_of_a_range_that_is_partly_gone_the_rest_is_sent() -> None:
    firmware = band(buffer_bytes=4096)
    feed(firmware, 2000)
    oldest = firmware.status().oldest_index
    assert 0 < oldest < 1900
    assert ask(firmware, "03 21 0700 00000000" + index(1900)) == "832106" + index(oldest) + index(1900)
    blocks = replayed(firmware)
    assert (blocks[0].index, blocks[-1].end) == (oldest, 1900)


def test_of_a_range_that_is_gone_nothing_is_sent() -> None:
    firmware = band(buffer_bytes=4096)
    feed(firmware, 2000)
    assert ask(firmware, "03 21 0700 00000000 0A000000") == "832106" + index(2000) + index(2000)
    assert firmware.replay is None


def test_a_range_that_lies_ahead_is_not_available() -> None:
    firmware = band()
    feed(firmware, 100)
    assert ask(firmware, "03 21 0700" + index(100) + index(200)) == "832106" + index(100) + index(100)


def test_samples_overwritten_before_their_turn_are_told_at_the_end() -> None:
    firmware = band(buffer_bytes=4096)
    now_us = feed(firmware, 600)
    oldest = firmware.status().oldest_index
    ask(firmware, "03 21 0700" + index(oldest) + index(600))
    feed(firmware, 300, since_us=now_us)
    blocks = replayed(firmware)
    assert blocks[0].index > oldest
    assert ended(firmware).startswith("c32106")


@pytest.mark.parametrize(
    ("request_hex", "answer"),
    [
        ("03 21 0800 00000000 FFFFFFFF", "832105"),  # a session that never was
        ("03 21 0700 0A000000 05000000", "832103"),  # backwards
        ("03 21 0700 00000000", "832102"),
        ("04 21", "842104"),  # no replay runs
        ("05 22 0800 00000000", "852205"),
        ("05 22 0700 65000000", "852203"),  # more than there is
        ("07 23 04 02 0A 00", "872303"),  # 6.25 Hz is not among this band's rates
        ("07 23 01 03 0A 00", "872303"),
        ("08 24 45524145", "882403"),
        ("0C 25 08", "8c2503"),
        ("0D 26", "8d2601"),
        ("00 26 01", "802601"),
        ("01 27 00", "812702"),
        ("0B 28 09", "8b2806"),
    ],
)
def test_a_request_that_cannot_be_done_says_why(request_hex: str, answer: str) -> None:
    firmware = band()
    feed(firmware, 100)
    assert ask(firmware, request_hex) == answer


def test_while_a_replay_runs_a_second_one_and_what_would_disturb_it_must_wait() -> None:
    firmware = band()
    feed(firmware, 100)
    ask(firmware, "03 21 0700 00000000 64000000")
    assert ask(firmware, "03 22 0700 00000000 64000000") == "832207"
    assert ask(firmware, "08 23 45524153") == "882307"
    assert ask(firmware, "07 24 02 02 0A 00") == "872407"


def test_a_replay_that_nobody_listens_to_is_the_wrong_state() -> None:
    firmware = band()
    feed(firmware, 100)
    firmware.listen_to_replay(False)
    assert ask(firmware, "03 21 0700 00000000 64000000") == "832104"


def test_abort_ends_the_replay_where_it_is() -> None:
    firmware = band()
    feed(firmware, 100)
    ask(firmware, "03 21 0700 00000000 64000000")
    firmware.take_replay_block()
    handle(firmware, bytes.fromhex("0422"), 0)
    answers = [message.hex() for _, message in firmware.take_outbox()]
    assert answers == ["842200", "c32109" + "0700" + index(25) + "0100"]


def test_acknowledged_samples_are_forgotten_and_the_warning_with_them() -> None:
    firmware = band(buffer_bytes=4096)
    feed(firmware, 1500)
    assert firmware.status().flags & StatusFlag.OVERWRITTEN
    assert ask(firmware, "05 22 0700" + index(1410)) == "852200"
    assert firmware.status().oldest_index == 1400
    assert not firmware.status().flags & StatusFlag.OVERWRITTEN


def test_time_sync_answers_the_device_clock_and_marks_blocks() -> None:
    firmware = band()
    assert ask(firmware, "06 23 80338769D6600600", now_us=80_500_000) == "8623002055cc040000"
    assert firmware.status().flags & StatusFlag.SYNCED
    ask(firmware, "01 01")
    feed(firmware, 25)
    assert read_block(firmware.take_outbox()[0][1]).flags & 0x40


def test_another_rate_begins_a_session_and_the_old_one_can_still_be_replayed() -> None:
    firmware = band()
    feed(firmware, 60)
    assert ask(firmware, "07 24 02 02 05 03") == "872400" + "02020503" + "0800"
    assert firmware.configuration.rate_hz == 50.0
    assert ask(firmware, "03 25 0700 00000000 FFFFFFFF") == "832500" + index(0) + index(60)


def test_a_band_that_knows_the_time_knows_it_in_its_next_session_too() -> None:
    firmware = band()
    ask(firmware, "06 23" + struct.pack("<Q", 1_795_323_870_000_000).hex())
    ask(firmware, "07 24 02 02 0A 02")
    assert firmware.session.number == 8
    assert firmware.status().flags & StatusFlag.SYNCED
    firmware.reboot()
    assert not firmware.status().flags & StatusFlag.SYNCED


def test_another_latency_keeps_the_session() -> None:
    assert ask(band(), "07 24 01 02 00 FF") == "872400" + "01020103" + "0700"


def test_erase_forgets_everything_and_begins_a_session() -> None:
    firmware = band()
    feed(firmware, 100)
    assert ask(firmware, "08 24 45524153") == "882400"
    assert (firmware.session.number, list(firmware.ring.blocks)) == (8, [])


def test_ping_answers_the_device_clock() -> None:
    assert ask(band(), "09 26", now_us=80_500_000) == "8926002055cc040000"


def test_sleep_stops_sampling_for_its_minutes_and_start_is_still_answered() -> None:
    firmware = band()
    now_us = feed(firmware, 25)
    assert ask(firmware, "0A 27 0100", now_us=now_us) == "8a2700"
    feed(firmware, 500, since_us=now_us)
    assert not firmware.status().flags & StatusFlag.SAMPLING
    assert ask(firmware, "01 28") == "812800" + "0700" + index(525)


def test_sessions_are_listed_oldest_first_with_the_time_of_their_first_sample() -> None:
    firmware = band()
    utc_us = 1_795_323_870_000_000
    feed(firmware, 100)
    ask(firmware, "06 23" + struct.pack("<Q", utc_us).hex(), now_us=4_000_000)
    ask(firmware, "07 24 02 02 0A 02", now_us=4_000_000)
    first_ms = (utc_us - 4_000_000 + PERIOD_US) // 1000
    assert ask(firmware, "0B 27 00") == "8b2700" + "0700" + index(0) + index(100) + "01" + (
        first_ms.to_bytes(6, "little").hex()
    )
    assert ask(firmware, "0B 27 01")[:26] == "8b2700" + "0800" + index(0) + index(0)
    assert ask(firmware, "0B 27 02") == "8b2706"


def test_the_placement_is_remembered_in_info() -> None:
    firmware = band()
    assert ask(firmware, "0C 29 07") == "8c2900"
    assert firmware.info().encode()[7] == 7
