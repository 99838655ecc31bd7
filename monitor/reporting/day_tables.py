"""A day's books for the terminal: tables and colour where there is a terminal, plain lines where there is none.

``say`` puts what stands here in English into the language of whoever reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from monitor.history.day import AlertRow, BoutRow, BreakRow, DayBooks, ExerciseRow, GapRow, SeenRow

Say = Callable[[str], str]
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CELL_S = 1200.0
"""One character of the ribbon: 20 minutes, 72 characters a day."""
_SITTING, _UPRIGHT, _UNKNOWN, _NOTHING = "sitting", "upright", "unknown", "nothing"
_MARKS = {_SITTING: "█", _UPRIGHT: "▲", _UNKNOWN: "░", _NOTHING: " "}
_PLAIN_MARKS = {_SITTING: "#", _UPRIGHT: "^", _UNKNOWN: ".", _NOTHING: " "}
_STYLES = {_SITTING: "yellow", _UPRIGHT: "green", _UNKNOWN: "dim", _NOTHING: ""}
_REASONS = {
    "upright": "you stood up",
    "gap": "no data",
    "no_data": "no data",
    "not_worn": "not worn",
    "asleep": "asleep",
    "vehicle": "in a vehicle",
    "unknown": "not clear",
    "active": "busy",
    "stop": "the program stopped",
    None: "still going",
}
_ANSWERS = {
    "break": "break taken",
    "done": "done",
    "skip": "skipped",
    "hurts": "the exercise hurts",
    "snooze": "put off",
    "wrong": "you were not sitting",
    "pause": "paused",
    "busy": "you were busy",
    "not_worn": "taken off",
    "gap": "no data",
    "expired": "passed by",
    "correction": "late data showed a break",
    None: "open",
}


def day_as_lines(books: DayBooks, say: Say = str) -> Iterator[str]:
    """The day as plain text."""
    yield _title(books, say)
    yield from summary(books, say)
    if not (books.bouts or books.breaks or books.gaps):
        return
    yield ""
    yield _hours(books)
    yield plain(ribbon(books))
    yield say(f"each sign {CELL_S / 60:.0f} min: # sitting, ^ upright, . not known")
    for name, head, rows in _lists(books, say):
        if rows:
            yield ""
            yield f"{name} ({', '.join(head)})"
            yield from ("  " + "  ".join(row) for row in rows)


def day_as_tables(books: DayBooks, say: Say = str) -> RenderableType:
    """The day for a terminal."""
    parts: list[RenderableType] = [Text(_title(books, say), style="bold"), *map(Text, summary(books, say))]
    if books.bouts or books.breaks or books.gaps:
        parts += [Text(), Text(_hours(books), style="dim"), coloured(ribbon(books)), legend(say)]
    for name, head, rows in _lists(books, say):
        if rows:
            table = Table(title=name, title_justify="left", title_style="bold", header_style="dim")
            for column in head:
                table.add_column(column)
            for row in rows:
                table.add_row(*map(Text, row))
            parts += [Text(), table]
    return Group(*parts)


def summary(books: DayBooks, say: Say = str) -> list[str]:
    """The day in a few sentences."""
    if not books.bouts and not books.breaks:
        return [say("Nothing was seen on this day.")]
    lines = [f"Sitting {span(books.sedentary_s)}, upright {span(books.upright_s)}, not known {span(books.unknown_s)}."]
    longest = books.longest
    if longest is not None:
        first, last = clock(books, longest.start_s), clock(books, longest.end_s)
        lines.append(f"Longest sitting: {span(longest.sedentary_s)}, {first} to {last}.")
    count = books.break_count
    if count:
        lines.append(f"You took {count} breaks. Well done." if count > 1 else "You took 1 break. Well done.")
    else:
        lines.append("No break seen yet. The next one counts.")
    return [say(line) for line in lines]


def ribbon(books: DayBooks) -> list[str]:
    """What fills most of each 20 minutes of the day: sitting, upright, unknown or nothing."""
    spans = [(each.start_s, each.end_s, _SITTING) for each in books.bouts]
    spans += [(each.start_s, each.end_s, _UPRIGHT) for each in books.breaks]
    spans += [(each.start_s, each.end_s, _UNKNOWN) for each in books.gaps]
    cells: list[str] = []
    for number in range(round((books.end_s - books.start_s) / CELL_S)):
        start_s = books.start_s + number * CELL_S
        filled_s = dict.fromkeys((_UPRIGHT, _SITTING, _UNKNOWN), 0.0)
        for first_s, last_s, kind in spans:
            filled_s[kind] += max(0.0, min(last_s, start_s + CELL_S) - max(first_s, start_s))
        most = max(filled_s, key=lambda kind: filled_s[kind])
        cells.append(most if filled_s[most] > 0.0 else _NOTHING)
    return cells


def span(duration_s: float) -> str:
    """A length of time in words: ``45 s``, ``12 min``, ``1 h 05 min``."""
    if round(duration_s) < 60:
        return f"{duration_s:.0f} s"
    minutes = round(duration_s / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def clock(books: DayBooks, at_s: float) -> str:
    """Time of day; the end of the day is 24:00."""
    return "24:00" if at_s >= books.end_s else datetime.fromtimestamp(at_s, books.zone).strftime("%H:%M")


def _title(books: DayBooks, say: Say) -> str:
    return f"{books.wearer}, {say(WEEKDAYS[books.date.weekday()])} {books.date.isoformat()}"


def _lists(books: DayBooks, say: Say) -> Iterator[tuple[str, list[str], list[tuple[str, ...]]]]:
    """Name, headings and rows of each list, in the reader's language."""
    for name, head, rows in (
        ("Sitting", ("from", "to", "sat", "ended by"), [_bout(books, each, say) for each in books.bouts]),
        (
            "Up between sitting",
            ("from", "to", "upright", "steps", "counts"),
            [_break(books, each, say) for each in books.breaks],
        ),
        ("Invitations", ("at", "after", "calls", "answer"), [_alert(books, each, say) for each in books.alerts]),
        ("Exercises", ("at", "exercise", "dose", "answer"), [_exercise(books, each, say) for each in books.exercises]),
        ("Exercises seen", ("at", "exercise", "length", "what"), [_seen(books, each, say) for each in books.seen]),
        ("Not known", ("from", "to", "length", "why"), [_gap(books, each, say) for each in books.gaps]),
    ):
        yield say(name), [say(column) for column in head], rows


