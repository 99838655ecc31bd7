"""The tables of a study keep their promises to who reads them."""

from __future__ import annotations

import re
from pathlib import Path

from monitor.model import Posture
from monitor.study.tables import COLUMNS, WHOSE, postures_s

PAGE = (Path(__file__).parents[2] / "docs" / "study.md").read_text(encoding="utf-8")


def test_every_column_and_every_table_is_on_the_page() -> None:
    named = set(re.findall(r"`([a-z_0-9]+)`", PAGE))
    for table, columns in COLUMNS.items():
        assert f"`{table}.parquet`" in PAGE
        assert set(columns) <= named, set(columns) - named


def test_every_row_says_whose_it_is_first() -> None:
    for columns in COLUMNS.values():
        assert list(columns)[:2] == list(WHOSE)


def test_postures_stand_in_the_order_of_their_columns() -> None:
    names = [name for name in COLUMNS["days"] if name.startswith("posture_")]
    assert names == [f"posture_{posture.word}_s" for posture in Posture]
    assert len(postures_s([])) == len(names)
