"""The program's log: short lines for people, one JSON object a line for machines; always on standard error.

Whose it is comes from the context, not from the words: inside ``of_wearer``, and in every task begun there, each line
bears the wearer as a field. Which part speaks is told by the logger's name.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Annotated, Literal

from msgspec import Meta

from monitor.rules import Rules

Form = Literal["auto", "human", "json"]
Level = Literal["debug", "info", "warning", "error"]

OF_LIBRARIES = logging.WARNING
"""Whatever is asked for, libraries speak only when something is wrong."""
_wearer: ContextVar[str | None] = ContextVar("wearer", default=None)


class LoggingRules(Rules, frozen=True):
    """What the program says of itself while it runs, and in which form."""

    format: Annotated[
        Form,
        Meta(
            description="Form of the log on standard error: human (short lines), json (one object a line, with level,"
            " part and wearer), or auto, which is json under systemd's journal and human elsewhere."
        ),
    ] = "auto"
    level: Annotated[
        Level,
        Meta(
            description="What is logged: error, warning, info (connections and what becomes of them) or debug"
            " (everything); --verbose means debug and --quiet error, whatever stands here."
        ),
    ] = "warning"


@contextmanager
def of_wearer(name: str) -> Iterator[None]:
    """Every line logged inside, also by tasks begun inside, is about this wearer."""
    token = _wearer.set(name)
    try:
        yield
    finally:
        _wearer.reset(token)


def part_of(logger: str) -> str:
    """The part of the program behind a logger's name: ``monitor.outlets.mqtt.session`` is ``mqtt``."""
    names = logger.split(".")
    if names[0] != "monitor" or len(names) == 1:
        return names[0]
    return names[2] if names[1] == "outlets" and len(names) > 2 else names[1]


class HumanLines(logging.Formatter):
    """The words, and whose they are where they do not say it; on a terminal in the language of ``say``."""

    def __init__(self, form: str, say: Callable[[str], str] = str) -> None:
        super().__init__(form)
        self._say = say

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  logging's own name
        """One line; several wearers have the same trouble with one broker."""
        wearer = _wearer.get()
        if wearer and not record.message.startswith(f"{wearer}: "):
            record.message = f"{wearer}: {record.message}"
        record.message = self._say(record.message)
        return super().formatMessage(record)


class JsonLines(logging.Formatter):
    """One JSON object a line; every key is always there."""

    def __init__(self, priorities: bool = False) -> None:
        """``priorities``: begin each line with systemd's ``<N>``, which the journal takes off again (sd-daemon(3))."""
        super().__init__()
        self._priorities = priorities

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        wearer, message = _wearer.get(), record.getMessage()
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = {
            "ts": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "part": part_of(record.name),
            "wearer": wearer,
            "message": message.removeprefix(f"{wearer}: ") if wearer else message,
            "logger": record.name,
            "error": self.formatException(record.exc_info) if record.exc_info and record.exc_info[0] else None,
        }
        return f"{_priority(record.levelno) if self._priorities else ''}{json.dumps(fields, ensure_ascii=False)}"


def _priority(level: int) -> str:
    """syslog's number for a level, as systemd wants it."""
    steps = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))
    return f"<{next((number for above, number in steps if level >= above), 7)}>"


def set_up(rules: LoggingRules, say: Callable[[str], str] = str) -> None:
    """Log to standard error by the rules, in place of whatever was set up before; ``say``: as a terminal reads it."""
    handler = _handler(rules.format, say)
    logging.basicConfig(level=OF_LIBRARIES, handlers=[handler], force=True)
    logging.getLogger("monitor").setLevel(rules.level.upper())
    if isinstance(handler.formatter, JsonLines):
        sys.excepthook = _log_unhandled


def speaks_json() -> bool:
    """Whether what reads standard error expects objects."""
    return any(isinstance(handler.formatter, JsonLines) for handler in logging.getLogger().handlers)


def _handler(form: Form, say: Callable[[str], str]) -> logging.Handler:
    journal = into_the_journal(os.environ)
    if form == "json" or (form == "auto" and journal):
        handler: logging.Handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines(priorities=journal))
    elif sys.stderr.isatty():
        from rich.console import Console  # a service logs to a journal and spares the memory
        from rich.logging import RichHandler

        handler = RichHandler(console=Console(stderr=True), show_path=False, log_time_format="%H:%M:%S")
        handler.setFormatter(HumanLines("%(message)s", say))
    else:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(HumanLines("%(levelname)s %(name)s: %(message)s"))
    return handler


def into_the_journal(environment: Mapping[str, str]) -> bool:
    """Whether standard error is the journal's: systemd names device and inode of its stream (systemd.exec(5))."""
    try:
        found = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):  # closed, or not a file at all
        return False
    return environment.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"


def _log_unhandled(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        logging.getLogger("monitor").critical("a fault of the program: %s", error, exc_info=(kind, error, trace))
