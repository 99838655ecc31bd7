"""The report's pictures as SVG text, each with a title and a description for those who do not see it (pure).

Colour is never alone: postures differ in height, classes stand apart with their names, shares carry their numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from itertools import groupby

from monitor.history.day import DayBooks
from monitor.model import Posture
from monitor.web.figures import HIGH, LOOKS, SILENT, minutes

MINUTE_S = 60.0
WIDE, TALL = 360, 190
"""A chart's size: about that of a phone's page, so that its letters stay readable there."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 4, 4, 18, 20
GRID_H = 6


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar."""

    value: float
    kind: str
    """Its class in the style sheet."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: pieces from the bottom up."""

    parts: tuple[Part, ...]
    below: str
    """Its name; empty where there is no room for every name."""
    above: str = ""
    told: str = ""
    """The same in words."""

    @property
    def value(self) -> float:
        """What the pieces add up to."""
        return sum(part.value for part in self.parts)


def described(title: str, description: str, drawn: str, view: str, kind: str, stretched: bool = False) -> str:
    """A picture with its words."""
    fit = ' preserveAspectRatio="none"' if stretched else ""
    words = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
    label = escape(f"{title}. {description}")
    return f'<svg class="{kind}" viewBox="{view}" role="img" aria-label="{label}"{fit}>{words}{drawn}</svg>'


def ribbon(books: DayBooks, title: str, description: str) -> str:
    """A whole day, midnight to midnight: what the body did, minute by minute, with a line every six hours."""
    rows = told_minutes(books)
    drawn = "".join([*_grid(books), *_stretches(rows)])
    return described(title, description, drawn, f"0 0 {len(rows)} {HIGH}", "ribbon", stretched=True)


def told_minutes(books: DayBooks) -> list[int | None]:
    """What fills each minute: the posture rows, and the books where those are forgotten."""
    booked = _booked_minutes(books)
    return [known if row is None else row for row, known in zip(minutes(books), booked, strict=True)]


def _booked_minutes(books: DayBooks) -> list[int | None]:
    rows: list[int | None] = [None] * round((books.end_s - books.start_s) / MINUTE_S)
    for kind, records in (
        (Posture.UNKNOWN, books.gaps),
        (Posture.STANDING, books.breaks),
        (Posture.SITTING, books.bouts),
    ):
        for each in records:
            first, end = (round((at_s - books.start_s) / MINUTE_S) for at_s in (each.start_s, each.end_s))
            rows[first:end] = [int(kind)] * (end - first)
    return rows


def hours(books: DayBooks, every_h: int) -> Iterator[tuple[float, str]]:
    """Place in the day, 0 to 1, and name of every so many hours of the local clock."""
    midnight = datetime.fromtimestamp(books.start_s, books.zone)
    for hour in range(0, 24, every_h):
        local = (midnight + timedelta(hours=hour)).replace(fold=0)
        yield (local.timestamp() - books.start_s) / (books.end_s - books.start_s), f"{local:%H}"
    yield 1.0, "24"


def chart(title: str, description: str, bars: Sequence[Bar]) -> str:
    """Bars side by side, names below and numbers above."""
    most = max((bar.value for bar in bars), default=0.0) or 1.0
    step = (WIDE - _LEFT - _RIGHT) / max(1, len(bars))
    floor = TALL - _BOTTOM
    drawn = [f'<line class="floor" x1="{_LEFT}" x2="{WIDE - _RIGHT}" y1="{floor}" y2="{floor}"/>']
    for place, bar in enumerate(bars):
        drawn += _bar(bar, _LEFT + place * step, step, (floor - _TOP) / most, floor)
    return described(title, description, "".join(drawn), f"0 0 {WIDE} {TALL}", "chart")


def share(title: str, description: str, parts: Sequence[Part]) -> str:
    """One lying bar, divided."""
    whole, at, drawn = sum(part.value for part in parts) or 1.0, 0.0, []
    for part in parts:
        width = 100 * part.value / whole
        drawn.append(f'<rect class="{part.kind}" x="{at:.2f}" y="0" width="{width:.2f}" height="10"/>')
        at += width
        if 0 < at < 99.9 and width:
            drawn.append(f'<rect class="edge" x="{at - 0.3:.2f}" y="0" width="0.6" height="10"/>')
    return described(title, description, "".join(drawn), "0 0 100 10", "share", stretched=True)


def _bar(bar: Bar, x: float, step: float, scale: float, floor: float) -> Iterator[str]:
    width, middle, top = min(step * 0.78, 48), x + step / 2, floor
    told = f"<title>{escape(bar.told)}</title>" if bar.told else ""
    pieces = []
    for part in bar.parts:
        high = part.value * scale
        top -= high
        if high:
            place = f'x="{middle - width / 2:.1f}" y="{top:.1f}" width="{width:.1f}" height="{high:.1f}"'
            pieces.append(f'<rect class="{part.kind}" {place}/>')
    yield f"<g>{told}{''.join(pieces)}</g>"
    if bar.above:
        yield f'<text class="above" x="{middle:.1f}" y="{top - 5:.1f}">{escape(bar.above)}</text>'
    if bar.below:
        yield f'<text class="below" x="{middle:.1f}" y="{floor + 14:.1f}">{escape(bar.below)}</text>'


def _grid(books: DayBooks) -> Iterator[str]:
    length = (books.end_s - books.start_s) / MINUTE_S
    for place, _ in hours(books, GRID_H):
        if 0 < place < 1:
            yield f'<rect class="grid" x="{place * length:.0f}" y="0" width="2" height="{HIGH}"/>'


def _stretches(rows: Sequence[int | None]) -> Iterator[str]:
    """A path a kind, because a restless month has thousands of stretches."""
    at, paths = 0, dict[str, list[str]]()
    for posture, group in groupby(rows):
        length = len(list(group))
        if posture is not None:
            kind, height = LOOKS.get(Posture(posture), SILENT)
            paths.setdefault(kind, []).append(f"M{at} {HIGH}v-{height}h{length}v{height}z")
        at += length
    return (f'<path class="{kind}" d="{"".join(pieces)}"/>' for kind, pieces in paths.items())
