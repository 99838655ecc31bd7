"""The real daemon with a tape in the place of the radio: as fast as it can, from where it was killed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, ClassVar

from benchmarks.led_clock import Hand, LedClock
from benchmarks.tape import NODE, ORIGIN_S, SETTINGS, STEP_S, Tape, first_step
from monitor.app import App
from monitor.assembly.links import Links
from monitor.exchange import Command
from monitor.live import LATENESS_S, LiveWearer
from monitor.model import LinkEvent, LinkState, Nudge
from monitor.settings.loading import load
from monitor.settings.sections import Settings
from monitor.wearables.base import Action, Advertised, Packet, Reach, Reply, Resume
from monitor.wearables.told import ToldDriver

EXPIRY_ROOM_S = 300.0
"""The tape waits for the broker while an alert has less than this to live: life is slower than a tape."""


class TapeDriver(ToldDriver):
    """The wearable: gives a step at a time, and remembers which is next, as any driver remembers its samples."""

    ADVERTISED: ClassVar[Advertised] = Advertised()
    REACH: ClassVar[Reach] = Reach.LINK
    SILENCE_IS_LEGAL: ClassVar[bool] = True

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.step = first_step(None)

    def start(self, resume: Resume | None, now_s: float) -> Reply:
        """Go on where the checkpoint stands."""
        self.step = first_step(resume)
        return []

    def receive(self, packet: Packet) -> Reply:
        """Give the next step."""
        self.step += 1
        return [*self.tape.facts(self.step - 1)]

    def lost(self, now_s: float) -> Reply:
        """Never happens."""
        return []

    def resume(self) -> Resume:
        """The next step."""
        return {"step": self.step}


class Player:
    """In the place of the link: plays the tape into the wearer's day."""

    def __init__(self, live: LiveWearer, driver: TapeDriver, hand: Hand, resume: Resume | None, step: Any) -> None:
        self.finished = asyncio.Event()
        self.each_minute: Callable[[float], Awaitable[None]]
        self._live, self._driver, self._hand, self._resume, self._step = live, driver, hand, resume, step
        hand.at_s = ORIGIN_S + STEP_S * first_step(resume)

    def alert(self, nudge: Nudge) -> None:
        """The tape cannot buzz."""

    def stored(self, segment: int, upto_index: int) -> None:
        """The tape forgets nothing."""

    async def run(self) -> None:
        """Play to the end, then stand still."""
        intake, hand, tape = self._live.intake, self._hand, self._driver.tape
        intake.start(self._resume, hand.now_s())
        await self._live.deliver([LinkEvent(LinkState.STREAMING, hand.now_s())])
        while self._driver.step < len(tape.kinds):
            step = self._driver.step
            now_s = ORIGIN_S + (step + 1) * STEP_S
            hand.at_s, self._step.value = now_s, step
            # one breath: what a checkpoint holds is a whole number of steps
            facts = [fact for fact in intake.receive(Packet("tape", b"", now_s)) if not isinstance(fact, Action)]
            intake.pass_time(now_s - LATENESS_S)
            if step in tape.commands:
                self._say(*tape.commands[step], now_s)
            await self._live.deliver(facts)
            if step % 6 == 0:
                await self.each_minute(now_s)
        self.finished.set()
        await asyncio.Event().wait()

    def _say(self, name: str, value: str, now_s: float) -> None:
        alert_id = self._live.intake.backfill.state(now_s).alert_id
        answers = name in ("done", "snooze", "skip", "break", "wrong")
        self._live.command(Command(name, value, alert_id if answers else None, "mqtt"))


class TapedLinks(Links):
    """No radio; the tape is what links."""

    def __init__(self, app: TapedApp) -> None:
        super().__init__(app.settings, app.clock, app.assembly.topic_of)
        self._app = app

    def link(self, live: LiveWearer, resume: Resume | None, known: str) -> Any:
        """The tape, from where it was stopped."""
        return self._app.play_to(live, resume)


class TapedApp(App):
    """The daemon, with a tape in the radio's place."""

    def __init__(self, settings: Settings, state_dir: Path, tape: Tape, step: Any) -> None:
        self.hand = Hand(ORIGIN_S)
        super().__init__(settings, state_dir, LedClock(leader=self.hand), nodes={"me": NODE})
        self.player: Player | None = None
        self._tape, self._step = tape, step
        self.each_minute = self.wait_for_broker
        """Awaited after each minute of the tape."""

    def _links(self) -> Links:
        return TapedLinks(self)

    def play_to(self, live: LiveWearer, resume: Resume | None) -> Player:
        """Put the tape in the place of the wearer's link."""
        driver = TapeDriver(self._tape)
        live.intake._driver = driver
        self.player = Player(live, driver, self.hand, resume, self._step)
        self.player.each_minute = self.each_minute
        return self.player

    async def wait_for_broker(self, now_s: float) -> None:
        """Let no alert grow old because a tape is faster than life."""
        while any(  # noqa: ASYNC110
            row.message.expires_s is not None and row.message.expires_s < now_s + EXPIRY_ROOM_S
            for row in await self.waiting(50)
        ):
            await asyncio.sleep(0.002)

    async def waiting(self, limit: int) -> list[Any]:
        """Rows that the broker has not acknowledged."""
        return await self.assembly.history.pending("mqtt", 0, limit)

    async def play(self) -> None:
        """Run until the tape is over and the broker has everything; then end as on SIGTERM."""
        running = asyncio.create_task(self.run(), name="daemon")
        ending = asyncio.create_task(self._over(), name="end of the tape")
        await asyncio.wait({running, ending}, return_when=asyncio.FIRST_COMPLETED)
        if not ending.done():
            running.result()
        running.cancel()
        await asyncio.wait({running})

    async def _over(self) -> None:
        while self.player is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await self.player.finished.wait()
        await self.told()

    async def told(self) -> None:
        """Return when the broker has everything."""
        while await self.waiting(1):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def daemon(tape_folder: str, state_dir: str, port: int, step: Any) -> None:
    """The body of the process that is killed; ends by itself when the tape is over. ``step.value`` tells how far."""
    settings = load(None, (*SETTINGS, f"mqtt.port={port}"), {}).settings
    asyncio.run(TapedApp(settings, Path(state_dir), Tape.opened(Path(tape_folder)), step).play())
