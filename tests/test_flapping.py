"""A short piece of ``benchmarks/flapping.py``, which lives whole days of it."""

from __future__ import annotations

from pathlib import Path

from benchmarks.flapping import compare


async def test_a_link_lost_every_five_minutes_leaves_no_trace_in_the_books(tmp_path: Path) -> None:
    cut, losses, found = await compare(tmp_path, duration_s=960.0, every_s=300.0, seat_s=240.0)
    assert found == []
    assert losses == 3
    assert len(cut.bouts) >= 1
