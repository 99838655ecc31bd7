"""Lines of the keyboard while something else goes on: Enter skips what is waited for, and Ctrl-C still ends it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

try:
    import termios
except ImportError:  # Windows has none; there nothing is read meanwhile either
    termios = None  # type: ignore[assignment]

READ_BYTES = 1024
LOCAL_FLAGS = 3
"""Where ``tcgetattr`` keeps the flag ECHO."""


@asynccontextmanager
async def typed_lines(listen: bool) -> AsyncIterator[asyncio.Queue[str]]:
    """A queue of what is typed; with ``listen`` False, or where the system cannot, it stays empty."""
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    try:
        descriptor = sys.stdin.fileno() if listen else -1
        if listen:
            loop.add_reader(descriptor, _read, loop, descriptor, lines)
    except (NotImplementedError, OSError, ValueError):  # Windows, a file, no standard input at all
        descriptor = -1
    try:
        with _no_echo(descriptor):
            yield lines
    finally:
        if descriptor >= 0:
            loop.remove_reader(descriptor)


@contextmanager
def _no_echo(descriptor: int) -> Iterator[None]:
    """What is typed would break what is drawn."""
    if termios is None or descriptor < 0 or not os.isatty(descriptor):
        yield
        return
    before = termios.tcgetattr(descriptor)
    quiet = [*before]
    quiet[LOCAL_FLAGS] &= ~termios.ECHO
    termios.tcsetattr(descriptor, termios.TCSADRAIN, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def _read(loop: asyncio.AbstractEventLoop, descriptor: int, lines: asyncio.Queue[str]) -> None:
    try:
        said = os.read(descriptor, READ_BYTES)
    except OSError:  # the terminal is gone
        said = b""
    if not said:  # Ctrl-D, as in any other question of setup, or a terminal that was closed
        loop.remove_reader(descriptor)
        signal.raise_signal(signal.SIGINT)
        return
    for line in said.decode(errors="replace").splitlines():
        lines.put_nowait(line.strip().casefold())
