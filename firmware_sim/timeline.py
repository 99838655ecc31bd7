"""The day as it unfolds: the scenario's activities on a time line, changed by the wearer's reactions to alerts."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, replace

from firmware_sim.scenario import Activity, Reaction, Scenario
from firmware_sim.truth import Truth

AHEAD_S = 7200.0
"""How far the plan reaches beyond now; an alert may change it."""
SEATED = ("sitting", "lying")
WORTH_RETURNING_S = 60.0
"""A remainder of sitting shorter than this is not taken up again."""
SHORTEST_S = 5.0
WAITING = Activity(do="stand", duration_s=60.0)
"""What the wearer does before the day begins."""


@dataclass(frozen=True, slots=True)
class Span:
    """One activity on the time line."""

    start_s: float
    end_s: float
    activity: Activity
    serial: int
    """Gives the span's randomness; a span that is cut short keeps it."""


class Timeline:
    """The spans of one wearer, in seconds since the day's origin, without gaps."""

    def __init__(self, scenario: Scenario, truth: Truth | None = None) -> None:
        self.scenario = scenario
        self.spans: list[Span] = []
        self._truth = truth or Truth()
        self._told = 0
        self._reactions_taken = 0
        self._busy_until_s = 0.0
        self._serial = 0
        self.begun_s: float | None = None
        """When the day began; None while the wearer stands and waits."""
        if scenario.starts == "at_once":
            self.begin(0.0)
        else:
            self._append(WAITING, 0.0, math.inf)

    def begin(self, elapsed_s: float) -> None:
        """Let the day begin now."""
        self.begun_s = elapsed_s
        if self.spans:
            self.spans[-1] = replace(self.spans[-1], end_s=elapsed_s)
        self._extend(elapsed_s)

    def _append(self, activity: Activity, start_s: float, end_s: float) -> None:
        self.spans.append(Span(start_s, end_s, activity, self._serial))
        self._serial += 1

    def _extend(self, until_s: float) -> None:
        while (self.spans[-1].end_s if self.spans else 0.0) <= until_s + AHEAD_S:
            for activity in self.scenario.activities:
                start_s = self.spans[-1].end_s if self.spans else 0.0
                self._append(activity, start_s, start_s + activity.duration_s)
            if self.scenario.at_end == "rest":
                self.spans[-1] = replace(self.spans[-1], end_s=math.inf)

    def index_at(self, elapsed_s: float) -> int:
        """Return the position of the span that holds a moment."""
        self._extend(elapsed_s)
        return max(0, bisect_right(self.spans, elapsed_s, key=lambda span: span.start_s) - 1)

    def pass_time(self, elapsed_s: float) -> Activity:
        """Tell the truth about everything begun up to a moment; return what is done then."""
        index = self.index_at(elapsed_s)
        for span in self.spans[self._told : index + 1]:
            self._truth.activity(span.start_s, span.activity.do, span.activity.posture)
        self._told = max(self._told, index + 1)
        return self.spans[index].activity

    def react(self, alert_s: float) -> Reaction | None:
        """Let the wearer answer an alert: after a while they rise, do something and sit down again.

        Returns the reaction taken, or None: there is none, the wearer is busy with the last one, or will not sit then.
        """
        if not self.scenario.reactions or alert_s < self._busy_until_s:
            return None
        reaction = self.scenario.reactions[self._reactions_taken % len(self.scenario.reactions)]
        rise_s = alert_s + reaction.after_s
        if self.spans[self.index_at(rise_s)].activity.posture not in SEATED:
            return None
        self._reactions_taken += 1
        self._busy_until_s = rise_s + sum(activity.duration_s for activity in reaction.activities)
        if reaction.activities:
            self._interrupt(rise_s, reaction.activities)
        return reaction

    def _interrupt(self, rise_s: float, activities: tuple[Activity, ...]) -> None:
        index = self.index_at(rise_s)
        seated, later = self.spans[index], self.spans[index + 1 :]
        rise_s = max(rise_s, seated.start_s + SHORTEST_S)
        del self.spans[index:]
        self.spans.append(replace(seated, end_s=rise_s))
        now_s = rise_s
        for activity in activities:
            self._append(activity, now_s, now_s + activity.duration_s)
            now_s += activity.duration_s
        if seated.end_s - now_s >= WORTH_RETURNING_S:
            self._append(seated.activity, now_s, seated.end_s)
            now_s = seated.end_s
        for span in later:
            lasts_s = span.end_s - span.start_s
            self.spans.append(replace(span, start_s=now_s, end_s=now_s + lasts_s))
            now_s += lasts_s
