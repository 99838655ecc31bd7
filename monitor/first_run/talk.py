"""The conversation in the terminal: in the wearer's language, each question with a default."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.text import Text

from monitor.errors import MonitorError
from monitor.spoken import phrases, sentences

Check = Callable[[str], str | None]
"""Says what is wrong with an answer; None where it is right."""


class MissingAnswerError(MonitorError):
    """Nobody may be asked, and the command line has not said it. ``option`` is what to add."""

    def __init__(self, sentence: str, option: str) -> None:
        super().__init__(f"{sentence}: {option}")
        self.option = option


class Talk:
    """Says and asks. With ``asks`` False every answer is the default."""

    def __init__(self, console: Console, language: str, asks: bool) -> None:
        self.console, self.language, self.asks = console, language, asks

    def words(self, key: str, **names: object) -> str:
        """A sentence in the language of the conversation."""
        return sentences("setup", self.language)[key].format(**names)

    def told(self, text: str) -> str:
        """What stands in English in the code (a fault, what a wearable says of itself), in that language."""
        return phrases(self.language, "faults", "doctor", "scan")(text)

    def say(self, key: str, style: str = "", **names: object) -> None:
        """Say one sentence; what comes from outside is never taken for markup."""
        self.console.print(Text(self.words(key, **names), style=style), highlight=False)

    def show(self, text: str, style: str = "", wraps: bool = False) -> None:
        """Show lines as they are; one that ``wraps`` is broken between its words."""
        self.console.print(Text(text, style=style), highlight=False, soft_wrap=not wraps)

    def title(self, number: int, of: int, key: str) -> None:
        """The head of a step."""
        self.console.print()
        self.console.rule(Text(f"{number}/{of}  {self.words(key)}", style="bold"), align="left", style="dim")

    def problem(self, text: str) -> None:
        """Something does not work; ``text`` says what to do."""
        self.console.print(Text(f"✗ {self.told(text)}", style="red"), highlight=False)

    def good(self, key: str, **names: object) -> None:
        """Something works."""
        self.console.print(Text(f"✓ {self.words(key, **names)}", style="green"), highlight=False)

    def ask(self, key: str, default: str = "", check: Check = lambda text: None, **names: object) -> str:
        """Ask for a line; Enter takes the default."""
        if not self.asks:
            return default
        while True:
            shown = f" [{default}]" if default else ""
            text = self._line(f"{self.words(key, **names)}{shown}: ").strip() or default
            if (wrong := check(text)) is None:
                return text
            self.problem(wrong)

    def secret(self, key: str) -> str:
        """Ask for something that is not shown; nothing where nobody may be asked."""
        return getpass.getpass(f"{self.words(key)}: ") if self.asks else ""

    def agree(self, key: str, default: bool = True, **names: object) -> bool:
        """Yes or no."""
        if not self.asks:
            return default
        yes, no = self.words("answer.yes"), self.words("answer.no")
        shown = f"{yes.upper()}/{no}" if default else f"{yes}/{no.upper()}"
        while True:
            text = self._line(f"{self.words(key, **names)} [{shown}]: ").strip().casefold()
            if not text:
                return default
            if text[0] in (yes[0], no[0], "y"):
                return text[0] != no[0]

    def choose(self, key: str, labels: Sequence[str], default: int = 0) -> int:
        """A number from a list, counted from 0; Enter takes the default."""
        if not self.asks:
            return default
        for number, label in enumerate(labels, 1):
            self.console.print(Text(f"  {number}  {label}"), highlight=False)
        self.console.print()

        def check(text: str) -> str | None:
            fits = text.isdigit() and 1 <= int(text) <= len(labels)
            return None if fits else self.words("answer.number", most=len(labels))

        return int(self.ask(key, str(default + 1), check)) - 1

    def _line(self, prompt: str) -> str:
        return self.console.input(Text(prompt, style="bold"))
