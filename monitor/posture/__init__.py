"""The table of placements: a new one is a file of its own and a line here."""

from __future__ import annotations

from monitor.posture.base import Placement
from monitor.posture.chest import Chest
from monitor.posture.lower_back import LowerBack
from monitor.posture.pocket import Pocket
from monitor.posture.thigh import Thigh
from monitor.posture.waist import Waist
from monitor.posture.wrist import Wrist

PLACEMENTS: dict[str, type[Placement]] = {
    "thigh": Thigh,
    "pocket": Pocket,
    "waist": Waist,
    "lower_back": LowerBack,
    "chest": Chest,
    "wrist": Wrist,
}
