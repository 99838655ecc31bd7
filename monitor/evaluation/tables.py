"""The sheets as tables: for the terminal with rich, for a page as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from monitor.evaluation.campaign import POOLED
from monitor.evaluation.sheets import Sheet, sheets

WIDTH = 140
"""In columns, where the output is no terminal."""
_LEFT = ("data", "seconds", "who")


def show(placement: str, groups: dict[str, dict[str, Any]], console: Console) -> None:
    """Print one placement."""
    if not console.is_terminal:
        console = Console(file=console.file, width=max(console.width, WIDTH))
    console.print(f"\n[bold]{placement}[/bold]: {groups[POOLED]['subjects']} recordings")
    for sheet in sheets(groups):
        console.print(sheet.title, style="italic", highlight=False)
        table = Table(box=SIMPLE, padding=(0, 1, 0, 0))
        for head in sheet.heads:
            table.add_column(head, justify="left" if head in _LEFT else "right", no_wrap=True)
        for row in sheet.rows:
            table.add_row(*row)
        console.print(table)


def markdown(sheet: Sheet) -> Iterator[str]:
    """The lines of a table in a page."""
    yield f"**{sheet.title}**"
    yield ""
    yield "| " + " | ".join(sheet.heads) + " |"
    yield "|" + " --- |" * len(sheet.heads)
    for row in sheet.rows:
        yield "| " + " | ".join(row) + " |"
    yield ""
