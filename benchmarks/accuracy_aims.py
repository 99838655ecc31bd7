"""What a release aims at on labelled recordings, and what is weak all the same: ``accuracy_page`` tells of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from monitor.evaluation.campaign import POOLED
from monitor.posture import PLACEMENTS

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure of a placement that a release should reach."""

    placement: str
    figure: str
    """Scope and name, as in the JSON; ``*`` stands for every limit."""
    bound: float
    at_least: bool
    words: str
    each: bool = False
    """Every data set by itself, not all together."""
    data: str = ""
    """One data set alone, where the others cannot show it."""

    def values(self, placements: dict[str, Figures]) -> list[float | None]:
        """What was measured; empty where it was not."""
        groups = placements.get(self.placement, {})
        places: list[Any] = [group for name, group in groups.items() if self._counts(name)]
        for step in self.figure.split("."):
            places = [
                inner
                for place in places
                if isinstance(place, dict)
                for inner in (place.values() if step == "*" else [place.get(step)])
            ]
        values = [place for place in places if not isinstance(place, dict)]
        return [value for value in values if value is not None] if self.each else values

    def _counts(self, name: str) -> bool:
        return name == self.data if self.data else (name != POOLED) == self.each

    def missed(self, value: float | None) -> bool:
        """Whether a measured value is on the wrong side; what could not be counted is."""
        return value is None or (value < self.bound if self.at_least else value > self.bound)


def least(placement: str, figure: str, bound: float, words: str, *, each: bool = False, data: str = "") -> Aim:
    """At least so much."""
    return Aim(placement, figure, bound, True, words, each, data)


def most(placement: str, figure: str, bound: float, words: str, *, each: bool = False) -> Aim:
    """At most so much."""
    return Aim(placement, figure, bound, False, words, each)


AIMS = (
    least("thigh", "taught.sensitivity", 99.8, "sensitivity, upright known"),
    least("thigh", "taught.specificity", 99.9, "specificity, upright known"),
    least("thigh", "taught.worst_sensitivity", 97.0, "the worst person's sensitivity"),
    least("thigh", "taught.worst_specificity", 97.0, "the worst person's specificity"),
    least("thigh", "after_walk.sensitivity", 99.7, "sensitivity after 20 s of walking"),
    least("thigh", "after_walk.specificity", 99.8, "specificity after 20 s of walking"),
    least("thigh", "before_walk.right_of_said", 99.5, "right before the first walk"),
    most("thigh", "taught.standing_called_sedentary", 0.3, "standing called sedentary, upright known"),
    most("thigh", "after_walk.standing_called_sedentary", 0.3, "standing called sedentary, after walking"),
    most("thigh", "taught.walking_called_sedentary", 0.05, "walking called sedentary"),
    most("thigh", "after_walk.cycling_called_sedentary", 1.0, "cycling called sedentary"),
    # harth's recordings are cut at most changes of posture and cannot show transitions
    least("thigh", "taught.transition_recall", 97.0, "transitions found within 5 s (sens)", data="sens"),
    least("thigh", "taught.transition_precision", 97.0, "transitions said that are right (sens)", data="sens"),
    least("thigh", "taught.bouts_whole", 99.0, "bouts found whole"),
    most("thigh", "taught.usual_bout_error", 2.0, "error of the usual bout duration"),
    most("thigh", "taught.alerts.*.missed", 0, "alerts missed, by limit"),
    most("thigh", "taught.alerts.*.false_per_40_h", 1.0, "false alerts per 40 worn hours, by limit"),
    most("thigh", "taught.alerts.*.told_error_p95_s", 3.0, "seconds an alert is off, 95th percentile, by limit"),
    most("thigh", "days.alerts.*.missed", 0, "alerts missed on stitched days"),
    most("thigh", "days.alerts.*.false_per_40_h", 1.0, "false alerts per 40 h of stitched days"),
    most("thigh", "wear.flat_called_sedentary_min", 0, "minutes off the body called sitting"),
    most("thigh", "wear.worn_called_not_worn", 0.1, "worn time called not worn"),
    least("thigh", "remounted.sensitivity", 99.7, "sensitivity after a silent re-mounting"),
    least("thigh", "remounted.specificity", 99.7, "specificity after a silent re-mounting"),
    *(
        aim
        for placement in PLACEMENTS
        for aim in (
            most(placement, "invariants.recut_rows", 0, "rows that differ when the recording is cut elsewhere"),
            most(placement, "wear.delay_max_s", 5.0, "seconds until a second is decided, at most"),
        )
    ),
    least("lower_back", "taught.balanced_accuracy", 94.0, "balanced accuracy, upright known"),
    least("lower_back", "after_walk.balanced_accuracy", 93.0, "balanced accuracy after 20 s of walking"),
    most("lower_back", "after_walk.standing_called_sedentary", 10.0, "standing called sedentary"),
    least("waist", "taught.balanced_accuracy", 96.0, "balanced accuracy, upright known"),
    least("waist", "taught.lying_called_sedentary", 99.0, "lying called sedentary"),
    least("waist", "before_walk.balanced_accuracy_said", 91.0, "balanced accuracy of what it says before walking"),
    most("waist", "before_walk.unknown", 50.0, "unknown before walking"),
    *(
        aim
        for placement, coverage in (("chest", 40.0), ("pocket", 40.0), ("wrist", 70.0))
        for aim in (
            least(placement, "shuffled.sedentary_precision", 90.0, "right of what it calls sedentary, takes shuffled"),
            least(placement, "shuffled.upright_precision", 90.0, "right of what it calls upright, takes shuffled"),
            most(placement, "shuffled.unknown", 100.0 - coverage, "unknown, takes shuffled"),
            most(placement, "shuffled.standing_called_sedentary", 15.0, "standing called sedentary, takes shuffled"),
        )
    ),
    *(
        aim
        for placement in PLACEMENTS
        for aim in (
            most(placement, "all.calibration_error", 0.03, "expected calibration error, each data set", each=True),
            least(placement, "all.auroc", 0.75, "confidence tells right from wrong (AUROC), each data set", each=True),
        )
    ),
)
"""What a release aims at, in percent unless the words say otherwise."""

WEAK = (
    ("thigh", "before_walk.unknown", "unknown before the first 20 s of walking"),
    ("thigh", "remounted.standing_called_sedentary", "standing called sedentary after a silent re-mounting"),
    ("pocket", "all.unknown", "unknown: a phone in a pocket moves too much"),
    ("pocket", "shuffled.sensitivity", "sitting found, takes shuffled; unknown counts as missed"),
    ("waist", "all.standing_called_sedentary", "standing called sedentary"),
    ("waist", "shuffled.standing_called_sedentary", "standing called sedentary, takes shuffled"),
    ("waist", "taught.transition_precision", "transitions said that are right"),
    ("lower_back", "remounted.specificity", "upright found after a silent re-mounting"),
    ("lower_back", "shuffled.standing_called_sedentary", "standing called sedentary, takes shuffled"),
    ("lower_back", "taught.transition_precision", "transitions said that are right"),
    ("chest", "shuffled.sensitivity", "sitting found, takes shuffled; unknown counts as missed"),
    ("chest", "all.unknown", "unknown"),
    ("chest", "before_walk.right_of_said", "right of what it says before the first walk"),
    ("wrist", "shuffled.sensitivity", "sitting found, takes shuffled; unknown counts as missed"),
    ("wrist", "all.bouts_whole", "bouts of 2 min and more found whole"),
)
"""What no aim asks for and a user should know: placement, figure, words."""
