"""Nonsense by a seed, and what delivered samples must be like."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import numpy as np

from monitor.model import AccelBlock, Quality

Step = Callable[[int], None]
"""One input, by its number."""


class Unfit(Exception):  # noqa: N818  what is wrong with samples that were delivered
    """Samples that no stage could use."""


def garbled(rng: random.Random, seeds: list[bytes], nearer: list[bytes] | None = None, longest: int = 260) -> bytes:
    """One of the seeds as it is or spoilt, or noise; mostly one of the ``nearer`` ones, where there are any."""
    data = bytearray(rng.choice(nearer if nearer and rng.random() < 0.7 else seeds))
    match rng.randrange(8):
        case 0:
            return bytes(data)
        case 1:
            return rng.randbytes(rng.choice((0, 1, 2, 6, 17, 20, 64, longest)))
        case 2:
            del data[rng.randint(0, len(data)) :]
        case 3:
            data += rng.randbytes(rng.randint(1, 40))
        case 4:
            data += rng.choice(seeds)
        case 5:
            at = rng.randint(0, len(data))
            data[at:at] = rng.randbytes(rng.randint(1, 3))
        case _:
            for _ in range(rng.choice((1, 1, 1, 2, 8)) if data else 0):
                data[rng.randrange(len(data))] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
    return bytes(data)


def checked(block: AccelBlock, newest_s: float) -> float:
    """See that a block keeps its contract; returns the time of the newest sample."""
    t_s, xyz_g = block.t_s, block.xyz_g
    if not (len(t_s) and xyz_g.shape == (len(t_s), 3) and xyz_g.dtype == np.float32):
        raise Unfit(f"{len(t_s)} times, samples {xyz_g.shape} {xyz_g.dtype}")
    if not (np.isfinite(t_s).all() and np.isfinite(xyz_g).all() and math.isfinite(block.rate_hz) and block.rate_hz > 0):
        raise Unfit("not finite")
    if (np.diff(t_s) <= 0).any():
        raise Unfit("times do not grow within a block")
    if block.gap_before_s is not None and not block.gap_before_s >= 0:
        raise Unfit(f"a gap of {block.gap_before_s} s")
    if block.quality & Quality.REPLAYED:
        return newest_s
    if t_s[0] <= newest_s:
        raise Unfit(f"live samples {newest_s - t_s[0]:.3f} s before the last ones")
    return float(t_s[-1])


NUMBERS = (
    *("nan", "inf", "-inf", "1e999", "-0.0", "0", "1", "-1", "1e9", "-1e9", "1e308", "1e-320", "9223372036854775808"),
    *("32503680001", "0x10", "1_000", "٣", "1,5", "''", "None", "true"),
)
"""What is hard to take for a number, or easily taken for one."""


def odd_number(rng: random.Random) -> str:
    """A number that nobody expects, as text."""
    return rng.choice(NUMBERS) if rng.random() < 0.7 else repr(rng.uniform(-1e6, 1e6))
