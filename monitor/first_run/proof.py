"""Step: prove that the body is seen, live, through the daemon itself: stand, sit, stand, walk.

It runs on the user's own state directory, so that what is learned of the sensor's direction serves the daemon
afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from rich.status import Status
from rich.text import Text

from monitor.app import App
from monitor.clock import Clock
from monitor.errors import MonitorError
from monitor.exchange import Command, Message, Update, WearerState
from monitor.first_run.guide import Guide
from monitor.first_run.keys import typed_lines
from monitor.first_run.placing import told
from monitor.first_run.talk import Talk
from monitor.in_reach import KINDS
from monitor.rules import changed
from monitor.settings.sections import Settings
from monitor.wearables.base import Reach
from monitor.words import words


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do, and the postures by which it is seen."""

    name: str
    seen_as: frozenset[str]
    teaches: bool = False
    """The wearer stands upright meanwhile: the ``standing`` command."""
    after: str = ""
    """Shows nothing unless this task was seen."""


SEATED = frozenset({"sitting", "lying"})
TASKS = (
    Task("stand", frozenset({"standing"}), teaches=True),
    Task("sit", SEATED),
    Task("rise", frozenset({"standing", "stepping"}), after="sit"),
    Task("walk", frozenset({"stepping"})),
)
"""In this order no task is seen by what was asked for before it, though rows come some seconds late."""


class Watch:
    """An outlet that keeps what is said last of the wearer."""

    NAME: ClassVar[str] = "proof"

    def __init__(self) -> None:
        self.state: WearerState | None = None
        self.changed = asyncio.Event()

    def durable(self, update: Update) -> list[Message]:
        """Nothing: what is not seen now is not seen."""
        return []

    async def run(self, updates: AsyncIterator[Update]) -> None:
        """Listen until cancelled."""
        async for update in updates:
            self.state = update.state
            self.changed.set()


@dataclass
class Proof:
    """The daemon under trial, and how patient we are with it."""

    app: App
    watch: Watch
    talk: Talk
    wearer: str
    patience_s: float
    lines: asyncio.Queue[str]

    async def connected(self) -> bool:
        """Wait for the first sample; False if none comes and the user has had enough."""
        while not await self._within(self.app.sampled.wait()):
            if not await self._again("proof.no_sample"):
                return False
        self.talk.good("proof.connected")
        return True

    async def task(self, task: Task) -> bool:
        """Ask for one task until it is seen, or left out."""
        while True:
            self._drop_typed()
            self.talk.say(f"proof.{task.name}", style="bold")
            if task.teaches:
                self.app.command(self.wearer, Command("standing", "PRESS", source="setup"))
            if await self._within(self._seen(task)):
                self.talk.good(f"proof.{task.name}_seen")
                return True
            if not await self._again(f"proof.{task.name}_unseen"):
                self.talk.say("proof.left_out", style="yellow")
                return False

    async def _seen(self, task: Task) -> None:
        while self.watch.state is None or self.watch.state.posture not in task.seen_as:
            self.watch.changed.clear()
            await self.watch.changed.wait()

    async def _within(self, fact: Coroutine[Any, Any, object]) -> bool:
        """Whether something comes to be in time; Enter ends the wait."""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + self.patience_s
        waiting = asyncio.create_task(fact, name="fact")
        enough = asyncio.create_task(self.lines.get(), name="enough")
        try:
            with Status("", console=self.talk.console) as status:
                while (left_s := until_s - loop.time()) > 0 and not (waiting.done() or enough.done()):
                    status.update(Text(self._now(left_s)))
                    await asyncio.wait({waiting, enough}, timeout=min(0.5, left_s), return_when="FIRST_COMPLETED")
        finally:
            waiting.cancel()
            enough.cancel()
            await asyncio.wait({waiting, enough})
        return not waiting.cancelled()

    def _now(self, left_s: float) -> str:
        """What is seen at this moment."""
        postures = words(self.talk.language).page.postures
        state = self.watch.state
        posture = postures[state.posture if state is not None else "unknown"]
        key = "proof.now" if self.app.sampled.is_set() else "proof.searching"
        hint = self.talk.words("proof.enter_skips") if self.talk.asks else ""
        return f"{self.talk.words(key, posture=posture, seconds=round(left_s))}  {hint}".rstrip()

    async def _again(self, key: str) -> bool:
        """Say that nothing was seen, and ask whether to try again."""
        self.talk.say(key, style="yellow")
        if not self.talk.asks:
            return False
        self._drop_typed()
        self.talk.say("proof.again_or_skip", style="bold")
        return not (await self.lines.get()).startswith(self.talk.words("answer.skip")[0])

    def _drop_typed(self) -> None:
        while not self.lines.empty():
            self.lines.get_nowait()


async def prove(
    settings: Settings, state_dir: Path, wearer: str, talk: Talk, patience_s: float, clock: Clock | None = None
) -> dict[str, bool]:
    """Run the daemon and go through the tasks; what was seen by the tasks' names. Raises MonitorError."""
    watch = Watch()
    app = App(settings, state_dir, clock, own_outlets=[watch])
    async with AsyncExitStack() as stack:
        lines = await stack.enter_async_context(typed_lines(talk.asks))
        proof = Proof(app, watch, talk, wearer, patience_s, lines)
        daemon = asyncio.create_task(app.run(), name="daemon")
        tasks = asyncio.create_task(_through(proof), name="proof")
        try:
            await asyncio.wait({daemon, tasks}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in (tasks, daemon):
                each.cancel()
                await asyncio.wait({each})
        if not daemon.cancelled():
            daemon.result()
        return tasks.result()


async def _through(proof: Proof) -> dict[str, bool]:
    seen = dict.fromkeys((task.name for task in TASKS), False)
    if await proof.connected():
        for task in TASKS:
            seen[task.name] = seen.get(task.after, True) and await proof.task(task)
    return seen


def show_it(guide: Guide) -> None:
    """Let the wearer see that they are seen; it may be left out."""
    talk = guide.talk
    if guide.flags.proof is False or not talk.agree("proof.now_or_never"):
        talk.say("proof.later")
        return
    talk.show(told(talk, guide.answers.placement, "wear"))
    while True:
        try:
            guide.answers.seen = guide.wait_for(_proven(guide))
            break
        except MonitorError as error:
            talk.problem(str(error))
            if not (talk.asks and talk.agree("proof.once_more")):
                break
    if guide.answers.seen and all(guide.answers.seen.values()):
        talk.good("proof.all_seen")
    else:
        guide.failed.append("proof")
        talk.say("proof.not_all")


async def _proven(guide: Guide) -> dict[str, bool]:
    settings = for_the_proof(guide.settings(), guide.answers.wearer)
    return await prove(settings, guide.state_dir, guide.answers.wearer, guide.talk, guide.flags.patience_s)


def for_the_proof(settings: Settings, wearer: str) -> Settings:
    """The settings with this wearer alone, and no outlet to the world that is not needed to hear the wearable."""
    plan = settings.wearers[wearer]
    quiet: dict[str, Any] = {
        "wearers": {wearer: plan},
        "web": changed(settings.web, enabled=False),
        "push": changed(settings.push, urls=(), urls_file=""),
    }
    if KINDS[plan.wearable].REACH is not Reach.TOPIC:
        quiet["mqtt"] = changed(settings.mqtt, host="")
    return changed(settings, **quiet)
