"""The JSON of a report is a contract: its keys are these, and the page about it names each."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from monitor.reporting.figures import Report
from monitor.reporting.reading import read
from monitor.rules import plain
from tests.reporting.office import BERLIN, at, written

PAGE = (Path(__file__).parents[2] / "docs" / "reports.md").read_text(encoding="utf-8")
KEYS = {
    "": "format version wearer kind first_date last_date start end until running totals bouts breaks alerts exercises"
    " gaps days",
    "totals": "sedentary_s upright_s unknown_s worn_s not_worn_s no_data_s not_recorded_s",
    "bouts": "count mean_s median_s usual_s longest_s lengths",
    "bouts.lengths": "from_min to_min count total_s",
    "breaks": "count per_sedentary_h median_s upright_s stepping_s steps lengths",
    "breaks.lengths": "from_min to_min count total_s",
    "alerts": "count repeats answers followed",
    "alerts.followed": "within_s break_seen none_seen not_known",
    "exercises": "exercise_id title suggested counted timed repetitions hold_s",
    "gaps": "start end length_s reason",
    "days": "date length_h state totals bouts longest_s breaks alerts",
}


def at_place(found: Any, place: str) -> dict[str, Any]:
    for name in filter(None, place.split(".")):
        found = found[name]
        found = found[0] if isinstance(found, list) else found
    return dict(found)


def test_the_keys_are_these_and_no_others(tmp_path: Path) -> None:
    path = written(tmp_path, date(2024, 3, 5), 1)
    told = read(path, "me", "day", date(2024, 3, 5), BERLIN, at(date(2024, 3, 6), "12:00"))
    found = plain(told.report)
    for place, keys in KEYS.items():
        assert list(at_place(found, place)) == keys.split(), place
    assert (found["format"], found["version"]) == ("sitbreak.report", 1)
    assert msgspec.json.decode(msgspec.json.encode(told.report), type=Report) == told.report


def test_the_page_names_every_key() -> None:
    for keys in KEYS.values():
        for key in keys.split():
            assert f"`{key}`" in PAGE, key
