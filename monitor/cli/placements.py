"""``sitbreak placements``: what each place on the body can tell."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table


def placements() -> None:
    """List where a wearable may sit, and what can and cannot be known there."""
    from monitor.posture import PLACEMENTS

    table = Table("placement", "knows", "cannot know")
    for name, placement in PLACEMENTS.items():
        table.add_row(name, placement.KNOWS, placement.CANNOT)
    Console().print(table)
