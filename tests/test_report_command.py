"""``sitbreak report`` and ``sitbreak export`` from outside: which day, whose, in what form."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from monitor.cli import app
from monitor.reporting.figures import Report
from tests.reporting.office import written

MONDAY = date(2024, 3, 4)


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("SITBREAK_COACH__TIME_ZONE", "Europe/Berlin")
    written(tmp_path, MONDAY, 5, wearer="anna")
    return tmp_path


def run(state: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--state-dir", str(state)])


def told(state: Path, *arguments: str) -> list[Report]:
    done = run(state, "report", "--json", *arguments)
    assert done.exit_code == 0, done.output
    return [msgspec.json.decode(line, type=Report) for line in done.output.splitlines()]


@pytest.mark.parametrize(
    ("arguments", "first", "last"),
    [
        (("2024-03-05",), "2024-03-05", "2024-03-05"),
        (("--day", "2024-03-05"), "2024-03-05", "2024-03-05"),
        (("--date", "2024-03-05"), "2024-03-05", "2024-03-05"),
        (("--week", "2024-03-05"), "2024-03-04", "2024-03-10"),
        (("2024-03-05", "--month"), "2024-03-01", "2024-03-31"),
    ],
)
def test_the_day_may_be_named_in_every_form(state: Path, arguments: tuple[str, ...], first: str, last: str) -> None:
    (report,) = told(state, *arguments)
    assert (report.first_date, report.last_date, report.wearer) == (first, last, "anna")


def test_today_and_yesterday_are_days_apart(state: Path) -> None:
    (today,), (yesterday,) = told(state), told(state, "yesterday")
    assert (date.fromisoformat(today.first_date) - date.fromisoformat(yesterday.first_date)).days == 1
    assert (today.running, yesterday.running) == (True, False)


def test_several_people_are_a_line_each_and_one_file_is_one_person(state: Path) -> None:
    written(state, MONDAY, 1, wearer="ben")
    assert [report.wearer for report in told(state, "2024-03-04")] == ["anna", "ben"]
    refused = run(state, "report", "2024-03-04", "--html", str(state / "day.html"))
    assert refused.exit_code == 2
    assert not (state / "day.html").exists()
    done = run(state, "report", "2024-03-04", "--wearer", "ben", "--html", str(state / "day.html"))
    assert done.exit_code == 0
    assert "ben" in (state / "day.html").read_text(encoding="utf-8")
    assert (state / "day.html").stat().st_mode & 0o777 == 0o600


def test_the_file_speaks_the_language_of_the_settings(state: Path) -> None:
    run(state, "report", "2024-03-04", "--html", str(state / "day.html"), "--set", "coach.language=de")
    assert "Sitzen und Pausen" in (state / "day.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "--week", "--month"),
        ("report", "soon"),
        ("report", "0001-01-01"),
        ("report", "--month", "9999-12-31"),
        ("erase", "--yes", "--to", "9999-12-31"),
        ("report", "2024-03-04", "--html", "no/such/folder/day.html"),
        ("export", "--out", "x", "--format", "xls"),
    ],
)
def test_what_cannot_be_done_is_refused_with_exit_code_2(state: Path, arguments: tuple[str, ...]) -> None:
    assert run(state, *arguments).exit_code == 2


def test_an_export_writes_its_files_and_says_so(state: Path) -> None:
    done = run(state, "export", "--out", str(state / "books"), "--from", "2024-03-05", "--to", "2024-03-05")
    assert done.exit_code == 0, done.output
    rows = (state / "books" / "bouts.csv").read_text(encoding="utf-8").splitlines()
    assert all(",2024-03-05T" in row for row in rows[1:])
    done = run(state, "export", "--format", "fhir", "--out", str(state / "bundle.json"))
    assert done.exit_code == 0, done.output
    assert json.loads((state / "bundle.json").read_text(encoding="utf-8"))["resourceType"] == "Bundle"
