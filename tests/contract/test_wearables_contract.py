"""What every wearable's driver keeps, whichever it is. A new driver is tested by standing in the table."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import Fact, Nudge
from monitor.posture import PLACEMENTS
from monitor.rules import Rules, keys
from monitor.wearables import WEARABLES
from monitor.wearables.base import Action, DecodeError, Outcome, Packet, Reach, Read, Reply, Subscribe, Wearable, Write

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NOW_S = 1.8e9
NUDGE_KINDS = ("stop", "nudge", "stand_up", "urgent", "well_done", "identify")

pytestmark = pytest.mark.parametrize("kind", WEARABLES)


def started(kind: str) -> tuple[Wearable, list[str]]:
    """A driver whose reads failed and whose subscriptions worked, and where it listens."""
    driver = WEARABLES[kind]()
    waiting, heard = driver.start(None, NOW_S), list[str]()
    for _ in range(100):
        if not waiting:
            break
        action = waiting.pop(0)
        if isinstance(action, Subscribe):
            heard.append(action.characteristic)
        if isinstance(action, Action):
            waiting += driver.done(action, Outcome(NOW_S, NOW_S, b"" if isinstance(action, Read) else None))
    return driver, heard


def doors(kind: str, subscribed: list[str]) -> list[str]:
    """Where its packets come by."""
    known_by = WEARABLES[kind].ADVERTISED
    told = [*(f"company:{company:04x}" for company in known_by.company_ids), *known_by.service_uuids]
    if WEARABLES[kind].REACH is Reach.LINK:
        return subscribed
    return told if WEARABLES[kind].REACH is Reach.ADVERTISEMENT else ["some/topic"]


def check_reply(reply: Reply) -> None:
    assert isinstance(reply, list)
    assert all(isinstance(part, Action | Fact) for part in reply)


def plain(value: Any, path: str = "driver") -> Iterator[str]:
    """Where a state is not plain data."""
    if isinstance(value, list | tuple):
        for place, each in enumerate(value):
            yield from plain(each, f"{path}[{place}]")
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from plain(each, f"{path}[{key!r}]") if isinstance(key, str | int) else [f"{path}: key {key!r}"]
    elif is_dataclass(value):
        for each in fields(value):
            yield from plain(getattr(value, each.name), f"{path}.{each.name}")
    elif not (value is None or isinstance(value, int | float | str | bool | Enum | np.ndarray | Rules)):
        yield f"{path}: {type(value).__name__}"


def test_it_can_be_recognised(kind: str) -> None:
    driver = WEARABLES[kind]
    known_by = driver.ADVERTISED
    assert driver.REACH is Reach.TOPIC or known_by.service_uuids or known_by.name_prefixes or known_by.company_ids
    assert all(UUID.fullmatch(each) for each in known_by.service_uuids)
    assert isinstance(driver.SILENCE_IS_LEGAL, bool)
    assert isinstance(driver.MAY_PAIR, bool)


def test_it_is_described_to_people(kind: str) -> None:
    about = WEARABLES[kind].ABOUT
    assert about.title
    assert about.products
    assert about.wearing
    assert about.rate
    assert about.clock
    assert about.battery
    assert about.placements
    assert set(about.placements) <= set(PLACEMENTS)


def test_its_settings_have_defaults_and_sentences(kind: str) -> None:
    rules = WEARABLES[kind].RULES
    assert WEARABLES[kind](rules())
    assert all((field.description or "").endswith(".") for field in keys(rules).values())


def test_it_speaks_of_characteristics_by_full_lower_case_uuid(kind: str) -> None:
    for part in WEARABLES[kind]().start(None, NOW_S):
        if isinstance(part, Read | Write | Subscribe):
            assert UUID.fullmatch(part.characteristic)


def test_every_answer_is_a_list_of_actions_and_facts(kind: str) -> None:
    driver, _ = started(kind)
    for at_s in (NOW_S + 1, NOW_S + 15, NOW_S + 4000):
        check_reply(driver.tick(at_s))
    check_reply(driver.stored(1, 100))
    for name in (*NUDGE_KINDS, "a kind of tomorrow"):
        check_reply(driver.alert(Nudge(name, 65535, 60.0, "Stand up", "please"), NOW_S + 4001))
    check_reply(driver.stop())
    lost = driver.lost(NOW_S + 4002)
    check_reply(lost)
    assert not any(isinstance(part, Action) for part in lost)


def test_its_state_is_plain_data(kind: str) -> None:
    driver, _ = started(kind)
    driver.tick(NOW_S + 1)
    assert is_dataclass(driver)
    assert list(plain(driver)) == []
    copy.deepcopy(driver)


def test_its_memory_goes_through_json_and_back(kind: str) -> None:
    driver, _ = started(kind)
    text = json.dumps(driver.resume(), allow_nan=False)
    other = WEARABLES[kind]()
    check_reply(other.start(json.loads(text), NOW_S + 60))
    assert json.dumps(other.resume(), allow_nan=False) == text


@pytest.mark.parametrize("memory", [{}, {"of": "another program"}, {"clock": None, "segment": "x"}])
def test_a_memory_it_does_not_understand_is_no_memory(kind: str, memory: dict[str, Any]) -> None:
    check_reply(WEARABLES[kind]().start(memory, NOW_S))


def test_it_can_be_linked_again_and_again(kind: str) -> None:
    driver, _ = started(kind)
    for turn in range(3):
        driver.lost(NOW_S + 100 * turn)
        assert driver.start(None, NOW_S + 100 * turn + 50) or driver.REACH is not Reach.LINK


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=80), place=st.integers(0, 20))
def test_no_bytes_raise_anything_but_decode_error(kind: str, data: bytes, place: int) -> None:
    driver, subscribed = started(kind)
    heard = doors(kind, subscribed)
    for _ in range(2):
        try:
            check_reply(driver.receive(Packet(heard[place % len(heard)], data, NOW_S + 2)))
        except DecodeError as error:
            assert error.reason  # noqa: PT017
    check_reply(driver.tick(NOW_S + 3))


def test_a_failed_action_raises_nothing(kind: str) -> None:
    driver = WEARABLES[kind]()
    waiting = driver.start(None, NOW_S)
    for turn in range(50):
        if not waiting:
            break
        action = waiting.pop(0)
        if isinstance(action, Action):
            reply = driver.done(action, Outcome(NOW_S + turn, NOW_S + turn, None, "gone", 0x0E))
            check_reply(reply)
            waiting += reply
