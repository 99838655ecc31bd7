"""What the wearer hears: lines on standard input, read beside the event loop."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from contextlib import suppress

STANDARD_INPUT = 0


def lines_of_input(hear: Callable[[str], None]) -> None:
    """Hand on every line as it comes, in the running event loop, until the input or the program ends."""
    loop = asyncio.get_running_loop()

    def read() -> None:
        rest = b""
        with suppress(OSError, RuntimeError):  # there is no input, or the loop has ended
            while data := os.read(STANDARD_INPUT, 4096):  # not sys.stdin: a thread that waits in it disturbs the exit
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    loop.call_soon_threadsafe(hear, line.decode(errors="replace").strip())

    threading.Thread(target=read, name="ear", daemon=True).start()
