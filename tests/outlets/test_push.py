"""Pushes to the phone, through the real apprise to a real HTTP server on loopback."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from monitor.clock import Clock
from monitor.events import AlertCleared, BreakTaken, Event, TestAlert
from monitor.exchange import Update, WearerState
from monitor.outlets.push import PushMissing, PushOutlet
from monitor.outlets.push_rules import AddressError, PushRules
from monitor.rules import check
from tests.support.outboxes import Feed, MemoryOutbox, NoLedger
from tests.support.phones import due
from tests.support.receiver import Receiver

pytestmark = pytest.mark.usefixtures("impatient")
SECRETS = ("swordfish", "hushhush", "ada:")


class Phone:
    """The outlet as the daemon runs it, in front of a receiver."""

    def __init__(self, outbox: MemoryOutbox, *urls: str, wearers: tuple[str, ...] = ("me",), **rules: Any) -> None:
        self.outbox, self.feed = outbox, Feed()
        self.outlet = PushOutlet(check(PushRules, {"urls": urls, **rules}), wearers, outbox, Clock(), NoLedger())

    def tell(self, *events: Event, wearer: str = "me", alert_id: str | None = None) -> None:
        """Store what is durable, then tell, as ``app`` does."""
        update = Update(wearer, events, WearerState(at_s=time.time(), alert_id=alert_id))
        self.outbox.add(self.outlet.durable(update))
        self.feed.put(update)

    async def settled(self, count: int) -> dict[int, str]:
        """What became of the first rows."""
        async with asyncio.timeout(8):
            await self.outbox.settled(count)
        return self.outbox.fate


@asynccontextmanager
async def phone(*urls: str, outbox: MemoryOutbox | None = None, **rules: Any) -> AsyncIterator[Phone]:
    found = Phone(outbox or MemoryOutbox(), *urls, **rules)
    task = asyncio.create_task(found.outlet.run(aiter(found.feed)), name="push under test")
    try:
        yield found
    finally:
        task.cancel()
        async with asyncio.timeout(1):
            await asyncio.wait([task])
        if not task.cancelled():
            task.result()


def ours(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the program itself has said; pytest listens to apprise too, although nobody else does."""
    return [record.getMessage() for record in caplog.records if record.name.startswith("monitor")]


async def test_an_alert_that_may_climb_to_the_phone_is_pushed_with_its_words() -> None:
    async with Receiver() as receiver, phone(receiver.address) as daemon:
        daemon.tell(due())
        await receiver.until(1)
        assert receiver.pushes[0]["title"] == "Time to stand up"
        assert receiver.pushes[0]["message"] == "Seated for 30 minutes. Fancy 10 knee lifts?"
        assert await daemon.settled(1) == {1: "sent"}


async def test_only_rung_two_and_what_was_asked_for_goes_to_the_phone() -> None:
    async with Receiver() as receiver, phone(receiver.address) as daemon:
        now_s = time.time()
        taken = BreakTaken(id="t", at_s=now_s, bout_id="b", break_start_s=now_s, upright_s=60, sedentary_s=1800)
        daemon.tell(due(level=1), taken)
        assert not daemon.outbox.rows
        daemon.tell(TestAlert(id="x", at_s=now_s, title="Test alert", message="Nothing is due.", exercise=None))
        await receiver.until(1)
        assert receiver.pushes[0]["title"] == "Test alert"
        daemon.tell(due(level=3))
        await receiver.until(2)


async def test_the_first_call_goes_to_the_phone_where_the_wearable_cannot_buzz() -> None:
    async with Receiver() as receiver, phone(receiver.address, from_level=1) as daemon:
        daemon.tell(due(level=1))
        await receiver.until(1)


async def test_an_alert_that_is_late_is_dropped() -> None:
    async with Receiver() as receiver, phone(receiver.address) as daemon:
        daemon.tell(due(ago_s=3600))
        assert await daemon.settled(1) == {1: "expired"}
        assert not receiver.asked


async def test_a_service_that_is_away_is_tried_again_while_the_alert_lives_and_complained_of_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with Receiver() as receiver, phone(receiver.address) as daemon:
        receiver.answers.extend([503, 503, 503])
        daemon.tell(due())
        await receiver.until(1)
        assert await daemon.settled(1) == {1: "sent"}
        assert ours(caplog) == [
            "JSON (push address 1): refused with HTTP 503; is the service well?",
            "JSON (push address 1): works again",
        ]


