"""What outlives a state that cannot be read any more: how the sensor sits, a few numbers a wearer and placement.

A new version, or a change of shape, makes the program start afresh. The mounting need not be learned again for that: it
is handed to the new placement, which uses it as soon as steps or poses prove that it still fits, and not before.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter, ValidationError

from monitor.accel.remembered import KnownUpright
from monitor.backfill import Backfill
from monitor.posture.base import Remembers

_MOUNTING = "mounting"
_UNIT_WITHIN = 0.01


def worth_keeping(backfill: Backfill) -> dict[str, Any] | None:
    """Plain JSON data, or None if nothing is proven yet."""
    placement = backfill.pipeline.placement
    known = placement.known() if isinstance(placement, Remembers) else None
    return None if known is None else {_MOUNTING: asdict(known)}


def hand_over(kept: Any, fresh: Backfill) -> bool:
    """Give a pipeline that has seen nothing what was kept; False if there is nothing that it could use."""
    placement = fresh.pipeline.placement
    known = _mounting(kept)
    if known is None or not isinstance(placement, Remembers):
        return False
    placement.remember(known)
    return True


def _mounting(kept: Any) -> KnownUpright | None:
    """The kept mounting, if it is one."""
    try:
        known = TypeAdapter(KnownUpright).validate_python(kept[_MOUNTING])
    except (ValidationError, TypeError, KeyError):
        return None
    vectors = [known.upright, *([known.seat] if known.seat is not None else [])]
    sound = all(abs(math.hypot(*vector) - 1.0) <= _UNIT_WITHIN for vector in vectors)
    return known if sound and known.evidence_s > 0 and math.isfinite(known.evidence_s) else None
