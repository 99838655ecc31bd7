"""What must not matter: the future, how samples are cut into blocks, which way round the sensor sits.

Each recording runs a second time, cut off at a random moment and into random blocks: its rows decided by then must be
the same bytes. And a third time as it was recorded, not turned: the same postures. Both should show 0 rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np

from monitor.model import AccelBlock, PostureEpochs

PIECES = 20
"""Random cuts a block."""


@dataclass
class InvariantScore:
    """Rows compared, and those that differ."""

    rows: int = 0
    recut_rows: int = 0
    turned_rows: int = 0

    def add(self, whole: PostureEpochs, cut_off: PostureEpochs, until_s: float, unturned: PostureEpochs) -> None:
        """Count one recording, cut off at ``until_s``."""
        self.rows += len(whole)
        self.recut_rows += rows_that_differ(whole, cut_off, until_s)
        same_length = len(whole) == len(unturned)
        self.turned_rows += int((whole.posture != unturned.posture).sum()) if same_length else len(whole)

    def figures(self) -> dict[str, int]:
        """Rows."""
        return {"rows": self.rows, "recut_rows": self.recut_rows, "turned_rows": self.turned_rows}


def rows_that_differ(whole: PostureEpochs, cut_off: PostureEpochs, until_s: float) -> int:
    """Rows decided by ``until_s`` that are not the same bytes in both."""
    final = int((whole.decided_s <= until_s).sum())
    if int((cut_off.decided_s <= until_s).sum()) != final:
        return max(final, 1)
    if not final:
        return 0
    differ = np.zeros(final, np.bool_)
    for column in fields(whole):
        one, other = (getattr(rows, column.name)[:final] for rows in (whole, cut_off))
        differ |= (one.view(np.uint8).reshape(final, -1) != other.view(np.uint8).reshape(final, -1)).any(axis=1)
    return int(differ.sum())


def recut(blocks: list[AccelBlock], until_s: float, rng: np.random.Generator) -> Iterator[AccelBlock]:
    """The samples before ``until_s``, in other blocks."""
    for block in blocks:
        end = int(np.searchsorted(block.t_s, until_s))
        edges = np.unique(np.concatenate(([0, end], rng.integers(0, max(end, 1), PIECES))))
        for first, last in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            part = slice(first, last)
            yield replace(
                block, t_s=block.t_s[part], xyz_g=block.xyz_g[part], gap_before_s=None if first else block.gap_before_s
            )
