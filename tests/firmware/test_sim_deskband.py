"""The firmware: stores always, speaks when it is listened to, keeps its sessions apart."""

from __future__ import annotations

import numpy as np
import pytest

from firmware_sim.profiles.deskband import Channel, DeskBandFirmware
from firmware_sim.profiles.deskband_codec import BlockFlag, Feature, StatusFlag
from firmware_sim.profiles.deskband_state import DeskBandSettings
from firmware_sim.sensor import Samples
from tests.firmware.mini_decoder import Read, read_block

PERIOD_US = 40_000


def feed(firmware: DeskBandFirmware, number: int, since_us: int = 0) -> int:
    """Let the sensor deliver samples at 25 Hz; return the device's clock at the last one."""
    counts = np.random.default_rng(1).integers(4000, 4200, (number, 3)).astype(np.int16)
    device_us = since_us + (np.arange(number) + 1) * PERIOD_US
    firmware.feed(Samples(device_us, counts, np.zeros(number, bool)))
    return int(device_us[-1])


def listening(settings: DeskBandSettings | None = None) -> DeskBandFirmware:
    firmware = DeskBandFirmware(settings)
    firmware.linked(244)
    firmware.start_live()
    return firmware


def live(firmware: DeskBandFirmware) -> list[Read]:
    return [read_block(message) for channel, message in firmware.take_outbox() if channel is Channel.LIVE]


def statuses(firmware: DeskBandFirmware) -> list[bytes]:
    return [message for channel, message in firmware.take_outbox() if channel is Channel.STATUS]


def test_samples_are_stored_whether_or_not_anybody_listens() -> None:
    firmware = DeskBandFirmware()
    feed(firmware, 100)
    assert live(firmware) == []
    assert firmware.ring.span(1) == (0, 100)


def test_live_blocks_begin_at_the_index_that_start_names() -> None:
    firmware = DeskBandFirmware()
    feed(firmware, 110)
    firmware.linked(244)
    firmware.start_live()
    assert firmware.recorder.next_index == 110
    feed(firmware, 50, since_us=110 * PERIOD_US)
    assert [(block.index, block.end) for block in live(firmware)] == [(110, 135), (135, 160)]


def test_a_lost_link_ends_live_data_and_nothing_else() -> None:
    firmware = listening()
    feed(firmware, 50)
    firmware.disconnected()
    feed(firmware, 50, since_us=50 * PERIOD_US)
    assert live(firmware) == []
    assert firmware.ring.span(1) == (0, 100)


def test_a_full_ring_gives_up_the_oldest_and_raises_the_flag() -> None:
    firmware = DeskBandFirmware(DeskBandSettings(buffer_bytes=2048))
    feed(firmware, 1000)
    status = firmware.status()
    assert status.flags & StatusFlag.OVERWRITTEN
    assert status.oldest_index > 0
    assert status.overwritten_blocks > 0


def test_a_reboot_begins_a_session_keeps_the_flash_and_loses_what_was_no_block_yet() -> None:
    firmware = listening()
    feed(firmware, 60)
    firmware.reboot()
    assert (firmware.session.number, firmware.recorder.next_index, firmware.live) == (2, 0, False)
    assert firmware.ring.span(1) == (0, 50)
    assert [session.number for session in firmware.sessions] == [1, 2]


def test_the_session_number_wraps_after_sixteen_bits() -> None:
    firmware = DeskBandFirmware(DeskBandSettings(first_session=0xFFFF))
    firmware.reboot()
    assert firmware.session.number == 0


def test_a_sleeping_band_counts_on_and_says_so_when_it_wakes() -> None:
    firmware = listening()
    now_us = feed(firmware, 50)
    firmware.asleep_until_us = now_us + 60_000_000
    feed(firmware, 3000, since_us=now_us)
    blocks = live(firmware)
    first_awake = next(block for block in blocks if block.flags & BlockFlag.DISCONTINUITY)
    # The 1500th sample falls on the very moment of waking.
    assert first_awake.index == 50 + 1499
    assert not firmware.status().flags & StatusFlag.OVERWRITTEN
    assert firmware.status().flags & StatusFlag.SAMPLING


