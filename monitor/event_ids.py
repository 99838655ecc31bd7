"""Names of events for good: made from what happened, so that a replay gives the same."""

from __future__ import annotations

import hashlib

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _CROCKFORD for second in _CROCKFORD]


def event_id(at_s: float, *subject: object) -> str:
    """A ULID made from what happened instead of from chance, so that a replay gives the same ids.

    Parameters
    ----------
    at_s : time of the event, seconds since the Unix epoch (clamped to >= 0); becomes the sortable prefix.
    subject : whatever tells this event from another of the same millisecond: wearer, kind, key.

    Returns
    -------
    26 characters of Crockford base 32: 48 bits of milliseconds, 80 bits of a hash of ``subject``.
    """
    ms = max(0, round(at_s * 1000)) & ((1 << 48) - 1)
    digest = hashlib.sha256("\x1f".join(map(str, subject)).encode()).digest()
    value = ms << 80 | int.from_bytes(digest[:10], "big")
    return "".join([_PAIRS[value >> shift & 1023] for shift in range(120, -1, -10)])


def moment_of_id_s(id_: str) -> float:
    """When what an id names happened, to the millisecond; -1 for what is no such id."""
    if len(id_) != 26 or any(letter not in _CROCKFORD for letter in id_):
        return -1.0
    value = 0
    for letter in id_:
        value = value << 5 | _CROCKFORD.index(letter)
    return (value >> 80) / 1000


def alert_number(alert_id: str) -> int:
    """The 16-bit number by which a wearable knows an alert."""
    return int.from_bytes(hashlib.sha256(alert_id.encode()).digest()[:2], "big")
