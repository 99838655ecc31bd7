"""The waist or hip: a belt clip or a phone on the belt.

Sitting tilts the belt backwards against the wearer's own walking by 19 to 36 degrees, standing by 5 to 17 (middle
half of hapt). A clip is put on anew otherwise: by up to 20 degrees, which is as much as sitting down; until the next
steps it is mostly what was seen to rise and to sink that tells.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from monitor.posture.logistic import TrunkModel, load_model
from monitor.posture.trunk import Trunk, TrunkRules

WAIST_RULES = TrunkRules(forget_gap_s=20.0)


@dataclass(eq=False)
class Waist(Trunk):
    """Posture from the waist."""

    NAME: ClassVar[str] = "waist"
    KNOWS: ClassVar[str] = (
        "Stepping and lying well; sitting against standing by tilt, and by seeing the wearer get up and sit down."
    )
    CANNOT: ClassVar[str] = (
        "Tell a bolt upright seat from standing unless it saw the way there; anything before the first change; cycling."
    )
    MODEL: ClassVar[TrunkModel] = load_model(TrunkModel, "waist")

    rules: TrunkRules = field(default_factory=lambda: WAIST_RULES)