@pytest.mark.parametrize("at_once", [1, 2, 100])
def test_a_band_that_sleeps_until_it_is_moved_wakes_at_a_movement_however_its_chip_is_read(at_once: int) -> None:
    firmware = listening()
    firmware.asleep_until_us = 0
    counts = np.full((100, 3), 2000, np.int16)
    counts[70:] = 2000 + 1100
    taken = Samples((np.arange(100) + 1) * PERIOD_US, counts, np.zeros(100, bool))
    for first in range(0, 100, at_once):
        firmware.feed(taken.part(first, first + at_once))
    assert live(firmware)[0].index == 70


def test_a_paused_band_sends_a_heartbeat_every_ten_seconds() -> None:
    firmware = listening()
    firmware.asleep_until_us = 10**12
    for second in range(1, 36):
        feed(firmware, 25, since_us=(second - 1) * 1_000_000)
        firmware.tick(second * 1_000_000)
    beats = live(firmware)
    assert [(beat.fmt, beat.samples, beat.t_us) for beat in beats] == [
        (15, [], 10_000_000),
        (15, [], 20_000_000),
        (15, [], 30_000_000),
    ]
    assert beats[0].index == 250


def test_a_streaming_band_sends_no_heartbeat() -> None:
    firmware = listening()
    for second in range(1, 25):
        feed(firmware, 25, since_us=(second - 1) * 1_000_000)
        firmware.tick(second * 1_000_000)
    assert {block.fmt for block in live(firmware)} == {0}


def test_status_is_told_on_change_and_every_minute() -> None:
    firmware = listening()
    for second in range(1, 131):
        firmware.tick(second * 1_000_000)
    assert len(statuses(firmware)) == 3
    firmware.battery_pct = 12
    firmware.tick(131_000_000)
    firmware.tick(132_000_000)
    (changed,) = statuses(firmware)
    assert changed[12] == 12


def test_a_charging_band_says_that_it_is_not_worn() -> None:
    firmware = listening()
    firmware.charging = True
    feed(firmware, 25)
    assert live(firmware)[0].flags & BlockFlag.NOT_WORN
    assert firmware.status().flags & StatusFlag.CHARGING


def test_only_a_band_that_feels_the_skin_reports_wear() -> None:
    features = Feature.HAPTIC | Feature.WEAR_DETECTION
    feeling, numb = listening(DeskBandSettings(features=features)), listening()
    assert feeling.status().flags & StatusFlag.WORN
    assert not numb.status().flags & StatusFlag.WORN
    feeling.worn = numb.worn = False
    feed(feeling, 25)
    feed(numb, 25)
    assert live(feeling)[0].flags & BlockFlag.NOT_WORN
    assert not live(numb)[0].flags & BlockFlag.NOT_WORN


def test_info_is_that_of_the_published_vector() -> None:
    assert DeskBandFirmware().info().encode().hex() == "010027000f00070100002000010064004d3c2b1a"


def test_the_button_marks_the_block_and_answers_the_alert() -> None:
    firmware = listening()
    firmware.write_alert(bytes.fromhex("02035003fa009600ff50000002017800"), 90_000_000)
    firmware.press(91_000_000)
    feed(firmware, 25, since_us=91_000_000)
    sent = firmware.take_outbox()
    events = [message.hex() for channel, message in sent if channel is Channel.ALERT]
    assert events[1] == "030201c08c6c050000"
    blocks = [read_block(message) for channel, message in sent if channel is Channel.LIVE]
    assert blocks[0].flags & BlockFlag.USER_EVENT


def test_the_immediate_alert_levels_are_nudge_urgent_and_stop() -> None:
    firmware = listening()
    for level in (1, 2, 0, 3):
        firmware.write_alert_level(level, 0)
    assert [(one.event.name, one.alert.kind) for one in firmware.take_happenings()] == [("STARTED", 1), ("FINISHED", 1)]
