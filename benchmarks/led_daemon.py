"""The daemon, the whole `App`, in a process of its own, on a clock that is led from this one.

Every line on its standard input is the simulated time to go on to, in seconds since the Unix epoch, and the wearers
whose band is in reach. When the daemon has the samples of those up to a step before, it answers with a line of numbers:
asyncio tasks, and how often it has waited in vain so far.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

from benchmarks.led_clock import Hand, LedClock
from monitor.app import App
from monitor.model import LinkState
from monitor.settings.loading import load

GATHERED_S = 15.0
"""Simulated time that a band may hold samples back to send them at once, with a margin."""
PATIENCE_S = 2.0
"""Wall time that a link and a step's last samples are waited for: where they were lost on the air none will come."""
END_S = 20.0
"""Wall time that the daemon may take to end."""
GREETING_S = 0.3
"""Wall time for what driver and band have to say to each other on a new link; samples come with the next step."""


class LedDaemon:
    """The process, seen from the one that leads it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process, self.answer = process, {"tasks": 0, "waited_in_vain": 0}
        self._owed = 0

    @classmethod
    async def started(cls, folder: Path, began_s: float, step_s: float, speed: float) -> LedDaemon:
        """With ``sitbreak.toml`` of this folder, which its history goes into; ``speed`` is what patience is worth."""
        command = [sys.executable, "-m", "benchmarks.led_daemon", str(folder), *map(repr, (began_s, step_s, speed))]
        pipe = asyncio.subprocess.PIPE
        return cls(await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe))

    async def go_on_to(self, at_s: float, in_reach: list[str]) -> None:
        """Move its clock, and name the wearers who are in reach; return when it has taken the step before."""
        assert self.process.stdin is not None
        self.process.stdin.write(" ".join([repr(at_s), *in_reach, "\n"]).encode())
        self._owed += 1
        while self._owed > 1:
            await self._hear()

    async def _hear(self) -> None:
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        if not line:
            raise SystemExit("the daemon has ended; what it said is above")
        self.answer, self._owed = json.loads(line), self._owed - 1

    async def end(self) -> None:
        """Let it come to its end."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(END_S):
                await self.process.wait()


async def told() -> AsyncIterator[str]:
    """The lines of standard input."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async for line in reader:
        yield line.decode()


async def follow(app: App, leader: Hand, step_s: float) -> None:
    """Go on step by step until standard input ends."""
    waited_in_vain = 0
    async for line in told():
        at_s, *in_reach = line.split()
        leader.at_s = float(at_s)
        waited_in_vain += not await caught_up(app, in_reach, leader.at_s - step_s - GATHERED_S)
        print(json.dumps({"tasks": len(asyncio.all_tasks()), "waited_in_vain": waited_in_vain}), flush=True)


async def caught_up(app: App, wearers: list[str], enough_s: float) -> bool:
    """Wait until these are linked and have delivered so far; False where one has not."""
    until_s, greeted_s = time.monotonic() + PATIENCE_S, math.inf
    await asyncio.sleep(0)
    # A link tells nobody what is on its way
    while behind := [wearer for wearer in wearers if is_behind(app, wearer, enough_s)]:
        now_s = time.monotonic()
        if all(app.parts[wearer].live.link is LinkState.CONNECTED for wearer in behind if wearer in app.parts):
            greeted_s = min(greeted_s, now_s + GREETING_S)
        if now_s > min(until_s, greeted_s):
            return now_s > greeted_s
        await asyncio.sleep(0.002)
    return True


def is_behind(app: App, wearer: str, enough_s: float) -> bool:
    """Whether samples are on their way, or a link is."""
    if wearer not in app.parts:
        return True
    live = app.parts[wearer].live
    return live.link is not LinkState.STREAMING or (live.state.last_sample_s or 0.0) < enough_s


async def serve(folder: Path, began_s: float, step_s: float, speed: float) -> None:
    """Run until standard input ends."""
    leader = Hand(began_s)
    settings = load(folder / "sitbreak.toml", (), {}).settings
    app = App(settings, folder, LedClock(began_s, speed, leader=leader))
    running = asyncio.create_task(app.run(), name="daemon")
    following = asyncio.create_task(follow(app, leader, step_s), name="leader")
    await asyncio.wait({running, following}, return_when=asyncio.FIRST_COMPLETED)
    for task in (running, following):
        task.cancel()
    for end in await asyncio.gather(running, following, return_exceptions=True):
        if isinstance(end, Exception):
            raise end


def main() -> None:
    """``FOLDER BEGAN_S STEP_S SPEED``."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(name)s %(message)s")
    asyncio.run(serve(Path(sys.argv[1]), *map(float, sys.argv[2:5])))


if __name__ == "__main__":
    main()
