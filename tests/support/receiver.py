"""A small HTTP server on loopback that takes pushes, or does whatever else a service may do."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Any, NamedTuple, Self


class Asked(NamedTuple):
    """One request, as it came."""

    method: str
    path: str
    head: dict[str, str]
    body: str


class Receiver:
    """``async with Receiver() as phone:`` answers 200 until ``answers`` holds something else; 0 means never."""

    def __init__(self, reply: Callable[[Asked], dict[str, Any]] = lambda asked: {}) -> None:
        """``reply`` is what stands in the answer 200."""
        self.port = 0
        self.pushes: list[dict[str, Any]] = []
        self.requests: list[Asked] = []
        self.answers: deque[int] = deque()
        self._reply = reply
        self._news = asyncio.Event()
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def address(self) -> str:
        """As a user writes it, with a secret in it."""
        return f"json://ada:swordfish@127.0.0.1:{self.port}/hushhush"

    @property
    def asked(self) -> int:
        """How many requests have come."""
        return len(self.requests)

    def of(self, method: str) -> list[str]:
        """Paths that were asked for so."""
        return [each.path for each in self.requests if each.method == method]

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._server.close()
        for writer in self._open:
            writer.transport.abort()
        await asyncio.sleep(0)  # lets the transports go

    async def until(self, count: int, asked: bool = False) -> None:
        """Wait until so many pushes were taken (or asked for)."""
        async with asyncio.timeout(8):
            while (self.asked if asked else len(self.pushes)) < count:
                self._news.clear()
                await self._news.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        asked = await _read(reader)
        self.requests.append(asked)
        code = self.answers.popleft() if self.answers else 200
        if code == 200 and asked.method == "POST" and asked.body.startswith("{"):
            self.pushes.append(json.loads(asked.body))
        self._news.set()
        if code:
            told = json.dumps(self._reply(asked)) if code == 200 else ""
            head = f"HTTP/1.1 {code} Said\r\nContent-Length: {len(told.encode())}\r\nConnection: close\r\n\r\n"
            writer.write((head + told).encode())
            await writer.drain()
            writer.close()
            await writer.wait_closed()
            self._open.discard(writer)


async def _read(reader: asyncio.StreamReader) -> Asked:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    head = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    body = await reader.readexactly(int(head.get("content-length", 0)))
    method, path, _ = first.split(" ")
    return Asked(method, path, head, body.decode())
