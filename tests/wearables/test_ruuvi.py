from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.model import AccelBlock, BatteryLevel, WearableFacts
from monitor.wearables.base import DecodeError, Packet, Reply
from monitor.wearables.ruuvi import CHANNEL, Ruuvi, RuuviRules, decode

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "ruuvi.json").read_text())
BASE = next(v for v in VECTORS["measurements"] if v["id"] == "seated-thigh")["hex"]
NOW_S = 1.8e9


def told(sequence: int, movement: int = 17, at_s: float = 0.0, mac: str = "C0FFEE123456", x_mg: int = -988) -> Packet:
    """The seated thigh's advertisement with other counters."""
    data = bytearray.fromhex(BASE)
    data[7:9] = x_mg.to_bytes(2, "big", signed=True)
    data[15], data[16:18], data[18:] = movement, sequence.to_bytes(2, "big"), bytes.fromhex(mac)
    return Packet(CHANNEL, bytes(data), NOW_S + at_s)


def listening(**rules: Any) -> Ruuvi:
    driver = Ruuvi(RuuviRules(**rules))
    assert driver.start(None, NOW_S) == []
    return driver


def times(reply: Reply) -> list[float]:
    return [round(t_s - NOW_S, 3) for part in reply if isinstance(part, AccelBlock) for t_s in part.t_s.tolist()]


@pytest.mark.parametrize("vector", VECTORS["measurements"], ids=lambda vector: vector["id"])
def test_a_measurement_decodes_to_its_published_values(vector: dict[str, Any]) -> None:
    measured = decode(bytes.fromhex(vector["hex"]))
    expected = vector["xyz_mg"] and [mg / 1000 for mg in vector["xyz_mg"]]
    assert (None if measured.xyz_g is None else list(measured.xyz_g)) == (expected and pytest.approx(expected))
    for field in ("battery_mv", "movement", "sequence", "mac"):
        assert getattr(measured, field) == vector[field]


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda vector: vector["id"])
def test_other_bytes_are_refused_and_named(vector: dict[str, Any]) -> None:
    with pytest.raises(DecodeError, match=vector["says"]):
        decode(bytes.fromhex(vector["hex"]))


def test_the_first_packet_introduces_the_tag_and_tells_its_battery() -> None:
    reply = listening().receive(told(1))
    assert WearableFacts("RuuviTag") in reply
    assert BatteryLevel(95, NOW_S) in reply  # 2950 mV between 2000 and 3000


def test_the_battery_is_told_every_ten_minutes() -> None:
    driver = listening()
    levels = [
        part for k in range(1000) for part in driver.receive(told(k, at_s=k * 1.3)) if part.__class__ is BatteryLevel
    ]
    assert len(levels) == 3


def test_a_repeated_measurement_counts_once() -> None:
    driver = listening()
    driver.receive(told(1))
    assert driver.receive(told(1, at_s=0.3)) == []


def test_an_undisturbed_tag_fills_the_second_between_and_a_moved_one_does_not() -> None:
    driver = listening()
    driver.receive(told(1, at_s=0.2))
    driver.receive(told(2, at_s=0.9))
    assert times(driver.receive(told(3, at_s=2.2))) == [1.5, 2.2]
    assert times(driver.receive(told(4, movement=18, at_s=3.5))) == []
    assert times(driver.receive(told(5, movement=18, at_s=5.1))) == [5.1]


def test_the_counters_wrap() -> None:
    driver = listening()
    driver.receive(told(65534, movement=254, at_s=0.0))
    assert times(driver.receive(told(0, movement=254, at_s=1.3))) == [1.3]
    assert times(driver.receive(told(1, movement=0, at_s=2.6))) == []
    assert driver.readings.segment == 1


def test_a_restart_and_another_tag_begin_a_new_segment() -> None:
    driver = listening()
    segments = []
    for packet in (told(500), told(1, at_s=10.0), told(2, at_s=11.3), told(3, at_s=12.6, mac="C0FFEE123457")):
        driver.receive(packet)
        segments.append(driver.readings.segment)
    assert segments == [1, 2, 2, 3]


def test_a_long_absence_is_no_restart() -> None:
    driver = listening()
    driver.receive(told(100))
    driver.lost(NOW_S + 60)
    driver.receive(told(100 + 2800, at_s=3600.0))
    assert driver.readings.segment == 1


def test_a_tag_that_does_not_know_its_sequence_is_believed_all_the_same() -> None:
    driver = listening()
    driver.receive(told(65535, at_s=0.0))
    assert driver.receive(told(65535, at_s=0.1)) == []
    assert times(driver.receive(told(65535, at_s=1.3))) == [1.3]


def test_a_tag_without_acceleration_tells_its_battery_and_no_sample() -> None:
    reply = listening().receive(told(1, x_mg=-32768))
    assert [type(part) for part in reply] == [WearableFacts, BatteryLevel]


def test_a_movement_told_without_acceleration_is_a_movement_all_the_same() -> None:
    driver = listening()
    driver.receive(told(1, at_s=0.2))
    assert times(driver.receive(told(2, at_s=1.3))) == [1.3]
    driver.receive(told(3, movement=18, at_s=2.6, x_mg=-32768))
    assert times(driver.receive(told(4, movement=18, at_s=3.9))) == [3.9]


def test_after_a_crash_the_segment_goes_on_and_the_last_measurement_is_known() -> None:
    driver = listening()
    driver.receive(told(500))
    driver.receive(told(1, at_s=10.0))
    other = Ruuvi()
    other.start(driver.resume(), NOW_S + 11)
    assert other.receive(told(1, at_s=11.0)) == []
    other.receive(told(2, at_s=12.0))
    assert other.readings.segment == 2
