from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from bleak import BleakClient
from bleak.exc import BleakError, BleakGATTProtocolError

from firmware_sim.air import Air
from monitor.clock import Clock
from monitor.transport.gatt import Gatt
from monitor.wearables.base import Read, Subscribe, Unsubscribe, Write
from tests.support.air import ADDRESS, BATTERY, COMMAND, CONTROL, DATA, LOCKED, MODEL, PebblePeripheral, radio_on


@pytest.fixture
async def gatt(air: Air, pebble: PebblePeripheral) -> AsyncIterator[Gatt]:
    async with radio_on(air) as radio, BleakClient(ADDRESS, **radio.client_keywords()) as client:
        yield Gatt(client, Clock(), 1.0, lambda _, __: None)


async def test_what_was_read_comes_with_the_round_trip(gatt: Gatt) -> None:
    outcome = await gatt.perform(Read("2A19"))
    assert (outcome.value, outcome.error, outcome.att_error) == (b"\x57", None, None)
    assert outcome.sent_at_s < outcome.at_s


async def test_writes_with_and_without_response_report_no_value(gatt: Gatt, pebble: PebblePeripheral) -> None:
    for action in (Write(CONTROL, b"\x01"), Write(COMMAND, b"\x02", response=False)):
        outcome = await gatt.perform(action)
        assert (outcome.value, outcome.error) == (None, None)
    await pebble.until("command", b"\x02")


@pytest.mark.parametrize("action", [Read(LOCKED), Subscribe(MODEL), Read(BATTERY.replace("2a19", "2a1b"))])
async def test_every_failure_is_an_outcome(gatt: Gatt, action: Read | Subscribe) -> None:
    outcome = await gatt.perform(action)
    assert outcome.error
    assert outcome.value is None
    assert not gatt.bearer_is_dead


async def test_what_wants_a_paired_link_is_paired_with_where_that_is_wanted_and_asked_again(
    air: Air, pebble: PebblePeripheral
) -> None:
    async with radio_on(air) as radio, BleakClient(ADDRESS, **radio.client_keywords()) as client:
        assert not radio.pairs_by_itself
        wary = Gatt(client, Clock(), 5.0, lambda _, __: None)
        refused = await wary.perform(Read(LOCKED))
        assert (refused.value, refused.att_error) == (None, 0x05)
        assert "paired first" in (refused.error or "")
        assert "(5," not in (refused.error or "")
        gatt = Gatt(client, Clock(), 5.0, lambda _, __: None, may_pair=True)
        outcome = await gatt.perform(Read(LOCKED))
        assert (outcome.value, outcome.error, outcome.att_error) == (b"\x2a", None, None)
        assert outcome.sent_at_s <= outcome.at_s


@dataclass
class Reluctant:
    """A client of a system that tells refusals in its own way, on which pairing fails."""

    fault: Exception
    pairing: BaseException
    address: str = ADDRESS
    pairings: int = 0

    async def read_gatt_char(self, _: str) -> bytes:
        raise self.fault

    async def pair(self) -> None:
        self.pairings += 1
        raise self.pairing


def windows_error(code: int) -> OSError:
    """As WinRT's GATT calls fail (bleak issues show -2140864507)."""
    error = OSError("The attribute requires authentication before it can be read or written.")
    error.winerror = code  # type: ignore[attr-defined]
    return error


@pytest.mark.parametrize("pairing", [BleakError("Could not pair with device: FAILED"), NotImplementedError("cannot")])
@pytest.mark.parametrize(
    ("fault", "att_error"),
    [
        (windows_error(-2140864507), 0x05),
        (windows_error(0x8065000F - (1 << 32)), 0x0F),
        (BleakGATTProtocolError(0x08), 0x08),
    ],
)
async def test_a_pairing_that_fails_is_tried_once_a_link_and_said_with_what_to_do(
    fault: Exception, att_error: int, pairing: Exception
) -> None:
    client: Any = Reluctant(fault, pairing)
    gatt = Gatt(client, Clock(), 1.0, lambda _, __: None, may_pair=True)
    for _ in range(3):
        outcome = await gatt.perform(Read(LOCKED))
        assert outcome.att_error == att_error
        assert f"pairing with {ADDRESS} failed ({pairing})" in (outcome.error or "")
    assert client.pairings == 1


async def test_another_error_is_no_reason_to_pair() -> None:
    client: Any = Reluctant(windows_error(-2147023729), BleakError("never asked"))
    gatt = Gatt(client, Clock(), 1.0, lambda _, __: None, may_pair=True)
    assert (await gatt.perform(Read(LOCKED))).att_error is None
    client.fault = BleakGATTProtocolError(0x03)
    outcome = await gatt.perform(Read(LOCKED))
    assert (outcome.att_error, outcome.error) == (0x03, "GATT Protocol Error: Write Not Permitted")
    assert client.pairings == 0


async def test_an_answer_that_never_comes_ends_the_bearer(gatt: Gatt, pebble: PebblePeripheral) -> None:
    pebble.model_may_answer.clear()
    outcome = await gatt.perform(Read(MODEL))
    assert outcome.error == "no answer within 1 s"
    assert gatt.bearer_is_dead
    pebble.model_may_answer.set()


async def test_without_a_link_everything_fails_in_words(gatt: Gatt) -> None:
    await gatt.client.disconnect()
    for action in (Read(BATTERY), Write(CONTROL, b"\x01"), Subscribe(DATA)):
        assert (await gatt.perform(action)).error
    assert await gatt.probe() is not None


async def test_a_probe_is_answered_by_a_living_device(gatt: Gatt) -> None:
    assert await gatt.probe() is None


async def test_unsubscribing_what_was_not_subscribed_is_no_fault(gatt: Gatt, pebble: PebblePeripheral) -> None:
    assert (await gatt.perform(Unsubscribe(DATA))).error is None
    assert (await gatt.perform(Subscribe(DATA))).error is None
    assert (await gatt.perform(Unsubscribe(DATA))).error is None
    await pebble.until("unsubscribed", DATA[:8])


async def test_closing_silences_before_it_disconnects(gatt: Gatt, pebble: PebblePeripheral) -> None:
    await gatt.perform(Subscribe(DATA))
    await gatt.close(5.0)
    await pebble.until("disconnected")
    assert [what for what, _ in pebble.log] == ["connected", "subscribed", "unsubscribed", "disconnected"]
