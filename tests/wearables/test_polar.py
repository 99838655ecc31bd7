"""The conversation with a Polar sensor: settings, start, refusals, and what becomes of its frames."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field

import numpy as np
import pytest

from monitor.model import AccelBlock, BatteryLevel, Quality, WearableFacts
from monitor.wearables.base import (
    Action,
    DecodeError,
    Outcome,
    Packet,
    Read,
    Reconnect,
    Subscribe,
    Unsubscribe,
    Write,
)
from monitor.wearables.polar import Polar, PolarRules
from monitor.wearables.polar.codec import CONTROL, DATA
from monitor.wearables.polar.driver import FIRMWARE_REVISION, HEART_RATE, MODEL_NUMBER, decode_contact
from monitor.wearables.standard import BATTERY_LEVEL
from tests.wearables.linked import NOW_S, Talk

H10_SETTINGS = "00 04 1900 3200 6400 C800 01 01 1000 02 03 0200 0400 0800"
VERITY_SETTINGS = "00 01 3400 01 01 1000 02 01 0800 04 01 03"
SDK_SETTINGS = "00 05 1A00 3400 6800 D000 A001 01 01 1000 02 04 0200 0400 0800 1000 04 01 03"
H10_START, VERITY_START = "0202000119000101100002010800", "0202000134000101100002010800040103"
H10_FEATURES, VERITY_FEATURES = "0f05" + "00" * 15, "0f6e02" + "00" * 13
BOOT_NS = 599_616_000_000_000_000


@dataclass
class FakePolar(Talk):
    """A sensor by the book: answers by indications."""

    settings: str = H10_SETTINGS
    answers: dict[str, list[str]] = field(default_factory=dict)
    """By beginning of a command: what is answered instead, one after the other; "" is silence."""
    features: str = H10_FEATURES

    def __post_init__(self) -> None:
        self.values |= {
            CONTROL: bytes.fromhex(self.features),
            MODEL_NUMBER: b"H10\0",
            FIRMWARE_REVISION: b"5.0.0",
            BATTERY_LEVEL: b"\x57",
        }

    @property
    def commands(self) -> list[str]:
        return [data.hex() for _, data in self.written]

    def wrote(self, uuid: str, data: bytes) -> None:
        script = next((script for head, script in self.answers.items() if data.hex().startswith(head) and script), None)
        if script is not None:
            said = script.pop(0)
        elif data[0] in (1, 4):
            said = f"f0{data[:2].hex()}0000{self.settings}"
        else:
            said = f"f0{data[:2].hex()}0000"
        for part in filter(None, said.split("|")):
            self.hear(CONTROL, bytes.fromhex(part))

    def stream(self, first: int, packets: int, rate_hz: float = 25.0, head: str = "01") -> None:
        """Frames of 36 samples of one g each, the first with that number."""
        for number in range(first, first + packets):
            last_s = (36 * number + 35) / rate_hz
            samples = np.tile(np.array([0, 0, 1000], "<i2"), 36).tobytes()
            stamp = struct.pack("<Q", BOOT_NS + round(last_s * 1e9))
            self.hear(DATA, b"\x02" + stamp + bytes.fromhex(head) + samples, NOW_S + 1 + last_s)


def polar(rules: PolarRules | None = None, **device: object) -> FakePolar:
    return FakePolar(Polar(rules or PolarRules()), **device)  # type: ignore[arg-type]


def test_it_starts_with_exactly_the_settings_that_the_sensor_lists() -> None:
    assert polar().link().commands == ["0102", H10_START]
    assert polar(settings=VERITY_SETTINGS).link().commands == ["0102", VERITY_START]


def test_the_nearest_rate_and_range_are_taken() -> None:
    talk = polar(PolarRules(rate_hz=60, range_g=3)).link()
    assert talk.commands[1] == "0202" + "000132000101100002010400"
    talk.stream(0, 1, 50.0)
    assert talk.of(AccelBlock)[0].rate_hz == 50.0


def test_it_says_what_it_is_and_how_full() -> None:
    talk = polar().link()
    assert talk.of(WearableFacts) == [WearableFacts("Polar H10", "5.0.0")]
    assert talk.of(BatteryLevel) == [BatteryLevel(87, NOW_S)]


def test_a_sensor_without_device_information_streams_all_the_same() -> None:
    talk = polar()
    talk.values.clear()
    talk.link()
    for _ in range(15):
        talk.tick()
    assert talk.of(WearableFacts) == [WearableFacts("Polar", "")]
    assert talk.commands == ["0102", H10_START]
    assert not talk.reconnects


def test_samples_come_with_the_times_of_their_stamps() -> None:
    talk = polar().link()
    talk.stream(0, 100)
    assert len(talk.t_s) == 3600
    assert np.allclose(np.diff(talk.t_s), 0.04, atol=1e-3)
    assert talk.t_s[-1] == pytest.approx(NOW_S + 1 + 3599 / 25, abs=0.002)
    assert np.allclose(talk.xyz_g, [0, 0, 1])
    assert {block.quality for block in talk.of(AccelBlock)} == {Quality.NONE}


def test_the_first_compressed_frame_is_sent_off_by_the_next_sample_at_the_rate_that_was_set() -> None:
    talk = polar(settings=VERITY_SETTINGS).link()
    stamp = struct.pack("<Q", BOOT_NS)
    talk.hear(DATA, b"\x02" + stamp + bytes.fromhex("81" + "001000f00000"), NOW_S + 1)
    assert talk.t_s[-1] == pytest.approx(NOW_S + 1 - 1 / 52, abs=1e-4)


def test_a_lost_frame_is_a_gap() -> None:
    talk = polar().link()
    talk.stream(0, 10)
    talk.stream(11, 10)
    gaps = [block.gap_before_s for block in talk.of(AccelBlock)]
    assert gaps[0] is None
    assert gaps[10] == pytest.approx(36 / 25, abs=0.01)
    assert not any(gaps[1:10] + gaps[11:])


def test_the_factor_of_the_start_turns_counts_into_g() -> None:
    talk = polar(answers={"0202": ["f00202000005014" + "0da7f39"]}).link()
    talk.hear(DATA, bytes.fromhex("02" + "0500000000000000" + "80" + "001000f00000"))
    assert talk.xyz_g.tolist() == [[pytest.approx(0.999), pytest.approx(-0.999), 0.0]]


def test_no_command_is_sent_before_both_characteristics_are_heard() -> None:
    talk = polar(refused={DATA}).link()
    assert talk.commands == []


def test_an_answer_may_come_in_parts() -> None:
    talk = polar(answers={"0102": ["f001020001000419003200|f0010200006400c8000101100002030200040008" + "00"]}).link()
    assert talk.commands == ["0102", H10_START]


def test_an_answer_whose_rest_is_lost_is_asked_for_again_and_counts_from_its_beginning() -> None:
    whole = "f001020001000419003200|f0010200006400c800010110000203020004000800"
    talk = polar(answers={"0102": [whole.split("|")[0], whole]}).link()
    for _ in range(11):
        talk.tick()
    assert talk.commands == ["0102", "0102", H10_START]


def test_a_stream_that_ran_on_is_stopped_and_started() -> None:
    talk = polar(answers={"0202": ["f0020206"]}).link()
    talk.stream(0, 1)
    assert talk.commands == ["0102", H10_START, "0302", H10_START]
    assert not talk.reconnects
    assert talk.of(AccelBlock)


def test_what_comes_before_the_start_is_not_delivered() -> None:
    talk = polar(answers={"0202": [""]}).link()
    talk.stream(0, 1)
    assert not talk.of(AccelBlock)


@pytest.mark.parametrize(
    ("status", "word"),
    [(2, "update its firmware"), (3, "update its firmware"), (6, "recording"), (10, "short packets"), (13, "charger")],
)
def test_a_refusal_that_stays_says_what_to_do(status: int, word: str) -> None:
    talk = polar(answers={"0202": [f"f00202{status:02x}"] * 9}).link()
    for _ in range(30):
        talk.tick()
    (reason,) = talk.reconnects
    assert word in reason


def test_a_sensor_taken_out_of_its_charger_starts() -> None:
    talk = polar(answers={"0202": ["f002020d"]}).link()
    for _ in range(5):
        talk.tick()
    assert talk.commands == ["0102", H10_START, H10_START]
    assert not talk.reconnects


def test_after_a_doubtful_setting_they_are_asked_for_anew() -> None:
    talk = polar(answers={"0202": ["f0020205"]}).link()
    assert talk.commands == ["0102", H10_START, "0102", H10_START]


def test_settings_that_make_no_sense_are_asked_for_again() -> None:
    talk = polar(answers={"0102": ["f001020000090100"]})
    with pytest.raises(DecodeError):
        talk.link()
    for _ in range(5):
        talk.tick()
    assert talk.commands == ["0102", "0102", H10_START]


def test_a_sensor_without_a_rate_is_left_with_a_reason() -> None:
    talk = polar(settings="").link()
    assert "lists no rates" in talk.reconnects[0]


def test_a_stream_that_the_sensor_stops_is_started_again() -> None:
    talk = polar().link()
    talk.stream(0, 3)
    talk.hear(CONTROL, b"\x01\x02")
    assert talk.commands[2:] == []
    for _ in range(3):
        talk.tick()
    assert talk.commands[2:] == ["0102", H10_START]
    talk.stream(5, 3)
    assert {block.segment for block in talk.of(AccelBlock)} == {0}


def test_a_stream_that_falls_silent_is_started_anew_and_given_up_in_the_end() -> None:
    talk = polar().link()
    talk.stream(0, 3)
    for _ in range(25):
        talk.tick()
    assert talk.commands[2:] == ["0302", "0102", H10_START]
    assert not talk.reconnects
    for _ in range(80):
        talk.tick()
    (reason,) = talk.reconnects
    assert reason.startswith("no data; the sensor is silent")


def test_another_measurement_that_stops_is_none_of_our_business() -> None:
    talk = polar().link()
    talk.hear(CONTROL, b"\x01\x00")
    talk.tick(5.0)
    assert talk.commands == ["0102", H10_START]


def test_a_command_without_an_answer_is_asked_again_and_given_up_with_a_reason() -> None:
    talk = polar(answers={"0202": [""] * 9}).link()
    for _ in range(40):
        talk.tick()
    assert talk.commands == ["0102", H10_START, H10_START, H10_START]
    (reason,) = talk.reconnects
    assert "switch it off and on" in reason


def test_a_late_answer_counts_for_any_try() -> None:
    talk = polar(answers={"0202": ["", "f0020206"]}).link()
    talk.tick(5.0)
    talk.hear(CONTROL, bytes.fromhex("f002020000"))
    for _ in range(20):
        talk.tick()
    assert talk.commands == ["0102", H10_START]


@pytest.mark.parametrize("code", [0x05, 0x08, 0x0F])
@pytest.mark.parametrize("protected", [Subscribe(CONTROL), Read(CONTROL)])
def test_a_sensor_that_wants_to_be_paired_says_so_once_a_try(code: int, protected: Action) -> None:
    driver, now_s, asked = Polar(), NOW_S, list[Action]()
    waiting = driver.start(None, now_s)
    for _ in range(100):
        now_s += 0.2
        for action in waiting:  # grows meanwhile
            if not isinstance(action, Read | Subscribe):
                continue
            asked.append(action)
            error = "the wearable wants to be paired first" if action == protected else None
            waiting += driver.done(action, Outcome(now_s, now_s, b"", error, code if error else None))
        if any(isinstance(part, Reconnect) for part in waiting):
            break
        waiting = driver.tick(now_s)
    (reason,) = [part.reason for part in waiting if isinstance(part, Reconnect)]
    assert reason.startswith("the wearable wants to be paired first")
    assert asked.count(protected) == 3
    assert Subscribe(DATA) not in asked


def test_skin_contact_of_a_chest_strap_counts() -> None:
    talk = polar().link()
    assert HEART_RATE in talk.subscribed
    talk.stream(0, 1)
    talk.hear(HEART_RATE, b"\x04\x00")
    talk.stream(1, 1)
    talk.hear(HEART_RATE, b"\x06\x48")
    talk.stream(2, 1)
    talk.hear(HEART_RATE, b"\x10\x48")
    talk.stream(3, 1)
    talk.hear(HEART_RATE, b"\x04\x00")
    talk.stream(9, 1)  # an old word
    flags = [Quality.DEVICE_NOT_WORN in block.quality for block in talk.of(AccelBlock)]
    assert flags == [False, True, False, False, False]


def test_contact_of_an_optical_sensor_is_not_asked_for() -> None:
    assert HEART_RATE not in polar(features=VERITY_FEATURES).link().subscribed
    assert HEART_RATE not in polar(PolarRules(use_contact=False)).link().subscribed


@pytest.mark.parametrize(
    ("data", "contact"), [(b"", None), (b"\x10\x48", None), (b"\x02\x48", None), (b"\x04\x00", False), (b"\x16H", True)]
)
def test_contact_is_known_only_where_the_sensor_can_feel_it(data: bytes, contact: bool | None) -> None:
    assert decode_contact(data) is contact


def test_sdk_mode_comes_first_and_goes_last() -> None:
    talk = polar(PolarRules(sdk_mode=True, rate_hz=26), settings=SDK_SETTINGS, features=VERITY_FEATURES).link()
    assert talk.commands == ["0209", "0402", "020200011a000101100002010800040103"]
    talk.stop()
    assert talk.commands[3:] == ["0302", "0309"]


def test_sdk_mode_is_left_alone_where_there_is_none() -> None:
    talk = polar(PolarRules(sdk_mode=True), answers={"0209": ["f0020903"]}).link()
    assert talk.commands == ["0209", "0102", H10_START]


def test_sdk_mode_waits_until_the_old_stream_is_stopped() -> None:
    answers = {"0209": ["f002090c"], "0402": ["f0040203"]}
    talk = polar(PolarRules(sdk_mode=True), settings=VERITY_SETTINGS, answers=answers).link()
    assert talk.commands == ["0209", "0302", "0209", "0402", "0102", VERITY_START]


def test_the_stream_is_stopped_before_leaving() -> None:
    talk = polar().link()
    actions = talk.driver.stop()
    assert actions[0] == Write(CONTROL, b"\x03\x02", note="STOP")
    assert all(isinstance(action, Unsubscribe) for action in actions[1:])
    assert len(actions) > 3


def test_over_a_lost_link_it_is_the_same_segment_with_a_gap() -> None:
    talk = polar().link()
    talk.stream(0, 10)
    talk.lose()
    talk.link()
    talk.stream(20, 10)
    blocks = talk.of(AccelBlock)
    assert {block.segment for block in blocks} == {0}
    assert blocks[10].gap_before_s == pytest.approx(10 * 36 / 25, abs=0.02)


def test_over_a_crash_it_goes_on_in_another_segment() -> None:
    talk = polar().link()
    talk.stream(0, 10)
    memory = json.loads(json.dumps(talk.driver.resume(), allow_nan=False))
    other = polar().link(memory)
    other.stream(20, 10)
    assert {block.segment for block in other.of(AccelBlock)} == {1}
    assert other.t_s[0] > talk.t_s[-1]


def test_a_long_random_talk_raises_nothing_but_decode_error() -> None:
    rng, talk = np.random.default_rng(7), polar().link()
    heads = [
        b"\xf0\x02\x02",
        b"\xf0\x01\x02\x00",
        b"\x01\x02",
        b"\x02" + bytes(8) + b"\x81",
        b"\x02" + bytes(8) + b"\x01",
    ]
    for turn in range(5000):
        data = heads[rng.integers(len(heads))] + rng.bytes(rng.integers(0, 30))
        where = [CONTROL, DATA, HEART_RATE, BATTERY_LEVEL][rng.integers(4)]
        try:
            talk.driver.receive(Packet(where, data, NOW_S + turn * 0.1))
        except DecodeError:
            continue
        if turn % 50 == 0:
            talk.driver.tick(NOW_S + turn * 0.1)
        if turn % 500 == 0:
            talk.lose()
            talk.link()
