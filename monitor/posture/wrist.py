"""The wrist: after a walk the forearm tells more than one would think.

Walking shows how the arm hangs. Who stands lets it hang, who sits lays it down: the tilt against the own walking and
the small movements of typing and writing tell most of sitting from most of standing. Folded arms are the exception.
Before a walk only movement tells: an arm that rests may do so in a chair or beside a standing body.

On people left out (wisdm51, takes shuffled) it speaks in 87 % of the seconds, 94 % right when it says sitting and 98 %
upright; 11 % of standing is called sitting. On walks of 12 s (spsw), left out altogether, 97 % of what it says is
right; the short seats between them are mostly called upright or unknown. Daily life will be harder than either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from monitor.posture.likely import Likely
from monitor.posture.logistic import LikelyModel, load_model


@dataclass(eq=False)
class Wrist(Likely):
    """Posture from the wrist."""

    NAME: ClassVar[str] = "wrist"
    KNOWS: ClassVar[str] = "Being on one's feet; after some walking also a forearm that rests, which is mostly sitting."
    CANNOT: ClassVar[str] = "Tell sitting from standing with folded arms, sitting from lying, cycling from a desk."
    MODEL: ClassVar[LikelyModel] = load_model(LikelyModel, "wrist")
