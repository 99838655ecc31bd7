"""Which seconds are steps.

A stepping limb shakes at the step rate, with impacts; a pedalling one at the rate of the pedals, smoothly and
mostly along its own length. Two answers with two purposes: ``steps`` is generous and names a posture once the
tilt is known; ``teaches`` is strict, because whoever learns upright from a pedalling or tumbling sensor is wrong
for minutes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from monitor.accel.recent import RecentCount, RecentTurn
from monitor.model import Bools, Epochs, Floats
from monitor.rules import Rules


class SteppingRules(Rules, frozen=True):
    """What counts as stepping; measured on labelled thigh recordings (harth, sens)."""

    spread_min_g: Annotated[
        float, Meta(ge=0.0, le=1.0, description="Steps shake the strength of the acceleration at least so much.")
    ] = 0.06
    across_min_g: Annotated[float, Meta(ge=0.0, le=1.0, description="Steps sway across gravity at least so much.")] = (
        0.15
    )
    jerk_min_g: Annotated[
        float, Meta(ge=0.0, le=1.0, description="Steps change the acceleration within 0.08 s at least so much.")
    ] = 0.12
    skewness_min: Annotated[
        float, Meta(ge=-3.0, le=3.0, description="Impacts pull the strength upwards; pedalling pulls it down.")
    ] = -0.7
    power_ratio_min: Annotated[
        float, Meta(ge=0.0, le=10.0, description="Power at the step rate over power below it.")
    ] = 1.0
    power_floor: Annotated[
        float, Meta(ge=0.0, le=0.1, description="Added to the power below the step rate, in g squared.")
    ] = 0.001
    teach_jerk_min_g: Annotated[
        float, Meta(ge=0.0, le=1.0, description="The same as jerk_min_g, for steps that teach upright.")
    ] = 0.15
    teach_skewness_min: Annotated[
        float, Meta(ge=-3.0, le=3.0, description="The same as skewness_min, for steps that teach upright.")
    ] = -0.5
    teach_power_ratio_min: Annotated[
        float, Meta(ge=0.0, le=10.0, description="The same as power_ratio_min, for steps that teach upright.")
    ] = 1.5
    teach_across_share_min: Annotated[
        float, Meta(ge=0.0, le=3.0, description="Sway across gravity over sway along it; a pedalling thigh has less.")
    ] = 0.8
    steady_s: Annotated[
        int, Meta(ge=2, le=20, description="Upright is learned from so many seconds of nearly unbroken steps.")
    ] = 6
    steady_min: Annotated[int, Meta(ge=1, le=20, description="So many of these seconds must be steps.")] = 5
    turn_of_s: Annotated[
        int, Meta(ge=1, le=20, description="Over so many seconds the turning of the mean direction is watched.")
    ] = 5
    turn_max_deg: Annotated[
        float,
        Meta(ge=1.0, le=90.0, description="The mean direction turns no more than this in steps that teach upright."),
    ] = 14.0


def steps(epochs: Epochs, rules: SteppingRules) -> Bools:
    """Seconds that look like steps, whatever the tilt."""
    ratio_met = epochs.step_power > rules.power_ratio_min * (epochs.slow_power + rules.power_floor)
    return (
        ratio_met
        & (epochs.window_spread_g > rules.spread_min_g)
        & (epochs.across_g > rules.across_min_g)
        & (epochs.jerk_g > rules.jerk_min_g)
        & (epochs.skewness > rules.skewness_min)
    )


def sure_steps(epochs: Epochs, rules: SteppingRules) -> Bools:
    """Seconds that can hardly be anything but steps."""
    ratio_met = epochs.step_power > rules.teach_power_ratio_min * (epochs.slow_power + rules.power_floor)
    return (
        steps(epochs, rules)
        & ratio_met
        & (epochs.jerk_g > rules.teach_jerk_min_g)
        & (epochs.skewness > rules.teach_skewness_min)
        & (epochs.across_g > rules.teach_across_share_min * epochs.along_g)
    )


@dataclass(eq=False)
class SteadySteps:
    """Finds the seconds in which the wearer walks on and the sensor does not tumble: not in a hand, not in a bag."""

    count: RecentCount = field(default_factory=RecentCount)
    turn: RecentTurn = field(default_factory=RecentTurn)

    def advance(self, epochs: Epochs, rules: SteppingRules) -> tuple[Bools, Floats]:
        """(n,) true where the second may teach what upright is, and (n,) degrees turned in the last seconds."""
        sure = sure_steps(epochs, rules)
        often = self.count.advance(epochs.start_s, sure, rules.steady_s) >= rules.steady_min
        turn_deg = self.turn.advance(epochs.start_s, epochs.window_mean_g, rules.turn_of_s)
        return sure & often & (turn_deg < rules.turn_max_deg), turn_deg
