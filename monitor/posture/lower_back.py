"""The lower back, at the third lumbar vertebra.

Sitting tilts it against the wearer's own walking by 11 to 38 degrees, standing by 3 to 7 (middle half of harth).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from monitor.posture.trunk import Trunk, TrunkRules

LOWER_BACK_RULES = TrunkRules(
    sedentary_above_deg=14.0, upright_below_deg=9.0, sitting_confidence=0.8, standing_confidence=0.85
)


@dataclass(eq=False)
class LowerBack(Trunk):
    """Posture from the lower back."""

    NAME: ClassVar[str] = "lower_back"
    KNOWS: ClassVar[str] = (
        "Stepping and lying well; sitting against standing by the tilt of the back, after 20 seconds of walking."
    )
    CANNOT: ClassVar[str] = "Tell an upright seat from standing, a bent back from sitting, cycling from walking."

    rules: TrunkRules = field(default_factory=lambda: LOWER_BACK_RULES)
