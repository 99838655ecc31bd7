"""The chest: a strap such as a heart rate belt.

Somebody at a desk holds the chest nearly as upright as somebody who stands (5 to 25 degrees against 3 to 13 in
ucichest), so a still and vertical chest says nothing here: only a lean or the movements of somebody on their feet do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from monitor.posture.likely import Likely
from monitor.posture.logistic import LikelyModel, model_text


@dataclass(eq=False)
class Chest(Likely):
    """Posture from the chest."""

    NAME: ClassVar[str] = "chest"
    KNOWS: ClassVar[str] = "Stepping and being on one's feet; sitting when leaning, after 20 seconds of walking."
    CANNOT: ClassVar[str] = "Tell an upright seat from standing still: unknown then; sitting from lying; cycling."
    MODEL: ClassVar[LikelyModel] = LikelyModel.model_validate_json(model_text("chest"))
