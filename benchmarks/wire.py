"""A line to a broker that can be cut, held, throttled, or answered by nobody: real TCP on loopback, one task a way."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from enum import Enum, auto
from typing import Self

PIECE_BYTES = 4096
PUBLISH, QUOTA_EXCEEDED = 3, 0x97


class Mode(Enum):
    """What the line does to whoever calls."""

    OPEN = auto()
    REFUSING = auto()
    """Nobody listens at the port."""
    SILENT = auto()
    """The connection is taken, and nothing is ever said."""
    HELD = auto()
    """What is said stays on the way until the line is open again."""
    SLOW = auto()
    """So many bytes a second."""
    FULL = auto()
    """The broker takes no publication: quota exceeded."""


class Wire:
    """``async with Wire(port) as wire``: call ``wire.port`` instead of the broker's."""

    def __init__(self, port: int, bytes_per_s: float = 2000.0, encrypted: bool = False) -> None:
        """``encrypted``: nothing of what is said can be read on the way, so the line cannot play a full broker."""
        self.port = 0
        self.calls = 0
        """Connections that were taken."""
        self._broker_port, self._bytes_per_s = port, bytes_per_s
        self._encrypted = encrypted
        self._mode = Mode.OPEN
        self._changed = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._calls: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self._listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._refuse()

    async def turn(self, mode: Mode, cut: bool = False) -> None:
        """Behave so from now on; ``cut`` ends what is connected."""
        self._mode = mode
        if cut:
            await self.cut()
        self._changed.set()
        self._changed = asyncio.Event()
        if mode is Mode.REFUSING:
            await self._refuse()
        elif self._server is None:
            await self._listen()

    async def cut(self) -> None:
        """End every connection, without a word."""
        calls = list(self._calls)
        for call in calls:
            call.cancel()
        if calls:
            await asyncio.wait(calls)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._called, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _refuse(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        await self.cut()

    # --- one connection -------------------------------------------------------------------------------------

    async def _called(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.calls += 1
        call = asyncio.current_task()
        assert call is not None
        self._calls.add(call)
        try:
            with suppress(ConnectionError, asyncio.CancelledError):
                await self._serve(reader, writer)
        finally:
            self._calls.discard(call)
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while self._mode is Mode.SILENT:
            await self._changed.wait()
        theirs, ours = await asyncio.open_connection("127.0.0.1", self._broker_port)
        try:
            ways = [
                asyncio.create_task(
                    self._carry(reader, ours) if self._encrypted else self._up(reader, ours, writer), name="wire up"
                ),
                asyncio.create_task(self._carry(theirs, writer), name="wire down"),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.wait(ways)
        finally:
            ours.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while piece := await reader.read(PIECE_BYTES):
                await self._pass(piece, writer)

    async def _up(self, reader: asyncio.StreamReader, ours: asyncio.StreamWriter, back: asyncio.StreamWriter) -> None:
        """To the broker, a packet at a time."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head, body = await _packet(reader)
                if self._mode is Mode.FULL and head[0] >> 4 == PUBLISH and head[0] >> 1 & 3:
                    topic_end = 2 + int.from_bytes(body[:2], "big")
                    back.write(bytes([0x40, 3, *body[topic_end : topic_end + 2], QUOTA_EXCEEDED]))
                else:
                    await self._pass(head + body, ours)

    async def _pass(self, piece: bytes, writer: asyncio.StreamWriter) -> None:
        while self._mode is Mode.HELD:
            await self._changed.wait()
        if self._mode is Mode.SLOW:
            await asyncio.sleep(len(piece) / self._bytes_per_s)
        writer.write(piece)
        await writer.drain()


async def _packet(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """One MQTT packet: its fixed header, and the rest."""
    head = await reader.readexactly(2)
    while head[-1] & 0x80:
        head += await reader.readexactly(1)
    length = sum((byte & 0x7F) << 7 * place for place, byte in enumerate(head[1:]))
    return head, await reader.readexactly(length)
