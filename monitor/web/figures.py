"""Pictures of the page as HTML text: the day's ribbon, the weeks, an exercise (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from html import escape
from itertools import groupby

from monitor.coach.figures import moving_bodies, svg
from monitor.history.day import DayBooks
from monitor.model import Posture
from monitor.words import Words
from monitor.words.page import Page

MINUTE_S = 60.0
SHORTEST_MIN = 120
"""A young day is drawn on at least this many minutes."""
HIGH = 100
LOOKS = {
    Posture.SITTING: ("sitting", 45),
    Posture.LYING: ("lying", 28),
    Posture.STANDING: ("standing-up", 75),
    Posture.STEPPING: ("stepping", 100),
    Posture.CYCLING: ("cycling", 88),
    Posture.ACTIVE: ("active", 60),
}
"""Class and height in percent; what is not here is drawn low and grey: nothing is said of it."""
SILENT = ("silent", 10)
GAP = "gap"
"""Class of the minutes between others of which there are no data at all: shaded from top to bottom."""
MARKS = {"call": "▲", "break": "●", "exercise": "◆"}
TICKS_MIN = (30, 60, 120, 180, 240)
TICKS_MAX = 8


def minutes(books: DayBooks) -> list[int | None]:
    """What fills most of each minute of the day: a posture's code, or None where there is nothing."""
    filled: dict[int, Counter[int]] = {}
    for run in books.postures:
        first = int((run.start_s - books.start_s) // MINUTE_S)
        last = int((run.end_s - books.start_s - 1e-6) // MINUTE_S)
        for minute in range(first, last + 1):
            start_s = books.start_s + minute * MINUTE_S
            shared_s = min(run.end_s, start_s + MINUTE_S) - max(run.start_s, start_s)
            filled.setdefault(minute, Counter())[run.posture] += round(1000 * shared_s)
    count = round((books.end_s - books.start_s) / MINUTE_S)
    return [filled[minute].most_common(1)[0][0] if minute in filled else None for minute in range(count)]


def ribbon(books: DayBooks, said: Words) -> str:
    """The day from its first to its last minute with data: what the body did, calls, breaks, exercises."""
    rows = minutes(books)
    seen = [minute for minute, posture in enumerate(rows) if posture is not None]
    if not seen:
        return f'<p class="soft">{escape(said.page.nothing)}</p>'
    first = min(seen[0], max(0, len(rows) - SHORTEST_MIN))
    end = min(len(rows), max(seen[-1] + 1, first + SHORTEST_MIN))
    window = _Window(books, first, end)
    return (
        f'<div class="ribbon" role="img" aria-label="{escape(told(books, window.first, seen[-1] + 1, said))}">'
        f'<svg viewBox="0 0 {end - first} {HIGH}" preserveAspectRatio="none" aria-hidden="true">'
        f"{''.join(_rectangles(rows, first, seen[0], seen[-1] + 1))}</svg>"
        f"{''.join(window.marks())}{''.join(window.hours())}</div>{legend(rows, said.page)}"
    )


def told(books: DayBooks, first: int, end: int, said: Words) -> str:
    """The day in a sentence, for those who do not see it."""
    return said.page.ribbon.format(
        date=books.date.isoformat(),
        start=_clock(books, first),
        end=_clock(books, end),
        sat=said.duration(books.sedentary_s),
        up=said.duration(books.upright_s),
        unknown=said.duration(books.unknown_s),
        calls=len(books.alerts),
        breaks=books.break_count,
    )


def _rectangles(rows: Sequence[int | None], first: int, begin: int, end: int) -> Iterator[str]:
    """What was seen from ``begin`` to ``end``, in a picture that starts at ``first``."""
    at = begin
    for posture, group in groupby(rows[begin:end]):
        length = len(list(group))
        kind, height = (GAP, HIGH) if posture is None else LOOKS.get(Posture(posture), SILENT)
        yield f'<rect class="{kind}" x="{at - first}" y="{HIGH - height}" width="{length}" height="{height}"/>'
        at += length


def marked(books: DayBooks) -> Iterator[tuple[float, str]]:
    """When there was a reminder, a break or an exercise, and its kind in ``MARKS``."""
    yield from ((alert.first_at_s, "call") for alert in books.alerts)
    yield from ((each.start_s, "break") for each in books.breaks if each.taken and each.begun)
    yield from ((exercise.start_s, "exercise") for exercise in books.seen)


class _Window:
    """The minutes that are drawn; places are percent of the width."""

    def __init__(self, books: DayBooks, first: int, end: int) -> None:
        self.books, self.first, self.end = books, first, end

    def marks(self) -> Iterator[str]:
        for at_s, kind in marked(self.books):
            yield self._placed((at_s - self.books.start_s) / MINUTE_S, f"mark {kind}", MARKS[kind])

    def hours(self) -> Iterator[str]:
        step = next((step for step in TICKS_MIN if (self.end - self.first) / step <= TICKS_MAX), TICKS_MIN[-1])
        for minute in range(-(-self.first // step) * step, self.end, step):
            if (minute - self.first) / (self.end - self.first) < 0.97:
                yield self._placed(minute, "hour", _clock(self.books, minute))

    def _placed(self, minute: float, kind: str, text: str) -> str:
        left = 100 * (minute - self.first) / (self.end - self.first)
        return f'<span class="{kind}" style="left:{left:.2f}%" aria-hidden="true">{text}</span>' if left >= 0 else ""


def legend(rows: Sequence[int | None], page: Page) -> str:
    """The postures that are there, as high as they are drawn, and the marks."""
    items = posture_items(rows, page)
    known = [minute for minute, posture in enumerate(rows) if posture is not None]
    if known and None in rows[known[0] : known[-1]]:
        items.append(f'<li><i class="{GAP}" style="height:1em" aria-hidden="true"></i>{escape(page.gap)}</li>')
    return f'<ul class="legend">{"".join([*items, *mark_items(MARKS, page)])}</ul>'


def posture_items(seen: Collection[int | None], page: Page) -> list[str]:
    """Lines of a legend: these postures, each as high as it is drawn."""
    shown = [(posture, *LOOKS.get(posture, SILENT)) for posture in Posture if posture in seen]
    return [
        f'<li><i class="{kind}" style="height:{height / 100:.2f}em" aria-hidden="true"></i>'
        f"{escape(page.postures[posture.word])}</li>"
        for posture, kind, height in shown
    ]


def mark_items(kinds: Iterable[str], page: Page) -> list[str]:
    """Lines of a legend: these marks."""
    words = {"call": page.mark_call, "break": page.mark_break, "exercise": page.mark_exercise}
    return [f'<li><span aria-hidden="true">{MARKS[kind]}</span> {escape(words[kind])}</li>' for kind in kinds]


def weeks(days: Sequence[DayBooks], said: Words) -> str:
    """A row a day: hours sitting as a bar and in words, reminders, breaks, the longest bout."""
    page, most_s = said.page, max((day.sedentary_s for day in days), default=0.0) or 1.0
    heads = (page.date, page.sat_column, "", page.calls_column, page.breaks_column, page.longest_column)
    head = "".join(f'<th scope="col">{escape(text)}</th>' if text else '<td class="bar"></td>' for text in heads)
    rows = "".join(_row(day, most_s, page) for day in days)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(day: DayBooks, most_s: float, page: Page) -> str:
    weekday = page.weekdays[day.date.weekday()]
    name = escape(page.weekday.format(weekday=weekday, day=day.date.day, month=day.date.month))
    if not (day.bouts or day.breaks or day.gaps):
        return f'<tr><th scope="row">{name}</th><td>–</td><td class="bar"></td>{"<td>–</td>" * 3}</tr>'
    longest_s = day.longest.sedentary_s if day.longest else 0.0
    share = 100 * day.sedentary_s / most_s
    return (
        f'<tr><th scope="row">{name}</th><td>{hours_text(day.sedentary_s)}</td>'
        f'<td class="bar" aria-hidden="true"><div style="width:{share:.0f}%"></div></td>'
        f"<td>{len(day.alerts)}</td><td>{day.break_count}</td><td>{hours_text(longest_s)}</td></tr>"
    )


def hours_text(duration_s: float) -> str:
    """``h:mm``."""
    hours, rest = divmod(round(duration_s / 60), 60)
    return f"{hours}:{rest:02d}"


def exercise_picture(exercise_id: str, said: Words) -> str:
    """The moving figure of an exercise; empty where there is none."""
    body = moving_bodies().get(exercise_id)
    words = said.exercises.get(exercise_id)
    return svg(body, words.title if words else exercise_id) if body else ""


def standalone(picture: str) -> str:
    """A figure as a file of its own: with a paper to stand on, whatever the colours around it."""
    return picture.replace("<svg ", '<svg style="background:#ffffff;color:#1d2327" ', 1)


def _clock(books: DayBooks, minute: float) -> str:
    return datetime.fromtimestamp(books.start_s + minute * MINUTE_S, books.zone).strftime("%H:%M")
