"""Three signed 16-bit numbers a sample, little-endian: how many small devices send acceleration."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from monitor.wearables.base import DecodeError

BINARY_MILLI_G = 1024
"""Counts a g where firmwares speak of "milli-g" and mean binary ones: InfiniTime, micro:bit, Thingy:52."""


def decode_triplets(data: bytes) -> NDArray[np.float32]:
    """(N, 3) acceleration in g, N >= 1, of x, y, z in 1/1024 g."""
    if not data or len(data) % 6:
        raise DecodeError(f"acceleration: {len(data)} bytes are no whole samples of 6", data)
    counts = np.frombuffer(data, "<i2").reshape(-1, 3)
    return (counts / BINARY_MILLI_G).astype(np.float32)
