"""``sitbreak placements``: what each place on the body can tell."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from monitor.cli.translation import said_here


def placements() -> None:
    """List where a wearable may sit, and what can and cannot be known there."""
    from monitor.posture import PLACEMENTS

    say = said_here("placements")
    table = Table(*map(say, ("placement", "knows", "cannot know")))
    for name, placement in PLACEMENTS.items():
        table.add_row(name, say(placement.KNOWS), say(placement.CANNOT))
    Console().print(table)
