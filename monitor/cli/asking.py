"""Questions on the terminal, in the user's language."""

from __future__ import annotations

import typer

from monitor.cli.translation import spoken_here_now
from monitor.spoken import sentences


def confirmed(question: str) -> bool:
    """Whether the user agrees; Enter is no."""
    said = sentences("setup", spoken_here_now())
    yes, no = said["answer.yes"], said["answer.no"]
    while True:
        answer = typer.prompt(f"{question} [{yes}/{no.upper()}]", default="", show_default=False).strip().casefold()
        if not answer or answer[0] in (yes[0], no[0], "y"):
            return bool(answer) and answer[0] != no[0]


def new_password(question: str, again: str, differs: str) -> str:
    """A password that was typed twice, unseen; ``differs`` is said where the second is another one."""
    while True:
        first, second = (typer.prompt(asked, hide_input=True, err=True) for asked in (question, again))
        if first == second:
            return str(first)
        typer.echo(differs, err=True)
