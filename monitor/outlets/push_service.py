"""One push address as a service: what it is given, what it makes of it, and in which words that is told.

apprise blocks, and its words name addresses: it works in a thread, and nothing that it says is handed on.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from monitor.outlets.push_answers import Answer, Unwilling, handle_of, listen, removes, taking_back
from monitor.outlets.push_rules import Address, AddressError, PushRules

log = logging.getLogger(__name__)

HOUR_S = 3600.0
_HOPELESS = {"400", "401", "403", "404", "405", "410"}
"""HTTP answers that the same push would get again (RFC 9110, 15.5)."""
_SAID = {
    "unreachable": ("cannot be reached", "check the network and the host in the address"),
    "busy": ("still busy with an earlier push", "is the service reachable?"),
    "not_taken": ("not taken", 'try the address alone with "apprise -vv -b test ADDRESS"'),
    "no_answer": ("no answer in time", "is the service reachable? push.timeout_s says how long to wait"),
    "rate": ("too many pushes this hour", "see push.per_hour"),
    "late": ("not sent: it was too late, over, or a newer one came", ""),
}
_LOCKED = "check the name, password or token in the address"
_REMEDIES = {"401": _LOCKED, "403": _LOCKED, "429": "it wants fewer pushes; see push.per_hour"}

_Result = TypeVar("_Result")


def told(reason: str) -> tuple[str, str]:
    """What a reason means, and what to do, in English: for the log and the doctor."""
    if reason.startswith("http:"):
        code = reason.removeprefix("http:")
        remedy = _REMEDIES.get(code, "check the address" if code in _HOPELESS else "is the service well?")
        return f"refused with HTTP {code}", remedy
    return _SAID.get(reason, (reason, ""))


class Failure(Exception):  # noqa: N818  never leaves the push outlet
    """A service did not take a push; ``reason`` is the code that a receipt keeps."""

    def __init__(self, reason: str) -> None:
        super().__init__("; ".join(told(reason)))
        self.reason = reason

    @property
    def hopeless(self) -> bool:
        """Whether the same push would fail again."""
        return self.reason.removeprefix("http:") in _HOPELESS


class Service:
    """One address. At most one thread works for it, and none is waited for at the end."""

    def __init__(self, address: Address, rules: PushRules) -> None:
        """Raises AddressError; ModuleNotFoundError without the extra."""
        from apprise import Apprise  # here, because most who run this have no use for it

        for speaker in ("apprise", "urllib3"):  # they name addresses
            logging.getLogger(speaker).propagate = False
        apprise = Apprise()
        if not apprise.add(address.url.text):
            raise AddressError(address.number, "not one that apprise knows")
        self.wearer = address.wearer
        self._plugin = apprise[0]
        self.name = f"{self._plugin.service_name} (push address {address.number})"
        self._apprise, self._rules, self._answers = apprise, rules, listen(self._plugin)
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

    async def send(self, title: str, body: str) -> str:
        """Returns by what it can be taken back, if it can. Raises Failure."""
        async with self._turn:
            if self._working is not None and not self._working.done():
                raise Failure("busy")
            self._answers.clear()
            self._working = in_thread(lambda: self._notified(title, body))
            try:
                async with asyncio.timeout(self._rules.timeout_s):
                    said = await asyncio.shield(self._working)
            except TimeoutError:
                raise Failure("no_answer") from None
            answers = list(self._answers)
        if said is not None:
            raise Failure(_reason(said, answers))
        self._sent_s.append(time.monotonic())
        if self._complaint:
            log.warning("%s: works again", self.name)
            self._complaint = ""
        return handle_of(self._plugin, answers)

    def _notified(self, title: str, body: str) -> str | None:
        """None where it went well, else what apprise says of it."""
        try:
            result = self._apprise.notify(body=body, title=title, body_format="text")
        except Exception as problem:  # whatever a service's plugin raises is a push that failed, no more
            return type(problem).__name__
        return None if result else " ".join(entry.message for entry in result.logs())

    @property
    def removes(self) -> bool:
        """Whether what is taken back is off the phone then; asked of services that take back at all."""
        return removes(self._plugin)

    async def take_back(self, handle: str) -> float | None:
        """Take a message back. Returns when it was acknowledged, if the service knows. Raises Failure."""
        work = taking_back(self._plugin, handle, self._rules.timeout_s)
        try:
            async with asyncio.timeout(self._rules.timeout_s):
                return await in_thread(work)
        except TimeoutError:
            raise Failure("no_answer") from None
        except Unwilling as refusal:
            raise Failure(f"http:{refusal.status}") from None
        except (OSError, ValueError, LookupError):
            raise Failure("unreachable") from None

    def complain(self, reason: str) -> None:
        """Say it once, until something else is the matter."""
        if reason != self._complaint:
            self._complaint = reason
            log.warning("%s: %s", self.name, reason)


def in_thread(work: Callable[[], _Result]) -> asyncio.Future[_Result]:
    """Work in a thread that nobody waits for at the end."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[_Result] = loop.create_future()

    def tell(result: _Result | None, problem: Exception | None) -> None:
        if outcome.done():
            return
        if problem is not None:
            outcome.set_exception(problem)
        else:
            outcome.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, problem = None, None
        try:
            result = work()
        except Exception as error:  # told to who waits
            problem = error
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(tell, result, problem)

    threading.Thread(target=run, name="push", daemon=True).start()
    return outcome


def _reason(said: str, answers: list[Answer]) -> str:
    """Why it was not taken, from what the service answered, else from what apprise said; a code without an address."""
    failed = [answer for answer in answers if answer.status != 200]
    if failed and failed[-1].status:
        return f"http:{failed[-1].status}"
    if failed and "Timeout" in failed[-1].text and "Connect" not in failed[-1].text:
        return "no_answer"
    if code := re.search(r"error=(\d{3})", said):
        return f"http:{code[1]}"
    return "unreachable" if failed or "onnection" in said else "not_taken"
