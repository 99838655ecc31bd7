"""A stream made some pieces ahead by a thread of its own.

numpy gives the interpreter's lock away while it computes, so that two cores are busy although Python has one lock. It
pays for few large calls: for every one such a thread has to get the lock back from whoever computes in Python. What
comes out is what one thread would have given, in the same order; an error comes out at its place, too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

PIECES_AHEAD = 3
_T = TypeVar("_T")


def made_ahead(items: Iterator[_T], ahead: int = PIECES_AHEAD) -> Generator[_T, None, None]:
    """The same items; at most ``ahead`` are made or waiting while one is worked on."""
    pool, nothing = ThreadPoolExecutor(1, "ahead"), object()
    try:
        coming = deque(pool.submit(next, items, nothing) for _ in range(ahead))
        while (item := coming.popleft().result()) is not nothing:
            coming.append(pool.submit(next, items, nothing))
            yield item  # type: ignore[misc]  # what stands for the end does not get here
    finally:
        pool.shutdown(cancel_futures=True)
