"""The delta code of DeskBand format 1, the same as in Polar's compressed frames.

A reference triplet (3 x i16, little-endian) is followed by runs: ``width u8, count u8, bits``. A run holds 3 * count
differences to the sample before, each in two's complement of ``width`` bits, packed lowest bit first, filled up to a
whole byte.
"""

from __future__ import annotations

import numpy as np

REFERENCE_BYTES = 6
RUN_HEADER_BYTES = 2
WIDTH_MAX = 16
COUNT_MAX = 255
"""Most differences in one run; its count is a byte."""


def widths_needed(deltas: np.ndarray) -> np.ndarray:
    """Return for each row of differences the smallest two's-complement width that holds it, at least 1.

    Parameters
    ----------
    deltas : (N, 3) integer array.

    Returns
    -------
    (N,) int64 array, in bits.
    """
    magnitude = np.where(deltas >= 0, deltas, -deltas - 1).max(axis=1, initial=0)
    # v fits in w bits when max(v, -v - 1) < 2**(w - 1); bit_length by exact float conversion.
    return np.asarray(np.frexp(magnitude.astype(np.float64))[1].astype(np.int64) + 1)


def run_bytes(count: np.ndarray | int, width: np.ndarray | int) -> np.ndarray:
    """Return the length of a run of `count` triplets at `width` bits, with its header."""
    return np.asarray(RUN_HEADER_BYTES + (3 * np.asarray(count) * np.asarray(width) + 7) // 8)


def encoded_bytes(counts: np.ndarray) -> np.ndarray:
    """Return, for every n, the length of the first n + 1 samples coded in one run; a huge figure where it cannot be.

    Parameters
    ----------
    counts : (N, 3) int16 array of samples, N >= 1.

    Returns
    -------
    (N,) int64 array of bytes.
    """
    width = np.maximum.accumulate(widths_needed(np.diff(counts.astype(np.int64), axis=0)))
    number = np.arange(1, len(counts))
    sizes = REFERENCE_BYTES + run_bytes(number, width)
    sizes = np.where((width > WIDTH_MAX) | (number > COUNT_MAX), np.int64(1 << 40), sizes)
    return np.concatenate(([REFERENCE_BYTES], sizes))


def encode(counts: np.ndarray) -> bytes | None:
    """Code samples as a reference and one or two runs; None when a difference needs more than 16 bits.

    Parameters
    ----------
    counts : (N, 3) int16 array, 1 <= N <= 256.
    """
    deltas = np.diff(counts.astype(np.int64), axis=0)
    widths = widths_needed(deltas)
    if widths.max(initial=0) > WIDTH_MAX or len(deltas) > COUNT_MAX:
        return None
    split = best_split(widths)
    runs = [run for run in (deltas[:split], deltas[split:]) if len(run)]
    reference: bytes = counts[0].astype("<i2").tobytes()
    return reference + b"".join(encode_run(run) for run in runs)


def best_split(widths: np.ndarray) -> int:
    """Return where a second run, of another width, makes the whole shortest; 0 for a single run."""
    count = len(widths)
    if count == 0:
        return 0
    head_width = np.maximum.accumulate(widths)
    tail_width = np.maximum.accumulate(widths[::-1])[::-1]
    cut = np.arange(1, count)
    split_sizes = run_bytes(cut, head_width[:-1]) + run_bytes(count - cut, tail_width[1:])
    if count == 1 or split_sizes.min() >= run_bytes(count, head_width[-1]):
        return 0
    return int(cut[np.argmin(split_sizes)])


def encode_run(deltas: np.ndarray) -> bytes:
    """Code one run of at most 255 triplets."""
    width = int(widths_needed(deltas).max())
    bits = (deltas.reshape(-1, 1) >> np.arange(width)) & 1
    return bytes((width, len(deltas))) + np.packbits(bits.astype(np.uint8).ravel(), bitorder="little").tobytes()
