"""The chest: a strap such as a heart rate belt.

Somebody at a desk holds the chest as upright as somebody who stands (1 to 6 degrees against 3 to 12 in ucichest), so
a still and vertical chest says nothing here; only leaning far back or forward counts as sitting.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from monitor.model import Posture
from monitor.posture.trunk import Trunk, TrunkRules

CHEST_RULES = TrunkRules(sedentary_above_deg=30.0, upright_below_deg=25.0, sitting_confidence=0.55)


@dataclass(eq=False)
class Chest(Trunk):
    """Posture from the chest."""

    NAME: ClassVar[str] = "chest"
    KNOWS: ClassVar[str] = "Stepping and lying; sitting only when leaning by more than 30 degrees."
    CANNOT: ClassVar[str] = "Tell an upright seat from standing: unknown then; anything before the first walk; cycling."
    VERTICAL: ClassVar[Posture] = Posture.UNKNOWN

    rules: TrunkRules = field(default_factory=lambda: CHEST_RULES)
