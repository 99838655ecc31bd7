"""The call itself: which exercise goes with it, in which words, and what is remembered of it."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.civil import day_of
from monitor.coach.catalogue import Condition
from monitor.coach.judging import Judge
from monitor.coach.moments import Moment, Watch
from monitor.coach.recipes import RECIPES
from monitor.event_ids import event_id
from monitor.events import AlertWithheld, BreakDue, Event, StandingLong, Suggestion, TrialPoint
from monitor.model import UPRIGHT, Posture
from monitor.words import SeenAs


@dataclass
class Caller(Judge):
    """Makes the calls that are right, and says which are kept back."""

    def speak(self, moment: Moment, watch: Watch, why_now: str) -> list[Event]:
        """Make a call."""
        repeat, kinds = watch.calls, RECIPES[self.rules.recipe].exercise_kinds
        liked = ""
        if self.rules.learn:
            choices = {kind: self.situation(moment, repeat, kind) for kind in kinds}
            liked = self.learner.liked_kind(choices, self.rules.explore_share, f"{watch.bout_id} {repeat}")
        call = self._call(moment, watch, why_now, liked)
        if self.rules.learn:
            exercise = self.suggester.catalogue.named(call.exercise.exercise_id) if call.exercise else None
            self.learner.note_call(call.at_s, self.situation(moment, repeat, exercise.kind if exercise else "none"))
        return [call, *self._trial_point(moment, watch, called=True)]

    def _call(self, moment: Moment, watch: Watch, why_now: str, liked_kind: str) -> BreakDue:
        at_s, repeat = moment.now_s, watch.calls
        identity = event_id(at_s, self.wearer_key, "break_due", watch.bout_id, repeat)
        exercise, offer = self.invitation(at_s, watch, liked_kind)
        if watch.alert_id is None:
            watch.alert_id = identity
            self._count_today(at_s)
        watch.calls, watch.alert_open, watch.called_s = repeat + 1, True, at_s
        watch.next_call_s, watch.expires_s = at_s + self.rules.repeat_every_s, at_s + self.rules.alert_life_s
        said = self.words
        reason, sat = said.noted.reasons[why_now], said.duration(moment.clock_s)
        self.decisions.note(at_s, said.noted.called.format(reason=reason, sat=sat))
        return BreakDue(
            id=identity,
            at_s=at_s,
            alert_id=watch.alert_id,
            bout_id=watch.bout_id,
            bout_start_s=watch.bout_start_s,
            due_s=moment.start_s + 1.0 + self.limit_s - moment.clock_s if watch.due_s is None else watch.due_s,
            sedentary_s=moment.clock_s,
            limit_s=self.limit_s,
            repeat=repeat,
            level=self.level(repeat),
            confidence=moment.confidence,
            why_now=why_now,
            clears=self.clears,
            title=said.titles[why_now],
            message=said.message(self._seen_as(moment), moment.clock_s, offer, exercise.easier if exercise else ""),
            exercise=exercise,
            expires_s=watch.expires_s,
        )

    def _seen_as(self, moment: Moment) -> SeenAs:
        if self.rules.policy == "load":
            return "load"
        return "lying" if moment.posture == Posture.LYING else "seated"

    def invitation(self, now_s: float, watch: Watch | None, liked_kind: str = "") -> tuple[Suggestion | None, str]:
        """The exercise to go with a call, if any, and the offer in words; without a bout only a sample."""
        kinds, hurts = RECIPES[self.rules.recipe].exercise_kinds, self.overrides.hurts
        suggestion = None
        if not self.overrides.exercises_silent:
            if watch is None:
                suggestion = self.suggester.sample(now_s, kinds, hurts)
            else:
                suggestion = self.suggester.suggest(now_s, kinds, hurts, watch.exercise_id, liked_kind)
                watch.exercise_id = suggestion.exercise_id if suggestion else ""
        if suggestion is not None:
            return suggestion, self.suggester.catalogue.words_of(suggestion.exercise_id, self.rules.language).invite
        return None, self.plain_offer

    @property
    def plain_offer(self) -> str:
        """What a call offers where no exercise goes with it."""
        return self.words.call.seated_offer if self._cannot_stand else self.words.recipes[self.rules.recipe]

    @property
    def clears(self) -> str:
        """What would end a call."""
        return self.words.call.clears_seated if self._cannot_stand else self.words.call.clears

    @property
    def _cannot_stand(self) -> bool:
        return Condition.CANNOT_STAND in self.suggester.rules.conditions

    def _count_today(self, at_s: float) -> None:
        today = day_of(at_s, self.rules.time_zone)
        self.day_alerts = self.day_alerts + 1 if today == self.day else 1
        self.day = today

    # --- what is kept back ----------------------------------------------------------------------------------

    def withhold(self, moment: Moment, watch: Watch, reason: str) -> list[Event]:
        """Say, once a reason and bout, that a due call is kept back."""
        if reason == "settling":
            return []
        said = self.words
        self.decisions.note_silence(moment.now_s, reason, said.noted.silent.format(reason=said.silences[reason]))
        getting_up = moment.posture in UPRIGHT and bool(watch.calls or watch.withheld)
        if watch.due_s is None or getting_up or reason in watch.withheld:
            return []
        watch.withheld.append(reason)
        identity = event_id(moment.now_s, self.wearer_key, "alert_withheld", watch.bout_id, reason)
        kept = AlertWithheld(id=identity, at_s=moment.now_s, bout_id=watch.bout_id, due_s=watch.due_s, reason=reason)
        return [kept, *(self._trial_point(moment, watch, called=False) if reason == "trial" else [])]

    def _trial_point(self, moment: Moment, watch: Watch, called: bool) -> list[Event]:
        if self.rules.trial == "off" or watch.calls > called:
            return []
        identity = event_id(moment.now_s, self.wearer_key, "trial_point", watch.bout_id)
        unit = self.trial_unit(moment, watch)
        return [TrialPoint(id=identity, at_s=moment.now_s, bout_id=watch.bout_id, unit=unit, called=called)]

    # --- a word in passing ----------------------------------------------------------------------------------

    def of_standing(self, moment: Moment) -> list[Event]:
        """A word to who stands for long, where that is wanted."""
        self.standing.see(moment.posture)
        standing_s = self.standing.standing_s
        if not self.standing.is_long(self.rules.standing_limit_s) or self.quiet_now(moment.now_s):
            return []
        self.standing.told = True
        said = self.words
        length = said.duration(standing_s)
        self.decisions.note(moment.now_s, said.noted.standing.format(length=length))
        identity = event_id(moment.now_s, self.wearer_key, "standing_long")
        message = said.call.standing.format(duration=length)
        title = said.titles["standing_long"]
        return [StandingLong(id=identity, at_s=moment.now_s, standing_s=standing_s, title=title, message=message)]
