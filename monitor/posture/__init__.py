"""The placements: one file a place on the body, one line here."""

from __future__ import annotations

from monitor.posture.base import Placement
from monitor.registry import Table

PLACEMENTS = Table[Placement](
    "monitor.posture",
    {
        "thigh": "thigh.Thigh",
        "pocket": "pocket.Pocket",
        "waist": "waist.Waist",
        "lower_back": "lower_back.LowerBack",
        "chest": "chest.Chest",
        "wrist": "wrist.Wrist",
    },
)
