"""The conversation with a WitMotion sensor: its rate is measured, set where it must be, and its stream counted."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field

import numpy as np
import pytest

from monitor.model import AccelBlock, BatteryLevel, Quality, WearableFacts
from monitor.wearables.base import DecodeError, Packet
from monitor.wearables.witmotion import WitMotion, WitMotionRules
from monitor.wearables.witmotion.driver import VIBRATION
from monitor.wearables.witmotion.frames import NOTIFY, RATE_CODES, READ_BATTERY, SAVE, UNLOCK, WRITE
from tests.wearables.linked import NOW_S, Talk

FRAME = bytes.fromhex("5561b5ff2e00050800000000000000000000b9fc")
BATTERY_FRAME = bytes.fromhex("557164007a01") + bytes(14)


@dataclass
class FakeWitMotion(Talk):
    """A sensor by the book."""

    rate_hz: int = 10
    obeys: bool = True
    tells_battery: bool = True
    locked: bool = True
    wanted_hz: int = 0
    saved: int = 0
    sent: int = 0
    began_s: float = NOW_S
    extra: list[bytes] = field(default_factory=list)

    def wrote(self, uuid: str, data: bytes) -> None:
        assert uuid == WRITE
        if data == UNLOCK:
            self.locked = False
        elif data[2] == 3 and not self.locked and self.obeys:
            self.rate_hz = next(rate_hz for rate_hz, code in RATE_CODES.items() if code == data[3])
            self.sent, self.began_s = 0, self.now_s
        elif data == SAVE:
            self.saved += 1
        elif data == READ_BATTERY and self.tells_battery:
            self.extra.append(BATTERY_FRAME)

    def live(self, seconds: float, per_packet: int = 1) -> None:
        """The stream runs; a tick comes every second."""
        until_s, next_tick_s = self.now_s + seconds, self.now_s + 1.0
        while self.now_s < until_s:
            at_s = self.began_s + (self.sent + per_packet) / self.rate_hz
            self.sent += per_packet
            extra = b"".join(self.extra)
            self.extra = []
            self.hear(NOTIFY, extra + FRAME * per_packet, max(at_s, self.now_s))
            if self.now_s >= next_tick_s:
                self.tick(0.0)
                next_tick_s += 1.0


def wit(rules: WitMotionRules | None = None, **device: object) -> FakeWitMotion:
    return FakeWitMotion(WitMotion(rules or WitMotionRules()), **device)  # type: ignore[arg-type]


def settings_of(talk: Talk) -> list[str]:
    return [data.hex() for _, data in talk.written if data != READ_BATTERY]


def test_a_sensor_at_the_wanted_rate_is_left_alone() -> None:
    talk = wit(rate_hz=20).link()
    talk.live(30)
    assert settings_of(talk) == []
    assert {block.rate_hz for block in talk.of(AccelBlock)} == {20.0}
    assert 23 < len(talk.t_s) / 20 < 26
    assert np.allclose(talk.xyz_g, [-0.0366, 0.0225, 1.0024], atol=5e-5)


def test_another_rate_is_set_saved_and_measured_again() -> None:
    talk = wit().link()
    talk.live(40)
    assert settings_of(talk) == [UNLOCK.hex(), "ffaa030700", SAVE.hex()]
    assert talk.of(AccelBlock)[-1].rate_hz == 20.0
    assert np.allclose(np.diff(talk.t_s)[-200:], 0.05, atol=1e-3)


def test_a_sensor_that_keeps_its_rate_is_read_at_that() -> None:
    talk = wit(obeys=False).link()
    talk.live(60)
    assert settings_of(talk) == [UNLOCK.hex(), "ffaa030700", SAVE.hex()] * 2
    assert talk.of(AccelBlock)[-1].rate_hz == 10.0
    assert not talk.reconnects


def test_writes_that_are_refused_never_stop_the_stream() -> None:
    talk = wit(refused={WRITE}).link()
    talk.live(60)
    assert talk.of(AccelBlock)[-1].rate_hz == 10.0
    assert not talk.reconnects


def test_the_filter_is_set_where_wanted() -> None:
    talk = wit(WitMotionRules(bandwidth_hz=40), rate_hz=20).link()
    talk.live(40)
    assert settings_of(talk) == [UNLOCK.hex(), "ffaa030700", "ffaa1f0300", SAVE.hex()]


def test_a_rate_changed_by_somebody_else_is_noticed() -> None:
    talk = wit(WitMotionRules(rate_tries=0), rate_hz=20).link()
    talk.live(30)
    talk.rate_hz, talk.sent, talk.began_s = 50, 0, talk.now_s
    talk.live(30)
    blocks = talk.of(AccelBlock)
    assert (blocks[0].rate_hz, blocks[-1].rate_hz) == (20.0, 50.0)
    assert blocks[-1].segment == blocks[0].segment + 1


def test_samples_are_counted_and_say_so() -> None:
    talk = wit(rate_hz=20).link()
    talk.live(60, per_packet=3)
    assert np.allclose(np.diff(talk.t_s), 0.05, atol=1e-3)
    assert {block.quality for block in talk.of(AccelBlock)} == {Quality.INTERPOLATED_TIME}


def test_the_battery_is_asked_for_and_told() -> None:
    talk = wit(rate_hz=20).link()
    talk.live(30)
    assert [level.percent for level in talk.of(BatteryLevel)] == [40]
    assert [data for _, data in talk.written] == [READ_BATTERY]
    assert talk.of(WearableFacts) == [WearableFacts("WitMotion")]


def test_a_battery_that_is_never_told_is_unknown() -> None:
    talk = wit(rate_hz=20, tells_battery=False).link()
    talk.live(120)
    assert [level.percent for level in talk.of(BatteryLevel)] == [None]
    assert not talk.reconnects


def test_on_a_later_link_the_rate_is_known() -> None:
    talk = wit(rate_hz=20).link()
    talk.live(30)
    talk.lose(10.0)
    talk.link()
    before = len(talk.t_s)
    talk.sent, talk.began_s = 0, talk.now_s
    talk.live(2)
    assert len(talk.t_s) - before > 25
    later = talk.of(AccelBlock)[-1]
    assert max(block.gap_before_s or 0 for block in talk.of(AccelBlock)) == pytest.approx(10.0, abs=0.1)
    assert later.segment == 0


def test_over_a_crash_the_rate_is_remembered() -> None:
    talk = wit(rate_hz=20).link()
    talk.live(30)
    other = wit(rate_hz=20, now_s=NOW_S + 60, began_s=NOW_S + 60)
    other.link(json.loads(json.dumps(talk.driver.resume(), allow_nan=False)))
    other.live(2)
    assert len(other.t_s) > 25
    assert {block.segment for block in other.of(AccelBlock)} == {1}


def test_a_vibration_sensor_is_left_with_a_reason() -> None:
    talk = wit().link()
    for _ in range(5):
        with contextlib.suppress(DecodeError):
            talk.hear(NOTIFY, b"\x55\x61" + bytes(range(100, 128)))
    assert talk.reconnects == [VIBRATION]


def test_garbage_is_refused_and_does_no_harm() -> None:
    talk = wit(rate_hz=20).link()
    talk.live(30)
    with pytest.raises(DecodeError, match="no frame"):
        talk.hear(NOTIFY, bytes(100))
    before = len(talk.t_s)
    talk.live(10)
    assert len(talk.t_s) - before > 185


def test_a_sensor_that_cannot_be_listened_to_is_left_with_a_reason() -> None:
    talk = wit(refused={NOTIFY}).link()
    for _ in range(20):
        talk.tick()
    assert "switch it off and on" in talk.reconnects[0]


def test_a_long_random_talk_raises_nothing_but_decode_error() -> None:
    rng, talk = np.random.default_rng(7), wit(rate_hz=20).link()
    talk.live(20)
    for turn in range(5000):
        data = FRAME[: rng.integers(21)] * int(rng.integers(3) > 0) + rng.bytes(rng.integers(0, 40))
        with contextlib.suppress(DecodeError):
            talk.driver.receive(Packet(NOTIFY, data, NOW_S + 21 + turn * 0.05))
        if turn % 20 == 0:
            talk.driver.tick(NOW_S + 21 + turn * 0.05)
    assert (np.diff(talk.t_s) > 0).all()
