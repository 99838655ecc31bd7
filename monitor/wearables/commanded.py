"""What drivers share whose device takes commands, one at a time, and answers them by notifications."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from monitor.wearables.base import Action, Outcome, Reply, Resume, Write
from monitor.wearables.dialogue import Dialogue
from monitor.wearables.linked import LinkedDriver


@dataclass
class CommandedDriver(LinkedDriver):
    """A linked device with an agenda of commands."""

    COMMANDED_AT: ClassVar[str]
    """The characteristic to which they are written."""

    dialogue: Dialogue = field(init=False)
    agenda: list[str] = field(default_factory=list)
    """Names of the commands still to be sent, in order."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.dialogue = Dialogue(self.rules, self.COMMANDED_AT)

    def start(self, resume: Resume | None, now_s: float) -> Reply:
        """A link is up: what was asked on the last one is void."""
        self.dialogue = Dialogue(self.rules, self.COMMANDED_AT)
        return super().start(resume, now_s)

    def done(self, action: Action, outcome: Outcome) -> Reply:
        """An action was carried out or failed: the next command may follow."""
        reply = super().done(action, outcome)
        if isinstance(action, Write):
            self.dialogue.wrote(action.data, outcome)
        return reply + self._next(outcome.at_s)

    def _next(self, now_s: float) -> Reply:
        """The next command, where one may be sent."""
        raise NotImplementedError
