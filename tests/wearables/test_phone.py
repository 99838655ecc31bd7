from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import AccelBlock, BatteryLevel, PacketRefused, Quality, WearableFacts
from monitor.wearables.base import G_MS2, DecodeError, Packet, Reply
from monitor.wearables.phone import Phone, PhoneRules
from monitor.wearables.phone.codec import LARGEST_BYTES, decode

NOW_NS = 1_795_323_870_000_000_000
NOW_S = NOW_NS / 1e9
PUBLISHED = """{"messageId":7,"sessionId":"s1","deviceId":"d1","payload":[
 {"name":"gravity","time":1795323870000000000,"values":{"x":0.0,"y":-9.61,"z":1.95}},
 {"name":"accelerometer","time":1795323870000000000,"values":{"x":0.02,"y":-0.01,"z":0.03}}]}"""


def reading(name: str, time_ns: int, x: float, y: float, z: float) -> dict[str, Any]:
    return {"name": name, "time": time_ns, "values": {"x": x, "y": y, "z": z}}


def message(items: list[dict[str, Any]], number: int = 0, session: str = "s1", device: str = "d1") -> bytes:
    return json.dumps({"messageId": number, "sessionId": session, "deviceId": device, "payload": items}).encode()


def second(number: int, rate_hz: int = 50, session: str = "s1", device: str = "d1", late_ns: int = 0) -> bytes:
    """One second of lying still."""
    times = [NOW_NS + number * 10**9 + k * 10**9 // rate_hz - late_ns for k in range(rate_hz)]
    return message([reading("totalacceleration", t, 0.0, 0.0, G_MS2) for t in times], number, session, device)


def heard(phone: Phone, data: bytes, at_s: float) -> Reply:
    return phone.receive(Packet("sensor-logger", data, NOW_S + at_s))


def block(reply: Reply) -> AccelBlock:
    (found,) = [part for part in reply if isinstance(part, AccelBlock)]
    return found


def test_the_published_message_decodes_to_its_values() -> None:
    found = decode(PUBLISHED.encode())
    assert (found.number, found.session, found.device) == (7, "s1", "d1")
    assert found.t_s.tolist() == [1795323870.0]
    assert found.xyz_g[0].tolist() == pytest.approx([0.0020, -0.9810, 0.2019], abs=5e-5)


def test_readings_are_put_in_order_and_each_moment_counts_once() -> None:
    items = [reading("totalacceleration", NOW_NS + k * 10**7, 0, 0, 9.8) for k in (3, 1, 2, 1, 0)]
    assert np.diff(decode(message(items)).t_s) == pytest.approx([0.01] * 3, abs=1e-6)


def test_gravity_is_carried_to_the_moments_of_the_movement() -> None:
    items = [
        reading("gravity", NOW_NS, 0.0, 0.0, 9.0),
        reading("gravity", NOW_NS + 10**8, 0.0, 0.0, 10.0),
        reading("accelerometer", NOW_NS + 5 * 10**7, 1.0, 0.0, 0.0),
        reading("accelerometer", NOW_NS + 10**10, 1.0, 0.0, 0.0),
    ]
    found = decode(message(items))
    assert found.xyz_g.tolist() == [pytest.approx([1.0 / G_MS2, 0.0, 9.5 / G_MS2], abs=1e-6)]


@pytest.mark.parametrize(("z", "unit"), [(0.98, "g"), (9.61, "m/s2")])
def test_uncalibrated_readings_are_known_by_their_strength(z: float, unit: str) -> None:
    found = decode(message([reading("accelerometeruncalibrated", NOW_NS, 0.0, 0.0, z)]))
    assert found.xyz_g[0, 2] == pytest.approx(0.98, abs=0.001)


@pytest.mark.parametrize("bad", ["NaN", "Infinity", "1e400", '"1"', "null", "true", "[]"])
def test_a_reading_that_is_no_number_is_left_out(bad: str) -> None:
    good = json.dumps(reading("totalacceleration", NOW_NS, 0.0, 0.0, 9.8))
    text = f'{{"messageId":1,"sessionId":"s","payload":[{good},{good.replace("9.8", bad).replace("0000,", "0001,")}]}}'
    assert len(decode(text.encode()).t_s) == 1


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "message"),
        (b'{"messageId":1,"payload":[]}', "sessionId"),
        (b'{"messageId":-1,"sessionId":"s","payload":[]}', "messageId"),
        (b'{"messageId":1,"sessionId":"s","payload":{}}', "payload"),
        (b" " * (LARGEST_BYTES + 1), "longer than"),
    ],
    ids=["empty", "no-text", "deep", "list", "no-session", "negative", "no-list", "too-long"],
)
def test_what_is_no_message_is_refused_and_named(data: bytes, says: str) -> None:
    with pytest.raises(DecodeError, match=says):
        decode(data)


def test_samples_keep_the_times_of_the_phone() -> None:
    phone = Phone()
    reply = heard(phone, second(0), 1.2)
    assert WearableFacts("Phone with Sensor Logger") in reply
    assert block(reply).t_s[0] == NOW_S
    assert block(reply).rate_hz == 50.0
    assert block(reply).quality == Quality.NONE
    assert block(heard(phone, second(1), 2.2)).gap_before_s == 0.0


