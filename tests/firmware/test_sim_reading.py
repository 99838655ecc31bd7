"""What is read fits its type, or is refused by key, remedy and what was there."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from msgspec import Meta, Struct

from firmware_sim.reading import UnfitError, WrongValueError, either, read_as


class Leaf(Struct, frozen=True, forbid_unknown_fields=True):
    """Something small."""

    width_mm: Annotated[float, Meta(gt=0, lt=100)] | None = None
    colour: Annotated[str, Meta(pattern=r"^#[0-9a-f]{6}\Z")] = "#00ff00"

    def __post_init__(self) -> None:
        if self.width_mm == 13:
            raise WrongValueError("width_mm", "must not be 13")


class Oak(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="oak"):
    """A tree with leaves."""

    leaves: tuple[Leaf, ...] = ()


class Fir(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="fir"):
    """A tree without."""

    needles: int


@pytest.mark.parametrize(
    ("kind", "data", "key", "remedy"),
    [
        (Oak | Fir, {"kind": "fir", "needles": 1.5}, "needles", "must be a whole number (got 1.5)"),
        (Oak | Fir, {"kind": "fir", "leaves": []}, "leaves", "is not known here; known are kind, needles (got [])"),
        (Oak | Fir, {"kind": "elm"}, "kind", "must be 'oak' or 'fir' (got 'elm')"),
        (Oak, {"kind": "fir"}, "kind", "must be 'oak' (got 'fir')"),
        (Oak, [], "", "must be a table (got [])"),
        (Oak, {"leaves": [{}, {"width_mm": 0}]}, "leaves.1.width_mm", "must be more than 0 (got 0)"),
        (Oak, {"leaves": [{"width_mm": 100}]}, "leaves.0.width_mm", "must be less than 100 (got 100)"),
        (Oak, {"leaves": [{"width_mm": 13}]}, "leaves.0.width_mm", "must not be 13 (got 13)"),
        (Leaf, {"width_mm": "wide"}, "width_mm", "must be a number (got 'wide')"),
        (Leaf, {"colour": "#00ff00\n"}, "colour", "is not of the form that is wanted (got '#00ff00\\n')"),
        (Leaf, {"colour": 255}, "colour", "must be a text (got 255)"),
        (Leaf, {"a ` - at `$.b`": 1}, "a ` - at `$.b`", "is not known here; known are width_mm, colour (got 1)"),
        (Fir, {}, "needles", "is missing"),
        (Leaf, {"colour": "#" * 100}, "colour", f"is not of the form that is wanted (got '{'#' * 59})"),
    ],
)
def test_what_does_not_fit_is_told_by_key_remedy_and_value(kind: Any, data: object, key: str, remedy: str) -> None:
    with pytest.raises(UnfitError) as refused:
        read_as(kind, data)
    assert (refused.value.key, refused.value.told) == (key, remedy)
    assert str(refused.value) == (f"{key}: {remedy}" if key else remedy)


def test_what_fits_is_made_and_numbers_may_be_texts() -> None:
    assert read_as(Oak | Fir, {"kind": "oak", "leaves": [{"width_mm": "2.5"}]}) == Oak((Leaf(2.5),))


@pytest.mark.parametrize(("choices", "told"), [("a", "a"), ("ab", "a or b"), ("abc", "a, b or c")])
def test_choices_are_told_as_people_do(choices: str, told: str) -> None:
    assert either(choices) == told
