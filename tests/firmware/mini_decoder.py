"""The least that reads a DeskBand block: the tests' own, so that the encoder is not measured by itself."""

from __future__ import annotations

import struct
from typing import NamedTuple


class Read(NamedTuple):
    """One block as read."""

    fmt: int
    flags: int
    session: int
    index: int
    t_us: int | None
    samples: list[list[int]]

    @property
    def end(self) -> int:
        return self.index + len(self.samples)


def read_block(value: bytes) -> Read:
    first, flags, session, index = struct.unpack_from("<BBHI", value)
    assert first >> 4 == 1
    stamped = flags & 1
    t_us = int.from_bytes(value[8:14], "little") if stamped else None
    body = value[14:] if stamped else value[8:]
    readers = {0: read_triplets, 1: read_delta, 15: lambda _: []}
    return Read(first & 15, flags, session, index, t_us, readers[first & 15](body))


def read_triplets(body: bytes) -> list[list[int]]:
    return [list(triplet) for triplet in struct.iter_unpack("<hhh", body)]


def read_delta(body: bytes) -> list[list[int]]:
    samples = [list(struct.unpack_from("<hhh", body))]
    at = 6
    while at < len(body):
        width, count = body[at], body[at + 1]
        size = (3 * count * width + 7) // 8
        bits = int.from_bytes(body[at + 2 : at + 2 + size], "little")
        for number in range(count):
            deltas = [(bits >> (3 * number + axis) * width) & ((1 << width) - 1) for axis in range(3)]
            signed = [delta - (1 << width) if delta >> (width - 1) else delta for delta in deltas]
            samples.append([before + delta for before, delta in zip(samples[-1], signed, strict=True)])
        at += 2 + size
    return samples
