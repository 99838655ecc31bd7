"""Espruino's packet transfer: DLE SOH, sixteen bits of type and length, then the data; each is answered ACK or NAK."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

START = b"\x10\x01"
ACK, NAK = b"\x06", b"\x15"
RESPONSE, EVAL, EVENT, FILE_SEND, DATA = 0x0000, 0x2000, 0x4000, 0x6000, 0x8000
TYPE_MASK, LENGTH_MASK = 0xE000, 0x1FFF
HEAD_BYTES = 4


def packet(kind: int, data: bytes) -> bytes:
    """Code one packet."""
    return START + (kind | len(data)).to_bytes(2, "big") + data


@dataclass
class PacketReader:
    """Receives files and expressions; what it answers goes back over the UART."""

    files: dict[str, bytearray]
    evaluate: Callable[[str], str]
    """Takes an expression, returns JSON."""
    _file: str | None = None
    _left: int = 0
    """Bytes of the file under way that are still to come."""

    def take(self, received: bytes) -> tuple[bytes, int]:
        """Return the answer to a packet at the start of what was received, and its size; 0 while it is not whole."""
        if len(received) < HEAD_BYTES:
            return b"", 0
        head = int.from_bytes(received[2:HEAD_BYTES], "big")
        size = HEAD_BYTES + (head & LENGTH_MASK)
        if len(received) < size:
            return b"", 0
        return self._obey(head & TYPE_MASK, received[HEAD_BYTES:size]), size

    def _obey(self, kind: int, data: bytes) -> bytes:
        try:
            if kind == EVAL:
                return ACK + packet(RESPONSE, self.evaluate(data.decode()).encode())
            if kind == EVENT:
                return ACK
            if kind == FILE_SEND:
                return self._begin(json.loads(data))
            if kind == DATA:
                return self._append(data)
        except (ValueError, KeyError, TypeError):
            pass
        return NAK

    def _begin(self, described: dict[str, object]) -> bytes:
        name, size = str(described["fn"]), int(str(described["s"]))
        self.files[name] = bytearray()
        self._file, self._left = name, size
        return ACK

    def _append(self, data: bytes) -> bytes:
        if self._file is None or len(data) > self._left:
            return NAK
        self.files[self._file] += data
        self._left -= len(data)
        if self._left == 0:
            self._file = None
        return ACK
