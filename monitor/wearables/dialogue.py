"""One command at a time whose answer comes as a notification: asked again, and in the end given up."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.wearables.asking import AskingRules
from monitor.wearables.base import Outcome, Reply, Write


@dataclass
class Dialogue:
    """The command under way on one characteristic."""

    rules: AskingRules
    characteristic: str
    command: str = ""
    """Hexadecimal; empty: none is under way."""
    tries: int = 0
    due_s: float = 0.0
    """When to ask again."""
    error: str = ""
    """Why the radio could not write it, the last time."""

    @property
    def is_open(self) -> bool:
        """Whether an answer is awaited."""
        return bool(self.command)

    def ask(self, command: bytes, now_s: float) -> Reply:
        """Send a command; the one before must be over."""
        self.command, self.tries, self.error = command.hex(), 0, ""
        return self._again(now_s)

    def wrote(self, command: bytes, outcome: Outcome) -> None:
        """What became of a write: where the radio failed, no answer is to be awaited."""
        if outcome.error is not None and command.hex() == self.command:
            self.error = outcome.error
            self.due_s = outcome.at_s + self.rules.request_pause_s

    def answered(self) -> bytes:
        """The answer is here; returns the command, empty where none was under way."""
        command, self.command = self.command, ""
        return bytes.fromhex(command)

    def overdue(self, now_s: float) -> tuple[Reply, str]:
        """Ask again where it is time; in the end, why it is given up."""
        if not self.is_open or now_s < self.due_s:
            return [], ""
        if self.tries < self.rules.request_tries:
            return self._again(now_s), ""
        self.command = ""
        return [], self.error or "no answer"

    def _again(self, now_s: float) -> Reply:
        self.tries += 1
        self.due_s = now_s + self.rules.request_timeout_s
        return [Write(self.characteristic, bytes.fromhex(self.command))]
