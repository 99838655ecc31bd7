"""Repetitions of an expected exercise, from the direction of gravity in a limb's sensor.

The samples become bins of 0.1 s on stream time; the mean of the last five bins is the direction of gravity. Its angle
against the wearer's own upright (or against the pose in which the watching began) goes up and down with the limb. A
zigzag of turning points, each further from the last than the motion's least excursion and than half of the set's own
amplitude, makes excursions of it. A *set* is several excursions alike in size, length and pace: only then are they
counted, the first ones included. A single rise from a chair, walking and fidgeting never become a set.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import fmean, median, median_low
from typing import Annotated

import numpy as np
from msgspec import Meta

from monitor.accel.excursions import Excursion, Zigzag
from monitor.accel.limb import BIN_S, Row, Seen, Signal
from monitor.rules import Rules


class MotionRules(Rules, frozen=True):
    """What one repetition looks like at the thigh, and when several are a set.

    The figures are our own: measured on the labelled squats, lunges and chair rises of UTD-MHAD and on simulated
    bodies, and set against the false sets on HARTH, SENS and MEx; ``docs/exercises.md`` has what they give.
    """

    signal: Annotated[Signal, Meta(description="Which angle is followed.")] = "flexion"
    smooth_bins: Annotated[
        int,
        Meta(ge=1, le=10, description="A direction is the mean of so many bins; more, where the excursions are small."),
    ] = 5
    least_deg: Annotated[float, Meta(ge=4, le=120, description="The smallest excursion that can be a repetition.")] = (
        30.0
    )
    most_deg: Annotated[float, Meta(ge=10, le=360, description="The largest.")] = 150.0
    top_deg: Annotated[tuple[float, float], Meta(description="Where the excursion turns, against upright.")] = (
        -180.0,
        360.0,
    )
    rest_deg: Annotated[tuple[float, float], Meta(description="Where it comes from and goes to.")] = (-180.0, 360.0)
    shortest_s: Annotated[
        float, Meta(ge=0.2, le=30, description="The shortest time between the way up and the way down.")
    ] = 0.5
    longest_s: Annotated[float, Meta(ge=1, le=300, description="The longest.")] = 20.0
    period_min_s: Annotated[
        float, Meta(ge=0.5, le=30, description="The quickest pace, from one repetition to the next.")
    ] = 1.8
    pause_max_s: Annotated[float, Meta(ge=2, le=120, description="A longer pause ends the set.")] = 25.0
    shake_max_g: Annotated[float, Meta(ge=0.01, le=2, description="More jolting than this is walking or falling.")] = (
        0.25
    )
    calm_g: Annotated[
        float, Meta(ge=0, le=2, description="With less jolting than this the pose may be off by more.")
    ] = 0.0
    calm_deg: Annotated[
        float, Meta(ge=0, le=45, description="By so much: upright was learned from walking, clothes slide.")
    ] = 0.0
    alike: Annotated[
        float, Meta(ge=0.1, le=1, description="Smaller excursions than this share of the median are others.")
    ] = 0.65
    pace_alike: Annotated[float, Meta(ge=1, le=10, description="The longest is at most so many times the median.")] = (
        3.5
    )
    least_count: Annotated[int, Meta(ge=2, le=20, description="So many alike make a set.")] = 4
    skips_smaller: Annotated[bool, Meta(description="Smaller excursions between two repetitions belong to them.")] = (
        False
    )
    lying: Annotated[
        bool, Meta(description="Done lying: where upright is not known, any turn from the pose counts.")
    ] = False
    load_least_g: Annotated[float, Meta(ge=-1, le=1, description="The least of a single one.")] = -1.0
    load_g: (
        Annotated[
            tuple[float, float],
            Meta(
                description="So much stronger than before and after it is the pull in between: the body sinks"
                " and is lifted."
            ),
        ]
        | None
    ) = None
    last_stays: Annotated[bool, Meta(description="The last one may end in the pose itself.")] = False


LOOKED_AT = 0.65
"""Excursions of this share of the least are seen, so that steps and pedalling show their pace, but never counted."""

STRENGTHS = 120
"""Bins whose strengths are kept."""

LOOSE = 1.33
"""So much smaller or quicker a single repetition of a set may be than the rules say of a sure one."""


@dataclass
class Counter:
    """Counts the repetitions of one motion."""

    rules: MotionRules
    zigzag: Zigzag
    absolute: bool = False
    """The angle is against the wearer's own upright, so that poses can be compared."""
    latest_s: float = -math.inf
    """Start of the latest excursion, whatever it was."""
    candidates: list[Excursion] = field(default_factory=list)
    """Alike, but not a set yet."""
    sure: list[bool] = field(default_factory=list)
    """Which of them fit the rules without forgiveness: all of a set must, lying all but one."""
    counted: list[Excursion] = field(default_factory=list)
    strengths: list[tuple[float, float]] = field(default_factory=list)
    """Of the last bins, with their times."""

    @classmethod
    def of(cls, rules: MotionRules, absolute: bool) -> Counter:
        """A counter that has seen nothing."""
        return cls(rules, Zigzag(LOOKED_AT * rules.least_deg), absolute)

    @property
    def repetitions(self) -> int:
        """So many were seen."""
        return len(self.counted)

    @property
    def held_s(self) -> float:
        """Seconds of stillness at the top, of all of them."""
        return sum(each.held_s for each in self.counted)

    def follow(self, rows: Sequence[Seen]) -> list[float]:
        """More bins; the times of those in which the count has changed. At rest there is nothing to look at."""
        angles_deg = np.array([angle_deg for _, angle_deg, _, _ in rows])
        if self.rules.signal == "lowering":
            angles_deg = -angles_deg
        place, changed_s = 0, []
        while place < len(rows):
            at_rest = 0 if self.zigzag.rising else self.zigzag.rest(angles_deg[place:])
            if self.rules.load_g is not None:
                self._note_strengths(rows[place : place + at_rest])
            place += at_rest
            if place < len(rows) and self.see(Row(*rows[place])):
                changed_s.append(rows[place][0])
            place += 1
        return changed_s

    def _note_strengths(self, rows: Sequence[Seen]) -> None:
        self.strengths += [(at_s, strength_g) for at_s, _, _, strength_g in rows]
        del self.strengths[:-STRENGTHS]

    def see(self, row: Row) -> bool:
        """One bin more; whether the count has changed."""
        angle_deg = -row.angle_deg if self.rules.signal == "lowering" else row.angle_deg
        excursion = self.zigzag.see(row.at_s, angle_deg, row.shake_g)
        if self._has_lain_down():
            self.zigzag.rest_at(angle_deg)
        if self.rules.load_g is not None:
            self._note_strengths([row])
        if excursion is None:
            return False
        if self.rules.load_g is not None:
            excursion = replace(excursion, load_g=self._load_g(excursion))
        before = len(self.counted)
        self._take(excursion)
        if len(self.counted) != before:
            # of a set's own size, so that a wriggle at the top is no repetition of its own
            size_deg = median(each.size_deg for each in self.counted[-8:])
            self.zigzag.least_deg = min(max(self.rules.least_deg, 0.45 * size_deg), 70.0)
        return len(self.counted) != before

    def _load_g(self, excursion: Excursion) -> float:
        """The angle lags behind by half of what it is the mean of."""
        start_s = excursion.start_s - self.rules.smooth_bins * BIN_S / 2
        end_s = excursion.end_s - self.rules.smooth_bins * BIN_S / 2
        inside = [g for at_s, g in self.strengths if start_s + 0.2 < at_s <= end_s - 0.1]
        before = [g for at_s, g in self.strengths if start_s - 0.8 < at_s <= start_s]
        after = [g for at_s, g in self.strengths if end_s < at_s]
        if not (inside and before and after):
            return 0.0
        return fmean(inside) - (fmean(before) + fmean(after)) / 2

    def _has_lain_down(self) -> bool:
        """What has risen is not the legs: the wearer has come to lie, and that is where the first repetition begins."""
        zigzag, rules = self.zigzag, self.rules
        low = zigzag.high_deg < rules.top_deg[0] - 8.0
        return rules.lying and self.absolute and zigzag.rising and zigzag.held_s >= 1.0 and low

    def finish(self, at_s: float) -> None:
        """Nothing more comes: a last one that stays in its pose counts, where that may be."""
        if self.rules.last_stays and self.zigzag.rising:
            last = self.zigzag.open(min(at_s, self.zigzag.start_s + 2.0))
            others = self.counted or self.candidates
            if others and at_s - self.zigzag.start_s >= 1.0:
                median_s = median(each.lasts_s for each in others)
                self._take(Excursion(last.start_s, last.start_s + median_s, last.rest_deg, last.top_deg, 0.0, 0.0))

    def _take(self, excursion: Excursion) -> None:
        rules = self.rules
        since_s, self.latest_s = excursion.start_s - self.latest_s, excursion.start_s
        loose = 1.0 if rules.skips_smaller else LOOSE
        if not self._plausible(excursion, loose) or since_s < rules.period_min_s / LOOSE:
            if excursion.size_deg >= rules.least_deg or since_s < rules.period_min_s / LOOSE:
                self._break_off()
            return
        if self.counted and self._alike(excursion, self.counted[-8:], within_s=3 * rules.pause_max_s):
            self.counted.append(excursion)
            return
        if rules.skips_smaller and (self.counted or self._is_smaller(excursion, self.candidates)):
            return  # what lies between two repetitions is alike, too, and would make a set of its own
        self.candidates = [*self.candidates[-11:], excursion]
        self.sure = [*self.sure[-11:], since_s >= rules.period_min_s and self._plausible(excursion, 1.0)]
        while not self._alike(self.candidates[-1], self.candidates[:-1], rules.pause_max_s):
            del self.candidates[0], self.sure[0]
        enough = len(self.candidates) >= rules.least_count and sum(self.sure) >= rules.least_count - rules.lying
        if enough and self._steady() and self._loaded():
            self.counted += self.candidates
            self.candidates, self.sure = [], []

    def _break_off(self) -> None:
        """Something else in between, such as steps or pedalling: what came before it was no set."""
        if not self.rules.skips_smaller:
            self.candidates, self.sure = [], []

    def _is_smaller(self, one: Excursion, others: list[Excursion]) -> bool:
        return bool(others) and one.size_deg < self.rules.alike * median(each.size_deg for each in others)

    def _plausible(self, excursion: Excursion, loose: float) -> bool:
        """Of the motion's size, length and place; ``loose`` above 1 forgives what one repetition of a set may be."""
        rules, more_deg = self.rules, 36.0 * (loose - 1.0)
        inside = rules.shortest_s <= excursion.lasts_s <= rules.longest_s
        inside &= rules.least_deg / loose <= excursion.size_deg <= rules.most_deg
        if not inside or excursion.shake_g > rules.shake_max_g or excursion.load_g < rules.load_least_g:
            return False
        if not self.absolute:
            return True
        if excursion.shake_g < rules.calm_g:
            more_deg += rules.calm_deg
        top_deg, rest_deg = excursion.top_deg, excursion.rest_deg
        if rules.signal == "lowering":
            top_deg, rest_deg = -top_deg, -rest_deg
        at_top = rules.top_deg[0] - more_deg <= top_deg <= rules.top_deg[1] + more_deg
        return at_top and rules.rest_deg[0] - more_deg <= rest_deg <= rules.rest_deg[1] + more_deg

    def _alike(self, one: Excursion, others: list[Excursion], within_s: float) -> bool:
        """Of the same size, length and pace as those before it."""
        if not others:
            return True
        rules, last = self.rules, others[-1]
        size_deg, lasts_s = median(each.size_deg for each in others), median(each.lasts_s for each in others)
        sized = rules.alike * size_deg <= one.size_deg <= size_deg / rules.alike
        long = lasts_s / rules.pace_alike - 0.5 <= one.lasts_s <= lasts_s * rules.pace_alike + 0.5
        paced = rules.period_min_s / LOOSE <= one.start_s - last.start_s and one.start_s - last.end_s <= within_s
        return sized and long and paced

    def _loaded(self) -> bool:
        """In the middle of most of them the body is being caught and lifted."""
        span_g = self.rules.load_g
        return span_g is None or span_g[0] <= median(each.load_g for each in self.candidates) <= span_g[1]

    def _steady(self) -> bool:
        """The pauses between them are alike, but for one in which the wearer talks."""
        pauses_s = [after.start_s - before.start_s for before, after in pairwise(self.candidates)]
        longest_s = self.rules.pace_alike * median_low(pauses_s)
        talks = sum(pause_s > longest_s for pause_s in pauses_s)
        return talks <= (1 if len(pauses_s) >= 6 else 0)
