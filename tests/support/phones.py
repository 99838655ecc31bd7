"""The push outlet with a real history, as the daemon runs it, and services that a call can be taken back from."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from monitor.clock import Clock
from monitor.events import AlertCleared, BreakDue, Event
from monitor.exchange import Update, WearerState
from monitor.history.outbox import History
from monitor.history.receipts import calls
from monitor.history.store import Commit
from monitor.outlets import push
from monitor.outlets.push import PushOutlet
from monitor.outlets.push_rules import PushRules
from monitor.outlets.receipts import Outcome, Receipt
from monitor.rules import check
from tests.support.living_outlet import break_due
from tests.support.outboxes import Feed
from tests.support.receiver import Asked, Receiver

SECRETS = ("hushhush", "swordfish", "tk_secret", "987654321:token")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses that belong to life's own speed."""
    from apprise.plugins.ntfy import NotifyNtfy

    monkeypatch.setattr(push, "FIRST_DELAY_S", 0.02)
    monkeypatch.setattr(NotifyNtfy, "request_rate_per_sec", 0)  # it waits 5.5 s between two pushes


def due(ago_s: float = 0.0, repeat: int = 0, level: int = 2, **changed: Any) -> BreakDue:
    """A call that is for the phone."""
    return break_due(time.time() - ago_s, repeat, level=level, **changed)


def over(alert: BreakDue, by: str = "break") -> AlertCleared:
    """The end of that call."""
    return AlertCleared(id=f"over {alert.id}", at_s=time.time(), alert_id=alert.alert_id, by=by)


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
        set_ = check(PushRules, {"urls": urls, **rules})
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
    """What must never stand in a file."""
    return [secret for secret in SECRETS if secret.encode() in path.read_bytes()]
