"""The conversation with a Movesense sensor, its stamps and its measurements in two parts."""

from __future__ import annotations

import contextlib
import json
import struct
from dataclasses import dataclass, field

import numpy as np
import pytest

from monitor.model import AccelBlock, BatteryLevel, WearableFacts
from monitor.wearables.base import DecodeError, Packet, Write
from monitor.wearables.movesense import Movesense, MovesenseRules
from monitor.wearables.movesense.codec import COMMAND, NOTIFY
from monitor.wearables.standard import BATTERY_LEVEL
from tests.wearables.linked import NOW_S, Talk

SUBSCRIBE_26 = b"\x01\x63/Meas/Acc/26\0"
HELLO, ENERGY = b"\x00\x01", b"\x04\x02/System/Energy/Level\0"
PER_PACKET = 8


@dataclass
class FakeMovesense(Talk):
    """A sensor by the book; ``answers`` are by command and reference, empty is silence."""

    answers: dict[bytes, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.values[BATTERY_LEVEL] = b"\x57"
        usual = {
            b"\x00\x01": b"\x01\x01\x01174630000123\0Movesense\0GSP\x001.0.2\0",
            b"\x01\x63": b"\x01\x63\xc8\0",
            b"\x02\x63": b"",
            b"\x04\x02": b"\x01\x02\xc8\0\x2a",
        }
        self.answers = usual | self.answers

    @property
    def commands(self) -> list[bytes]:
        return [data for _, data in self.written]

    def wrote(self, uuid: str, data: bytes) -> None:
        said = self.answers[data[:2]]
        if said:
            self.hear(NOTIFY, said)

    def stream(self, first: int, packets: int, boot_ms: int = 0, rate_hz: float = 26.0, cut: int | None = None) -> None:
        """Measurements of eight samples of one g; ``cut``: bytes that fit into the first notification."""
        for number in range(first, first + packets):
            first_s = PER_PACKET * number / rate_hz
            stamp = struct.pack("<I", (boot_ms + int(first_s * 1000)) % (1 << 32))
            data = b"\x02\x63" + stamp + struct.pack("<3f", 0.0, -9.80665, 0.0) * PER_PACKET
            at_s = NOW_S + 1 + first_s + (PER_PACKET - 1) / rate_hz
            self.hear(NOTIFY, data[:cut], at_s)
            if cut is not None:
                self.hear(NOTIFY, b"\x03\x63" + data[cut:], at_s)
        self.tick(0.6)  # what was held back is handed on


def movesense(rules: MovesenseRules | None = None, **device: object) -> FakeMovesense:
    return FakeMovesense(Movesense(rules or MovesenseRules()), **device)  # type: ignore[arg-type]


def test_it_subscribes_and_says_what_the_sensor_is() -> None:
    talk = movesense().link()
    assert talk.commands == [SUBSCRIBE_26, HELLO]
    assert talk.of(WearableFacts) == [WearableFacts("Movesense", "GSP 1.0.2")]
    assert talk.of(BatteryLevel) == [BatteryLevel(87, NOW_S)]


def test_the_nearest_rate_is_taken() -> None:
    assert movesense(MovesenseRules(rate_hz=100)).link().commands[0] == b"\x01\x63/Meas/Acc/104\0"


@pytest.mark.parametrize("cut", [None, 6 + 12 * 5, 6 + 12 * 4 + 7, 20])
def test_samples_come_with_the_times_of_their_stamps_in_one_part_or_two(cut: int | None) -> None:
    talk = movesense().link()
    talk.stream(0, 400, cut=cut)
    assert len(talk.t_s) == 3200
    assert talk.t_s[-1] == pytest.approx(NOW_S + 1 + 3199 / 26, abs=0.005)
    assert np.allclose(np.diff(talk.t_s)[300:], 1 / 26, atol=2e-3)
    assert np.allclose(talk.xyz_g, [0, -1, 0])
    assert not any(block.gap_before_s for block in talk.of(AccelBlock))


def test_the_stamp_may_wrap() -> None:
    talk = movesense().link()
    talk.stream(0, 400, boot_ms=(1 << 32) - 60_000)
    assert {block.segment for block in talk.of(AccelBlock)} == {0}
    assert talk.t_s[-1] == pytest.approx(NOW_S + 1 + 3199 / 26, abs=0.005)


@pytest.mark.parametrize("boot_ms", [100_000, 3_000_000_000])
def test_a_reboot_begins_a_segment(boot_ms: int) -> None:
    talk = movesense().link()
    talk.stream(0, 100, boot_ms=boot_ms)
    talk.stream(100, 100, boot_ms=-30_000)
    assert {block.segment for block in talk.of(AccelBlock)} == {0, 1}
    assert (np.diff(talk.t_s) > 0).all()
    assert talk.t_s[-1] == pytest.approx(NOW_S + 1 + 1599 / 26, abs=0.05)


@pytest.mark.parametrize("left_ms", [500_000, 10_000, 9_000, 5_000, 3_000, -15_000])
def test_a_clock_that_begins_at_nought_where_it_was_to_wrap_soon_did_not_wrap(left_ms: int) -> None:
    """Before the last packet ``left_ms`` were missing to the wrap; then the power fails, for two seconds."""
    talk = movesense().link()
    talk.stream(0, 100, boot_ms=(1 << 32) - left_ms - round(1e6 * PER_PACKET * 99 / 26) // 1000)
    talk.lose()
    talk.link()
    talk.stream(106, 200, boot_ms=500 - round(1e6 * PER_PACKET * 106 / 26) // 1000)
    assert {block.segment for block in talk.of(AccelBlock)} == {0, 1}
    assert talk.t_s[800] == pytest.approx(NOW_S + 1 + PER_PACKET * 106 / 26, abs=0.02)
    assert talk.t_s[-1] == pytest.approx(NOW_S + 1 + (PER_PACKET * 306 - 1) / 26, abs=0.005)


@pytest.mark.parametrize("left_ms", [1, 1_000, 9_000])
def test_a_clock_that_wraps_while_the_link_is_lost_goes_on(left_ms: int) -> None:
    talk, boot_ms = movesense().link(), (1 << 32) - left_ms - round(1e6 * PER_PACKET * 99 / 26) // 1000
    talk.stream(0, 100, boot_ms=boot_ms)
    talk.lose()
    talk.link()
    talk.stream(160, 200, boot_ms=boot_ms)
    assert {block.segment for block in talk.of(AccelBlock)} == {0}
    assert talk.t_s[-1] == pytest.approx(NOW_S + 1 + (PER_PACKET * 360 - 1) / 26, abs=0.005)


def test_a_lost_measurement_is_a_gap() -> None:
    talk = movesense().link()
    talk.stream(0, 50)
    talk.stream(52, 50)
    gaps = [block.gap_before_s for block in talk.of(AccelBlock) if block.gap_before_s]
    assert gaps == [pytest.approx(16 / 26, abs=0.01)]


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_a_short_measurement_that_is_lost_is_a_gap_wherever_it_was(lost: int) -> None:
    for place in range(50, 54):
        talk = movesense().link()
        for first in range(100):
            if not place <= first < place + lost:
                stamp = struct.pack("<I", int(4000 * first / 26))
                data = b"\x02\x63" + stamp + struct.pack("<3f", 0.0, -9.80665, 0.0) * 4
                talk.hear(NOTIFY, data, NOW_S + 1 + (4 * first + 3) / 26)
        gaps = [block.gap_before_s for block in talk.of(AccelBlock) if block.gap_before_s]
        assert gaps == [pytest.approx(4 * lost / 26, abs=0.03)]


def test_a_second_part_that_is_lost_costs_its_samples_only() -> None:
    talk = movesense().link()
    talk.stream(0, 50, cut=60)
    talk.hear(NOTIFY, b"\x02\x63" + struct.pack("<I", 15384) + bytes(40), NOW_S + 16.5)
    talk.stream(51, 50, cut=60)
    gaps = [block.gap_before_s for block in talk.of(AccelBlock) if block.gap_before_s]
    assert gaps == [pytest.approx(5 / 26, abs=0.01)]


def test_a_second_part_without_a_first_is_refused() -> None:
    with pytest.raises(DecodeError, match="beginning is missing"):
        movesense().link().hear(NOTIFY, b"\x03\x63" + bytes(12))


def test_what_others_subscribed_to_is_passed_over() -> None:
    talk = movesense().link()
    talk.hear(NOTIFY, b"\x02\x07" + bytes(16))
    talk.hear(NOTIFY, b"\x03\x07" + bytes(16))
    assert not talk.of(AccelBlock)


def test_data_prove_a_subscription_whose_answer_was_lost() -> None:
    talk = movesense(answers={b"\x01\x63": b""}).link()
    talk.stream(0, 1)
    for _ in range(15):
        talk.tick()
    assert talk.commands == [SUBSCRIBE_26, HELLO]
    assert not talk.reconnects


def test_a_sensor_without_gsp_is_left_with_a_reason() -> None:
    talk = movesense(answers={b"\x01\x63": b""}).link()
    for _ in range(60):
        talk.tick()
    assert talk.commands == [SUBSCRIBE_26] * 3
    (reason,) = talk.reconnects
    assert "Showcase" in reason


def test_a_refused_subscription_is_left_with_a_reason() -> None:
    talk = movesense(answers={b"\x01\x63": b"\x01\x63\x94\x01"}).link()
    assert "404" in talk.reconnects[0]


def test_a_sensor_that_falls_silent_is_subscribed_to_again() -> None:
    talk = movesense().link()
    talk.stream(0, 10)
    for _ in range(25):
        talk.tick()
    assert talk.commands == [SUBSCRIBE_26, HELLO, SUBSCRIBE_26]
    talk.stream(150, 10)
    assert {block.segment for block in talk.of(AccelBlock)} == {0}


def test_a_hello_without_answer_is_no_harm() -> None:
    talk = movesense(answers={b"\x00\x01": b""}).link()
    for _ in range(60):
        talk.tick()
    assert talk.of(WearableFacts) == [WearableFacts("Movesense")]
    assert not talk.reconnects


@pytest.mark.parametrize(("answer", "percent"), [(b"\x01\x02\xc8\0\x2a", 42), (b"\x01\x02\x94\x01", None), (b"", None)])
def test_without_a_battery_service_the_sensor_is_asked(answer: bytes, percent: int | None) -> None:
    talk = movesense(answers={b"\x04\x02": answer})
    talk.values.clear()
    talk.link()
    for _ in range(60):
        talk.tick()
    assert ENERGY in talk.commands
    assert [level.percent for level in talk.of(BatteryLevel)] == [percent]
    assert not talk.reconnects


def test_it_unsubscribes_before_leaving() -> None:
    talk = movesense().link()
    assert talk.driver.stop()[0] == Write(COMMAND, b"\x02\x63", note="UNSUBSCRIBE")


def test_over_a_crash_it_goes_on_in_another_segment() -> None:
    talk = movesense().link()
    talk.stream(0, 100, boot_ms=(1 << 32) - 20_000)
    memory = json.loads(json.dumps(talk.driver.resume(), allow_nan=False))
    other = movesense().link(memory)
    other.stream(200, 100, boot_ms=(1 << 32) - 20_000)
    assert {block.segment for block in other.of(AccelBlock)} == {1}
    assert other.t_s[0] > talk.t_s[-1]


def test_a_long_random_talk_raises_nothing_but_decode_error() -> None:
    rng, talk = np.random.default_rng(7), movesense().link()
    heads = [b"\x01\x63", b"\x02\x63", b"\x03\x63", b"\x01\x01", b"", b"\x02\x63\x01\x02\x03\x04" + bytes(12)]
    for turn in range(5000):
        data = heads[rng.integers(len(heads))] + rng.bytes(rng.integers(0, 40))
        with contextlib.suppress(DecodeError):
            talk.driver.receive(Packet(NOTIFY, data, NOW_S + turn * 0.1))
        if turn % 50 == 0:
            talk.driver.tick(NOW_S + turn * 0.1)
        if turn % 500 == 0:
            talk.lose()
            talk.link()
