"""What a report says, as records: the JSON of ``sitbreak report --json``.

The keys are a contract: they are added, never renamed; units end the names; moments are ISO 8601 with their offset.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from monitor.rules import Rules

FOLLOWED_WITHIN_S = (60, 180, 300)
"""How soon after an alert a break counts as its consequence: 1, 3 and 5 minutes."""

Kind = Literal["day", "week", "month"]
DayState = Literal["whole", "running", "empty", "to come"]


class Totals(Rules, frozen=True):
    """How the time was spent."""

    sedentary_s: Annotated[int, Meta(description="On the clock of sedentary bouts: sitting and lying, awake.")]
    upright_s: Annotated[
        int, Meta(description="Standing, stepping or cycling, in breaks and in short stands within bouts.")
    ]
    unknown_s: Annotated[int, Meta(description="No statement: in gaps of any reason, and within bouts.")]
    worn_s: Annotated[int, Meta(description="Bouts, breaks and gaps, without the gaps that say not worn or no data.")]
    not_worn_s: Annotated[int, Meta(description="The wearable was off the body.")]
    no_data_s: Annotated[int, Meta(description="Nothing came from the wearable; the program ran.")]
    not_recorded_s: Annotated[int, Meta(description="Up to `until`: in no book at all; the program did not run.")]


class LengthClass(Rules, frozen=True):
    """One bar of a distribution of lengths: ``from_min`` <= length < ``to_min``."""

    from_min: float
    to_min: Annotated[float, Meta(description="null: no upper end.")] | None
    count: int
    total_s: Annotated[int, Meta(description="What the class adds up to.")]


class BoutFigures(Rules, frozen=True):
    """Sedentary bouts; the part that lies in the report where its edge cuts one."""

    count: int
    mean_s: int | None
    median_s: Annotated[int, Meta(description="Half of the bouts are shorter.")] | None
    usual_s: Annotated[int, Meta(description="W50: half of the sedentary time is in bouts at least as long.")] | None
    longest_s: int | None
    lengths: list[LengthClass]


class BreakFigures(Rules, frozen=True):
    """Credited breaks that began in the report."""

    count: int
    per_sedentary_h: Annotated[float, Meta(description="Breaks for each hour of sitting.")] | None
    median_s: int | None
    upright_s: int
    stepping_s: int
    steps: int
    lengths: list[LengthClass]


class Followed(Rules, frozen=True):
    """What came within a time after the first call of each alert."""

    within_s: int
    break_seen: Annotated[int, Meta(description="A credited break began.")]
    none_seen: Annotated[int, Meta(description="The time was observed, and none began.")]
    not_known: Annotated[int, Meta(description="The time was not observed to its end.")]


class AlertFigures(Rules, frozen=True):
    """Invitations to a break."""

    count: int
    repeats: int
    answers: Annotated[dict[str, int], Meta(description="By what they ended with; `open` while they have not.")]
    followed: list[Followed]


class ExerciseFigures(Rules, frozen=True):
    """One exercise, and what the sensor saw of it."""

    exercise_id: str
    title: str
    suggested: int
    counted: Annotated[int, Meta(description="Seen, with repetitions counted or a hold measured.")]
    timed: Annotated[int, Meta(description="Seen as a posture or done on the wearer's word: timed, not verified.")]
    repetitions: int
    hold_s: int


class Gap(Rules, frozen=True):
    """A stretch of which nothing can be said."""

    start: str
    end: str
    length_s: int
    reason: str


class DayFigures(Rules, frozen=True):
    """One day of the report; what midnight cuts counts on each side with its part."""

    date: str
    length_h: Annotated[float, Meta(description="23, 24 or 25: the clocks change twice a year.")]
    state: DayState
    totals: Totals
    bouts: int
    longest_s: int | None
    breaks: int
    alerts: int


class Report(Rules, frozen=True, kw_only=True):
    """One wearer's day, week or month."""

    format: Literal["sitbreak.report"] = "sitbreak.report"
    version: Literal[1] = 1
    wearer: str
    kind: Kind
    first_date: str
    last_date: str
    start: str
    end: str
    until: (
        Annotated[str, Meta(description="Up to when it could be told: the end, or now; null before it has begun.")]
        | None
    )
    running: Annotated[bool, Meta(description="The report's time is not over yet.")]
    totals: Totals
    bouts: BoutFigures
    breaks: BreakFigures
    alerts: AlertFigures
    exercises: list[ExerciseFigures]
    gaps: list[Gap]
    days: list[DayFigures]
