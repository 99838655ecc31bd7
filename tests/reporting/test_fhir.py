"""The FHIR bundle: valid R4, the same ids each time, LOINC codes only where they mean just this."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from monitor.reporting.exporting import books_of, export
from tests.reporting.office import BERLIN, at, written

MONDAY = date(2024, 3, 4)
KNOWN = {
    "87705-0": "Sedentary activity 24 hour",
    "55423-8": "Number of steps in unspecified time Pedometer",
    "73985-4": "Exercise activity",
    "55411-3": "Exercise duration",
}
"""As LOINC itself names them."""
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("history"), MONDAY, 3)


def made(path: Path, folder: Path, now_s: float = at(date(2024, 3, 12), "12:00")) -> dict[str, Any]:
    (file,) = export("fhir", books_of(path, ["me"], None, None, BERLIN), path, folder / "b.json", BERLIN, now_s)
    return dict(json.loads(file.read_text(encoding="utf-8")))


def codings(found: Any) -> list[dict[str, str]]:
    if isinstance(found, dict):
        own = found.get("coding", [])
        return own + [coding for value in found.values() for coding in codings(value)]
    return [coding for value in found for coding in codings(value)] if isinstance(found, list) else []


def test_it_is_valid_fhir_r4(path: Path, tmp_path: Path) -> None:
    # R4B changed nothing in Observation and Bundle; the package has dropped plain R4
    models = pytest.importorskip("fhir.resources.R4B.bundle", reason="needs fhir.resources")
    bundle = models.Bundle.model_validate(made(path, tmp_path))
    assert len(bundle.entry) > 50
    assert {entry.resource.get_resource_type() for entry in bundle.entry} == {"Observation"}


def test_only_known_loinc_codes_stand_there_with_their_own_names(path: Path, tmp_path: Path) -> None:
    loinc = {each["code"]: each["display"] for each in codings(made(path, tmp_path)) if "loinc" in each["system"]}
    assert loinc == KNOWN


def test_every_day_every_bout_every_break_and_every_exercise_is_an_observation(path: Path, tmp_path: Path) -> None:
    (books,) = books_of(path, ["me"], None, None, BERLIN)
    found = [entry["resource"] for entry in made(path, tmp_path)["entry"]]
    texts = [each["code"]["text"] for each in found]
    assert texts.count("Sedentary activity 24 hour") == 3
    assert texts.count("Sedentary bout") == len(books.bouts)
    assert texts.count("Break of sedentary time, upright") == books.break_count
    assert texts.count("Exercise activity") == len(books.seen)
    assert all(INSTANT.fullmatch(each["effectivePeriod"]["start"]) for each in found)
    assert len({each["id"] for each in found}) == len(found)


def test_the_same_record_has_the_same_id_in_each_export(path: Path, tmp_path: Path) -> None:
    assert made(path, tmp_path)["entry"] == made(path, tmp_path, now_s=at(date(2024, 4, 1), "12:00"))["entry"]


def test_a_day_that_is_not_over_is_preliminary(path: Path, tmp_path: Path) -> None:
    found = made(path, tmp_path, now_s=at(date(2024, 3, 6), "17:59"))["entry"]
    days = [entry["resource"] for entry in found if "24 hour" in entry["resource"]["code"]["text"]]
    assert [day["status"] for day in days] == ["final", "final", "preliminary"]
