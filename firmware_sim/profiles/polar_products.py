"""What tells one Polar from another: where its power comes from, what its clock shows, how it packs samples."""

from __future__ import annotations

from dataclasses import dataclass, field

from firmware_sim.profiles.polar_control import H10, VERITY, Model
from firmware_sim.profiles.polar_frames import FrameType

UNSET_NS = 599_616_000_000_000_000
"""2019-01-01 in nanoseconds since 2000-01-01: where a clock starts that no app has set."""
SET_NS = 848_620_800_000_000_000
"""2026-11-22 on the same scale: a clock that its owner's app has set."""
OLD_FACTORS = {2: 0.000061, 4: 0.000122, 8: 0.000244, 16: 0.000488}


@dataclass(frozen=True, slots=True)
class Product:
    """What tells one Polar from another."""

    title: str
    """Of the local name: Polar <title> <id>."""
    model: Model
    frame_type: FrameType
    from_skin: bool
    """It wakes on the skin and sleeps off it."""
    with_intervals: bool
    """It lists the intervals between beats."""
    zero_ns: int
    """What its clock shows when its power comes on."""
    factors: dict[int, float] = field(default_factory=dict)
    freezes_battery: bool = False
    """The battery's level stands still on the charger (Verity before 2.2.6)."""


H10_STRAP = Product("H10", H10, FrameType.RAW_MG, from_skin=True, with_intervals=True, zero_ns=UNSET_NS)
VERITIES = {
    "old": Product(
        "Sense", VERITY, FrameType.DELTA_COUNTS, False, False, SET_NS, factors=OLD_FACTORS, freezes_battery=True
    ),
    "new": Product("Sense", VERITY, FrameType.DELTA_MG, False, False, SET_NS),
}