def test_a_message_counts_once_and_a_missing_one_is_a_gap() -> None:
    phone = Phone()
    heard(phone, second(0), 1.2)
    assert heard(phone, second(0), 1.3) == []
    assert block(heard(phone, second(3), 4.2)).gap_before_s == pytest.approx(2.0, abs=1e-6)
    assert heard(phone, second(2), 4.3) == []


def test_a_new_recording_is_a_new_segment() -> None:
    phone = Phone()
    first = block(heard(phone, second(0), 1.2))
    assert block(heard(phone, second(5, session="s2"), 6.2)).segment == first.segment + 1


def test_another_rate_is_a_new_segment() -> None:
    phone = Phone()
    heard(phone, second(0), 1.2)
    other = block(heard(phone, second(1, rate_hz=100), 2.2))
    assert (other.segment, other.rate_hz) == (2, 100.0)


def test_another_phone_on_the_same_topic_is_refused_until_the_first_is_long_gone() -> None:
    phone = Phone(PhoneRules(hold_s=60))
    heard(phone, second(0), 1.2)
    with pytest.raises(DecodeError, match=r"phone\.topic"):
        heard(phone, second(1, device="d2"), 2.2)
    assert heard(phone, second(99, device="d2"), 100.2)


@pytest.mark.parametrize("wrong_s", [3600, -3600])
def test_a_phone_whose_clock_is_wrong_is_heard_at_our_own_time(wrong_s: int) -> None:
    phone = Phone()
    found = [block(heard(phone, second(k, late_ns=wrong_s * 10**9), k + 1.2)) for k in range(3)]
    assert found[0].t_s[-1] == pytest.approx(NOW_S + 1.2)
    assert {part.segment for part in found} == {1}
    assert np.diff(np.concatenate([part.t_s for part in found])) == pytest.approx([0.02] * 149, abs=1e-5)


@pytest.mark.parametrize(("before_s", "after_s"), [(0, -7200), (0, 7200), (7200, 0), (-7200, 0), (7200, -7200)])
def test_a_phone_whose_clock_is_set_in_the_middle_is_heard_on_in_another_segment(before_s: int, after_s: int) -> None:
    phone = Phone()
    found = [block(heard(phone, second(k, late_ns=-before_s * 10**9), k + 1.2)) for k in range(3)]
    found += [block(heard(phone, second(k, late_ns=-after_s * 10**9), k + 1.2)) for k in range(3, 6)]
    assert [part.segment for part in found] == [1, 1, 1, 2, 2, 2]
    assert found[-1].t_s[-1] == pytest.approx(NOW_S + 6.0, abs=0.3)
    assert (np.diff(np.concatenate([part.t_s for part in found])) > 0).all()


def test_where_our_own_clock_was_wrong_at_first_a_phone_that_was_right_is_heard_on() -> None:
    phone = Phone()
    heard(phone, second(0), 1.2 - 86400)
    found = [block(heard(phone, second(k), k + 1.2)) for k in range(1, 4)]
    assert {part.segment for part in found} == {2}
    assert found[-1].t_s[-1] == pytest.approx(NOW_S + 4.0, abs=0.05)


def test_what_comes_late_keeps_its_times() -> None:
    phone = Phone()
    heard(phone, second(0), 1.2)
    assert block(heard(phone, second(1), 200.0)).t_s[0] == NOW_S + 1
    assert block(heard(phone, second(199), 200.1)).segment == 1


def test_a_slow_phone_is_marked_so() -> None:
    assert block(heard(Phone(), second(0, rate_hz=4), 1.0)).quality == Quality.NONE  # too few to know
    items = [reading("totalacceleration", NOW_NS + k * 10**9, 0, 0, 9.8) for k in range(12)]
    assert block(heard(Phone(), message(items), 12.0)).quality == Quality.LOW_RATE


def test_the_battery_is_told_when_it_changes() -> None:
    phone = Phone()
    items = [{"name": "battery", "time": NOW_NS, "values": {"batteryLevel": 0.42}}]
    assert BatteryLevel(42, NOW_S) in heard(phone, message(items, 1), 0.0)
    assert heard(phone, message(items, 2), 1.0) == []


def test_the_topic_may_name_the_wearer() -> None:
    assert PhoneRules(topic="phones/{wearer}/motion").topic_of("ada") == "phones/ada/motion"


VALUES = st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=5))
ITEMS = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["accelerometer", "gravity", "totalacceleration", "battery", "pedometer"]),
        "time": st.one_of(VALUES, st.integers(NOW_NS - 10**12, NOW_NS + 10**12)),
        "values": st.one_of(VALUES, st.dictionaries(st.sampled_from(["x", "y", "z", "batteryLevel"]), VALUES)),
    }
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(ITEMS, VALUES), max_size=20), st.lists(ITEMS, max_size=10))
def test_whatever_a_message_holds_times_grow_or_it_is_refused(first: list[Any], then: list[Any]) -> None:
    phone, last_s = Phone(), 0.0
    for number, items in enumerate((first, then)):
        try:
            reply = heard(phone, message(items, number), float(number))
        except DecodeError:
            continue
        assert not any(isinstance(part, PacketRefused) for part in reply)
        for part in reply:
            if isinstance(part, AccelBlock):
                assert np.isfinite(part.xyz_g).all()
                assert (np.diff(part.t_s, prepend=last_s) > 0).all()
                last_s = float(part.t_s[-1])
