"""The motions that can be counted or held, by the names that the exercises of a catalogue use.

Angles are of the thigh against the wearer's own upright: 0 standing, 90 level, 180 knee over the hip. How they were
found and what they give: ``docs/exercises.md``. The next one is a name and its rules here, and a body that does it in
``benchmarks/exercise_bodies.py`` (``exercise_trunks.py``), on which its figures are measured.
"""

from __future__ import annotations

from typing import Literal

from monitor.accel.holds import HoldRules
from monitor.accel.leaning import LeanRules
from monitor.accel.repetitions import MotionRules
from monitor.accel.sinking import SinkRules
from monitor.rules import Rules

MotionName = Literal[
    "knee_lift", "leg_raise", "bird_dog", "squat", "forward_lunge", "sit_to_stand", "lunge_hold", "boat_hold"
]


class Motion(Rules, frozen=True):
    """What to look for at a leg, and at the trunk."""

    count: MotionRules | None = None
    hold: HoldRules | None = None
    trunk_lean: LeanRules | None = None
    trunk_sink: SinkRules | None = None

    @property
    def shows_at_trunk(self) -> bool:
        """Whether a sensor at waist, lower back or chest sees anything of it."""
        return self.trunk_lean is not None or self.trunk_sink is not None


MOTIONS: dict[MotionName, Motion] = {
    "knee_lift": Motion(
        count=MotionRules(
            least_deg=33.0, most_deg=140.0, period_min_s=2.2, rest_deg=(-40.0, 30.0), top_deg=(39.0, 150.0)
        )
    ),
    "leg_raise": Motion(
        count=MotionRules(
            least_deg=28.0, most_deg=140.0, rest_deg=(76.0, 145.0), top_deg=(115.0, 180.0), longest_s=30.0, lying=True
        )
    ),
    "bird_dog": Motion(
        count=MotionRules(
            signal="signed",
            least_deg=40.0,
            most_deg=200.0,
            rest_deg=(-140.0, -15.0),
            top_deg=(9.0, 110.0),
            alike=0.73,
            least_count=3,
            pause_max_s=45.0,
            skips_smaller=True,
        )
    ),
    "squat": Motion(
        count=MotionRules(
            least_deg=33.0,
            most_deg=140.0,
            period_min_s=2.0,
            rest_deg=(-40.0, 30.0),
            top_deg=(39.0, 130.0),
            calm_g=0.08,
            calm_deg=10.0,
        )
    ),
    "forward_lunge": Motion(
        count=MotionRules(
            signal="aside",
            smooth_bins=10,
            least_deg=13.0,
            most_deg=50.0,
            longest_s=8.0,
            alike=0.5,
            period_min_s=2.4,
            least_count=4,
            rest_deg=(-25.0, 20.0),
            load_least_g=-0.015,
            load_g=(0.035, 0.36),
        )
    ),
    "sit_to_stand": Motion(
        count=MotionRules(
            signal="lowering",
            least_deg=38.0,
            most_deg=140.0,
            rest_deg=(66.0, 140.0),
            top_deg=(-40.0, 45.0),
            last_stays=True,
        )
    ),
    "lunge_hold": Motion(
        hold=HoldRules(signal="signed", least_s=15.0, pose_deg=(-60.0, -3.0), other_deg=(42.0, 115.0)),
        trunk_sink=SinkRules(),
    ),
    "boat_hold": Motion(
        hold=HoldRules(pose_deg=(105.0, 170.0), still_deg=5.0, differs_deg=4.0),
        trunk_lean=LeanRules(),
    ),
}
