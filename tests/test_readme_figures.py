"""The front door claims nothing that the measured tables do not say: README's accuracy against docs/accuracy.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.posture import PLACEMENTS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
ACCURACY = (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8")
LEFT_OUT = "People left out of the training"
Row = dict[str, str]


def rows(text: str, title: str) -> Iterator[Row]:
    """Of the first table after the line that begins with the title."""
    table = re.search(rf"^(?:\*\*)?{re.escape(title)}(?:.*\n)*?\n((?:\|.*\n)+)", text, re.MULTILINE)
    assert table, title
    head, _, *body = ([cell.strip() for cell in line[1:-1].split("|")] for line in table[1].splitlines())
    for cells in body:
        yield dict(zip(head, cells, strict=True))


def measured(placement: str) -> str:
    return ACCURACY.partition(f"\n## {placement}\n")[2].partition("\n## ")[0]


def one(placement: str, title: str, **wanted: str) -> Row:
    (row,) = (row for row in rows(measured(placement), title) if wanted.items() <= row.items())
    return row


def after_walk(placement: str) -> Row:
    """Of people whom the training had not seen, where there was a training."""
    if LEFT_OUT in measured(placement):
        return one(placement, LEFT_OUT, seconds="after_walk", people="left out")
    return one(placement, "Per second", data="pooled", seconds="after_walk")


def numbers(text: str) -> list[str]:
    return re.findall(r"\d+(?:\.\d+)?", text)


def as_precise_as(said: str, figure: str) -> str:
    """The figure, rounded to the decimals with which it is said."""
    return f"{float(figure):.{len(said.partition('.')[2])}f}"


CLAIMS = {row["placement"].replace(" ", "_"): row for row in rows(README, "Sensitivity / specificity")}


def test_every_placement_has_its_row() -> None:
    assert list(CLAIMS) == ["thigh", "waist", "lower_back", "wrist", "pocket", "chest"]
    assert set(CLAIMS) == set(PLACEMENTS)


@pytest.mark.parametrize("placement", CLAIMS)
def test_as_many_people_are_said_as_were_measured(placement: str) -> None:
    assert numbers(CLAIMS[placement]["people"])[0] + " recordings" in measured(placement)


@pytest.mark.parametrize("placement", CLAIMS)
def test_sensitivity_and_specificity_are_the_measured_ones(placement: str) -> None:
    claimed = CLAIMS[placement]["of the seconds it speaks about"]
    figures = [figure for figure in after_walk(placement)["unknown left out"].split(" / ") if figure != "-"]
    assert len(figures) == 2 or "no sitting" in claimed
    for said, figure in zip(numbers(claimed)[: len(figures)], figures, strict=True):
        assert said == as_precise_as(said, figure)


@pytest.mark.parametrize("placement", CLAIMS)
def test_how_much_it_speaks_about_is_the_measured_share(placement: str) -> None:
    spoken_pct = 100 - float(after_walk(placement)["unknown %"])
    claimed = CLAIMS[placement]["it speaks about"]
    if claimed.startswith("all"):
        assert spoken_pct > 99.5
    elif claimed == "half":
        assert 45 < spoken_pct < 55
    else:
        assert claimed == f"{spoken_pct:.0f} %"


@pytest.mark.parametrize("placement", CLAIMS)
def test_standing_called_sedentary_is_the_measured_share(placement: str) -> None:
    (said,) = numbers(CLAIMS[placement]["standing called sedentary"])
    assert said == as_precise_as(said, after_walk(placement)["standing %"])


def test_the_worst_person_at_the_thigh_is_the_measured_one() -> None:
    worst = one("thigh", "Worst person", seconds="after_walk")
    figures = [worst[kind].split()[0] for kind in ("sensitivity", "specificity")]
    claimed = numbers(CLAIMS["thigh"]["of the seconds it speaks about"].partition("worst person")[2])
    assert claimed == [as_precise_as(said, figure) for said, figure in zip(claimed, figures, strict=True)]


def test_what_the_thigh_says_before_the_first_walk_is_as_much_and_all_right() -> None:
    before = one("thigh", "Before 20 s of walking", data="pooled")
    (said,) = numbers(CLAIMS["thigh"]["it speaks about"])
    assert said == as_precise_as(said, before["coverage %"])
    assert "all of those right" in CLAIMS["thigh"]["it speaks about"]
    assert float(before["right of what it says %"]) == 100


def test_stillness_called_sitting_and_the_delay_are_the_measured_ones() -> None:
    sitting_min, still_min = one("thigh", "Off the body", data="pooled", who="sitbreak")[
        "flat min called sitting"
    ].split(" of ")
    turns = int(re.findall(r"each in (\d+) random", measured("thigh"))[0])
    assert f"Taken off: {float(sitting_min):.0f} of {float(still_min) / turns:.0f} minutes" in README
    (limit_s,) = re.findall(r"No posture is later than (\d+) s", README)
    for placement in PLACEMENTS:
        for row in rows(measured(placement), "Off the body"):
            if row["who"] == "sitbreak":
                assert float(row["delay mean, max s"].split(", ")[1]) <= float(limit_s)
