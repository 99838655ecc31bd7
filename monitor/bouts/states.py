"""The states of the books, and what a second makes of them: one table that can be read aloud.

What each transition means is told in ``bookkeeping``.
"""

from __future__ import annotations

from enum import Enum

from monitor.model import SEDENTARY, UPRIGHT, Posture


class State(Enum):
    """Which of the books the present second is written into."""

    GAP = "gap"
    BOUT = "bout"
    PAUSE = "pause"
    BREAK = "break"


class Seen(Enum):
    """What the second shows."""

    SEDENTARY = "sedentary"
    UPRIGHT = "upright"
    ACTIVE = "active"
    SILENT = "silent"
    SETTLED = "settled again"
    UPRIGHT_LONG_ENOUGH = "upright long enough"
    SILENT_TOO_LONG = "silent too long"


TRANSITIONS: dict[State, dict[Seen, State]] = {
    State.GAP: {
        Seen.SEDENTARY: State.BOUT,
        Seen.UPRIGHT: State.BREAK,
        Seen.ACTIVE: State.GAP,
        Seen.SILENT: State.GAP,
        Seen.SILENT_TOO_LONG: State.GAP,
    },
    State.BOUT: {
        Seen.SEDENTARY: State.BOUT,
        Seen.UPRIGHT: State.PAUSE,
        Seen.ACTIVE: State.BOUT,
        Seen.SILENT: State.BOUT,
        Seen.SILENT_TOO_LONG: State.GAP,
    },
    State.PAUSE: {
        Seen.SEDENTARY: State.PAUSE,
        Seen.SETTLED: State.BOUT,
        Seen.UPRIGHT: State.PAUSE,
        Seen.UPRIGHT_LONG_ENOUGH: State.BREAK,
        Seen.ACTIVE: State.PAUSE,
        Seen.SILENT: State.PAUSE,
        Seen.SILENT_TOO_LONG: State.GAP,
    },
    State.BREAK: {
        Seen.SEDENTARY: State.BREAK,
        Seen.SETTLED: State.BOUT,
        Seen.UPRIGHT: State.BREAK,
        Seen.ACTIVE: State.BREAK,
        Seen.SILENT: State.BREAK,
        Seen.SILENT_TOO_LONG: State.GAP,
    },
}


STAYS: dict[State, tuple[Seen, ...]] = {
    State.GAP: (Seen.ACTIVE, Seen.SILENT),
    State.BOUT: (Seen.SEDENTARY, Seen.ACTIVE),
    State.PAUSE: (Seen.ACTIVE,),
    State.BREAK: (Seen.UPRIGHT, Seen.ACTIVE),
}
"""What may go on for hours in a state without anything to tell but how long it did."""


def seen_in(posture: Posture) -> Seen:
    """What a posture means for the books."""
    if posture in SEDENTARY:
        return Seen.SEDENTARY
    if posture in UPRIGHT:
        return Seen.UPRIGHT
    return Seen.ACTIVE if posture is Posture.ACTIVE else Seen.SILENT
