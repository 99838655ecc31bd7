"""What became of every push: kept by service, told without secrets, and taken off the phone again."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from monitor.clock import Clock
from monitor.events import AlertCleared, DaySummary, Event, TestAlert
from monitor.exchange import Update, WearerState
from monitor.history.outbox import History
from monitor.history.receipts import calls, latest_of
from monitor.history.store import Commit
from monitor.outlets import push
from monitor.outlets.push import PushOutlet
from monitor.outlets.push_rules import PushRules
from monitor.outlets.receipts import Outcome, Receipt
from tests.outlets.test_push import due
from tests.support.outboxes import Feed
from tests.support.receiver import Asked, Receiver

SECRETS = ("hushhush", "swordfish", "tk_secret", "987654321:token")


class Ntfy(Receiver):
    """Answers as ntfy does: with the message, its id among it."""

    def __init__(self) -> None:
        numbers = count(1)

        def reply(asked: Asked) -> dict[str, Any]:
            body = json.loads(asked.body) if asked.body else {}
            return {"id": f"msg{next(numbers)}", "event": "message", "topic": body.get("topic"), "time": 1}

        super().__init__(reply)

    @property
    def address(self) -> str:
        return f"ntfy://tk_secret@127.0.0.1:{self.port}/hushhush"


class Home:
    """The outlet with a real history, as the daemon runs it."""

    def __init__(self, history: History, path: Path, urls: tuple[str, ...], wearers: tuple[str, ...], **rules: Any):
        self.history, self.path, self.feed = history, path, Feed()
        set_ = PushRules.model_validate({"urls": urls, **rules})
        box = history.outbox("push")
        self.outlet = PushOutlet(set_, wearers, box, Clock(), history, {"bob": "de"})

    async def tell(self, *events: Event, wearer: str = "me", alert_id: str | None = None) -> None:
        """Store, then tell, as ``app`` does."""
        update = Update(wearer, events, WearerState(at_s=time.time(), alert_id=alert_id))
        await self.history.commit(Commit(wearer, events=events, messages={"push": tuple(self.outlet.durable(update))}))
        self.feed.put(update)

    async def receipt(self, wearer: str, *wanted: Outcome, taken_back: bool = False) -> dict[str, Receipt]:
        """The receipts of the last call, by way, once they are so."""
        async with asyncio.timeout(8):
            while True:
                found = calls(self.path, wearer, time.time() + 60, 1)
                receipts = {receipt.way: receipt for receipt in found[0].receipts} if found else {}
                there = sorted(receipt.outcome for receipt in receipts.values()) == sorted(wanted)
                if there and (not taken_back or any(each.taken_back_s for each in receipts.values())):
                    return receipts
                await asyncio.sleep(0.02)


@asynccontextmanager
async def home(path: Path, *urls: str, wearers: tuple[str, ...] = ("me",), **rules: Any) -> AsyncIterator[Home]:
    history = await History.open(path)
    found = Home(history, path, urls, wearers, **rules)
    task = asyncio.create_task(found.outlet.run(aiter(found.feed)), name="push under test")
    try:
        yield found
    finally:
        task.cancel()
        await asyncio.wait([task])
        await history.close()
        if not task.cancelled():
            task.result()


def secrets_in(path: Path) -> list[str]:
    return [secret for secret in SECRETS if secret.encode() in path.read_bytes()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite3"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    from apprise.plugins.ntfy import NotifyNtfy

    monkeypatch.setattr(push, "FIRST_DELAY_S", 0.02)
    monkeypatch.setattr(NotifyNtfy, "request_rate_per_sec", 0)  # it waits 5.5 s between two pushes


async def test_each_service_says_for_itself_whether_it_took_the_call(path: Path) -> None:
    async with Receiver() as well, Receiver() as strict, Receiver() as ill, Receiver() as silent, Receiver() as gone:
        down = gone.address
        strict.answers.append(403)
        ill.answers.extend([500] * 99)
        silent.answers.extend([0] * 99)
        await gone.__aexit__()
        urls = (well.address, strict.address, ill.address, silent.address, down)
        async with home(path, *urls, timeout_s=1) as daemon:
            await daemon.tell(due(expires_s=time.time() + 2))
            kept = await daemon.receipt("me", Outcome.ACCEPTED, Outcome.REFUSED, *[Outcome.FAILED] * 3)
    said = [
        (kept[f"JSON (push address {number})"].outcome, kept[f"JSON (push address {number})"].reason)
        for number in range(1, 6)
    ]
    assert said == [
        (Outcome.ACCEPTED, ""),
        (Outcome.REFUSED, "http:403"),
        (Outcome.FAILED, "http:500"),
        (Outcome.FAILED, "busy"),
        (Outcome.FAILED, "unreachable"),
    ]
    assert kept["JSON (push address 2)"].attempts == 1
    assert kept["JSON (push address 3)"].attempts > 1
    assert not secrets_in(path)


async def test_what_fails_now_is_told_while_it_is_still_tried_and_mended_when_it_gets_through(path: Path) -> None:
    async with Receiver() as receiver, home(path, receiver.address) as daemon:
        receiver.answers.extend([503] * 4)
        await daemon.tell(due())
        (trying,) = (await daemon.receipt("me", Outcome.TRYING)).values()
        assert (trying.reason, latest_of(path, "me")[0].outcome) == ("http:503", Outcome.TRYING)
        (kept,) = (await daemon.receipt("me", Outcome.ACCEPTED)).values()
        assert kept.attempts == 5


async def test_ntfy_is_asked_to_take_the_call_off_the_phone_when_the_break_is_seen(path: Path) -> None:
    async with Ntfy() as ntfy, home(path, ntfy.address) as daemon:
        alert = due()
        await daemon.tell(alert, alert_id=alert.alert_id)
        await daemon.receipt("me", Outcome.ACCEPTED)
        assert not ntfy.of("DELETE")
        await daemon.tell(AlertCleared(id="c", at_s=time.time(), alert_id=alert.alert_id, by="break"))
        await daemon.receipt("me", Outcome.ACCEPTED, taken_back=True)
        assert ntfy.of("DELETE") == ["/hushhush/msg1"]
        assert ntfy.requests[-1].head["authorization"] == ntfy.requests[0].head["authorization"] == "Bearer tk_secret"
    assert not secrets_in(path)


@pytest.mark.parametrize(
    ("address", "authorization"),
    [("ntfy://hushhush", None), ("ntfy://ada:swordfish@127.0.0.1:{port}/hushhush", "Basic YWRhOnN3b3JkZmlzaA==")],
)
async def test_ntfy_is_asked_where_and_as_whom_the_address_says(
    path: Path, monkeypatch: pytest.MonkeyPatch, address: str, authorization: str | None
) -> None:
    from apprise.plugins.ntfy import NotifyNtfy

    async with Ntfy() as ntfy:
        monkeypatch.setattr(NotifyNtfy, "cloud_notify_url", f"http://127.0.0.1:{ntfy.port}")
        async with home(path, address.format(port=ntfy.port)) as daemon:
            alert = due()
            await daemon.tell(alert, alert_id=alert.alert_id)
            await daemon.receipt("me", Outcome.ACCEPTED)
            await daemon.tell(AlertCleared(id="c", at_s=time.time(), alert_id=alert.alert_id, by="break"))
            await daemon.receipt("me", Outcome.ACCEPTED, taken_back=True)
        assert ntfy.of("DELETE") == ["/hushhush/msg1"]
        assert [each.head.get("authorization") for each in ntfy.requests] == [authorization] * 2


async def test_a_repeat_takes_the_place_of_the_call_before_it_on_the_phone(path: Path) -> None:
    async with Ntfy() as ntfy, home(path, ntfy.address) as daemon:
        alert = due(ago_s=10)
        await daemon.tell(alert, alert_id=alert.alert_id)
        await ntfy.until(1)
        await daemon.receipt("me", Outcome.ACCEPTED)
        await daemon.tell(due(repeat=1, alert_id=alert.alert_id), alert_id=alert.alert_id)
        await ntfy.until(3, asked=True)
        assert ntfy.of("DELETE") == ["/hushhush/msg1"]


async def test_a_call_that_was_over_before_ntfy_had_answered_is_taken_back_all_the_same(path: Path) -> None:
    async with Ntfy() as ntfy, home(path, ntfy.address) as daemon:
        alert = due()
        await daemon.tell(alert, AlertCleared(id="c", at_s=time.time(), alert_id="another", by="break"))
        await ntfy.until(1, asked=True)
        await daemon.tell(AlertCleared(id="d", at_s=time.time(), alert_id=alert.alert_id, by="done"))
        await ntfy.until(2, asked=True)
        assert ntfy.of("DELETE") == ["/hushhush/msg1"]


async def test_after_a_crash_what_is_over_meanwhile_is_taken_back_and_what_stands_stays(path: Path) -> None:
    async with Ntfy() as ntfy:
        alert = due()
        async with home(path, ntfy.address) as daemon:
            await daemon.tell(alert, alert_id=alert.alert_id)
            await daemon.receipt("me", Outcome.ACCEPTED)
        async with home(path, ntfy.address) as daemon:
            await daemon.tell(alert_id=alert.alert_id)
            await daemon.tell(alert_id=alert.alert_id)
            assert not ntfy.of("DELETE")
            await daemon.tell(alert_id=None)
            await ntfy.until(2, asked=True)
            assert ntfy.of("DELETE") == ["/hushhush/msg1"]


async def test_after_a_crash_only_those_are_asked_who_have_not_answered(path: Path) -> None:
    async with Receiver() as quick, Receiver() as slow:
        urls, alert = (quick.address, slow.address), due(ago_s=1)
        async with home(path, *urls) as daemon:
            slow.answers.extend([503] * 999)
            await daemon.tell(alert, alert_id=alert.alert_id)
            await daemon.receipt("me", Outcome.ACCEPTED, Outcome.TRYING)
        slow.answers.clear()
        async with home(path, *urls) as daemon:
            await daemon.tell(alert_id=alert.alert_id)
            await daemon.receipt("me", Outcome.ACCEPTED, Outcome.ACCEPTED)
        assert (len(quick.pushes), len(slow.pushes)) == (1, 1)


@pytest.mark.parametrize("answer", [404, 405])
async def test_an_older_ntfy_that_cannot_is_asked_once(path: Path, answer: int) -> None:
    async with Ntfy() as ntfy, home(path, ntfy.address) as daemon:
        alert = due()
        await daemon.tell(alert, alert_id=alert.alert_id)
        await daemon.receipt("me", Outcome.ACCEPTED)
        ntfy.answers.append(answer)
        await daemon.tell(AlertCleared(id="c", at_s=time.time(), alert_id=alert.alert_id, by="break"))
        await ntfy.until(2, asked=True)
        async with asyncio.timeout(8):
            while (await daemon.receipt("me", Outcome.ACCEPTED))["ntfy (push address 1)"].handle:
                await daemon.tell()
        assert ntfy.asked == 2
        (kept,) = (await daemon.receipt("me", Outcome.ACCEPTED)).values()
        assert kept.taken_back_s is None


async def test_nothing_is_taken_back_where_it_is_not_wanted(path: Path) -> None:
    async with Ntfy() as ntfy, home(path, ntfy.address, take_back=False) as daemon:
        alert = due()
        await daemon.tell(alert, alert_id=alert.alert_id)
        await daemon.receipt("me", Outcome.ACCEPTED)
        await daemon.tell(AlertCleared(id="c", at_s=time.time(), alert_id=alert.alert_id, by="break"))
        await daemon.tell(due(ago_s=-1, id="later", alert_id="later"))
        await ntfy.until(2)
        assert not ntfy.of("DELETE")


async def test_telegram_deletes_the_message_by_its_number(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from apprise.plugins.telegram import NotifyTelegram

    def reply(asked: Asked) -> dict[str, Any]:
        return {"ok": True, "result": {"message_id": 41, "chat": {"id": 12315544}}}

    async with Receiver(reply) as bot:
        monkeypatch.setattr(NotifyTelegram, "notify_url", f"http://127.0.0.1:{bot.port}/bot")
        async with home(path, "tgram://987654321:token/12315544/") as daemon:
            alert = due()
            await daemon.tell(alert, alert_id=alert.alert_id)
            await daemon.receipt("me", Outcome.ACCEPTED)
            await daemon.tell(AlertCleared(id="c", at_s=time.time(), alert_id=alert.alert_id, by="break"))
            await daemon.receipt("me", Outcome.ACCEPTED, taken_back=True)
        assert bot.requests[-1].path == "/bot987654321:token/deleteMessage"
        assert json.loads(bot.requests[-1].body) == {"chat_id": 12315544, "message_id": 41}


@pytest.mark.parametrize("acknowledged", [True, False])
async def test_an_emergency_of_pushover_ends_and_tells_when_it_was_acknowledged(
    path: Path, monkeypatch: pytest.MonkeyPatch, acknowledged: bool
) -> None:
    from apprise.plugins.pushover import NotifyPushover

    seen_s = 1_795_343_250

    def reply(asked: Asked) -> dict[str, Any]:
        if asked.method == "GET":
            return {"status": 1, "acknowledged": int(acknowledged), "acknowledged_at": seen_s if acknowledged else 0}
        return {"status": 1, "request": "r", "receipt": "rcpt1"}

    async with Receiver(reply) as server:
        monkeypatch.setattr(NotifyPushover, "notify_url", f"http://127.0.0.1:{server.port}/1/messages.json")
        token, user = "a" * 30, "u" * 30
        async with home(path, f"pover://{user}@{token}?priority=emergency") as daemon:
            alert = due()
            await daemon.tell(alert, alert_id=alert.alert_id)
            await daemon.receipt("me", Outcome.ACCEPTED)
            await daemon.tell(AlertCleared(id="c", at_s=time.time(), alert_id=alert.alert_id, by="break"))
            async with asyncio.timeout(8):
                while (kept := (await daemon.receipt("me", Outcome.ACCEPTED))["Pushover (push address 1)"]).handle:
                    await daemon.tell()
        assert kept.seen_s == (seen_s if acknowledged else None)
        assert kept.taken_back_s is None  # it calls no more, and stays on the phone
        assert server.of("GET") == [f"/1/receipts/rcpt1.json?token={token}"]
        assert server.of("POST")[1:] == ([] if acknowledged else ["/1/receipts/rcpt1/cancel.json"])


async def test_receipts_of_two_people_are_kept_apart_and_each_hears_only_what_is_theirs(path: Path) -> None:
    async with Ntfy() as adas, Ntfy() as bobs:
        urls = (f"ada={adas.address}", f"bob={bobs.address}")
        async with home(path, *urls, wearers=("ada", "bob")) as daemon:
            bobs.answers.append(401)
            one, two = due(message="For Ada."), due(ago_s=1, message="For Bob.")
            await daemon.tell(one, wearer="ada", alert_id=one.alert_id)
            await daemon.tell(two, wearer="bob", alert_id=two.alert_id)
            assert list(await daemon.receipt("ada", Outcome.ACCEPTED)) == ["ntfy (push address 1)"]
            assert list(await daemon.receipt("bob", Outcome.REFUSED)) == ["ntfy (push address 2)"]
            assert [body["message"] for body in adas.pushes] == ["For Ada."]
            assert (bobs.pushes, bobs.asked) == ([], 1)
            await daemon.tell(AlertCleared(id="c", at_s=time.time(), alert_id=two.alert_id, by="break"), wearer="bob")
            await daemon.tell(wearer="bob")
            assert not adas.of("DELETE")  # Bob's break is not Ada's
            await daemon.tell(AlertCleared(id="d", at_s=time.time(), alert_id=one.alert_id, by="break"), wearer="ada")
            await adas.until(2, asked=True)
            assert (adas.of("DELETE"), bobs.asked) == (["/hushhush/msg1"], 1)


async def test_the_days_account_is_pushed_once_and_not_hours_late(path: Path) -> None:
    day = DaySummary(
        id="s", at_s=time.time(), date="", until="18:00", sedentary_min=60.0, longest_min=30.0, breaks=1, alerts=0
    )
    async with Receiver() as receiver, home(path, receiver.address) as daemon:
        await daemon.tell(day)
        await receiver.until(1)
        await daemon.receipt("me", Outcome.ACCEPTED)
        await daemon.tell(day)  # as after a crash between the hour and the next checkpoint
        await daemon.tell(replace(day, id="late", at_s=time.time() - 3 * 3600))
        test = TestAlert(id="t", at_s=time.time(), title="Test", message="M", exercise=None)
        await daemon.tell(test)
        await receiver.until(2)
        assert [body["title"] for body in receiver.pushes] == ["Your day so far", "Test"]


async def test_the_days_account_is_pushed_in_the_wearers_language(path: Path) -> None:
    async with Receiver() as receiver, home(path, receiver.address, wearers=("me", "bob")) as daemon:
        for number, wearer in enumerate(("me", "bob")):
            day = DaySummary(
                id=f"s{number}",
                at_s=time.time(),
                date="2026-11-22",
                until="18:00",
                sedentary_min=372.4,
                longest_min=47.0,
                breaks=9,
                alerts=4,
            )
            await daemon.tell(day, wearer=wearer)
            await receiver.until(number + 1)
    assert [(body["title"], body["message"]) for body in receiver.pushes] == [
        ("Your day so far", "Today until 18:00: 6 hours 12 minutes of sitting, 47 minutes at the longest, 9 breaks."),
        ("Ihr Tag bis jetzt", "Heute bis 18:00: 6 Stunden 12 Minuten gesessen, am längsten 47 Minuten, 9 Pausen."),
    ]
