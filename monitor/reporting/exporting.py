"""The books of several people and a stretch of days, written as files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Literal

from monitor.history import queries
from monitor.history.day import DayBooks
from monitor.history.reading import extent
from monitor.reporting import account
from monitor.reporting.fhir import bundle
from monitor.reporting.figures import DayFigures
from monitor.reporting.parquet import check_installed, write_parquet
from monitor.reporting.tidy import Table, tables, write_csv

Format = Literal["csv", "parquet", "fhir"]


def books_of(path: Path, wearers: Sequence[str], first: date | None, last: date | None, zone: tzinfo) -> list[DayBooks]:
    """Everybody's books of the days; from their first to their last where no day is named. Raises HistoryError."""
    found = []
    for wearer in wearers:
        known = extent(path, wearer)
        if known is None:
            continue
        own_first, own_last = (datetime.fromtimestamp(at_s, zone).date() for at_s in known)
        from_, to = max(first or own_first, own_first), min(last or own_last, own_last)
        if from_ <= to:
            found.append(queries.stretch(path, wearer, from_, to, zone))
    return found


def export(form: Format, books: Sequence[DayBooks], path: Path, out: Path, zone: tzinfo, now_s: float) -> list[Path]:
    """Write the files: a folder of tables, or one bundle. Raises OSError, ParquetMissingError."""
    if form == "fhir":
        made = bundle(_days(path, books, now_s), books, now_s, zone)
        out.parent.mkdir(parents=True, exist_ok=True)
        return [_private(out, json.dumps(made, ensure_ascii=False, indent=1) + "\n")]
    if form == "parquet":
        check_installed()  # before anything is there that nobody will fill
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    return [_table(form, table, out / f"{table.name}.{form}", zone) for table in tables(books)]


def _table(form: Format, table: Table, path: Path, zone: tzinfo) -> Path:
    path.touch(mode=0o600)  # posture over time is health data
    if form == "parquet":
        write_parquet(table, path)
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            write_csv(table, zone, file)
    return path


def _private(path: Path, text: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    return path


def _days(path: Path, books: Sequence[DayBooks], now_s: float) -> list[tuple[DayBooks, DayFigures]]:
    found = []
    for each in books:
        on, end = each.date, datetime.fromtimestamp(each.end_s - 1, each.zone).date()
        while on <= end:
            day = queries.day(path, each.wearer, on, each.zone)
            found.append((day, account.day_figures(day, now_s)))
            on += timedelta(1)
    return found
