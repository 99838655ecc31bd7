"""What a record's annotations say of its keys."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from monitor.rules import REQUIRED, Rules, keys


class Sole(Rules, frozen=True):
    length_mm: Annotated[float, Meta(ge=100, lt=400, description="Heel to toe.")]
    worn_h: Annotated[int, Meta(gt=0, description="Hours a day.")] | None = None
    marks: list[str] = field(default_factory=list)


def test_a_key_is_told_with_its_type_sentence_limits_and_default() -> None:
    told = keys(Sole)
    assert list(told) == ["length_mm", "worn_h", "marks"]
    length, worn, marks = told.values()
    assert (length.kind, length.description, dict(length.limits)) == (float, "Heel to toe.", {"ge": 100, "lt": 400})
    assert (worn.kind, worn.description, dict(worn.limits)) == (int | None, "Hours a day.", {"gt": 0})
    assert (marks.description, dict(marks.limits)) == ("", {})


def test_only_what_must_be_given_has_no_default() -> None:
    assert [key.default for key in keys(Sole).values()] == [REQUIRED, None, []]
