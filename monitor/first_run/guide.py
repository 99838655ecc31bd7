"""What every step has in hand: the conversation, the answers so far, and what the command line has said already."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from monitor.errors import told_by
from monitor.first_run.answers import Answers
from monitor.first_run.talk import MissingAnswerError, Talk
from monitor.settings.loading import load
from monitor.settings.sections import Settings

T = TypeVar("T")


@dataclass(frozen=True)
class Flags:
    """What the command line says; None or empty where it says nothing."""

    language: str = ""
    wearer: str = ""
    wearable: str = ""
    address: str = ""
    placement: str = ""
    broker: str | None = None
    """HOST or HOST:PORT; empty for none."""
    tls: str = ""
    ca_file: str = ""
    username: str = ""
    password_file: str = ""
    proof: bool | None = None
    unit: bool | None = None
    look_s: float = 15.0
    """How long to look for wearables."""
    patience_s: float = 60.0
    """How long each task of the proof may take."""
    set_: tuple[str, ...] = ()
    """Further settings, as SECTION.KEY=VALUE; they go into the file as well."""


@dataclass
class Guide:
    """One sitting."""

    talk: Talk
    flags: Flags
    answers: Answers
    config: Path
    """The settings file that is written in the end; it need not exist yet."""
    state_dir: Path
    failed: list[str] = field(default_factory=list)
    """Steps whose check did not succeed."""

    def settings(self, *more: str) -> Settings:
        """The settings as they will be: the file there is, the answers so far, and what the command line sets."""
        existing = self.config if self.config.exists() else None
        return load(existing, [*self.answers.overrides(), *self.flags.set_, *more]).settings

    def demand(self, sentence: str, option: str) -> MissingAnswerError:
        """The error where nobody can be asked."""
        return MissingAnswerError(self.talk.words(sentence), option)

    @staticmethod
    def wait_for(work: Coroutine[Any, Any, T]) -> T:
        """Let something happen on the radio or the network; what goes wrong in a group of tasks is one MonitorError."""
        try:
            return asyncio.run(work)
        except ExceptionGroup as group:
            known = told_by(group)
            if known is None:
                raise
            raise known from None
