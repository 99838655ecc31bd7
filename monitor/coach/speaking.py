"""The phases of one sitting bout, and every reason to keep silent.

A bout is quiet until ``early_s`` before the limit; then a gap in the body's signal (a shift, a change of posture, the
return from a short stand) is a good moment to speak; at the limit the coach speaks in any case, repeats as often as the
profile allows, and rests. One bout has one alert: every call after the first is a repeat of it, also after a snooze.
It is over when the sensor has seen the break, when the wearer answers, or when its time is up.

Only a fresh row that is sedentary, worn and sure, like those before it, may raise a call. Time comes with the moments,
the ticks and the commands, in order; the only deadline that is an event, the expiry of an alert, bears its own time and
so does not depend on who brought the news. Pauses and snoozes end by comparison with the time of the row.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from monitor.civil import day_of, within_hours
from monitor.coach.body import Body
from monitor.coach.catalogue import Condition
from monitor.coach.decisions import Decisions
from monitor.coach.exercises import Suggester
from monitor.coach.load import Load
from monitor.coach.moments import Moment, Watch
from monitor.coach.overrides import Overrides
from monitor.coach.recipes import RECIPES
from monitor.coach.rules import CoachRules
from monitor.coach.standing import Standing
from monitor.events import AlertCleared, AlertWithheld, BreakDue, Event, StandingLong, Suggestion, event_id
from monitor.model import UPRIGHT, Posture
from monitor.words import SeenAs, Words, words

ANSWERS_KEPT = 20
CLEARED_BY = {"upright": "break", "not_worn": "not_worn"}
"""``ended_by`` of a bout -> ``by`` of its alert; everything else is a gap."""


@dataclass
class Speaker:
    """Decides, second by second, when to speak to one wearer."""

    wearer_key: str
    rules: CoachRules = field(default_factory=CoachRules)
    suggester: Suggester = field(default_factory=Suggester)
    overrides: Overrides = field(default_factory=Overrides)
    decisions: Decisions = field(default_factory=Decisions)
    body: Body = field(default_factory=Body)
    load: Load = field(default_factory=Load)
    standing: Standing = field(default_factory=Standing)
    watch: Watch | None = None
    snoozed_until_s: float | None = None
    answered: dict[str, str] = field(default_factory=dict)
    """The last alerts that are over, and by what."""
    day: str = ""
    day_alerts: int = 0
    command_count: int = 0
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

    # --- what happens ---------------------------------------------------------------------------------------

    def advance(self, moment: Moment) -> list[Event]:
        """One second more; the bouts have seen it already (``break_taken``, ``bout_ended`` come before)."""
        events = self.expire(moment.now_s)
        load_s = self.load.see(moment, self.rules.load_payoff)
        if self.rules.policy == "load":
            moment = replace(moment, clock_s=load_s)
        self.body.see(moment, self.rules)
        events += self._of_standing(moment)
        if moment.bout_id is None:
            return events
        watch = self.watch
        if watch is None or watch.bout_id != moment.bout_id:
            events += self._close(moment.now_s, "gap")
            start_s = moment.start_s if moment.bout_start_s is None else moment.bout_start_s
            watch = self.watch = Watch(moment.bout_id, start_s)
        if watch.due_s is None and moment.clock_s >= self.limit_s:
            full_s = moment.start_s + 1.0 - (moment.clock_s - self.limit_s)
            watch.due_s = max(full_s, self.known_from_s, self._not_before_s(watch))
        why_now = self.wish(moment, watch)
        if why_now:
            reason = self.silence(moment, watch)
            events += self._withhold(moment, watch, reason) if reason else [self._call(moment, watch, why_now)]
        return events

    def rebase(self, now_s: float, bout_id: str | None, bout_start_s: float | None, clock_s: float) -> list[Event]:
        """Late samples have changed the books: the open bout is this one now (None where there is none).

        What was said and answered stands if the bout holds the second in which it was said.
        """
        self.known_from_s = now_s
        watch, latest = self.watch, self.body.latest
        if self.rules.policy == "load":
            clock_s = self.load.load_s
        if latest is not None:
            self.body.latest = replace(latest, bout_id=bout_id, bout_start_s=bout_start_s, clock_s=clock_s)
        if watch is None:
            return []
        since_s = watch.called_s if watch.calls else watch.bout_start_s
        if bout_id is None or bout_start_s is None or bout_start_s > since_s:
            return self._close(now_s, "correction")
        watch.bout_id, watch.bout_start_s = bout_id, bout_start_s
        if clock_s < self.limit_s:
            watch.due_s = None
        return []

    def break_taken(self, bout_id: str, at_s: float) -> list[Event]:
        """The sensor has seen the break."""
        return self.bout_ended(bout_id, at_s, "upright")

    def bout_ended(self, bout_id: str, at_s: float, ended_by: str) -> list[Event]:
        """The bout is over, and with it its alert and any snooze."""
        events = self.expire(at_s)
        if self.watch is not None and self.watch.bout_id == bout_id:
            events += self._close(at_s, CLEARED_BY.get(ended_by, "gap"))
        return events

    def tick(self, now_s: float) -> list[Event]:
        """Time passes without rows."""
        ticked_s = self.body.ticked_s
        self.body.ticked_s = now_s if ticked_s is None else max(ticked_s, now_s)
        return self.expire(now_s)

    def expire(self, now_s: float) -> list[Event]:
        """Take the open alert back if its time was up by ``now_s``."""
        watch = self.watch
        if watch is None or not watch.alert_open or now_s < watch.expires_s:
            return []
        return self.clear(watch.expires_s, "expired")

    def clear(self, at_s: float, by: str) -> list[Event]:
        """Take the open alert back, everywhere; nothing if none is open."""
        watch = self.watch
        if watch is None or watch.alert_id is None or not watch.alert_open:
            return []
        watch.alert_open = False
        self.remember_answer(watch.alert_id, by)
        self.decisions.note(at_s, self.words.noted.cleared.format(by=by.replace("_", " ")))
        identity = event_id(at_s, self.wearer_key, "alert_cleared", watch.alert_id, watch.calls)
        return [AlertCleared(id=identity, at_s=at_s, alert_id=watch.alert_id, by=by)]

    def remember_answer(self, alert_id: str, by: str) -> None:
        """Keep by what an alert ended, for answers that come late or twice."""
        self.answered.pop(alert_id, None)
        self.answered[alert_id] = by
        while len(self.answered) > ANSWERS_KEPT:
            del self.answered[next(iter(self.answered))]

    def _close(self, at_s: float, by: str) -> list[Event]:
        events = self.clear(at_s, by)
        if self.watch is not None:
            self.watch, self.snoozed_until_s = None, None
        return events

    # --- to speak or not ------------------------------------------------------------------------------------

    def calls_allowed(self, watch: Watch) -> int:
        """Calls in this bout: the first, the profile's repeats, and what the wearer has asked for."""
        return max(1 + self.rules.profile_named(self.profile).max_repeats, watch.granted)

    def wish(self, moment: Moment, watch: Watch) -> str:
        """Why a call would be right in this second, were nothing against it; "" where none is due."""
        if watch.calls:
            rests = watch.calls >= self.calls_allowed(watch) or moment.now_s < watch.next_call_s
            return "" if rests else "repeat"
        if moment.start_s + 1.0 < self._not_before_s(watch):
            return ""
        if moment.clock_s >= self.limit_s:
            return "limit"
        if moment.clock_s < self.limit_s - self.early_s:
            return ""
        return "opportune" if self.body.has_shifted(moment, self.rules) else ""

    def _not_before_s(self, watch: Watch) -> float:
        """Who has just sat down with a full load is left in peace for as long as between two calls."""
        return watch.bout_start_s + self.rules.repeat_every_s if self.rules.policy == "load" else watch.bout_start_s

    def _of_standing(self, moment: Moment) -> list[Event]:
        """A word to who stands for long, where that is wanted."""
        self.standing.see(moment)
        standing_s = self.standing.standing_s
        if not self.standing.is_long(self.rules.standing_limit_s) or self._quiet_now(moment.now_s):
            return []
        self.standing.told = True
        said = self.words
        length = said.duration(standing_s)
        self.decisions.note(moment.now_s, said.noted.standing.format(length=length))
        identity = event_id(moment.now_s, self.wearer_key, "standing_long")
        message = said.call.standing.format(duration=length)
        title = said.titles["standing_long"]
        return [StandingLong(id=identity, at_s=moment.now_s, standing_s=standing_s, title=title, message=message)]

    def silence(self, moment: Moment, watch: Watch) -> str:
        """The reason to keep silent in this second; "" where a call may be made."""
        return (
            self._wish_for_quiet(moment.now_s, watch)
            or self.body.doubt(moment, self.rules)
            or self._cap(moment.now_s, watch)
        )

    def _quiet_now(self, now_s: float) -> str:
        """Why nothing at all is said now."""
        rules = self.rules
        if self.overrides.is_paused(now_s):
            return "paused"
        if self.overrides.is_busy(now_s):
            return "busy"
        return "quiet_hours" if within_hours(now_s, rules.time_zone, rules.quiet_from, rules.quiet_until) else ""

    def _wish_for_quiet(self, now_s: float, watch: Watch) -> str:
        if quiet := self._quiet_now(now_s):
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

    def _withhold(self, moment: Moment, watch: Watch, reason: str) -> list[Event]:
        """Say, once a reason and bout, that a due call is kept back."""
        if reason == "settling":
            return []
        self.decisions.note_silence(moment.now_s, reason, self.words.noted.silent)
        getting_up = moment.posture in UPRIGHT and bool(watch.calls or watch.withheld)
        if watch.due_s is None or getting_up or reason in watch.withheld:
            return []
        watch.withheld.append(reason)
        identity = event_id(moment.now_s, self.wearer_key, "alert_withheld", watch.bout_id, reason)
        return [AlertWithheld(id=identity, at_s=moment.now_s, bout_id=watch.bout_id, due_s=watch.due_s, reason=reason)]

    # --- the call -------------------------------------------------------------------------------------------

    def _call(self, moment: Moment, watch: Watch, why_now: str) -> BreakDue:
        at_s, repeat = moment.now_s, watch.calls
        identity = event_id(at_s, self.wearer_key, "break_due", watch.bout_id, repeat)
        exercise, offer = self.invitation(at_s, watch)
        if watch.alert_id is None:
            watch.alert_id = identity
            self._count_today(at_s)
        watch.calls, watch.alert_open, watch.called_s = repeat + 1, True, at_s
        watch.next_call_s, watch.expires_s = at_s + self.rules.repeat_every_s, at_s + self.rules.alert_life_s
        said = self.words
        self.decisions.note(at_s, said.noted.called.format(reason=why_now, sat=said.duration(moment.clock_s)))
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
            level=min(self.rules.profile_named(self.profile).rungs, 1 + repeat),
            confidence=moment.confidence,
            why_now=why_now,
            clears=said.call.clears,
            title=said.titles[why_now],
            message=said.message(self._seen_as(moment), moment.clock_s, offer, exercise.easier if exercise else ""),
            exercise=exercise,
            expires_s=watch.expires_s,
        )

    def _seen_as(self, moment: Moment) -> SeenAs:
        if self.rules.policy == "load":
            return "load"
        return "lying" if moment.posture == Posture.LYING else "seated"

    def invitation(self, now_s: float, watch: Watch | None) -> tuple[Suggestion | None, str]:
        """The exercise to go with a call, if any, and the offer in words; without a bout only a sample."""
        kinds, hurts = RECIPES[self.rules.recipe].exercise_kinds, self.overrides.hurts
        suggestion = None
        if not self.overrides.exercises_silent:
            if watch is None:
                suggestion = self.suggester.sample(now_s, kinds, hurts)
            else:
                suggestion = self.suggester.suggest(now_s, kinds, hurts, keep=watch.exercise_id)
                watch.exercise_id = suggestion.exercise_id if suggestion else ""
        if suggestion is not None:
            return suggestion, self.suggester.catalogue.words_of(suggestion.exercise_id, self.rules.language).invite
        cannot_stand = Condition.CANNOT_STAND in self.suggester.rules.conditions
        return None, self.words.call.seated_offer if cannot_stand else self.words.recipes[self.rules.recipe]

    def _count_today(self, at_s: float) -> None:
        today = day_of(at_s, self.rules.time_zone)
        self.day_alerts = self.day_alerts + 1 if today == self.day else 1
        self.day = today
