"""The lower back, at the third lumbar vertebra.

Sitting tilts it against the wearer's own walking by 11 to 38 degrees, standing by 3 to 7 (middle half of harth).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from monitor.posture.belief import Belief, BeliefRules
from monitor.posture.logistic import TrunkModel, load_model
from monitor.posture.trunk import Trunk, TrunkRules

BACK_BELIEF = BeliefRules(prior=2.5, stepped=5.0, leak=0.25, limit=6.0)
"""A back may sit as upright as it stands (every eighth minute of harth's sitting): who has been still for long without
a step sits more often than not, and who has just stepped stands."""

BACK_RULES = TrunkRules(hold_share=0.5)
"""A back bends and sways on a seat: half of what was said before such a movement is kept."""


@dataclass(eq=False)
class LowerBack(Trunk):
    """Posture from the lower back."""

    NAME: ClassVar[str] = "lower_back"
    KNOWS: ClassVar[str] = (
        "Stepping and lying well; sitting against standing by tilt, sway and history, after 20 seconds of walking."
    )
    CANNOT: ClassVar[str] = "Tell an upright seat from standing, a bent back from sitting, cycling from walking."
    MODEL: ClassVar[TrunkModel] = load_model(TrunkModel, "lower_back")

    rules: TrunkRules = field(default_factory=lambda: BACK_RULES)
    belief: Belief = field(default_factory=lambda: Belief(BACK_BELIEF))
