"""What keeps one wearer's stream up for ever, whatever carries it: alerts in, facts out, sessions one after the other.

``Link`` (in ``ble``) connects; ``Listener`` hears what is told to everybody. Both are run, alerted and told what is
stored in the same way.
"""

from __future__ import annotations

import asyncio
import logging
import time

from monitor.clock import Clock
from monitor.model import Fact, LinkEvent, LinkState, Nudge
from monitor.transport.carrier import Carrier
from monitor.transport.radio_rules import RadioRules
from monitor.transport.seldom import Seldom
from monitor.transport.session import STOPPED, Alert, Deliver, Expect, Session, Stored, expect_nothing
from monitor.wearables.base import Action, Resume, Wearable

PAIRING_LOGGED_EVERY_S = 600.0

_log = logging.getLogger(__name__)


class Supervisor:
    """Supervises one configured wearer; ``_turn`` is one search and what is found."""

    def __init__(
        self,
        *,
        name: str,
        driver: Wearable,
        rules: RadioRules,
        clock: Clock,
        deliver: Deliver,
        resume: Resume | None = None,
    ) -> None:
        """``deliver`` takes facts in order, and may make us wait."""
        self.name = name
        self._driver = driver
        self._rules = rules
        self._clock = clock
        self._deliver = deliver
        self._resume = resume
        self.expect: Expect = expect_nothing
        self._state = LinkState.STOPPED
        self._session: Session | None = None
        self._waiting: dict[int | str, Alert | Stored] = {}
        self._lost_s = 0.0
        self._pairing = Seldom(PAIRING_LOGGED_EVERY_S)

    def alert(self, nudge: Nudge) -> None:
        """Let the wearable call its wearer; without a link it waits for one, as long as the nudge may live."""
        self._ask("alert", Alert(nudge, self._clock.now_s()))

    def stored(self, segment: int, upto_index: int) -> None:
        """Everything before ``upto_index`` of the segment is safe on disk."""
        self._ask(segment, Stored(segment, upto_index))

    def _take_back(self, session: Session) -> None:
        for request in session.unserved():
            self._ask("alert" if isinstance(request, Alert) else request.segment, request)

    def _ask(self, key: int | str, request: Alert | Stored) -> None:
        if self._session is not None:
            self._session.ask(request)
        else:
            self._waiting[key] = request  # the newest of its kind says all

    async def run(self) -> None:
        """Keep the stream up until cancelled; then end it cleanly."""
        try:
            while True:
                if self._state is not LinkState.SEARCHING:
                    await self._say(LinkState.SEARCHING)
                await self._turn()
        except asyncio.CancelledError:
            await self._say(LinkState.STOPPED)
            raise

    async def _turn(self) -> None:
        raise NotImplementedError

    def _new_session(self, rules: RadioRules | None = None) -> Session:
        rules = rules or self._rules
        session = Session(self.name, self._driver, self._clock, rules, self._deliver, self._pairing)
        session.expect = self.expect
        return session

    def _hand_over(self, session: Session) -> None:
        for request in self._waiting.values():
            session.ask(request)
        self._waiting.clear()

    async def _serve(self, session: Session, carrier: Carrier, greeting: list[Fact]) -> None:
        """Run the session; being cancelled becomes a request to stop, so that nothing on its way is cut."""
        resume, self._resume = self._resume, None
        serving = asyncio.create_task(session.run(carrier, resume, greeting), name=f"{self.name}: session")
        self._session = session
        self._hand_over(session)
        try:
            await asyncio.wait({serving})
        except asyncio.CancelledError:
            session.stop()
            await asyncio.wait({serving}, timeout=self._rules.stop_limit_s)
            raise
        finally:
            self._session = None
            self._take_back(session)
            serving.cancel()
            await carrier.close(self._rules.stop_limit_s)
            await self._after(serving)

    async def _after(self, serving: asyncio.Task[str]) -> None:
        await asyncio.wait({serving})
        reason = STOPPED if serving.cancelled() else serving.result()
        self._lost_s = time.monotonic()
        now_s = self._clock.now_s()
        facts = [part for part in self._driver.lost(now_s) if not isinstance(part, Action)]
        if reason != STOPPED:
            _log.info("%s: %s", self.name, reason)
            facts.append(LinkEvent(LinkState.LOST, now_s, detail=reason))
        if facts:
            await self._deliver(facts)

    async def _say(self, state: LinkState, rssi_dbm: int | None = None, detail: str = "") -> None:
        self._state = state
        await self._deliver([LinkEvent(state, self._clock.now_s(), rssi_dbm, detail)])
