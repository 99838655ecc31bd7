"""A small HTTP server on loopback that takes pushes, or does whatever else a service may do."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from types import TracebackType
from typing import Any, Self


class Receiver:
    """``async with Receiver() as phone:`` answers 200 until ``answers`` holds something else; 0 means never."""

    def __init__(self) -> None:
        self.port = 0
        self.pushes: list[dict[str, Any]] = []
        self.answers: deque[int] = deque()
        self.asked = 0
        self._news = asyncio.Event()
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def address(self) -> str:
        """As a user writes it, with a secret in it."""
        return f"json://ada:swordfish@127.0.0.1:{self.port}/hushhush"

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
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        (length,) = (line.split(":")[1] for line in head.splitlines() if line.startswith("content-length:"))
        body = json.loads(await reader.readexactly(int(length)))
        self.asked += 1
        code = self.answers.popleft() if self.answers else 200
        if code == 200:
            self.pushes.append(body)
        self._news.set()
        if code:
            writer.write(f"HTTP/1.1 {code} Said\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
            writer.close()
            await writer.wait_closed()
            self._open.discard(writer)
