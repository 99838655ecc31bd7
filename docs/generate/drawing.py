"""Boxes with chips in them, one below the other, as SVG: readable on a phone, on light and on dark pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

WIDTH, MARGIN, LINE = 480, 16, 26
LETTER = 7.3
"""Width of a letter of the chips' 12 px typewriter face."""
GAP = 8
ARROW = 34
STYLE = (
    "text{font:12px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#17302d}"
    ".t{font-weight:700;font-size:14px}.n{fill:#52706c;font-size:11px}.r{fill:#a2360c;font-weight:700}"
)


@dataclass(frozen=True)
class Box:
    """A part of the house."""

    title: str
    note: str = ""
    chips: tuple[str, ...] = ()
    leads_to: str = ""
    """What it hands on to the next; empty draws no arrow."""
    rows: tuple[tuple[str, ...], ...] = field(init=False, default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", tuple(_rows(self.chips)))

    @property
    def height(self) -> int:
        """Of the box alone."""
        return 14 + (20 if self.title else 0) + (16 if self.note else 0) + LINE * len(self.rows)


def _chip_width(text: str) -> int:
    return round(len(text) * LETTER) + 14


def _rows(chips: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Chips broken into lines that fit."""
    lines: list[list[str]] = []
    left = 0
    for chip in chips:
        if not lines or _chip_width(chip) > left:
            lines.append([])
            left = WIDTH - 4 * MARGIN
        lines[-1].append(chip)
        left -= _chip_width(chip) + GAP
    return [tuple(line) for line in lines]


def picture(boxes: list[Box], label: str) -> str:
    """The whole drawing."""
    steps = [box.height + (ARROW if box.leads_to else GAP) for box in boxes]
    height = sum(steps) + 2 * MARGIN - GAP
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(label)}</title><style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{height}" rx="12" fill="#f3f8f7"/>',
    ]
    top = MARGIN
    for box, step in zip(boxes, steps, strict=True):
        lines += _drawn(box, top)
        top += step
    return "\n".join([*lines, "</svg>"]) + "\n"


def _drawn(box: Box, top: int) -> list[str]:
    wide = WIDTH - 2 * MARGIN
    lines = [f'<rect x="{MARGIN}" y="{top}" width="{wide}" height="{box.height}" rx="8" fill="#fff" stroke="#009485"/>']
    y = top + 7
    if box.title:
        y += 20
        lines.append(f'<text class="t" x="{2 * MARGIN}" y="{y - 5}">{escape(box.title)}</text>')
    if box.note:
        y += 16
        lines.append(f'<text class="n" x="{2 * MARGIN}" y="{y - 5}">{escape(box.note)}</text>')
    for row in box.rows:
        lines += _chips(row, y)
        y += LINE
    if box.leads_to:
        lines += _arrow(box.leads_to, top + box.height)
    return lines


def _chips(row: tuple[str, ...], y: int) -> list[str]:
    lines, x = [], 2 * MARGIN
    for chip in row:
        wide = _chip_width(chip)
        lines.append(f'<rect x="{x}" y="{y + 2}" width="{wide}" height="20" rx="10" fill="#d7efeb"/>')
        lines.append(f'<text x="{x + 7}" y="{y + 16}">{escape(chip)}</text>')
        x += wide + GAP
    return lines


def _arrow(record: str, top: int) -> list[str]:
    x, end = 2 * MARGIN + 10, top + ARROW
    return [
        f'<path d="M{x} {top + 1}V{end - 8}" stroke="#a2360c" stroke-width="2"/>',
        f'<path d="M{x - 5} {end - 9}H{x + 5}L{x} {end - 1}Z" fill="#a2360c"/>',
        f'<text class="r" x="{x + 16}" y="{top + 21}">{escape(record)}</text>',
    ]
