"""The coach of one wearer: speaks at the right moment, obeys, and can say why.

When to speak is told in ``speaking``, what a wearer may say in ``commands``, what is suggested in ``exercises``.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.coach.catalogue import Catalogue, load_catalogue
from monitor.coach.commands import obey
from monitor.coach.exercises import ExerciseRules, Suggester
from monitor.coach.moments import CoachView, Moment
from monitor.coach.rules import CoachRules
from monitor.coach.speaking import Speaker
from monitor.events import Event
from monitor.exchange import Command
from monitor.model import SEDENTARY, Posture

__all__ = ["Coach", "CoachRules", "CoachView", "ExerciseRules", "Moment"]


@dataclass
class Coach(Speaker):
    """Memory only: plain data, no clock. Moments, ticks and commands come in order of time; all answer with events."""

    @classmethod
    def start(
        cls,
        wearer_key: str,
        placement: str,
        rules: CoachRules | None = None,
        exercise_rules: ExerciseRules | None = None,
        catalogue: Catalogue | None = None,
        ready: bool = True,
        buzzes: bool = True,
    ) -> Coach:
        """A coach that remembers nothing yet; raises ``CatalogueError`` where a no-go exercise does not exist."""
        rules = rules or CoachRules()
        suggester = Suggester(
            rules=exercise_rules or ExerciseRules(),
            catalogue=catalogue or load_catalogue(),
            placement=placement,
            seed=rules.seed,
            time_zone=rules.time_zone,
            language=rules.language,
            ready=ready,
        )
        return cls(wearer_key=wearer_key, rules=rules, suggester=suggester, buzzes=buzzes)

    def take_rules_of(self, other: Coach) -> None:
        """Go on with the same memory under another's settings; a changed setting ends the wearer's word over it."""
        before_s = self.limit_s
        if self.rules.limit_s != other.rules.limit_s:
            self.overrides.limit_s = None
        if self.rules.profile != other.rules.profile:
            self.overrides.profile = None
        self.rules, self.buzzes = other.rules, other.buzzes
        self.suggester.take_rules_of(other.suggester)
        if self.watch is not None and self.limit_s != before_s:
            self.watch.due_s = None

    def command(self, command: Command, now_s: float) -> list[Event]:
        """What the wearer wants; the last event is always the answer."""
        return [*self.expire(now_s), *obey(self, command, now_s)]

    def exercise_seen(self, exercise_id: str, at_s: float) -> None:
        """The sensor has seen an exercise: it is the most recently done now."""
        self.suggester.done_s[exercise_id] = at_s

    def view(self, now_s: float) -> CoachView:
        """What is true now."""
        watch, snoozed, paused = self.watch, self.is_snoozed(now_s), self.overrides.is_paused(now_s)
        shown = watch is not None and watch.alert_open and now_s < watch.expires_s
        alert = "none"
        if paused:
            alert = "paused"
        elif snoozed:
            alert = "snoozed"
        elif watch is not None and shown:
            alert = "due" if watch.calls == 1 else "overdue"
        return CoachView(
            alert=alert,
            alert_id=watch.alert_id if watch is not None and (shown or snoozed) else None,
            snoozed_until_s=self.snoozed_until_s if snoozed else None,
            paused=paused,
            busy=self.overrides.is_busy(now_s),
            limit_s=self.limit_s,
            profile=self.profile,
            next_break_s=self._next_break_s(now_s),
        )

    def _next_break_s(self, now_s: float) -> float | None:
        watch, latest = self.watch, self.body.latest
        if watch is None or latest is None or latest.bout_id != watch.bout_id:
            return None
        due_s = watch.due_s
        if due_s is None:
            if latest.posture not in SEDENTARY and latest.posture != Posture.ACTIVE:
                return None
            due_s = max(latest.start_s + 1.0 + self.limit_s - latest.clock_s, self.not_before_s(watch))
        return max(due_s, self.snoozed_until_s or due_s) if self.is_snoozed(now_s) else due_s
