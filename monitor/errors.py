"""The one root of every error this program raises on purpose."""

from __future__ import annotations


class MonitorError(Exception):
    """Something the user can mend; the message says what to do.

    Each subclass stands in the file that raises it and carries its data as attributes.
    """

    exit_code: int = 2
    """What the command line exits with: 2 wrong usage or settings, 3 a needed part is missing."""


def told_by(group: ExceptionGroup[Exception]) -> MonitorError | None:
    """The first error in a group from tasks that all failed in a way the user can mend; None if a bug is among them."""
    raised, rest = group.split(MonitorError)
    return None if raised is None or rest is not None else _first(raised)


def _first(group: ExceptionGroup[MonitorError]) -> MonitorError:
    inner = group.exceptions[0]
    return _first(inner) if isinstance(inner, ExceptionGroup) else inner
