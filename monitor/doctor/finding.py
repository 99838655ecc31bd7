"""What a check gets, and what it finds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path

from monitor.history import HISTORY_FILE
from monitor.settings.sections import Settings


class Verdict(StrEnum):
    """How it stands."""

    OK = "ok"
    NOTE = "note"
    """Nothing is wrong, but somebody may wonder."""
    WARNING = "warning"
    """It works, and not as it should."""
    FAILED = "failed"
    """It does not work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report; a fault names its remedy."""

    verdict: Verdict
    told: str
    remedy: str = ""


def ok(told: str) -> Finding:
    """All is well."""
    return Finding(Verdict.OK, told)


def note(told: str, remedy: str = "") -> Finding:
    """Worth a word."""
    return Finding(Verdict.NOTE, told, remedy)


def warning(told: str, remedy: str) -> Finding:
    """It should be mended."""
    return Finding(Verdict.WARNING, told, remedy)


def failed(told: str, remedy: str) -> Finding:
    """It must be mended."""
    return Finding(Verdict.FAILED, told, remedy)


@dataclass(frozen=True)
class Case:
    """Whom the doctor looks at."""

    settings: Settings
    state_dir: Path
    now_s: float
    config: Path | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    """Where each setting comes from, as ``settings.load`` tells it."""
    daemon_runs: bool = False

    @property
    def history(self) -> Path:
        """The history file, whether it is there or not."""
        return self.state_dir / HISTORY_FILE


Look = Callable[[Case], Sequence[Finding] | Awaitable[Sequence[Finding]]]


def is_local(host: str) -> bool:
    """Whether nobody but this computer can be meant."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
