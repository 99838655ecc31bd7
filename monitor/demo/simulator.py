"""The simulator as a process of its own: known by its command line, and told by lines what its wearer hears."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from monitor.errors import MonitorError

_log = logging.getLogger(__name__)

AIR_LIMIT_S = 20.0
"""Wall seconds the simulator may take to come on the air (a cold start on a small computer)."""


class SimulatorError(MonitorError):
    """The simulated wearable does not come on the air; the message is its own."""

    exit_code = 3


class Simulator:
    """A running simulator."""

    def __init__(self, process: asyncio.subprocess.Process, air: str) -> None:
        self._process = process
        self.air = air
        """HOST:PORT of the air that it holds."""

    def say(self, word: str) -> None:
        """Let the simulated wearer hear something: "called", or "begin" where the day waits for it."""
        assert self._process.stdin is not None
        with suppress(ConnectionError):  # it has gone: the link will tell
            self._process.stdin.write(f"{word}\n".encode())


@asynccontextmanager
async def simulator(options: Sequence[str]) -> AsyncIterator[Simulator]:
    """Start it in a process group of its own, and end it on leaving."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "firmware_sim", "--serve", "127.0.0.1:0", "--ear", *options),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        env={name: text for name, text in os.environ.items() if not name.startswith("SITBREAK_")},  # no business of it
    )
    said: list[str] = []
    listening = asyncio.create_task(_listen(process, said), name="the simulator's complaints")
    try:
        yield Simulator(process, await _air_of(process, said))
    finally:
        await _end(process)
        await listening


async def _listen(process: asyncio.subprocess.Process, said: list[str]) -> None:
    """Keep the simulator's last complaints, and log them."""
    assert process.stderr is not None
    async for line in process.stderr:
        said[:] = [*said[-9:], line.decode(errors="replace").strip()]
        _log.info("simulator: %s", said[-1])


async def _air_of(process: asyncio.subprocess.Process, said: list[str]) -> str:
    assert process.stdout is not None
    line = b""
    with suppress(TimeoutError):
        async with asyncio.timeout(AIR_LIMIT_S):
            line = await process.stdout.readline()
    if line.startswith(b"air "):
        return line.decode().split()[1]
    with suppress(TimeoutError):  # it has gone, or is about to: its last words say why
        async with asyncio.timeout(1.0):
            await process.wait()
    last_words = said[-1].removeprefix("firmware-sim: ") if said else ""
    error = SimulatorError(last_words or "the simulated wearable did not come on the air in time; try again")
    error.exit_code = process.returncode if process.returncode in (2, 3) else 3
    raise error


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(1.0):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
