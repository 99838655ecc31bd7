"""The chest: a strap such as a heart rate belt.

Somebody at a desk holds the chest nearly as upright as somebody who stands (5 to 25 degrees against 3 to 13 in
ucichest), so a still and vertical chest says nothing here: only a lean, or the movements of somebody on their feet, do.
Standing also turns the chest a little all the time, 0.7 to 3 degrees from one second to the next against 0.2 to 0.5 in
a chair; the quietest standing is as still as a chair. Before the first walk there is no lean, and so no sitting.

On people left out (ucichest, 9 people, takes shuffled) it speaks in half of the seconds: in a quarter of the sitting,
98 % right, and in 58 % of being upright, 92 % right. Four of the nine sit so straight that hardly any of it is said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from monitor.posture.likely import Likely, LikelyRules
from monitor.posture.logistic import LikelyModel, load_model

CHEST_RULES = LikelyRules(restless_min_g=0.06, lying_above_deg=64.9)
"""A chest that sways is being put on, bends or goes; one as flat as this lies (the trunk's angle, ``trunk.py``)."""


@dataclass(eq=False)
class Chest(Likely):
    """Posture from the chest."""

    NAME: ClassVar[str] = "chest"
    KNOWS: ClassVar[str] = "Stepping, being on one's feet; sitting when leaning and lying, after 20 seconds of walking."
    CANNOT: ClassVar[str] = (
        "Tell an upright seat from standing still, sitting before the first walk: unknown then; cycling."
    )
    MODEL: ClassVar[LikelyModel] = load_model(LikelyModel, "chest")

    rules: LikelyRules = field(default_factory=lambda: CHEST_RULES)
