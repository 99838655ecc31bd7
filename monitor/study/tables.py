"""The study's tables: one row a bout, a day or a recording; units at the end of the columns' names (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from monitor.history.day import DayBooks
from monitor.history.runs import PostureRun
from monitor.model import Posture
from monitor.reporting import account, tidy
from monitor.reporting.tidy import COUNT, MOMENT, NUMBER, TEXT, Cell
from monitor.rules import plain

WHOSE = {"wearer": TEXT, "recording": TEXT}
LONG_MIN = (30, 60)
"""Time in bouts at least so long is told apart (Bellettiere et al. 2017, PLoS ONE 12(6): e0180119, and many others)."""
_SPENT = {f"{kind}_s": COUNT for kind in ("sedentary", "upright", "unknown", "worn", "not_worn", "no_data")}
_POSTURES = {f"posture_{posture.word}_s": COUNT for posture in Posture}
_BOUTS = {"bouts": COUNT, "mean_bout_s": COUNT, "median_bout_s": COUNT, "usual_bout_s": COUNT, "longest_bout_s": COUNT}
_LONG = {f"in_bouts_of_{minutes}_min_s": COUNT for minutes in LONG_MIN}
_BREAKS = {"breaks": COUNT, "breaks_per_sedentary_h": NUMBER, "break_upright_s": COUNT, "break_stepping_s": COUNT}
COLUMNS: dict[str, dict[str, str]] = {
    "bouts": WHOSE | {name: kind for name, kind in tidy.COLUMNS["bouts"].items() if name not in WHOSE},
    "days": WHOSE
    | {"date": TEXT, "length_h": NUMBER, "not_recorded_s": COUNT}
    | {**_SPENT, **_POSTURES, **_BOUTS, **_LONG, **_BREAKS, "break_steps": COUNT},
    "recordings": WHOSE
    | {"placement": TEXT, "time_zone": TEXT, "start": MOMENT, "end": MOMENT, "recorded_s": NUMBER, "rate_hz": NUMBER}
    | {"samples": COUNT, "samples_dropped": COUNT, **_SPENT, "bouts": COUNT, "breaks": COUNT, "days": COUNT}
    | {"error": TEXT},
}
"""By table: its columns and what they hold. ``wearer`` and ``recording`` are told when the parts are joined."""

Row = list[Cell]


def bout_rows(whole: DayBooks) -> list[Row]:
    """Every bout of a recording, not cut at midnight; without the columns of ``WHOSE``."""
    (table,) = (each for each in tidy.tables([whole]) if each.name == "bouts")
    return [list(row[1:]) for row in table.rows]


def day_row(day: DayBooks, after: DayBooks) -> Row:
    """One civil day in figures, as ``sitbreak report`` has them; without the columns of ``WHOSE``."""
    told = account.report("day", day, [day], after, day.end_s)
    spent, bouts, breaks = told.totals, told.bouts, told.breaks
    length_h = round((day.end_s - day.start_s) / 3600, 2)
    return [
        *(day.date.isoformat(), length_h, spent.not_recorded_s),
        *_spent(plain(spent)),
        *postures_s(day.postures),
        *(bouts.count, bouts.mean_s, bouts.median_s, bouts.usual_s, bouts.longest_s),
        *(_in_long_s(day, 60.0 * minutes) for minutes in LONG_MIN),
        *(breaks.count, breaks.per_sedentary_h, breaks.upright_s, breaks.stepping_s, breaks.steps),
    ]


def recording_row(about: dict[str, Cell], whole: DayBooks | None, days: int) -> Row:
    """One recording: what is known ``about`` it, and what its books come to; without the columns of ``WHOSE``."""
    known: dict[str, Cell] = {**about, "days": days}
    if whole is not None:
        spent = plain(account.totals(whole, whole.end_s))
        known |= dict(zip(_SPENT, _spent(spent), strict=True))
        known |= {"bouts": len(whole.bouts), "breaks": whole.break_count}
    return [known.get(name) for name in COLUMNS["recordings"] if name not in WHOSE]


def postures_s(found: Iterable[PostureRun]) -> list[int]:
    """Seconds in each posture, in the order of ``Posture``."""
    spent_s = dict.fromkeys(Posture, 0.0)
    for run in found:
        spent_s[Posture(run.posture)] += run.end_s - run.start_s
    return [round(each_s) for each_s in spent_s.values()]


def _spent(totals: dict[str, Any]) -> Sequence[int]:
    return [totals[name] for name in _SPENT]


def _in_long_s(day: DayBooks, at_least_s: float) -> int:
    return round(sum(bout.sedentary_s for bout in day.bouts if bout.sedentary_s >= at_least_s))
