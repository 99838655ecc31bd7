"""The delta code shared by Polar PMD frames and DeskBand blocks: a reference sample, then packed differences.

After the reference (three i16) come blocks of ``width u8, count u8, bits``: ``count`` samples of three signed
differences of ``width`` bits each, lowest bit first, x1 y1 z1 x2 ..., each block starting on a byte border.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from monitor.wearables.base import DecodeError

REFERENCE_BYTES = 6
MAX_WIDTH = 16


def decode_delta(data: bytes) -> NDArray[np.int32]:
    """Unpack one delta-coded run of samples.

    Parameters
    ----------
    data : the bytes after the packet's header.

    Returns
    -------
    (N, 3) int32 counts, N >= 1; the first row is the reference.
    """
    if len(data) < REFERENCE_BYTES:
        raise DecodeError("delta: shorter than its reference sample", data)
    rows = [np.frombuffer(data, "<i2", count=3).astype(np.int32)[None, :]]
    position = REFERENCE_BYTES
    while position < len(data):
        steps, position = _unpack_steps(data, position)
        rows.append(steps)
    samples: NDArray[np.int32] = np.cumsum(np.concatenate(rows), axis=0, dtype=np.int32)
    if samples.size and (samples.max() > 32767 or samples.min() < -32768):
        raise DecodeError("delta: a sample leaves the 16-bit range", data)
    return samples


def _unpack_steps(data: bytes, position: int) -> tuple[NDArray[np.int32], int]:
    """Differences (n, 3) of the block at ``position``, and where the next block starts."""
    if position + 2 > len(data):
        raise DecodeError("delta: a block without its count", data)
    width, count = data[position], data[position + 1]
    if not 1 <= width <= MAX_WIDTH:
        raise DecodeError(f"delta: width {width} is not 1..{MAX_WIDTH}", data)
    start = position + 2
    end = start + (3 * count * width + 7) // 8
    if end > len(data):
        raise DecodeError("delta: the packed bits are cut off", data)
    bits = np.unpackbits(np.frombuffer(data, np.uint8, count=end - start, offset=start), bitorder="little")
    fields = bits[: 3 * count * width].reshape(3 * count, width).astype(np.int32)
    weights = np.left_shift(np.int32(1), np.arange(width, dtype=np.int32))
    weights[-1] = -weights[-1]  # two's complement: the top bit counts negative
    return (fields * weights).sum(axis=1, dtype=np.int32).reshape(count, 3), end
