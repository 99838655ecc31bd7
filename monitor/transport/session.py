"""One link from start to end: a driver at work on a connected wearable.

Everything a driver is told goes through one inbox and is told by one task, so that drivers need no locks and a
recording of the inbox is a recording of the day. A second task carries out the driver's actions, strictly one
after the other; their outcomes come back through the same inbox. The end comes through it too: told to stop, the
session lets the driver say its last words and finishes what is on its way, and nothing is cut in the middle.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from monitor.clock import Clock
from monitor.model import AccelBlock, Fact, LinkEvent, LinkState, Nudge, PacketRefused
from monitor.transport.carrier import NEEDS_PAIRING, Carrier, GattAction
from monitor.transport.radio_rules import RadioRules
from monitor.transport.seldom import Seldom
from monitor.wearables.base import Action, DecodeError, Outcome, Packet, Reconnect, Reply, Resume, Wearable

Deliver = Callable[[list[Fact]], Awaitable[None]]
Expect = Callable[[bool], None]
"""Is told before a packet is decoded whether others wait behind it."""
STOPPED = "stopped"
"""Why a session ended that was asked to."""

TICK_S = 1.0
SHORTEST_TICK_S = 0.05
"""Wall time: at 60 times speed a tick comes every 3 s of stream time, 20 times a second; faster buys nothing."""
REFUSALS_LOGGED_EVERY_S = 60.0

_log = logging.getLogger(__name__)


def tick_interval_s(speed: float) -> float:
    """Wall seconds between two ticks: one second of stream time, within 0.05 to 1 s."""
    return min(TICK_S, max(TICK_S / speed, SHORTEST_TICK_S))


def expect_nothing(more: bool) -> None:
    """For those who take each packet as it comes."""


@dataclass(frozen=True, slots=True)
class Alert:
    """Somebody wants the wearable to call its wearer."""

    nudge: Nudge
    asked_at_s: float


@dataclass(frozen=True, slots=True)
class Stored:
    """Samples are safe on disk."""

    segment: int
    upto_index: int


@dataclass(frozen=True, slots=True)
class _Done:
    action: GattAction
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class _Probed:
    failure: str | None


@dataclass(frozen=True, slots=True)
class _Ended:
    why: str


class _Tick: ...


class _Stop: ...


class _Probe: ...


class _LastWord: ...


_Item = Packet | Alert | Stored | _Done | _Probed | _Ended | _Stop | _Tick


class Session:
    """Runs a driver on one link until the link is lost or a stop is asked for."""

    def __init__(
        self, name: str, driver: Wearable, clock: Clock, rules: RadioRules, deliver: Deliver, pairing: Seldom
    ) -> None:
        """``pairing`` lasts longer than a link: without pairing, one follows the other."""
        self.name = name
        self.streamed = False
        """Whether at least one block of samples came."""
        self.understood = False
        """Whether at least one packet made sense."""
        self.on_stream: Callable[[], str] = str
        """Asked once, with the first block: what else there is to say of it, in words."""
        self.expect: Expect = expect_nothing
        self._driver = driver
        self._clock = clock
        self._rules = rules
        self._deliver = deliver
        self._inbox: asyncio.Queue[_Item] = asyncio.Queue()
        self._actions: asyncio.Queue[Action | _Probe | _LastWord] = asyncio.Queue()
        self._is_up = False
        self._silence = ""
        self._next_tick_s = 0.0
        self._heard_s = 0.0
        self._silent_probes = 0
        self._probing = False
        self._pairing = pairing
        self._pairing_told = False
        self._refused = self._dropped = 0
        self._refusals = Seldom(REFUSALS_LOGGED_EVERY_S)

    # --- what may be called from outside, at any time, without waiting ---

    def packet(self, characteristic: str, data: bytes) -> None:
        """A notification came. Beyond the bound it is dropped: drivers see the hole, and some can have it filled."""
        if self._inbox.qsize() < self._rules.inbox_packets:
            self._inbox.put_nowait(Packet(characteristic, data, self._clock.now_s()))
        else:
            self._dropped += 1

    def ask(self, request: Alert | Stored) -> None:
        """Something for the driver."""
        self._inbox.put_nowait(request)

    def unserved(self) -> list[Alert | Stored]:
        """What was asked too late for this link, in its order; to be called when it has ended."""
        left = [self._inbox.get_nowait() for _ in range(self._inbox.qsize())]
        return [item for item in left if isinstance(item, Alert | Stored)]

    def lost(self) -> None:
        """The link is gone. Attempts to connect that failed before it was up have told the same and do not count."""
        if self._is_up:
            self._inbox.put_nowait(_Ended("link lost"))

    def stop(self) -> None:
        """Come to a clean end."""
        self._inbox.put_nowait(_Stop())

    # --- the two tasks ---

    async def run(self, carrier: Carrier, resume: Resume | None, greeting: list[Fact]) -> str:
        """Serve the link, after telling the ``greeting``; returns why it ended."""
        self._is_up, self._silence = carrier.is_up, carrier.SILENCE
        if not self._is_up:
            return "link lost"
        self._heard_s = time.monotonic()
        self._next_tick_s = self._heard_s + tick_interval_s(self._clock.speed)
        if greeting:
            await self._deliver(greeting)
        async with asyncio.TaskGroup() as group:
            actions = group.create_task(self._carry_out(carrier), name=f"{self.name}: actions")
            try:
                return await self._serve(resume)
            finally:
                actions.cancel()

    async def _serve(self, resume: Resume | None) -> str:
        await self._answer(lambda: self._driver.start(resume, self._clock.now_s()))
        while True:
            item = await self._next()
            if isinstance(item, _Ended):
                return item.why
            await self._tell(item)

    async def _next(self) -> _Item:
        if (wait_s := self._next_tick_s - time.monotonic()) > 0:
            try:
                async with asyncio.timeout(wait_s):
                    return await self._inbox.get()
            except TimeoutError:
                pass
        self._next_tick_s = time.monotonic() + tick_interval_s(self._clock.speed)
        return _Tick()

    async def _tell(self, item: _Item) -> None:
        driver, now_s = self._driver, self._clock.now_s()
        match item:
            case Packet():
                self.expect(not self._inbox.empty())
                await self._answer(lambda: self._received(item), item.at_s)
            case _Done():
                await self._answer(lambda: driver.done(item.action, item.outcome))
                await self._mention_pairing(item.outcome)
            case _Tick():
                self._watch()
                await self._answer(lambda: driver.tick(now_s))
            case Stored():
                await self._answer(lambda: driver.stored(item.segment, item.upto_index))
            case Alert() if now_s - item.asked_at_s <= item.nudge.time_to_live_s:
                await self._answer(lambda: driver.alert(item.nudge, now_s))
            case _Stop():
                await self._answer(driver.stop)
                self._actions.put_nowait(_LastWord())
            case _Probed():
                self._judge_probe(item.failure)

    def _received(self, packet: Packet) -> Reply:
        """What the driver makes of a packet; one that it refuses is no sign of life."""
        reply = self._driver.receive(packet)
        self._heard_s, self._silent_probes, self.understood = time.monotonic(), 0, True
        return reply

    async def _answer(self, ask: Callable[[], Reply], at_s: float | None = None) -> None:
        """Ask the driver; queue what it wants, hand on what it knows, in its order."""
        facts: list[Fact] = []
        try:
            reply = ask()
        except DecodeError as error:
            reply = [self._refusal(error, self._clock.now_s() if at_s is None else at_s)]
        for part in reply:
            if isinstance(part, Action):
                self._actions.put_nowait(part)
                continue
            if isinstance(part, AccelBlock) and not self.streamed:
                self.streamed = True
                facts.append(LinkEvent(LinkState.STREAMING, self._clock.now_s(), detail=self.on_stream()))
            facts.append(part)
        if facts:
            await self._deliver(facts)

    async def _carry_out(self, carrier: Carrier) -> None:
        why: str | None = None
        while why is None:
            why = await self._perform(carrier, await self._actions.get())
        self._inbox.put_nowait(_Ended(why))

    async def _perform(self, carrier: Carrier, action: Action | _Probe | _LastWord) -> str | None:
        """Carry out one action and report it; a reason where it is the last one on this link."""
        match action:
            case Reconnect(reason):
                return reason
            case _LastWord():
                return STOPPED
            case _Probe():
                self._inbox.put_nowait(_Probed(await carrier.probe()))
            case action:
                self._inbox.put_nowait(_Done(action, await carrier.perform(action)))
        return "the wearable does not answer any more" if carrier.bearer_is_dead else None

    # --- watching ---

    def _watch(self) -> None:
        if self._dropped:
            _log.warning("%s: decoding cannot keep up, %d packets dropped", self.name, self._dropped)
            self._dropped = 0
        if not self._probing and time.monotonic() - self._heard_s >= self._rules.stall_s:
            self._probing = True
            self._actions.put_nowait(_Probe())

    def _judge_probe(self, failure: str | None) -> None:
        """A read decides whether silence means a dead link; a living link without data is given some patience."""
        self._probing, self._heard_s = False, time.monotonic()
        self._silent_probes += 1
        if failure is not None:
            self._inbox.put_nowait(_Ended(f"silent, and does not answer: {failure}"))
        elif not self._driver.SILENCE_IS_LEGAL and self._silent_probes >= self._rules.stall_probes:
            self._inbox.put_nowait(_Ended(self._silence))

    async def _mention_pairing(self, outcome: Outcome) -> None:
        if outcome.att_error not in NEEDS_PAIRING or self._pairing_told:
            return
        self._pairing_told, words = True, outcome.error or ""
        if self._pairing.lets(words):
            _log.warning("%s: %s", self.name, words)
        await self._deliver([LinkEvent(LinkState.CONNECTED, outcome.at_s, detail=words)])

    def _refusal(self, error: DecodeError, at_s: float) -> PacketRefused:
        self._refused += 1
        if self._refusals.lets("refused"):
            _log.warning("%s: %d packets refused, the last: %s", self.name, self._refused, error)
            self._refused = 0
        return PacketRefused(at_s, error.reason)
