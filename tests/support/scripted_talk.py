"""A conversation with the answers given beforehand: what is asked is what a user would be asked."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from monitor.first_run.guide import Flags, Guide
from monitor.first_run.steps import new_guide
from monitor.first_run.talk import Talk


class ScriptedTalk(Talk):
    """Answers from a list; Ctrl-C where the list says so, and an error where it is at its end."""

    LEAVE = "^C"

    def __init__(self, *answers: str, language: str = "en", secret: str = "", asks: bool = True) -> None:
        super().__init__(Console(file=io.StringIO(), width=200), language, asks)
        self.answers, self.password, self.asked = list(answers), secret, list[str]()

    def _line(self, prompt: str) -> str:
        self.asked.append(prompt)
        answer = self.answers.pop(0)
        if answer == self.LEAVE:
            raise KeyboardInterrupt
        return answer

    def secret(self, key: str) -> str:
        self.asked.append(self.words(key))
        return self.password

    @property
    def said(self) -> str:
        """All that was shown."""
        assert isinstance(self.console.file, io.StringIO)
        return self.console.file.getvalue()


def guide_of(talk: Talk, folder: Path, flags: Flags | None = None) -> Guide:
    """A sitting whose files are all in one folder."""
    return new_guide(talk, flags or Flags(), folder / "config" / "sitbreak.toml", folder / "state")
