"""From books to figures: what a day, a week or a month comes to (pure).

The *usual bout duration* W50 is the length at which half of all sedentary time has been accumulated when bouts are
lined up from the shortest to the longest: a median weighted by time, which a few long bouts move as much as they weigh.
(Chastin and Granat 2010, Gait & Posture 31(1): 82-86; as "usual sitting bout duration" in Bellettiere et al. 2017,
PLoS ONE 12(6): e0180119.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo
from statistics import median

from monitor.history.day import AlertRow, BreakRow, DayBooks
from monitor.reporting.figures import (
    FOLLOWED_WITHIN_S,
    AlertFigures,
    BoutFigures,
    BreakFigures,
    DayFigures,
    DayState,
    ExerciseFigures,
    Followed,
    Gap,
    Kind,
    LengthClass,
    Report,
    Totals,
)

BOUT_EDGES_MIN = (0.0, 5.0, 10.0, 20.0, 30.0, 60.0, 90.0)
BREAK_EDGES_MIN = (0.0, 2.0, 5.0, 10.0, 20.0)
COUNTED = ("repetitions", "hold")
_NOT_WORN, _NO_DATA = ("not_worn",), ("no_data", "gap", "")
_JUST_BEFORE_S = 5.0
"""A rise may be dated a few seconds before the call that was decided meanwhile."""


def report(kind: Kind, whole: DayBooks, days: Sequence[DayBooks], after: DayBooks, now_s: float) -> Report:
    """The figures of a stretch of civil days.

    Parameters
    ----------
    whole : the books of the stretch as one; what follows within minutes of its last alerts stands in ``after``.
    days : the same, day by day.
    after : the books of the day that follows.
    now_s : up to when anything can be known.
    """
    until_s = min(now_s, whole.end_s)
    return Report(
        wearer=whole.wearer,
        kind=kind,
        first_date=days[0].date.isoformat(),
        last_date=days[-1].date.isoformat(),
        start=_iso(whole.start_s, whole.zone),
        end=_iso(whole.end_s, whole.zone),
        until=_iso(until_s, whole.zone) if until_s > whole.start_s else None,
        running=now_s < whole.end_s,
        totals=totals(whole, until_s),
        bouts=_bouts(whole),
        breaks=_breaks(whole),
        alerts=_alerts(whole, after, until_s if until_s < whole.end_s else min(now_s, after.end_s)),
        exercises=_exercises(whole),
        gaps=[_gap(whole, each.start_s, each.end_s, each.reason or "no_data") for each in whole.gaps],
        days=[day_figures(each, now_s) for each in days],
    )


def usual_s(lengths_s: Iterable[float]) -> float | None:
    """W50: the length of the bout in which half of the time of all bouts is reached; None without any."""
    ordered = sorted(length for length in lengths_s if length > 0)
    half_s, sum_s = sum(ordered) / 2, 0.0
    for length_s in ordered:
        sum_s += length_s
        if sum_s >= half_s:
            return length_s
    return None


def lengths(lengths_s: Sequence[float], edges_min: Sequence[float]) -> list[LengthClass]:
    """How often each class of lengths occurs, and what it adds up to."""
    ends: list[float | None] = [*edges_min[1:], None]
    classes = []
    for first_min, end_min in zip(edges_min, ends, strict=True):
        within = [s for s in lengths_s if s >= 60 * first_min and (end_min is None or s < 60 * end_min)]
        classes.append(LengthClass(from_min=first_min, to_min=end_min, count=len(within), total_s=round(sum(within))))
    return classes


def totals(books: DayBooks, until_s: float) -> Totals:
    """How the time up to ``until_s`` was spent."""

    def gaps_s(reasons: tuple[str, ...]) -> float:
        return sum(gap.end_s - gap.start_s for gap in books.gaps if gap.reason in reasons)

    observed_s = sum(each.end_s - each.start_s for each in books.records)
    not_worn_s, no_data_s = gaps_s(_NOT_WORN), gaps_s(_NO_DATA)
    return Totals(
        sedentary_s=round(books.sedentary_s),
        upright_s=round(books.upright_s),
        unknown_s=round(books.unknown_s),
        worn_s=round(observed_s - not_worn_s - no_data_s),
        not_worn_s=round(not_worn_s),
        no_data_s=round(no_data_s),
        not_recorded_s=max(0, round(until_s - books.start_s - observed_s)),
    )


def followed(alerts: Sequence[AlertRow], breaks: Sequence[BreakRow], within_s: int, known: Observed) -> Followed:
    """Whether a credited break began within a time of each alert's first call."""
    counts: Counter[str] = Counter()
    for alert in alerts:
        from_s, to_s = alert.first_at_s - _JUST_BEFORE_S, alert.first_at_s + within_s
        if any(each.taken and each.begun and from_s <= each.start_s <= to_s for each in breaks):
            counts["seen"] += 1
        else:
            counts["none" if known.throughout(alert.first_at_s, to_s) else "unknown"] += 1
    return Followed(within_s=within_s, break_seen=counts["seen"], none_seen=counts["none"], not_known=counts["unknown"])


