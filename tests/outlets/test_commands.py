"""What comes in over MQTT: what is dropped, what is refused in words, what is handed on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.coach.commands import COMMANDS
from monitor.exchange import Command
from monitor.outlets.mqtt.commands import NAMES, Allowance, CommandError, read_busy, read_command, reply_allowed
from monitor.words import languages, words


@pytest.mark.parametrize(
    ("name", "payload", "value", "alert_id"),
    [
        ("snooze", b"PRESS", "PRESS", None),
        ("snooze", b" 10\n", "10", None),
        ("limit", b"7.5", "7.5", None),
        ("limit", b"RESET", "RESET", None),
        ("pause", b"ON", "ON", None),
        ("why", b"", "", None),
        ("hurts", b"standing_hip_flexion", "standing_hip_flexion", None),
        ("done", b'{"value":"PRESS","id":"01J8Z3K4M5N6P7Q8R9S0T1V2W3"}', "PRESS", "01J8Z3K4M5N6P7Q8R9S0T1V2W3"),
        ("done", b'{"id":"01J"}', "PRESS", "01J"),
        ("limit", b'{"value":45}', "45", None),
        ("busy", b'{"value":true}', "ON", None),
    ],
)
def test_text_and_json_are_read(name: str, payload: bytes, value: str, alert_id: str | None) -> None:
    assert read_command(name, payload) == Command(name, value, alert_id, "mqtt")


def test_what_is_heard_is_what_the_coach_obeys() -> None:
    assert set(COMMANDS) == NAMES


def test_an_empty_payload_says_nothing() -> None:
    assert read_command("snooze", b"") is None
    assert read_command("snooze", b"  ") is None


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("format", b"PRESS"),
        ("snooze", b"\xff\xfe"),
        ("snooze", b"x" * 65),
        ("limit", b"nan"),
        ("limit", b"-inf"),
        ("limit", b"Infinity"),
        ("limit", b'{"value":NaN}'),
        ("limit", b'{"value":[1]}'),
        ("limit", b'{"value":null}'),
        ("limit", b'{"value":1,"id":7}'),
        ("limit", b"{"),
        ("hurts", b"a\x00b"),
        ("hurts", b'{"value":"a\\u0007"}'),
    ],
)
def test_what_cannot_be_a_command_is_refused_in_words(name: str, payload: bytes) -> None:
    with pytest.raises(CommandError) as refusal:
        read_command(name, payload)
    told = {language: refusal.value.told(words(language).refused) for language in languages()}
    assert all(told.values())
    assert len(set(told.values())) == len(told)


@given(st.sampled_from(sorted(NAMES)), st.binary(max_size=80))
def test_no_bytes_raise_anything_else_and_no_value_is_not_a_number(name: str, payload: bytes) -> None:
    try:
        command = read_command(name, payload)
    except CommandError:
        return
    if command is not None:
        assert command.value.isprintable()
        assert command.value.lower() not in ("nan", "inf", "-inf", "infinity")


@pytest.mark.parametrize(
    ("payload", "value"),
    [(b"ON", "ON"), (b"on", "ON"), (b"true", "ON"), (b"1", "ON"), (b"off", "OFF"), (b"", "OFF"), (b"0", "OFF")],
)
def test_the_busy_topic_is_read_in_the_words_such_topics_use(payload: bytes, value: str) -> None:
    assert read_busy(payload) == Command("busy", value, source="mqtt")


@pytest.mark.parametrize("payload", [b"maybe", b"\xff", b"x" * 100])
def test_a_busy_topic_that_makes_no_sense_changes_nothing(payload: bytes) -> None:
    assert read_busy(payload) is None


def test_ten_commands_a_second_and_then_no_more() -> None:
    allowance = Allowance()
    assert [allowance.take(100.0) for _ in range(12)] == [True] * 10 + [False] * 2
    assert allowance.take(100.15)
    assert not allowance.take(100.15)
    assert allowance.take(101.0)


@pytest.mark.parametrize(
    ("topic", "allowed"),
    [
        ("replies/7", True),
        ("sitbreak/a1b2c3/state", False),
        ("sitbreak/a1b2c3/cmd/pause", False),
        ("homeassistant/status", False),
        ("$SYS/x", False),
        ("a/+", False),
        ("", False),
        ("x" * 300, False),
    ],
)
def test_a_reply_goes_to_foreign_topics_only(topic: str, allowed: bool) -> None:
    assert reply_allowed(topic, "sitbreak", "homeassistant") is allowed
