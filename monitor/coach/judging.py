"""To speak or not: what would make a call right in this second, and every reason to keep silent.

Only a fresh row that is sedentary, worn and sure, like those before it, may raise a call.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.civil import day_of, within_hours
from monitor.coach.body import Body
from monitor.coach.decisions import Decisions
from monitor.coach.exercises import Suggester
from monitor.coach.learning import ANSWERS, Learner, Situation, hour_of, window_of
from monitor.coach.load import Load
from monitor.coach.moments import Moment, Watch
from monitor.coach.overrides import Overrides
from monitor.coach.rules import CoachRules
from monitor.coach.standing import Standing
from monitor.coach.trial import trial_calls
from monitor.words import Words, words

RUNGS = ANSWERS["rung"]


@dataclass
class Judge:
    """The memory of one wearer's coach, and what it says of this second."""

    wearer_key: str
    rules: CoachRules = field(default_factory=CoachRules)
    suggester: Suggester = field(default_factory=Suggester)
    overrides: Overrides = field(default_factory=Overrides)
    decisions: Decisions = field(default_factory=Decisions)
    body: Body = field(default_factory=Body)
    load: Load = field(default_factory=Load)
    standing: Standing = field(default_factory=Standing)
    learner: Learner = field(default_factory=Learner)
    watch: Watch | None = None
    snoozed_until_s: float | None = None
    answered: dict[str, str] = field(default_factory=dict)
    """The last alerts that are over, and by what."""
    day: str = ""
    day_alerts: int = 0
    command_count: int = 0
    buzzes: bool = True
    """By the settings, a wearable of this kind can call and may."""
    wearable_calls: bool = True
    """Whether the wearable, as it said when it was last connected, can call its wearer."""
    known_from_s: float = 0.0
    """When late samples last changed the books: what they show was not known, and so not due, before."""

    @property
    def words(self) -> Words:
        """What the wearer is told, in their language."""
        return words(self.rules.language)

    @property
    def limit_s(self) -> float:
        """The limit in force."""
        return self.overrides.limit_in_force_s(self.rules)

    @property
    def early_s(self) -> float:
        """Length of the window before the limit: at most half of it."""
        return min(self.rules.early_s, self.limit_s / 2)

    @property
    def profile(self) -> str:
        """The name of the profile in force."""
        return self.overrides.profile_in_force(self.rules)

    def is_snoozed(self, now_s: float) -> bool:
        """Whether the wearer wants to be asked later."""
        return self.snoozed_until_s is not None and now_s < self.snoozed_until_s

    # --- what speaks for a call -----------------------------------------------------------------------------

    def calls_allowed(self, watch: Watch) -> int:
        """Calls in this bout: the first, the profile's repeats, and what the wearer has asked for."""
        return max(1 + self.rules.profile_named(self.profile).max_repeats, watch.granted)

    def wish(self, moment: Moment, watch: Watch) -> str:
        """Why a call would be right in this second, were nothing against it; "" where none is due."""
        if watch.calls:
            rests = watch.calls >= self.calls_allowed(watch) or moment.now_s < watch.next_call_s
            return "" if rests else "repeat"
        if moment.start_s + 1.0 < self.not_before_s(watch):
            return ""
        if moment.clock_s >= self.limit_s:
            return "limit"
        if moment.clock_s < self.limit_s - self.early_s or self.rules.trial != "off":
            return ""
        good = self.body.has_shifted(moment, self.rules) and self._likes_this_moment(moment, watch)
        return "opportune" if good else ""

    def situation(self, moment: Moment, repeat: int, kind: str = "none", clock_s: float | None = None) -> Situation:
        """A call in this moment, as the learner sees it."""
        clock_s = moment.clock_s if clock_s is None else clock_s
        return Situation(
            hour=hour_of(moment.now_s, self.rules.time_zone),
            window=window_of(clock_s, self.limit_s, self.early_s, repeat),
            kind=kind,
            rung=RUNGS[self.level(repeat) - 1],
        )

    def _likes_this_moment(self, moment: Moment, watch: Watch) -> bool:
        """Whether a call now is likelier to be followed than one at the limit; always, where nothing is learned."""
        if not self.rules.learn:
            return True
        now, later = self.situation(moment, 0), self.situation(moment, 0, clock_s=self.limit_s)
        return self.learner.speaks_now(now, later, self.rules.explore_share, f"{watch.bout_id} {self.body.shift_s}")

    def level(self, repeat: int) -> int:
        """The highest rung that a call may use; the first is the lowest that can reach the wearer."""
        first = 1 if self.buzzes and self.wearable_calls else 2
        return min(max(first, self.rules.profile_named(self.profile).rungs), first + repeat)

    def not_before_s(self, watch: Watch) -> float:
        """Who has just sat down with a full load is left in peace for as long as between two calls."""
        return watch.bout_start_s + self.rules.repeat_every_s if self.rules.policy == "load" else watch.bout_start_s

    # --- what speaks against it -----------------------------------------------------------------------------

    def silence(self, moment: Moment, watch: Watch) -> str:
        """The reason to keep silent in this second; "" where a call may be made."""
        return (
            self._wish_for_quiet(moment.now_s, watch)
            or self.body.doubt(moment, self.rules)
            or self._cap(moment.now_s, watch)
            or (
                "trial"
                if self.rules.trial != "off" and not trial_calls(f"{self.rules.seed} {self.trial_unit(moment, watch)}")
                else ""
            )
        )

    def trial_unit(self, moment: Moment, watch: Watch) -> str:
        """What the lot of the wearer's own trial is drawn for."""
        today = day_of(moment.now_s, self.rules.time_zone)
        return today if self.rules.trial == "by_day" and today else watch.bout_id

    def quiet_now(self, now_s: float) -> str:
        """Why nothing at all is said now."""
        rules = self.rules
        if self.overrides.is_paused(now_s):
            return "paused"
        if self.overrides.is_busy(now_s):
            return "busy"
        return "quiet_hours" if within_hours(now_s, rules.time_zone, rules.quiet_from, rules.quiet_until) else ""

    def _wish_for_quiet(self, now_s: float, watch: Watch) -> str:
        if quiet := self.quiet_now(now_s):
            return quiet
        if watch.skipped:
            return "skipped"
        if self.is_snoozed(now_s):
            return "snoozed"
        if watch.silent_until_s is not None and now_s < watch.silent_until_s:
            return watch.silent_because
        return ""

    def _cap(self, now_s: float, watch: Watch) -> str:
        if not self.rules.daily_cap or watch.calls:
            return ""
        today = day_of(now_s, self.rules.time_zone)
        return "daily_cap" if today and today == self.day and self.day_alerts >= self.rules.daily_cap else ""
