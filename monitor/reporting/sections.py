"""The parts of the report's page that are words and tables: after reminders, breaks, exercises, what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape

from monitor.reporting.day_tables import clock, span
from monitor.reporting.drawing import Part, share
from monitor.reporting.figures import ExerciseFigures, Report
from monitor.reporting.reading import Told
from monitor.words import Words

LISTED_GAPS = 12
"""So many gaps are listed, the longest ones; the sums are of all."""
LISTED_FROM_S = 60


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose first column names the row."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>{"".join(f"<td>{escape(text)}</td>" for text in rest)}</tr>'
        for first, *rest in rows
    )
    return f'<div class="scrolls"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def followed(report: Report, said: Words) -> str:
    """Whether a break began within 1, 3 and 5 minutes of a reminder; then how reminders ended."""
    words, found = said.report, []
    for each in report.alerts.followed:
        minutes, known = each.within_s // 60, each.break_seen + each.none_seen
        within, of = words.within.format(minutes=minutes), words.of.format(seen=each.break_seen, of=known)
        if each.not_known:
            of += f" ({words.not_known.format(count=each.not_known)})"
        told = words.followed_told.format(
            minutes=said.duration(each.within_s), seen=each.break_seen, of=known, unknown=each.not_known
        )
        parts = (Part(each.break_seen, "stepping"), Part(each.none_seen, "sitting"), Part(each.not_known, "silent"))
        found.append(
            f'<div class="row"><span>{escape(within)}</span><strong>{escape(of)}</strong></div>'
            f"{share(words.followed, told, parts)}"
        )
    answers = ", ".join(f"{words.answer.get(word, word)} {n}" for word, n in report.alerts.answers.items())
    return f'{"".join(found)}<p class="soft">{escape(words.answers)}: {escape(answers)}.</p>'


def quality(told: Told, said: Words) -> str:
    """Breaks in a sentence, and each one of a single day."""
    report, words = told.report, said.report
    breaks = report.breaks
    sentence = words.quality.format(
        count=breaks.count,
        each=span(report.totals.sedentary_s / breaks.count),
        up=span(breaks.upright_s),
        walking=span(breaks.stepping_s),
        steps=breaks.steps,
    )
    if report.kind != "day":
        return f"<p>{escape(sentence)}</p>"
    (books,) = told.days
    heads = (words.begins, words.ends, words.upright, words.walking, words.steps)
    rows = [
        (
            clock(books, each.start_s),
            clock(books, each.end_s),
            span(each.upright_s),
            span(each.stepping_s),
            str(each.steps),
        )
        for each in books.breaks
        if each.taken and each.begun
    ]
    return f"<p>{escape(sentence)}</p>{table(heads, rows)}"


def exercises_table(report: Report, said: Words) -> str:
    """What was suggested and what was seen of it."""
    words = said.report
    heads = (words.exercise, words.suggested, words.counted, words.timed, words.how_much)
    return table(heads, [_exercise(each, said) for each in report.exercises])


def _exercise(each: ExerciseFigures, said: Words) -> tuple[str, ...]:
    known = said.exercises.get(each.exercise_id)
    seen = [said.report.repetitions.format(count=each.repetitions)] if each.repetitions else []
    seen += [span(each.hold_s)] if each.hold_s else []
    title = known.title if known else each.title
    return title, str(each.suggested), str(each.counted), str(each.timed), ", ".join(seen) or "–"


def gaps(report: Report, said: Words) -> str:
    """How much is not known and why; the longest stretches."""
    words, spent = said.report, report.totals
    sentence = words.gaps_told.format(
        not_worn=span(spent.not_worn_s), no_data=span(spent.no_data_s), not_recorded=span(spent.not_recorded_s)
    )
    longest = sorted((gap for gap in report.gaps if gap.length_s >= LISTED_FROM_S), key=lambda gap: -gap.length_s)
    listed = sorted(longest[:LISTED_GAPS], key=lambda gap: gap.start)
    form = "%H:%M" if report.kind == "day" else "%d.%m. %H:%M"
    rows = [
        (*_times((gap.start, gap.end), form), span(gap.length_s), words.reasons.get(gap.reason, gap.reason))
        for gap in listed
    ]
    heads = (words.begins, words.ends, words.length, words.reason)
    return f"<p>{escape(sentence)}</p>{table(heads, rows) if rows else ''}"


def _times(moments: Sequence[str], form: str) -> tuple[str, ...]:
    return tuple(datetime.fromisoformat(moment).strftime(form) for moment in moments)
