"""Pushes to the phone without Home Assistant, through apprise, for alerts that have climbed to rung 2 of the ladder.

An alert waits in the outbox, so that a crash loses none, and is tried again while it lives; one that is late, over, or
followed by a newer one stays at home. Each address is a service of its own: one that fails keeps no other waiting, and
what it made of each alert is kept as a receipt. What is over is taken off the phone where the service allows it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from monitor.clock import Clock
from monitor.errors import MonitorError
from monitor.events import AlertCleared, BreakDue, DaySummary, Event, TestAlert
from monitor.exchange import Message, Update
from monitor.installing import install_line
from monitor.outlets.base import Outbox, OutboxRow
from monitor.outlets.push_rules import AddressError, PushRules, addresses
from monitor.outlets.push_service import Failure, Service, told
from monitor.outlets.receipts import Ledger, Outcome, Receipt
from monitor.words import DEFAULT, words

log = logging.getLogger(__name__)

TEST_LIFE_S = 300.0
FIRST_DELAY_S, LAST_DELAY_S = 5.0, 60.0
TAKE_BACK_TRIES = 4
IN_FLIGHT = 20


class PushMissing(MonitorError):  # noqa: N818  named as the fact it is
    """The extra is not installed."""

    exit_code = 3

    def __init__(self) -> None:
        super().__init__(f"[push] needs apprise: {install_line('push')}, or empty push.urls and push.urls_file")


class PushOutlet:
    """Pushes alerts to the wearers' phones."""

    NAME: ClassVar[str] = "push"

    def __init__(
        self,
        rules: PushRules,
        wearers: Sequence[str],
        outbox: Outbox,
        clock: Clock,
        ledger: Ledger,
        languages: Mapping[str, str] | None = None,
    ) -> None:
        """``languages`` are the wearers' own. Raises PushMissing, PushFileError, AddressError."""
        listed = addresses(rules)
        for address in listed:
            if address.wearer and address.wearer not in wearers:
                raise AddressError(address.number, f'"{address.wearer}" is not a wearer')
        try:
            self._services = {service.name: service for service in (Service(address, rules) for address in listed)}
        except ModuleNotFoundError:
            raise PushMissing from None
        self._wearers, self._outbox, self._clock = frozenset(wearers), outbox, clock
        self._ledger, self._languages = ledger, languages or {}
        self._rules, self._began_s = rules, clock.now_s()
        self._newest: dict[str, int] = {}
        self._over: deque[str] = deque(maxlen=100)
        self._alert: dict[str, str | None] = {}
        """Each wearer's alert of now, as the last update had it."""
        self._standing: defaultdict[str, list[Receipt]] = defaultdict(list)
        """By wearer: what is on a phone and can be taken back."""
        self._news = asyncio.Event()

    def durable(self, update: Update) -> list[Message]:
        """Alerts that may go to the phone; they outlive a crash, but not themselves."""
        if update.wearer not in self._wearers:
            return []
        return [message for event in update.events if (message := self._push_of(event, update.wearer))]

    def _push_of(self, event: Event, wearer: str) -> Message | None:
        alert_id: str | None = None
        match event:
            case BreakDue() if event.level >= self._rules.from_level:
                alert_id, expires_s, title, message = event.alert_id, event.expires_s, event.title, event.message
            case TestAlert():
                expires_s, title, message = event.at_s + TEST_LIFE_S, event.title, event.message
            case DaySummary():
                said = words(self._languages.get(wearer, DEFAULT))
                expires_s, title = event.at_s + DaySummary.LIFE_S, said.titles["day_summary"]
                message = said.day_so_far(event.until, event.sedentary_min, event.longest_min, event.breaks)
            case _:
                return None
        pushed = {"title": title, "message": message, "alert_id": alert_id, "at_s": event.at_s}
        return Message(wearer, json.dumps(pushed, ensure_ascii=False), expires_s=expires_s, event_id=event.id)

    async def run(self, updates: AsyncIterator[Update]) -> None:
        """Push until cancelled."""
        for receipt in await self._ledger.standing_receipts():
            self._standing[receipt.wearer].append(receipt)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._deliver(group), name="push delivery")
            async for update in updates:
                self._alert[update.wearer] = update.state.alert_id
                self._over.extend(event.alert_id for event in update.events if isinstance(event, AlertCleared))
                self._tidy(group, update.wearer)
                self._news.set()

    async def _deliver(self, group: asyncio.TaskGroup) -> None:
        after, room = 0, asyncio.Semaphore(IN_FLIGHT)
        while True:
            rows = await self._outbox.pending(after, IN_FLIGHT)
            for row in rows:
                await room.acquire()
                after = row.number
                if _answers_an_alert(row):
                    self._newest[row.message.topic] = row.number
                group.create_task(self._settle(row, group), name=f"push {row.number}").add_done_callback(
                    lambda _: room.release()
                )
            if not rows:
                await self._outbox.changed()

    async def _settle(self, row: OutboxRow, group: asyncio.TaskGroup) -> None:
        """Bring one alert to all its addresses; it was sent when any of them took it."""
        wearer = row.message.topic
        chosen = [service for service in self._services.values() if service.wearer in ("", wearer)]
        done = await self._ledger.settled_ways(row.message.event_id or "")  # before a crash: nobody is called twice
        receipts = await asyncio.gather(*(self._bring(row, each) for each in chosen if each.name not in done))
        refusals = [each.reason for each in receipts if each.outcome is Outcome.REFUSED or each.reason == "rate"]
        if done or any(receipt.outcome is Outcome.ACCEPTED for receipt in receipts):
            await self._outbox.sent(row.number)
        elif refusals:
            await self._outbox.refused(row.number, "; ".join(told(refusals[0])))
        else:
            await self._outbox.expired(row.number)
        self._tidy(group, wearer)

    async def _bring(self, row: OutboxRow, service: Service) -> Receipt:
        """Try as long as it is worth it, and keep what became of it."""
        message, pushed, delay_s = row.message, json.loads(row.message.payload), FIRST_DELAY_S
        receipt = Receipt(
            message.topic,
            message.event_id or "",
            service.name,
            self._clock.now_s(),
            Outcome.HELD,
            "late",
            pushed["alert_id"],
            attempts=0,
        )
        while await self._wanted(row, pushed):
            if not service.may_send(time.monotonic()):
                receipt = replace(receipt, outcome=Outcome.HELD, reason="rate")
                break
            receipt = await self._try(receipt, service, pushed)
            if receipt.outcome is not Outcome.TRYING:
                break
            await asyncio.sleep(min(delay_s, self._left_s(row)))
            delay_s = min(2 * delay_s, LAST_DELAY_S)
        if receipt.outcome is Outcome.TRYING:
            receipt = replace(receipt, outcome=Outcome.FAILED)
        if receipt.outcome in (Outcome.FAILED, Outcome.HELD):
            log.info("%s: not pushed any more: %s", service.name, told(receipt.reason)[0])
        if receipt.handle and receipt.alert_id is not None:
            self._standing[receipt.wearer].append(receipt)
        await self._ledger.note_receipt(receipt)
        return receipt

    async def _try(self, before: Receipt, service: Service, pushed: dict[str, Any]) -> Receipt:
        """One attempt."""
        receipt = replace(before, attempts=before.attempts + 1)
        try:
            handle = await service.send(pushed["title"], pushed["message"])
        except Failure as failure:
            service.complain(str(failure))
            outcome = Outcome.REFUSED if failure.hopeless else Outcome.TRYING
            receipt = replace(receipt, at_s=self._clock.now_s(), outcome=outcome, reason=failure.reason)
            if outcome is Outcome.TRYING and failure.reason != before.reason:
                await self._ledger.note_receipt(receipt)
            return receipt
        log.info("%s: has taken an alert", service.name)
        return replace(receipt, at_s=self._clock.now_s(), outcome=Outcome.ACCEPTED, reason="", handle=handle)

    def _left_s(self, row: OutboxRow) -> float:
        """Wall seconds that the alert still lives."""
        left_s = (row.message.expires_s or 0.0) - self._clock.now_s()
        return max(0.0, left_s / self._clock.speed)

    async def _wanted(self, row: OutboxRow, pushed: dict[str, Any]) -> bool:
        """Whether it is worth a push: alive, not over, and nothing newer to say."""
        wearer, alert_id = row.message.topic, pushed["alert_id"]
        if wearer not in self._wearers:
            return False
        if not _answers_an_alert(row):
            return self._left_s(row) > 0
        if pushed["at_s"] < self._began_s:  # of an earlier run: what became of it since, the state knows
            while wearer not in self._alert:
                self._news.clear()
                await self._news.wait()
            if alert_id != self._alert[wearer]:
                return False
        newest = self._newest[wearer] == row.number
        return newest and self._left_s(row) > 0 and alert_id not in self._over

    # --- off the phone again ------------------------------------------------------------------------------------

    def _tidy(self, group: asyncio.TaskGroup, wearer: str) -> None:
        """Take back what is over, and what a newer call on the same phone has taken the place of."""
        standing, self._standing[wearer] = self._standing[wearer], []
        if not self._rules.take_back or wearer not in self._alert:
            self._standing[wearer] = standing
            return
        for number, receipt in enumerate(standing):
            replaced = any(later.way == receipt.way for later in standing[number + 1 :])
            if replaced or self._is_over(receipt):
                group.create_task(self._take_back(receipt), name=f"push back {receipt.event_id}")
            else:
                self._standing[wearer].append(receipt)

    def _is_over(self, receipt: Receipt) -> bool:
        if receipt.at_s < self._began_s:
            return receipt.alert_id != self._alert[receipt.wearer]
        return receipt.alert_id in self._over

    async def _take_back(self, receipt: Receipt) -> None:
        """A few times; a message that stays on the phone is no harm."""
        service, delay_s = self._services.get(receipt.way), FIRST_DELAY_S
        for _ in range(TAKE_BACK_TRIES if service else 0):
            assert service is not None
            try:
                seen_s = await service.take_back(receipt.handle)
            except Failure as failure:
                if failure.hopeless:
                    log.info("%s: a message stays on the phone: %s", receipt.way, failure)
                    break
                await asyncio.sleep(delay_s)
                delay_s *= 4
            else:
                off_s = self._clock.now_s() if service.removes else None
                await self._ledger.note_receipt(replace(receipt, handle="", taken_back_s=off_s, seen_s=seen_s))
                return
        await self._ledger.note_receipt(replace(receipt, handle=""))


def _answers_an_alert(row: OutboxRow) -> bool:
    """Whether it is a call, of which the newest counts; a test and the day's account stand alone."""
    return json.loads(row.message.payload)["alert_id"] is not None
