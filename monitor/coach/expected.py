"""An exercise that a call has suggested, while it may still be done: what was seen of it, and how that is told.

What no sensor there can see is "timed" if the wearer says that it was done, and never "not done".
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.accel.following import Follower
from monitor.accel.limb import Reference, Vector
from monitor.accel.motions import MOTIONS
from monitor.coach.catalogue import Exercise
from monitor.event_ids import event_id
from monitor.events import Event, ExerciseSeen, Suggestion
from monitor.exchange import ExerciseProgress
from monitor.model import SEDENTARY, UPRIGHT, Posture
from monitor.words import Words

LEGS = ("thigh", "pocket")
POSTURE_S = 15.0
"""A posture that was kept for so long was seen."""


@dataclass
class Expected:
    """One exercise that may be done now, and what was seen of it."""

    exercise: Exercise
    suggestion: Suggestion
    alert_id: str
    from_s: float
    until_s: float
    follower: Follower | None
    looked_s: float
    """Samples before this have been looked at."""
    upright_s: float = 0.0
    seated_s: float = 0.0
    """Without a break, since getting up."""
    lying_s: float = 0.0
    said: bool = False
    """The wearer says that it is or was done."""
    decided_s: float = 0.0
    """Samples before this may be looked at."""

    @property
    def seen(self) -> str:
        """What there is to tell: ``repetitions``, ``hold``, ``posture``, ``timed``, or "" for nothing."""
        if self.follower is not None and self.follower.repetitions:
            return "repetitions"
        if self.follower is not None and self.follower.hold_s:
            return "hold"
        lies = self.exercise.start in ("lying_back", "lying_front") and self.suggestion.verifiable != "timed"
        if lies and self.lying_s >= POSTURE_S:
            return "posture"
        return "timed" if self.said else ""

    @property
    def counted(self) -> tuple[int, float]:
        """Repetitions, and seconds held."""
        return (self.follower.repetitions, self.follower.hold_s) if self.follower is not None else (0, 0.0)

    def note_posture(self, posture: Posture, count: int = 1) -> None:
        """So many seconds more in one posture."""
        if posture in UPRIGHT or posture == Posture.ACTIVE:
            self.upright_s += count
            self.seated_s = 0.0
        elif posture in SEDENTARY:
            self.seated_s += count
        self.lying_s += count * (posture == Posture.LYING)

    def take_word_of(self, other: Expected) -> None:
        """The same expectation, read anew: what the wearer has said of it meanwhile stands."""
        self.said, self.alert_id, self.until_s = other.said, other.alert_id, other.until_s

    def progress(self, said: Words) -> ExerciseProgress:
        """How far it is, and in words."""
        exercise, (count, held_s) = self.exercise, self.counted
        goal = exercise.repetitions[0] if exercise.repetitions else exercise.sets[0] if exercise.sets else 0
        side = ""
        if exercise.sides and count and goal:
            side = "other" if count >= goal else "sensor"
        told = said.progress
        if count and goal:
            sentence = {"": told.counted, "sensor": told.counted_here, "other": told.other_side}[side]
        else:
            sentence = told.held if held_s else told.expected
        length = said.duration(held_s)
        return ExerciseProgress(
            exercise_id=self.suggestion.exercise_id,
            title=self.suggestion.title,
            seen=count,
            of=goal,
            hold_s=round(held_s, 1),
            side=side,
            sentence=sentence.format(title=self.suggestion.title, count=count, goal=goal, length=length),
            dose=self.suggestion.dose,
            how=self.suggestion.how,
        )

    def told(self, at_s: float, wearer_key: str) -> list[Event]:
        """It is over: what was seen of it, if anything."""
        if self.follower is not None:
            self.follower.finish(self.looked_s)
        seen = self.seen
        if not seen:
            return []
        span_s = self.follower.span_s if self.follower is not None else None
        (start_s, end_s), (count, held_s) = span_s or (self.from_s, at_s), self.counted
        exercise_id = self.suggestion.exercise_id
        return [
            ExerciseSeen(
                id=event_id(at_s, wearer_key, "exercise_seen", self.alert_id, exercise_id),
                at_s=at_s,
                exercise_id=exercise_id,
                title=self.suggestion.title,
                alert_id=self.alert_id,
                start_s=start_s,
                end_s=end_s,
                repetitions=count,
                hold_s=round(held_s, 1),
                seen=seen,
                sides=self.exercise.sides,
            )
        ]


def follower_of(exercise: Exercise, placement: str, upright: Vector | None, seated: bool) -> Follower | None:
    """What follows the exercise's motion at this placement; None where nothing of it can be seen.

    ``upright`` is gravity in the wearer's own standing, where it is known; ``seated``: the wearer sits as it begins.
    """
    motion = MOTIONS.get(exercise.motion) if exercise.motion else None
    on_leg = placement in LEGS
    if motion is None or placement == "wrist" or not (on_leg or motion.shows_at_trunk):
        return None
    return Follower.of(motion, Reference(upright=upright if on_leg else None, begins_seated=on_leg and seated), on_leg)
