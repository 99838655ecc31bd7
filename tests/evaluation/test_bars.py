"""Bars that figures must reach."""

from __future__ import annotations

import pytest

from monitor.evaluation.bars import BarError, bar

FOUND = {
    "thigh": {"pooled": {"taught": {"sensitivity": 99.9, "auroc": None}}},
    "wrist": {"pooled": {"taught": {"sensitivity": 60.0, "auroc": 0.8}}},
}


def test_a_bar_for_one_placement_or_for_all() -> None:
    assert bar("thigh.taught.sensitivity=99.8", list(FOUND), at_least=True).missed_in(FOUND) == []
    (missed,) = bar("taught.sensitivity=99.8", list(FOUND), at_least=True).missed_in(FOUND)
    assert missed == "wrist.taught.sensitivity is 60, min 99.8"
    (missed,) = bar("taught.auroc=0.9", list(FOUND), at_least=False).missed_in(FOUND)
    assert missed == "thigh.taught.auroc is none, max 0.9"


def test_a_bar_that_names_nothing_is_refused() -> None:
    for text in ("taught.sensitivity", "taught.sensitivity=much", "taught.sensitivity=nan"):
        with pytest.raises(BarError, match="NUMBER"):
            bar(text, list(FOUND), at_least=True)
    with pytest.raises(BarError, match="sensitivty"):
        bar("taught.sensitivty=9", list(FOUND), at_least=True).missed_in(FOUND)
