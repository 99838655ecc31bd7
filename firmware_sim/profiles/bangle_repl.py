"""The JavaScript console of an Espruino watch, as far as an uploader and a simple alert need it.

It understands the lines that write a file in pieces, restart, buzz, show a message and ask for the version, and hands
packets to `PacketReader`. Anything else is answered as a console answers what it does not know.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from firmware_sim.profiles.bangle_packets import START, PacketReader

VERSION, BOARD = "2v28", "BANGLEJS2"
INTERRUPT, SILENT = 0x03, 0x10
WRITE = re.compile(
    r'require\("Storage"\)\.write\(\s*("(?:[^"\\]|\\.)*")\s*,\s*("(?:[^"\\]|\\.)*")\s*(?:,\s*(\d+)\s*(?:,\s*(\d+)\s*)?)?\)'
)
BUZZ = re.compile(r"Bangle\.buzz\(\s*(\d*)")
MESSAGE = re.compile(r'E\.showMessage\(\s*("(?:[^"\\]|\\.)*")(?:\s*,\s*("(?:[^"\\]|\\.)*"))?')
KNOWN = {
    "process.env.VERSION": VERSION,
    "process.env.BOARD": BOARD,
}
ESCAPE = re.compile(r"\\x([0-9a-fA-F]{2})|\\([0-7]{1,3})|\\(.)", re.DOTALL)
LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v"}


def javascript_text(literal: str) -> str:
    """Return what a quoted JavaScript string says; characters stand for bytes."""

    def replaced(match: re.Match[str]) -> str:
        hexadecimal, octal, letter = match.groups()
        if hexadecimal:
            return chr(int(hexadecimal, 16))
        return chr(int(octal, 8)) if octal else LETTERS.get(letter, letter)

    return ESCAPE.sub(replaced, literal[1:-1])


@dataclass(frozen=True, slots=True)
class Shown:
    """What the wearer notices of a line: a buzz, a text, or both."""

    buzz_ms: int | None
    text: str
    title: str


@dataclass
class Console:
    """Takes the bytes of the UART; what it says is to be notified."""

    files: dict[str, bytearray] = field(default_factory=dict)
    shown: list[Shown] = field(default_factory=list)
    restarts: int = 0
    """How often `load()` has been called."""
    _line: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self._packets = PacketReader(self.files, self.evaluate)

    def receive(self, received: bytes) -> bytes:
        """Take bytes from the host; return what the watch answers."""
        self._line += received
        answers = bytearray()
        while self._line:
            answer, used = self._first(bytes(self._line))
            if not used:
                break
            answers += answer
            del self._line[:used]
        return bytes(answers)

    def _first(self, received: bytes) -> tuple[bytes, int]:
        """Return the answer to the first thing received and its size; 0 while it is not whole."""
        if received[0] == INTERRUPT:
            return b"", 1
        if received[:1] == START[:1] and len(received) == 1:
            return b"", 0
        if received.startswith(START):
            return self._packets.take(received)
        end = received.find(b"\n")
        if end < 0:
            interrupted = received.rfind(bytes((INTERRUPT,)))
            return b"", max(0, interrupted)
        line = received[:end].rsplit(bytes((INTERRUPT,)))[-1]
        said = self._obey(line.lstrip(bytes((SILENT,))).decode("latin-1").strip())
        return (said + "\r\n").encode("latin-1") if said else b"", end + 1

    def evaluate(self, expression: str) -> str:
        """Return a known expression's value as JSON."""
        return json.dumps(KNOWN.get(expression.strip()))

    def _obey(self, line: str) -> str:
        if line.startswith("print("):
            return " ".join(KNOWN.get(name.strip(), "undefined") for name in line[6:].rstrip(";)").split(","))
        for match in WRITE.finditer(line):
            self._write(*match.groups())
        buzz, message = BUZZ.search(line), MESSAGE.search(line)
        if buzz or message:
            text, title = ((message[1] or '""'), (message[2] or '""')) if message else ('""', '""')
            buzz_ms = int(buzz[1] or 200) if buzz else None
            self.shown.append(Shown(buzz_ms, javascript_text(text), javascript_text(title)))
        if re.search(r"\bload\(\)", line):
            self.restarts += 1
        return ""

    def _write(self, name: str, chunk: str, offset: str | None, total: str | None) -> None:
        data, at = javascript_text(chunk).encode("latin-1", errors="replace"), int(offset or 0)
        file = self.files.setdefault(javascript_text(name), bytearray())
        if at == 0:
            file[:] = b"\xff" * int(total or len(data))
        file[at : at + len(data)] = data
