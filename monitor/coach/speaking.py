"""The phases of one sitting bout.

A bout is quiet until ``early_s`` before the limit; then a gap in the body's signal (a shift, a change of posture, the
return from a short stand) is a good moment to speak; at the limit the coach speaks in any case, repeats as often as the
profile allows, and rests. One bout has one alert: every call after the first is a repeat of it, also after a snooze.
It is over when the sensor has seen the break, when the wearer answers, or when its time is up.

Time comes with the moments, the ticks and the commands, in order; the only deadline that is an event, the expiry of an
alert, bears its own time and so does not depend on who brought the news. Pauses and snoozes end by comparison with the
time of the row.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from monitor.coach.calling import Caller
from monitor.coach.moments import QUIET_MAX_S, Moment, Watch
from monitor.coach.standing import UP
from monitor.event_ids import event_id
from monitor.events import AlertCleared, Event

ANSWERS_KEPT = 20
LATE_MAX_S = 5.0
"""By no more than this is the clock of one row ahead of that of another, for the seconds until it was known."""
CLEARED_BY = {"upright": "break", "not_worn": "not_worn"}
"""``ended_by`` of a bout -> ``by`` of its alert; everything else is a gap."""


@dataclass
class Speaker(Caller):
    """Follows one wearer second by second."""

    def advance(self, moment: Moment) -> list[Event]:
        """One second more; the bouts have seen it already (``break_taken``, ``bout_ended`` come before)."""
        events = self.expire(moment.now_s)
        load_s = self.load.see(moment, self.rules.load_payoff)
        if self.rules.policy == "load":
            moment = replace(moment, clock_s=load_s)
        self.body.see(moment, self.rules)
        self.learner.expire(moment.now_s)
        events += self.of_standing(moment)
        if moment.bout_id is None:
            return events
        watch = self.watch
        if watch is None or watch.bout_id != moment.bout_id:
            events += self._close(moment.now_s, "gap")
            start_s = moment.start_s if moment.bout_start_s is None else moment.bout_start_s
            watch = self.watch = Watch(moment.bout_id, start_s)
        if watch.due_s is None and moment.clock_s >= self.limit_s:
            full_s = moment.start_s + 1.0 - (moment.clock_s - self.limit_s)
            watch.due_s = max(full_s, self.known_from_s, self.not_before_s(watch))
        why_now = self.wish(moment, watch)
        if why_now:
            reason = self.silence(moment, watch)
            events += self.withhold(moment, watch, reason) if reason else self.speak(moment, watch, why_now)
        return events

    def quiet_s(self, unshaken_s: int) -> int:
        """For so many more seconds like the latest, at the least, there is nothing to say and nothing to decide.

        ``unshaken_s`` : the body does not shift in so many of them.
        """
        latest, watch, rules = self.body.latest, self.watch, self.rules
        if latest is None or rules.policy == "load" or self.learner.open_call is not None:
            return 0
        if rules.standing_limit_s and latest.posture in UP:
            return 0
        until_s = [latest.now_s + QUIET_MAX_S]
        if watch is not None and watch.alert_open:
            until_s.append(watch.expires_s)
        if latest.bout_id is not None:
            if watch is None or watch.bout_id != latest.bout_id:
                return 0
            until_s.append(self._undecided_until_s(latest, watch, unshaken_s))
        return max(0, math.ceil(min(until_s) - latest.now_s) - 1)

    def _undecided_until_s(self, latest: Moment, watch: Watch, unshaken_s: int) -> float:
        """When a call may be wished for, at the earliest, if the clock of the bout runs on."""
        full_s = latest.now_s + self.limit_s - latest.clock_s - LATE_MAX_S
        if watch.calls:
            rested = watch.calls >= self.calls_allowed(watch)
            called_s = math.inf if rested else watch.next_call_s
            return called_s if watch.due_s is not None else min(full_s, called_s)
        if self.rules.trial != "off":
            return full_s
        may_shift_s = latest.now_s if self.body.has_shifted(latest, self.rules) else latest.now_s + unshaken_s + 1.0
        return min(full_s, max(full_s - self.early_s, may_shift_s))

    def stay(self, moment: Moment, count: int, shift_s: float | None) -> None:
        """So many seconds more like the latest, within ``quiet_s``; ``moment`` is the last of them.

        ``shift_s`` is the start of the last of them that shook like a shift, if one did.
        """
        self.load.see(moment, self.rules.load_payoff, count)
        self.standing.see(moment.posture, count)
        self.body.stay(moment, shift_s)

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
            self.learner.forget_call()
            return self._close(now_s, "correction")
        watch.bout_id, watch.bout_start_s = bout_id, bout_start_s
        if clock_s < self.limit_s:
            watch.due_s = None
        return []

    def break_taken(self, bout_id: str, at_s: float, break_start_s: float) -> list[Event]:
        """The sensor has seen the break."""
        self.learner.note_break(break_start_s)
        return self.bout_ended(bout_id, at_s, "upright")

    def bout_ended(self, bout_id: str, at_s: float, ended_by: str) -> list[Event]:
        """The bout is over, and with it its alert and any snooze."""
        events = self.expire(at_s)
        if ended_by != "upright":
            self.learner.forget_call()
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
        noted = self.words.noted
        self.decisions.note(at_s, noted.cleared.format(by=noted.over[by]))
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
