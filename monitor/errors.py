"""The one root of every error this program raises on purpose."""

from __future__ import annotations


class MonitorError(Exception):
    """Something the user can mend; the message says what to do.

    Each subclass stands in the file that raises it and carries its data as attributes.
    """

    exit_code: int = 2
    """What the command line exits with: 2 wrong usage or settings, 3 a needed part is missing."""
