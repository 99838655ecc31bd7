"""The tables of parts: what is in them is known without loading it."""

from __future__ import annotations

import sys

import pytest

from monitor.registry import Table


@pytest.fixture
def table() -> Table[object]:
    return Table("encodings", {"rot": "rot_13.Codec", "missing": "no_such_file.Codec"})


def test_names_order_and_number_are_known_without_loading(table: Table[object]) -> None:
    sys.modules.pop("encodings.rot_13", None)
    assert list(table) == ["rot", "missing"]
    assert len(table) == 2
    assert "rot" in table
    assert "rot_13" not in table
    assert "encodings.rot_13" not in sys.modules


def test_a_part_is_loaded_when_it_is_asked_for(table: Table[object]) -> None:
    assert table["rot"].__name__ == "Codec"
    assert "encodings.rot_13" in sys.modules


def test_a_name_that_is_not_there_is_none_of_the_table(table: Table[object]) -> None:
    with pytest.raises(KeyError):
        table["other"]
    assert table.get("other") is None


def test_a_line_that_names_no_file_fails_where_it_is_asked_for(table: Table[object]) -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_file"):
        table["missing"]
