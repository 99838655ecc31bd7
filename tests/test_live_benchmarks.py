"""A few seconds of each benchmark of live speed and of many wearers: they run, and what they measure is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import fleet, rates, wearers
from benchmarks.listening import MOSQUITTO, percentile
from benchmarks.live import Found, scenario, second_of_a_phone, told, with_band
from firmware_sim.scenario import load_scenario
from monitor.exchange import Message
from monitor.wearables.phone.codec import decode

needs_mosquitto = pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed")


@needs_mosquitto
def test_live_finds_what_the_daemon_costs_and_how_long_its_messages_take(tmp_path: Path) -> None:
    found = with_band(tmp_path, seconds=2.0, gather_s=0.5)
    assert 0.0 < found.start_s < 20.0
    assert found.memory_mb > found.private_mb > 10.0
    assert all(0.0 <= behind_s < 20.0 for behind_s in found.behind_s)
    assert len(list(told(found))) == 5


def test_the_day_of_changes_is_a_scenario(tmp_path: Path) -> None:
    (tmp_path / "day.toml").write_text(scenario(300.0))
    assert {activity.posture for activity in load_scenario(str(tmp_path / "day.toml")).activities} >= {"sitting"}


def test_the_phone_says_what_a_phone_says() -> None:
    message = decode(second_of_a_phone(7, 1_790_000_000 * 10**9).encode())
    assert message.number == 7
    assert len(message.t_s) == 50


def test_nothing_measured_is_said_as_such() -> None:
    assert "nan" in "\n".join(told(Found()))
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0


async def test_every_wearer_of_a_crowd_is_fed_and_stored(tmp_path: Path) -> None:
    found = await wearers.measure(4, 2.0, tmp_path)
    assert len(found.late_s) == 4
    assert found.commits_per_s > 0
    assert 1 <= len(found.call_s) <= 4
    assert str(found.wearers) in found.line()


def test_a_day_is_counted_by_topic(tmp_path: Path) -> None:
    told, stored = rates.measure("office_day", 180, tmp_path)
    assert told.messages["state"] >= 3
    assert told.messages["log"] >= 1
    assert told.bytes["state"] > 300 * told.messages["state"]
    assert stored >= 0


def test_a_message_is_as_long_as_its_packet() -> None:
    assert rates.publish_bytes(Message("a/b", "xyz", qos=1)) == 1 + 1 + 2 + 3 + 2 + 1 + 3
    assert fleet.publish_packet(Message("a/b", "xyz", qos=1), 258) == b"\x32\x0a\x00\x03a/b\x01\x02xyz"
    assert len(fleet.packet(0x30, b"x" * 200)) == 203


@needs_mosquitto
def test_a_small_fleet_is_heard() -> None:
    found = fleet.measure(4, 40.0, 1.0)
    assert found.failed == 0
    assert found.sent > 0
    assert len(found.took_s) == found.sent
    assert found.heard == found.sent
