"""From seconds to the 4-s windows around them.

The window of second k is the 50 cells of 0.08 s of [k - 1, k + 3), counted from k - 1. As 12.5 cells do not fill a
second, cells are laid over its half cells in two ways: a window's first and third second begin with a whole cell
(``early``), its second and fourth with half of the cell that bridges the border before (``late``). What is asked of a
window are sums over its cells, so each second is summed once in either way, and four of these parts and two bridges
make a window.

Windows with empty cells are too few to be clever about: their cells are laid out one by one and filled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.accel.metrics import total
from monitor.accel.seconds import HALF_CELLS_PER_S, Seconds
from monitor.model import Bools, Floats

CELL_S = 2.0 / HALF_CELLS_PER_S
WINDOW_S = 4
WINDOW_CELLS = WINDOW_S * HALF_CELLS_PER_S // 2
SECONDS_BEFORE = 1
"""The window of second k begins at k - 1."""
Slots = NDArray[np.int64]
"""(4, n) where in ``Seconds`` the seconds of each window are; -1 where one has no samples."""
_TERMS = 13
VECTOR, SQUARES, PRODUCTS, MAGNITUDE, PATH = slice(0, 3), slice(3, 6), slice(6, 9), slice(9, 12), 12
"""Rows of ``cell_sums``: x, y, z; xx, yy, zz; xy, xz, yz; powers 1 to 3 of the magnitude over 1 g; the way from cell
to cell."""


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """What the 50 cells around each second sum up to."""

    sums: Floats
    """(13, n) ``cell_sums`` of all cells, empty ones filled on the straight line between their neighbours."""
    mean_g: Floats
    """(3, n) mean of the cells that have samples."""
    longest_hole: NDArray[np.int64]
    """(n,) most empty cells in a row."""


def slots_of(seconds: Seconds, wanted_s: Floats) -> NDArray[np.int64]:
    """Where the seconds of one segment that begin at ``wanted_s`` are, in its shape; -1 where there are none."""
    start_s, last = seconds.start_s, len(seconds) - 1
    if start_s[-1] - start_s[0] == last:  # no second is missing: no need to search
        place = (wanted_s - start_s[0]).astype(np.int64)
        return np.where((place >= 0) & (place <= last), place, -1)
    place = np.minimum(np.searchsorted(start_s, wanted_s), last)
    return np.where(start_s[place] == wanted_s, place, -1)


def windows_at(seconds: Seconds, slots: Slots) -> Windows:
    """The windows with their seconds at ``slots``."""
    sums, whole = _from_parts(seconds, slots)
    mean_g, longest_hole = sums[VECTOR] / WINDOW_CELLS, np.zeros(slots.shape[1], dtype=np.int64)
    holey = np.flatnonzero(~whole)
    if len(holey):
        cells_g, mean_g[:, holey], longest_hole[holey] = cells_at(seconds, slots[:, holey])
        sums[:, holey] = cell_sums(cells_g)
    return Windows(sums=sums, mean_g=mean_g, longest_hole=longest_hole)


def cell_sums(cells_g: Floats) -> Floats:
    """(3, c, n) cells, c >= 1 in order -> (13, n): what is summed over the cells, see ``PATH``."""
    x, y, z = cells_g
    terms, sums = np.empty((_TERMS - 1, *x.shape)), np.empty((_TERMS, x.shape[1]))
    terms[VECTOR] = cells_g
    np.multiply(cells_g, cells_g, out=terms[SQUARES])
    np.multiply(x, cells_g[1:], out=terms[6:8])
    np.multiply(y, z, out=terms[8])
    norm, square, cube = terms[MAGNITUDE]
    np.add(terms[3], terms[4], out=norm)
    norm += terms[5]
    np.sqrt(norm, out=norm)
    norm -= 1.0  # at rest little is left of it, so that its powers lose no digits
    np.multiply(norm, norm, out=square)
    np.multiply(square, norm, out=cube)
    sums[:PATH] = total(terms)
    sums[PATH] = total(_way(cells_g[:, :-1], cells_g[:, 1:])) if x.shape[0] > 1 else 0.0
    return sums


def _way(from_g: Floats, to_g: Floats) -> Floats:
    """Distance of vectors (3, ...)."""
    step = to_g - from_g
    step *= step
    length = step[0]
    length += step[1]
    length += step[2]
    return np.asarray(np.sqrt(length, out=length))


def _from_parts(seconds: Seconds, slots: Slots) -> tuple[Floats, Bools]:
    """Sums of the windows (13, n), and which of them are whole; of the others the sums say nothing."""
    pairs, paired, last_g, first_g = _pairs(seconds)
    one, two, three, four = slots
    follow = (one >= 0) & (two == one + 1) & (three == two + 1) & (four == three + 1)
    one, three = np.where(follow, one, 0), np.where(follow, three, 0)
    if not len(paired):
        return np.zeros((_TERMS, len(one))), follow
    one, three = np.minimum(one, len(paired) - 1), np.minimum(three, len(paired) - 1)
    sums = pairs[:, one] + pairs[:, three]
    sums[PATH] += _way(last_g[:, one + 1], first_g[:, three])
    return sums, follow & paired[one] & paired[three]


def _pairs(seconds: Seconds) -> tuple[Floats, Bools, Floats, Floats]:
    """Two seconds after each other: sums of their 25 cells (13, n - 1), and whether each of these has samples.

    Also the last cell of each second laid late, and the first of each laid early, (3, n): where pairs meet.
    """
    half_g, count = seconds.half_sum_g, seconds.half_count
    early_g, early = _laid(half_g[:, :-1], count[:-1])
    late_g, late = _laid(half_g[:, 1:], count[1:])
    shared = count[-1:, :-1] + count[:1, 1:]
    bridge_g = (half_g[:, -1:, :-1] + half_g[:, :1, 1:]) / np.maximum(shared, 1.0)
    sums = cell_sums(early_g)[:, :-1] + cell_sums(bridge_g)
    sums += cell_sums(late_g)[:, 1:]
    sums[PATH] += _way(early_g[:, -1, :-1], bridge_g[:, 0]) + _way(bridge_g[:, 0], late_g[:, 0, 1:])
    return sums, early[:-1] & (shared[0] > 0) & late[1:], late_g[:, -1], early_g[:, 0]


def _laid(half_g: Floats, half_count: Floats) -> tuple[Floats, Bools]:
    """Cells (3, 12, n) of 24 half cells, and whether all of them have samples (n,)."""
    count = half_count[0::2] + half_count[1::2]
    cells_g = half_g[:, 0::2] + half_g[:, 1::2]
    cells_g /= np.maximum(count, 1.0)
    return cells_g, np.asarray((count > 0).all(axis=0))


def cells_at(seconds: Seconds, slots: Slots) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """The cells of some windows (3, 50, n), empty ones filled; the mean of the others (3, n); and the longest hole."""
    half_g, half_count = seconds.half_sum_g[:, :, slots], seconds.half_count[:, slots]
    absent = slots < 0
    if absent.any():
        half_g[:, :, absent], half_count[:, absent] = 0.0, 0.0
    half_g = half_g.swapaxes(1, 2).reshape(3, 2 * WINDOW_CELLS, -1)
    half_count = half_count.swapaxes(0, 1).reshape(2 * WINDOW_CELLS, -1)
    count = half_count[0::2] + half_count[1::2]
    cells_g = half_g[:, 0::2] + half_g[:, 1::2]
    cells_g /= np.maximum(count, 1.0)
    has = count > 0
    mean_g = total(cells_g) / np.maximum(has.sum(axis=0), 1)
    longest_hole = np.zeros(slots.shape[1], dtype=np.int64)
    holey = np.flatnonzero(~has.all(axis=0))
    if len(holey):
        cells_g[:, :, holey], longest_hole[holey] = _filled(cells_g[:, :, holey], has[:, holey])
    return cells_g, mean_g, longest_hole


def _filled(cells_g: Floats, has: Bools) -> tuple[Floats, NDArray[np.int64]]:
    """Empty cells filled, the ends held; and the longest run of empty cells of each window."""
    place = np.arange(WINDOW_CELLS)[:, None]
    before = np.maximum.accumulate(np.where(has, place, -1), axis=0)
    after = np.minimum.accumulate(np.where(has, place, WINDOW_CELLS)[::-1], axis=0)[::-1]
    longest = np.where(has, 0, after - before - 1).max(axis=0)
    left = np.where(before < 0, after, before)
    right = np.where(after == WINDOW_CELLS, before, after)
    share = np.divide(place - left, right - left, out=np.zeros(left.shape), where=right > left)
    left_g = np.take_along_axis(cells_g, left[None], axis=1)
    right_g = np.take_along_axis(cells_g, right[None], axis=1)
    return left_g + (right_g - left_g) * share, longest
