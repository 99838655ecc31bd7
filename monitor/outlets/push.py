"""Pushes to the phone without Home Assistant, through apprise, for alerts that have climbed to rung 2 of the ladder.

An alert waits in the outbox, so that a crash loses none, and is tried again while it lives; one that is late, over, or
followed by a newer one stays at home. Each address is a service of its own: one that fails keeps no other waiting.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from monitor.clock import Clock
from monitor.errors import MonitorError
from monitor.events import AlertCleared, BreakDue, Event, Message, TestAlert, Update
from monitor.outlets.base import Outbox, OutboxRow
from monitor.outlets.push_rules import Address, AddressError, PushRules, addresses

if TYPE_CHECKING:
    from apprise import AppriseResult

log = logging.getLogger(__name__)

TEST_LIFE_S = 300.0
FIRST_DELAY_S, LAST_DELAY_S = 5.0, 60.0
IN_FLIGHT = 20
_HOPELESS = {"400", "401", "403", "404", "410"}
"""HTTP answers that the same push would get again (RFC 9110, 15.5)."""
HOUR_S = 3600.0


class PushMissing(MonitorError):  # noqa: N818  named as the fact it is
    """The extra is not installed."""

    exit_code = 3

    def __init__(self) -> None:
        super().__init__('[push] needs apprise: pip install "sitbreak[push]", or empty push.urls and push.urls_file')


class Failure(Exception):  # noqa: N818  never leaves this file
    """A service did not take a push."""

    def __init__(self, reason: str, remedy: str, hopeless: bool = False) -> None:
        super().__init__(f"{reason}; {remedy}")
        self.hopeless = hopeless


class Service:
    """One address. At most one thread works for it, and none is waited for at the end."""

    def __init__(self, address: Address, rules: PushRules) -> None:
        from apprise import Apprise  # here, because most who run this have no use for it

        logging.getLogger("apprise").propagate = False  # it names addresses
        apprise = Apprise()
        if not apprise.add(address.url.get_secret_value()):
            raise AddressError(address.number, "not one that apprise knows")
        self.wearer = address.wearer
        self.name = f"{apprise[0].service_name} (push address {address.number})"
        self._apprise, self._rules = apprise, rules
        self._sent_s: deque[float] = deque(maxlen=rules.per_hour)
        self._turn = asyncio.Lock()
        self._working: asyncio.Future[str | None] | None = None
        self._complaint = ""

    def may_send(self, now_s: float) -> bool:
        """Whether the hour has room for one more; said once where it has not."""
        room = len(self._sent_s) < self._rules.per_hour or now_s - self._sent_s[0] >= HOUR_S
        if not room:
            self.complain(f"more than {self._rules.per_hour} pushes an hour, the rest stays at home; see push.per_hour")
        return room

    async def send(self, title: str, body: str) -> None:
        """Raises Failure."""
        async with self._turn:
            if self._working is not None and not self._working.done():
                raise Failure("still busy with an earlier push", "is the service reachable?")
            self._working = _in_thread(lambda: self._apprise.notify(body=body, title=title, body_format="text"))
            try:
                async with asyncio.timeout(self._rules.timeout_s):
                    said = await asyncio.shield(self._working)
            except TimeoutError:
                remedy = "is the service reachable? push.timeout_s says how long to wait"
                raise Failure(f"no answer within {self._rules.timeout_s:g} s", remedy) from None
        if said is not None:
            raise _failure(said)
        self._sent_s.append(time.monotonic())
        if self._complaint:
            log.warning("%s: works again", self.name)
            self._complaint = ""

    def complain(self, reason: str) -> None:
        """Say it once, until something else is the matter."""
        if reason != self._complaint:
            self._complaint = reason
            log.warning("%s: %s", self.name, reason)


class PushOutlet:
    """Pushes alerts to the wearers' phones."""

    NAME: ClassVar[str] = "push"

    def __init__(self, rules: PushRules, wearers: Sequence[str], outbox: Outbox, clock: Clock) -> None:
        """Raises PushMissing, PushFileError, AddressError."""
        listed = addresses(rules)
        for address in listed:
            if address.wearer and address.wearer not in wearers:
                raise AddressError(address.number, f'"{address.wearer}" is not a wearer')
        try:
            self._services = [Service(address, rules) for address in listed]
        except ModuleNotFoundError:
            raise PushMissing from None
        self._wearers, self._outbox, self._clock = frozenset(wearers), outbox, clock
        self._from_level, self._began_s = rules.from_level, clock.now_s()
        self._newest: dict[str, int] = {}
        self._over: deque[str] = deque(maxlen=100)
        self._alert: dict[str, str | None] = {}
        """Each wearer's alert of now, as the last update had it."""
        self._news = asyncio.Event()

    def durable(self, update: Update) -> list[Message]:
        """Alerts that may go to the phone; they outlive a crash, but not themselves."""
        if update.wearer not in self._wearers:
            return []
        return [message for event in update.events if (message := self._push_of(event, update.wearer))]

    def _push_of(self, event: Event, wearer: str) -> Message | None:
        alert_id: str | None
        match event:
            case BreakDue() if event.level >= self._from_level:
                alert_id, expires_s = event.alert_id, event.expires_s
            case TestAlert():
                alert_id, expires_s = None, event.at_s + TEST_LIFE_S
            case _:
                return None
        told = {"title": event.title, "message": event.message, "alert_id": alert_id, "at_s": event.at_s}
        return Message(wearer, json.dumps(told, ensure_ascii=False), expires_s=expires_s, event_id=event.id)

    async def run(self, updates: AsyncIterator[Update]) -> None:
        """Push until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._deliver(group), name="push delivery")
            async for update in updates:
                self._alert[update.wearer] = update.state.alert_id
                self._over.extend(event.alert_id for event in update.events if isinstance(event, AlertCleared))
                self._news.set()

    async def _deliver(self, group: asyncio.TaskGroup) -> None:
        after, room = 0, asyncio.Semaphore(IN_FLIGHT)
        while True:
            rows = await self._outbox.pending(after, IN_FLIGHT)
            for row in rows:
                await room.acquire()
                after = row.number
                self._newest[row.message.topic] = row.number
                group.create_task(self._settle(row), name=f"push {row.number}").add_done_callback(
                    lambda _: room.release()
                )
            if not rows:
                await self._outbox.changed()

    async def _settle(self, row: OutboxRow) -> None:
        """Bring one alert to all its addresses; it was sent when any of them took it."""
        wearer = row.message.topic
        chosen = [service for service in self._services if service.wearer in ("", wearer)]
        outcomes = await asyncio.gather(*(self._bring(row, service) for service in chosen))
        if "" in outcomes:
            await self._outbox.sent(row.number)
        elif refusals := [outcome for outcome in outcomes if outcome]:
            await self._outbox.refused(row.number, refusals[0])
        else:
            await self._outbox.expired(row.number)

    async def _bring(self, row: OutboxRow, service: Service) -> str | None:
        """Empty where it was taken, the reason where it was refused, None where it came too late."""
        told, delay_s = json.loads(row.message.payload), FIRST_DELAY_S
        while await self._wanted(row, told):
            if not service.may_send(time.monotonic()):
                return "rate limit"
            try:
                await service.send(told["title"], told["message"])
            except Failure as failure:
                service.complain(str(failure))
                if failure.hopeless:
                    return str(failure)
            else:
                return ""
            await asyncio.sleep(min(delay_s, self._left_s(row)))
            delay_s = min(2 * delay_s, LAST_DELAY_S)
        log.info("%s: an alert is not pushed any more: too late", service.name)
        return None

    def _left_s(self, row: OutboxRow) -> float:
        """Wall seconds that the alert still lives."""
        left_s = (row.message.expires_s or 0.0) - self._clock.now_s()
        return max(0.0, left_s / self._clock.speed)

    async def _wanted(self, row: OutboxRow, told: dict[str, Any]) -> bool:
        """Whether it is worth a push: alive, not over, and nothing newer to say."""
        wearer, alert_id = row.message.topic, told["alert_id"]
        if wearer not in self._wearers:
            return False
        if told["at_s"] < self._began_s:  # of an earlier run: what became of it since, the state knows
            while wearer not in self._alert:
                self._news.clear()
                await self._news.wait()
            if alert_id != self._alert[wearer]:
                return False
        newest = self._newest[wearer] == row.number
        return newest and self._left_s(row) > 0 and (alert_id is None or alert_id not in self._over)


# --- apprise blocks, and its words name addresses ------------------------------------------------------------


def _in_thread(notify: Callable[[], AppriseResult]) -> asyncio.Future[str | None]:
    """Work in a thread that nobody waits for at the end; None where it went well, else what apprise says of it."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[str | None] = loop.create_future()

    def tell(said: str | None) -> None:
        if not outcome.done():
            outcome.set_result(said)

    def run() -> None:
        try:
            result = notify()
            said = None if result else " ".join(entry.message for entry in result.logs())
        except Exception as problem:  # whatever a service's plugin raises is a push that failed, no more
            said = type(problem).__name__
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(tell, said)

    threading.Thread(target=run, name="push", daemon=True).start()
    return outcome


def _failure(said: str) -> Failure:
    """What apprise said, in words that name no address."""
    if code := re.search(r"error=(\d{3})", said):
        remedy = {
            "401": "check the name, password or token in the address",
            "403": "check the name, password or token in the address",
            "429": "it wants fewer pushes; see push.per_hour",
        }.get(code[1], "check the address" if code[1] in _HOPELESS else "is the service well?")
        return Failure(f"refused with HTTP {code[1]}", remedy, code[1] in _HOPELESS)
    if "onnection" in said:
        return Failure("cannot be reached", "check the network and the host in the address")
    return Failure("not taken", 'try the address alone with "apprise -vv -b test ADDRESS"')
