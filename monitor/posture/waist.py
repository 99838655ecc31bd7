"""The waist or hip: a belt clip or a phone on the belt.

Sitting tilts the belt backwards against the wearer's own walking by 19 to 36 degrees, standing by 5 to 17 (middle
half of hapt), so the thresholds lie between.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from monitor.posture.trunk import Trunk, TrunkRules

WAIST_RULES = TrunkRules(
    sedentary_above_deg=20.0, upright_below_deg=15.0, sitting_confidence=0.6, standing_confidence=0.9
)


@dataclass(eq=False)
class Waist(Trunk):
    """Posture from the waist."""

    NAME: ClassVar[str] = "waist"
    KNOWS: ClassVar[str] = (
        "Stepping and lying well; sitting against standing by the tilt of the pelvis, after 20 seconds of walking."
    )
    CANNOT: ClassVar[str] = (
        "Tell somebody who sits bolt upright from somebody who stands; anything before the first walk; cycling."
    )

    rules: TrunkRules = field(default_factory=lambda: WAIST_RULES)