def _bout(books: DayBooks, bout: BoutRow, say: Say) -> tuple[str, ...]:
    reason = say("midnight") if bout.end_s == books.end_s and bout.clipped else _reason(bout.ended_by, say)
    corrected = f" ({say('mended later')})" if bout.corrected else ""
    return clock(books, bout.start_s), clock(books, bout.end_s), span(bout.sedentary_s), reason + corrected


def _break(books: DayBooks, each: BreakRow, say: Say) -> tuple[str, ...]:
    counts = say("yes" if each.taken else "no")
    return clock(books, each.start_s), clock(books, each.end_s), span(each.upright_s), str(each.steps), counts


def _alert(books: DayBooks, alert: AlertRow, say: Say) -> tuple[str, ...]:
    answer = say(_ANSWERS.get(alert.cleared_by, alert.cleared_by or ""))
    return clock(books, alert.first_at_s), span(alert.sedentary_s), str(alert.repeats + 1), answer


def _exercise(books: DayBooks, exercise: ExerciseRow, say: Say) -> tuple[str, ...]:
    answer = say(_ANSWERS.get(exercise.answer, exercise.answer or ""))
    return clock(books, exercise.at_s), exercise.title, exercise.dose, answer


def _seen(books: DayBooks, each: SeenRow, say: Say) -> tuple[str, ...]:
    what = {
        "repetitions": f"{each.repetitions} repetitions",
        "hold": f"held for {span(each.hold_s)}",
        "posture": "the posture; the rest timed, not verified",
    }.get(each.seen, "timed, not verified")
    return clock(books, each.start_s), each.title, span(each.end_s - each.start_s), say(what)


def _gap(books: DayBooks, gap: GapRow, say: Say) -> tuple[str, ...]:
    length = span(gap.end_s - gap.start_s)
    return clock(books, gap.start_s), clock(books, gap.end_s), length, _reason(gap.reason, say)


def _reason(word: str | None, say: Say) -> str:
    return say(_REASONS.get(word, word or ""))


def _hours(books: DayBooks) -> str:
    """Every third hour of the local clock above its place in the ribbon."""
    per_hour = round(3600 / CELL_S)
    line = ""
    for number in range(0, round((books.end_s - books.start_s) / 3600), 3):
        hour = datetime.fromtimestamp(books.start_s + number * 3600, books.zone).strftime("%H")
        line = line.ljust(number * per_hour) + hour
    return line


def plain(cells: list[str]) -> str:
    """The ribbon without a terminal."""
    return "".join(_PLAIN_MARKS[kind] for kind in cells).rstrip()


def coloured(cells: list[str]) -> Text:
    """The ribbon for a terminal."""
    return Text.assemble(*((_MARKS[kind], _STYLES[kind]) for kind in cells))


def legend(say: Say = str) -> Text:
    """What the ribbon's signs mean."""
    kinds = (_SITTING, _UPRIGHT, _UNKNOWN)
    words = [(f"{_MARKS[kind]} {say('not known' if kind == _UNKNOWN else kind)}  ", _STYLES[kind]) for kind in kinds]
    return Text.assemble(*words, (say(f"each sign {CELL_S / 60:.0f} min"), "dim"))
