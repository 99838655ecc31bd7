"""``sitbreak exercises``: what a user reads, with a file of their own that is not right."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from monitor.cli import app
from monitor.words import words
from tests.coach.test_catalogue import OWN

BAD = OWN.replace("[calf_raise]", "[toe_raise]").replace("[12, 15]", "[0, 15]").replace("sides = ", "side = ")


def listed(folder: Path, *arguments: str) -> Result:
    (folder / "sitbreak.toml").touch()
    given = ["exercises", *arguments, "--config", str(folder / "sitbreak.toml"), "--state-dir", str(folder / "state")]
    return CliRunner().invoke(app, given, terminal_width=100)


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_exercise_is_listed_with_its_id_and_why_it_is_left_out(tmp_path: Path, language: str) -> None:
    result = listed(tmp_path, "--set", f"coach.language={language}")
    said = words(language)
    assert result.exit_code == 0
    assert all(exercise_id in result.output for exercise_id in said.exercises)
    assert said.listing.floor.split(" (")[0].split()[0] in result.output
    assert said.listing.sights["repetitions"] in result.output


def test_each_complaint_is_one_line_and_said_once_and_the_rest_is_listed(tmp_path: Path) -> None:
    (tmp_path / "exercises.toml").write_text(BAD + OWN, encoding="utf-8")
    result = listed(tmp_path)
    lines = [line for line in (result.output + result.stderr).splitlines() if "exercises.toml" in line]
    assert [line.partition("[toe_raise] ")[2].partition(":")[0] for line in lines] == ["repetitions", "sides", "side"]
    assert result.exit_code == 2
    assert "calf_raise" in result.output


def test_one_exercise_is_shown_in_words_and_as_a_picture(tmp_path: Path) -> None:
    result = listed(tmp_path, "lunge_stretch")
    assert words().exercises["lunge_stretch"].title in result.output
    assert any("\u2800" < sign <= "\u28ff" for sign in result.output)
    assert "Harder: lean the trunk slightly back." in result.output
    assert "Harder" not in listed(tmp_path, "boat_pose").output


def test_the_pictures_are_written_also_for_the_other_side(tmp_path: Path) -> None:
    result = listed(tmp_path, "--svg", str(tmp_path / "pictures"))
    assert result.exit_code == 0
    names = {path.name for path in (tmp_path / "pictures").iterdir()}
    assert {"lunge_stretch.svg", "lunge_stretch_other_side.svg"} <= names


@pytest.mark.parametrize("language", ["en", "de"])
def test_whom_nothing_fits_reads_what_a_call_offers_instead(tmp_path: Path, language: str) -> None:
    spoken, said = f"coach.language={language}", words(language)
    nobody = listed(tmp_path, "--set", spoken, "--set", 'exercises.conditions=["cannot_stand"]').output.split()
    anybody = listed(tmp_path, "--set", spoken).output.split()
    sentence = said.listing.none.format(offer=said.call.seated_offer)
    assert sentence in " ".join(nobody)
    assert sentence.split(".")[0] not in " ".join(anybody)