class Observed:
    """When it was known what the wearer did."""

    def __init__(self, stretches: Iterable[tuple[float, float]], until_s: float) -> None:
        self.stretches, self.until_s = list(stretches), until_s

    def throughout(self, start_s: float, end_s: float) -> bool:
        """Whether bouts and breaks cover the time from start to end, seconds of rounding aside."""
        covered_s = sum(max(0.0, min(end_s, b) - max(start_s, a)) for a, b in self.stretches)
        return end_s <= self.until_s and covered_s >= end_s - start_s - 1.0


def _bouts(books: DayBooks) -> BoutFigures:
    sat_s = [bout.sedentary_s for bout in books.bouts]
    return BoutFigures(
        count=len(sat_s),
        mean_s=round(sum(sat_s) / len(sat_s)) if sat_s else None,
        median_s=round(median(sat_s)) if sat_s else None,
        usual_s=_rounded(usual_s(sat_s)),
        longest_s=_rounded(max(sat_s, default=None)),
        lengths=lengths(sat_s, BOUT_EDGES_MIN),
    )


def _breaks(books: DayBooks) -> BreakFigures:
    taken = [each for each in books.breaks if each.taken and each.begun]
    up_s = [each.upright_s for each in taken]
    hours = books.sedentary_s / 3600
    return BreakFigures(
        count=len(taken),
        per_sedentary_h=round(len(taken) / hours, 2) if hours >= 0.25 else None,  # of minutes no rate is worth a name
        median_s=round(median(up_s)) if up_s else None,
        upright_s=round(sum(up_s)),
        stepping_s=round(sum(each.stepping_s for each in taken)),
        steps=sum(each.steps for each in taken),
        lengths=lengths(up_s, BREAK_EDGES_MIN),
    )


def _alerts(books: DayBooks, after: DayBooks, until_s: float) -> AlertFigures:
    breaks, bouts = [*books.breaks, *after.breaks], [*books.bouts, *after.bouts]
    seen = [(each.start_s, each.end_s) for each in breaks] + [(each.start_s, each.end_s) for each in bouts]
    known = Observed(seen, until_s)
    return AlertFigures(
        count=len(books.alerts),
        repeats=sum(alert.repeats for alert in books.alerts),
        answers=dict(sorted(Counter(alert.cleared_by or "open" for alert in books.alerts).items())),
        followed=[followed(books.alerts, breaks, within_s, known) for within_s in FOLLOWED_WITHIN_S],
    )


def _exercises(books: DayBooks) -> list[ExerciseFigures]:
    titles = {each.exercise_id: each.title for each in books.seen}
    titles |= {each.exercise_id: each.title for each in books.exercises}
    found = []
    for exercise_id, title in sorted(titles.items()):
        seen = [each for each in books.seen if each.exercise_id == exercise_id]
        counted = [each for each in seen if each.seen in COUNTED]
        found.append(
            ExerciseFigures(
                exercise_id=exercise_id,
                title=title,
                suggested=sum(each.exercise_id == exercise_id for each in books.exercises),
                counted=len(counted),
                timed=len(seen) - len(counted),
                repetitions=sum(each.repetitions for each in counted),
                hold_s=round(sum(each.hold_s for each in counted)),
            )
        )
    return found


def day_figures(books: DayBooks, now_s: float) -> DayFigures:
    """One day in figures, as of ``now_s``."""
    return DayFigures(
        date=books.date.isoformat(),
        length_h=round((books.end_s - books.start_s) / 3600, 2),
        state=_state(books, now_s),
        totals=totals(books, min(now_s, books.end_s)),
        bouts=len(books.bouts),
        longest_s=round(books.longest.sedentary_s) if books.longest else None,
        breaks=books.break_count,
        alerts=len(books.alerts),
    )


def _state(books: DayBooks, now_s: float) -> DayState:
    if now_s <= books.start_s:
        return "to come"
    if now_s < books.end_s:
        return "running"
    return "whole" if books.bouts or books.breaks or books.gaps else "empty"


def _gap(books: DayBooks, start_s: float, end_s: float, reason: str) -> Gap:
    start, end = _iso(start_s, books.zone), _iso(end_s, books.zone)
    return Gap(start=start, end=end, length_s=round(end_s - start_s), reason=reason)


def _iso(at_s: float, zone: tzinfo) -> str:
    return datetime.fromtimestamp(round(at_s), zone).isoformat()


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)


def dates(kind: Kind, on: date) -> tuple[date, date]:
    """The first and last day of the day, the week from Monday, or the month around ``on``."""
    if kind == "week":
        monday = on.fromordinal(on.toordinal() - on.weekday())
        return monday, monday.fromordinal(monday.toordinal() + 6)
    if kind == "month":
        next_month = date(on.year + on.month // 12, on.month % 12 + 1, 1)
        return on.replace(day=1), next_month.fromordinal(next_month.toordinal() - 1)
    return on, on
