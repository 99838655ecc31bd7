"""What became of an alert on each of its ways: the record, and whoever keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Outcome(StrEnum):
    """How far one message came on one way."""

    ACCEPTED = "accepted"
    """The service has taken it; no service but Pushover says whether anybody saw it."""
    TRYING = "trying"
    """It has failed so far and is tried again."""
    FAILED = "failed"
    """It has failed until the alert was too old, or over."""
    REFUSED = "refused"
    """The service will never take it."""
    HELD = "held"
    """It was not sent: too late, over, replaced, or too many an hour."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one service made of one event."""

    wearer: str
    event_id: str
    way: str
    """``mqtt``, or a push service by its kind and number; an address is a secret and never stands here."""
    at_s: float
    outcome: Outcome
    reason: str = ""
    """A code: ``http:401``, ``unreachable``, ``no_answer``, ``busy``, ``not_taken``, ``rate``, ``late``."""
    alert_id: str | None = None
    attempts: int = 1
    handle: str = ""
    """By what the service knows the message, where it told so and lets one take it back; else empty."""
    taken_back_s: float | None = None
    """When it was taken off the phone."""
    seen_s: float | None = None
    """When somebody acknowledged it, where the service tells."""


class Ledger(Protocol):
    """Where receipts are kept."""

    async def note_receipt(self, receipt: Receipt) -> None:
        """Keep this; it takes the place of what was kept of the same event on the same way."""
        ...

    async def standing_receipts(self) -> Sequence[Receipt]:
        """Messages that are on phones and could be taken back, of all wearers, oldest first."""
        ...

    async def settled_ways(self, event_id: str) -> frozenset[str]:
        """Services that have taken or refused this event already."""
        ...
