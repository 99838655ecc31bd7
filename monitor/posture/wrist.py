"""The wrist: after a walk the forearm tells more than one would think.

Walking shows how the arm hangs. Who stands lets it hang, who sits lays it down: the tilt against the own walking and
the small movements of typing and writing tell most of sitting from most of standing. Folded arms are the exception.
Measured on takes of three minutes in a laboratory: daily life will be harder.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from monitor.posture.likely import Likely
from monitor.posture.logistic import LikelyModel, model_text


@dataclass(eq=False)
class Wrist(Likely):
    """Posture from the wrist."""

    NAME: ClassVar[str] = "wrist"
    KNOWS: ClassVar[str] = "Being on one's feet; after some walking also a forearm that rests, which is mostly sitting."
    CANNOT: ClassVar[str] = "Tell sitting from standing with folded arms, sitting from lying, cycling from a desk."
    MODEL: ClassVar[LikelyModel] = LikelyModel.model_validate_json(model_text("wrist"))
