"""A call that is over is taken off the phone again, each service in its own way."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest

from monitor.events import AlertCleared
from monitor.outlets.receipts import Outcome
from tests.support.phones import Ntfy, due, home, over, secrets_in
from tests.support.receiver import Asked, Receiver

pytestmark = pytest.mark.usefixtures("impatient")


async def test_ntfy_is_asked_to_take_the_call_off_the_phone_when_the_break_is_seen(path: Path) -> None:
    async with Ntfy() as ntfy, home(path, ntfy.address) as daemon:
        alert = due()
        await daemon.tell(alert, alert_id=alert.alert_id)
        await daemon.receipt("me", Outcome.ACCEPTED)
        assert not ntfy.of("DELETE")
        await daemon.tell(over(alert))
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
            await daemon.tell(over(alert))
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
        await daemon.tell(over(alert, "done"))
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


@pytest.mark.parametrize("answer", [404, 405])
async def test_an_older_ntfy_that_cannot_is_asked_once(path: Path, answer: int) -> None:
    async with Ntfy() as ntfy, home(path, ntfy.address) as daemon:
        alert = due()
        await daemon.tell(alert, alert_id=alert.alert_id)
        await daemon.receipt("me", Outcome.ACCEPTED)
        ntfy.answers.append(answer)
        await daemon.tell(over(alert))
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
        await daemon.tell(over(alert))
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
            await daemon.tell(over(alert))
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
            await daemon.tell(over(alert))
            async with asyncio.timeout(8):
                while (kept := (await daemon.receipt("me", Outcome.ACCEPTED))["Pushover (push address 1)"]).handle:
                    await daemon.tell()
        assert kept.seen_s == (seen_s if acknowledged else None)
        assert kept.taken_back_s is None  # it calls no more, and stays on the phone
        assert server.of("GET") == [f"/1/receipts/rcpt1.json?token={token}"]
        assert server.of("POST")[1:] == ([] if acknowledged else ["/1/receipts/rcpt1/cancel.json"])