async def test_a_push_that_never_gets_through_ends_with_the_alert(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with Receiver() as receiver:
        url = receiver.address
    async with phone(url) as daemon:
        daemon.tell(due(expires_s=time.time() + 0.5))
        assert await daemon.settled(1) == {1: "expired"}
    assert "cannot be reached; check the network and the host in the address" in caplog.text
    assert "not pushed any more: cannot be reached" in caplog.text


async def test_what_the_service_will_never_take_is_not_tried_again_and_no_secret_is_said(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with Receiver() as receiver, phone(receiver.address) as daemon:
        receiver.answers.append(401)
        daemon.tell(due())
        (fate,) = (await daemon.settled(1)).values()
        assert fate.startswith("refused: refused with HTTP 401; check the name, password or token")
        assert receiver.asked == 1
        told = " ".join([fate, *ours(caplog), *capfd.readouterr()])
        assert not [word for word in SECRETS if word in told]
        assert not [name for name in ("apprise", "urllib3") if logging.getLogger(name).propagate]


async def test_a_service_that_never_answers_is_given_up_and_keeps_nobody_waiting() -> None:
    async with Receiver() as silent, Receiver() as well, phone(silent.address, well.address, timeout_s=1) as daemon:
        silent.answers.extend([0] * 9)
        daemon.tell(due(expires_s=time.time() + 3))
        await well.until(1)
        assert not daemon.outbox.fate  # the silent one is still waited for
        assert await daemon.settled(1) == {1: "sent"}
        assert silent.asked == 1  # one thread at most works for an address


async def test_what_is_over_is_not_pushed_after_all() -> None:
    async with Receiver() as receiver, phone(receiver.address) as daemon:
        receiver.answers.append(503)
        alert = due()
        daemon.tell(alert)
        await receiver.until(1, asked=True)
        daemon.tell(AlertCleared(id="c", at_s=time.time(), alert_id=alert.alert_id, by="break"))
        assert await daemon.settled(1) == {1: "expired"}
        assert not receiver.pushes


async def test_a_newer_alert_takes_the_place_of_one_still_under_way() -> None:
    async with Receiver() as receiver, phone(receiver.address) as daemon:
        receiver.answers.append(503)
        daemon.tell(due())
        await receiver.until(1, asked=True)
        daemon.tell(due(repeat=1, message="Still there?"))
        assert await daemon.settled(2) == {1: "expired", 2: "sent"}
        assert [body["message"] for body in receiver.pushes] == ["Still there?"]


async def test_after_a_crash_the_alert_is_pushed_only_if_it_still_stands() -> None:
    outbox, alert = MemoryOutbox(), due(ago_s=5)
    before = Phone(outbox, "json://127.0.0.1:9/")
    before.tell(alert)
    async with Receiver() as receiver, phone(receiver.address, outbox=outbox) as daemon:
        daemon.tell(alert_id=alert.alert_id)
        await receiver.until(1)
    gone = MemoryOutbox()
    Phone(gone, "json://127.0.0.1:9/").tell(alert)
    async with Receiver() as receiver, phone(receiver.address, outbox=gone) as daemon:
        daemon.tell(alert_id=None)
        assert await daemon.settled(1) == {1: "expired"}
        assert not receiver.asked


async def test_no_more_than_so_many_an_hour(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with Receiver() as receiver, phone(receiver.address, per_hour=2) as daemon:
        for number in range(1, 5):
            daemon.tell(dataclasses.replace(due(), id=f"e{number}"))
            await daemon.settled(number)
        assert list(daemon.outbox.fate.values()) == [
            "sent",
            "sent",
            *["refused: too many pushes this hour; see push.per_hour"] * 2,
        ]
        assert caplog.text.count("more than 2 pushes an hour") == 1
        assert caplog.text.count("not pushed any more: too many pushes this hour") == 2


async def test_an_address_may_be_one_wearers_own() -> None:
    async with Receiver() as adas, Receiver() as everybodys:
        urls = (f"ada={adas.address}", everybodys.address)
        async with phone(*urls, wearers=("ada", "bob")) as daemon:
            daemon.tell(due(message="For Bob."), wearer="bob")
            await everybodys.until(1)
            daemon.tell(due(message="For Ada."), wearer="ada")
            await adas.until(1)
            await everybodys.until(2)
        assert [body["message"] for body in adas.pushes] == ["For Ada."]


def test_an_address_that_nobody_knows_is_refused_by_its_number() -> None:
    with pytest.raises(AddressError, match=r"address 2: not one that apprise knows; .* docs/phone\.md") as caught:
        Phone(MemoryOutbox(), "json://localhost/", "nfty://hushhush")
    assert "hushhush" not in str(caught.value)
    with pytest.raises(AddressError, match='"eve" is not a wearer'):
        Phone(MemoryOutbox(), "eve=json://localhost/")


def test_without_the_extra_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(PushMissing, match=r'pip install "sitbreak\[push\]"') as caught:
        Phone(MemoryOutbox(), "json://localhost/")
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    "url",
    [
        "ntfys://home.example/desk",
        "pover://user@token",
        "tgram://123456789:abcdefg_hijklmnop/12315544/",
        "gotifys://home.example/abcdefghij",
        "mailtos://me:secret@example.org",
    ],
)
def test_the_addresses_of_the_page_are_known(url: str) -> None:
    Phone(MemoryOutbox(), url)
