"""Exports: tidy tables that say what the books say, and files that only their owner reads."""

from __future__ import annotations

import csv
import stat
import sys
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from monitor.history.queries import stretch
from monitor.reporting.exporting import books_of, export
from monitor.reporting.parquet import ParquetMissingError
from monitor.reporting.tidy import COLUMNS, tables
from tests.reporting.office import BERLIN, at, written

MONDAY, FRIDAY = date(2024, 3, 4), date(2024, 3, 8)
NOW_S = at(date(2024, 3, 12), "12:00")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    written(tmp_path, MONDAY, 5, wearer="anna")
    return written(tmp_path, MONDAY, 2, wearer="ben")


def test_every_row_has_a_cell_for_every_column(path: Path) -> None:
    made = tables(books_of(path, ["anna", "ben"], None, None, BERLIN))
    assert [table.name for table in made] == list(COLUMNS)
    for table in made:
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.columns)}
        assert {row[0] for row in table.rows} == {"anna", "ben"}


def test_csv_says_what_the_books_say(path: Path, tmp_path: Path) -> None:
    books = books_of(path, ["anna"], None, None, BERLIN)
    files = export("csv", books, path, tmp_path / "out", BERLIN, NOW_S)
    assert [file.name for file in files] == [f"{name}.csv" for name in COLUMNS]
    with (tmp_path / "out" / "bouts.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    known = stretch(path, "anna", MONDAY, FRIDAY, BERLIN).bouts
    assert [float(row["sedentary_s"]) for row in rows] == [bout.sedentary_s for bout in known]
    assert rows[0]["start"] == "2024-03-04T08:30:00+01:00"
    assert float(rows[0]["start_s"]) == known[0].start_s


def test_the_named_days_and_no_others_are_written(path: Path) -> None:
    (books,) = books_of(path, ["anna"], date(2024, 3, 6), date(2024, 3, 7), BERLIN)
    assert (books.start_s, books.end_s) == (at(date(2024, 3, 6), "00:00"), at(date(2024, 3, 8), "00:00"))
    assert books_of(path, ["anna"], date(2025, 1, 1), None, BERLIN) == []
    assert len(books_of(path, ["anna", "ben"], FRIDAY, None, BERLIN)) == 1


def test_nobody_else_can_read_the_files(path: Path, tmp_path: Path) -> None:
    books = books_of(path, ["anna"], None, None, BERLIN)
    for form, out in (("csv", "tables"), ("fhir", "bundle.json")):
        for file in export(form, books, path, tmp_path / out, BERLIN, NOW_S):  # type: ignore[arg-type]
            assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_parquet_holds_the_same_as_csv_with_types(path: Path, tmp_path: Path) -> None:
    books = books_of(path, ["anna"], None, None, BERLIN)
    export("parquet", books, path, tmp_path / "out", BERLIN, NOW_S)
    for table in tables(books):
        found = pq.read_table(tmp_path / "out" / f"{table.name}.parquet")
        assert found.column_names == list(table.columns)
        assert found.num_rows == len(table.rows)
    bouts = pq.read_table(tmp_path / "out" / "bouts.parquet")
    assert str(bouts.schema.field("start").type) == "timestamp[ms, tz=UTC]"
    assert bouts["start"][0].as_py().timestamp() == bouts["start_s"][0].as_py()


def test_without_pyarrow_the_way_to_install_it_is_said(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    books = books_of(path, ["anna"], None, None, BERLIN)
    with pytest.raises(ParquetMissingError, match=r'pip install "sitbreak\[parquet\]"') as raised:
        export("parquet", books, path, tmp_path / "out", BERLIN, NOW_S)
    assert raised.value.exit_code == 3
    assert not (tmp_path / "out").exists()
