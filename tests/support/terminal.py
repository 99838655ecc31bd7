"""A program in a terminal of its own (a pty): typed at and read as a person would."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

LIMIT_S = 30.0
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")


class Terminal:
    """What is on the screen so far, and the keyboard."""

    def __init__(self, process: asyncio.subprocess.Process, descriptor: int) -> None:
        self._process, self._descriptor = process, descriptor
        self._seen, self._news, self._from = "", asyncio.Event(), 0
        asyncio.get_running_loop().add_reader(descriptor, self._read)

    def _read(self) -> None:
        try:
            self._seen += os.read(self._descriptor, 65536).decode(errors="replace")
        except OSError:  # the other side is gone
            asyncio.get_running_loop().remove_reader(self._descriptor)
        self._news.set()

    @property
    def screen(self) -> str:
        """Everything shown, without colours and moves of the cursor."""
        return ESCAPES.sub("", self._seen)

    async def shows(self, text: str, within_s: float = LIMIT_S) -> None:
        """Wait until this is on the screen, after what was waited for last."""
        try:
            async with asyncio.timeout(within_s):
                while (place := self.screen.find(text, self._from)) < 0:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{text!r} is not in:\n{self.screen[self._from :]}") from None
        self._from = place + len(text)

    def type(self, text: str) -> None:
        """Press keys; ``\\x03`` is Ctrl-C."""
        os.write(self._descriptor, text.encode())

    async def shows_after_ctrl_c(self, text: str) -> None:
        """Press Ctrl-C, and once more where nothing follows: between a prompt and its reading Python misses one."""
        self.type("\x03")
        try:
            await self.shows(text, LIMIT_S / 3)
        except AssertionError:
            self.type("\x03")
            await self.shows(text)

    async def ends(self) -> int:
        """The exit code."""
        async with asyncio.timeout(LIMIT_S):
            return await self._process.wait()

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._descriptor)
        os.close(self._descriptor)


@asynccontextmanager
async def terminal(*command: str, environment: Mapping[str, str]) -> AsyncIterator[Terminal]:
    """Run ``python -m monitor ...`` in a terminal 100 columns wide."""
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _TAKE_THE_TERMINAL, *command),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env={**environment, "COLUMNS": "100", "LINES": "60", "TERM": "xterm"},
    )
    os.close(theirs)
    screen = Terminal(process, ours)
    try:
        yield screen
    finally:
        screen.close()
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


# Ctrl-C reaches only those whose controlling terminal it is
_TAKE_THE_TERMINAL = """
import fcntl, runpy, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
sys.argv = ["sitbreak", *sys.argv[1:]]
runpy.run_module("monitor", run_name="__main__", alter_sys=True)
"""
