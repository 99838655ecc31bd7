"""The console of the simulated Bangle.js: both ways to upload an app, cut anywhere."""

from __future__ import annotations

import json

import pytest

from firmware_sim.profiles.bangle_packets import ACK, DATA, EVAL, EVENT, FILE_SEND, NAK, packet
from firmware_sim.profiles.bangle_repl import Console, javascript_text

SOURCE = 'Bangle.buzz();\nprint("hällo")\n'.encode("latin-1")


def in_pieces(console: Console, received: bytes, size: int) -> bytes:
    return b"".join(console.receive(received[at : at + size]) for at in range(0, len(received), size))


def write_line(name: str, chunk: bytes, offset: int, total: int) -> bytes:
    text = "".join(f"\\x{byte:02x}" if byte < 32 or byte > 126 or byte in b'"\\' else chr(byte) for byte in chunk)
    return f'\x10require("Storage").write("{name}","{text}",{offset},{total})\n'.encode("latin-1")


@pytest.mark.parametrize("size", [1, 7, 20, 1000])
def test_lines_write_a_file_in_pieces(size: int) -> None:
    console = Console()
    lines = [write_line("deskband.boot.js", SOURCE[at : at + 10], at, len(SOURCE)) for at in range(0, len(SOURCE), 10)]
    assert in_pieces(console, b"\x03" + b"".join(lines) + b"\x10load()\n", size) == b""
    assert bytes(console.files["deskband.boot.js"]) == SOURCE
    assert console.restarts == 1


@pytest.mark.parametrize("size", [1, 7, 20, 1000])
def test_packets_write_a_file(size: int) -> None:
    console = Console()
    head = packet(FILE_SEND, json.dumps({"fn": "hello.txt", "s": 11}, separators=(",", ":")).encode())
    assert head[:4] == bytes.fromhex("10016019")
    assert in_pieces(console, head + packet(DATA, b"Hello ") + packet(DATA, b"World"), size) == ACK * 3
    assert bytes(console.files["hello.txt"]) == b"Hello World"


def test_an_expression_is_answered_with_json() -> None:
    console = Console()
    assert console.receive(packet(EVAL, b"process.env.VERSION")) == ACK + bytes.fromhex("10010006") + b'"2v28"'
    assert console.receive(packet(EVAL, b"nothing.known")) == ACK + bytes.fromhex("10010004") + b"null"


@pytest.mark.parametrize(
    "wrong", [packet(DATA, b"without a file"), packet(FILE_SEND, b"{"), packet(FILE_SEND, b"{}"), packet(0xC000, b"")]
)
def test_what_makes_no_sense_is_refused(wrong: bytes) -> None:
    assert Console().receive(wrong) == NAK


def test_more_than_was_announced_is_refused() -> None:
    console = Console()
    console.receive(packet(FILE_SEND, b'{"fn":"a","s":2}'))
    assert console.receive(packet(DATA, b"abc")) == NAK


def test_a_line_after_a_packet_is_a_line() -> None:
    console = Console()
    assert console.receive(packet(EVENT, b"{}") + b"\x10print(process.env.BOARD)\n") == ACK + b"BANGLEJS2\r\n"


def test_escapes_of_javascript() -> None:
    assert javascript_text(r'"a\n\x41\"\\\101"') == 'a\nA"\\A'
