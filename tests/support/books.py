"""What events say of the books."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.events import BoutEnded, BreakEnded, Event, GapEnded


def pieces(events: Iterable[Event]) -> list[tuple[float, float]]:
    """Start and end of every bout, break and gap that is over, in order of time."""
    found = []
    for event in events:
        match event:
            case BoutEnded():
                found.append((event.bout_start_s, event.bout_end_s))
            case BreakEnded():
                found.append((event.break_start_s, event.break_end_s))
            case GapEnded():
                found.append((event.gap_start_s, event.gap_end_s))
    return sorted(found)
