"""What outlives a state that cannot be read any more: how the sensor sits, and what the wearer has said for good.

A new version, another wearable or placement makes the program start afresh. The mounting need not be learned again for
a new version: it is handed to the new placement, which uses it as soon as steps or poses prove that it still fits, and
not before. What hurts, and that calls are paused, holds whatever is worn, and where.
"""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from typing import Any

from monitor.accel.remembered import KnownUpright
from monitor.backfill import Backfill
from monitor.coach.overrides import Overrides
from monitor.posture.base import Remembers
from monitor.rules import FaultsError, check

_MOUNTING, _WISHES = "mounting", "wishes"
_UNIT_WITHIN = 0.01


def worth_keeping(backfill: Backfill) -> dict[str, Any] | None:
    """Plain JSON data, or None if nothing is proven and nothing was said yet."""
    placement, coach = backfill.pipeline.placement, backfill.pipeline.coach
    known = placement.known() if isinstance(placement, Remembers) else None
    wishes = _of_no_setting(coach.overrides) if coach is not None else Overrides()
    kept = {} if known is None else {_MOUNTING: asdict(known)}
    return (kept | ({_WISHES: asdict(wishes)} if wishes != Overrides() else {})) or None


def _of_no_setting(overrides: Overrides) -> Overrides:
    """But for limit and profile: those stand over settings, which may be others now."""
    return replace(overrides, limit_s=None, profile=None)


def hand_over_wishes(kept: Any, fresh: Backfill) -> None:
    """Let a coach that has heard nothing obey what was said."""
    try:
        wishes = check(Overrides, kept[_WISHES])
    except (FaultsError, TypeError, KeyError):
        return
    if fresh.pipeline.coach is not None:
        fresh.pipeline.coach.overrides = _of_no_setting(wishes)


def hand_over_mounting(kept: Any, fresh: Backfill) -> bool:
    """Give a pipeline that has seen nothing the mounting; False if there is none that it could use."""
    placement = fresh.pipeline.placement
    known = _mounting(kept)
    if known is None or not isinstance(placement, Remembers):
        return False
    placement.remember(known)
    return True


def _mounting(kept: Any) -> KnownUpright | None:
    """The kept mounting, if it is one."""
    try:
        known = check(KnownUpright, kept[_MOUNTING])
    except (FaultsError, TypeError, KeyError):
        return None
    vectors = [known.upright, *([known.seat] if known.seat is not None else [])]
    sound = all(abs(math.hypot(*vector) - 1.0) <= _UNIT_WITHIN for vector in vectors)
    return known if sound and known.evidence_s > 0 and math.isfinite(known.evidence_s) else None
