"""Data that anybody may have written: taken as what it means, or every fault said with its place."""

from __future__ import annotations

from contextlib import suppress
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, field

from monitor.rules import FaultsError, Rules, Secret, WrongValueError, changed, check, plain
from monitor.settings.sections import with_sections
from monitor.wearables import WEARABLES


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"


class Strap(Rules, frozen=True):
    width_mm: Annotated[float, Meta(ge=10, le=80, description="How wide it is.")] = 40.0

    def __post_init__(self) -> None:
        if self.width_mm == 13:
            raise WrongValueError("width_mm", "brings bad luck")


class Band(Rules, frozen=True):
    rate_hz: Annotated[int, Meta(ge=1)] = 50
    share: Annotated[float, Meta(gt=0, lt=1)] = 0.5
    name: Annotated[str, Meta(min_length=1, max_length=8, pattern=r"^[a-z]*\Z")] = "band"
    worn: bool = True
    side: Side = Side.LEFT
    mode: Literal["live", "stored"] = "live"
    span: tuple[int, int] | None = None
    offset: Annotated[float, Meta(ge=0)] | None = None
    places: Annotated[tuple[str, ...], Meta(max_length=2)] = ()
    keys: dict[str, Secret] = field(default_factory=dict)
    strap: Strap = Strap()
    spares: tuple[Strap, ...] = ()
    second: Strap | None = None

    def __post_init__(self) -> None:
        if not self.worn and self.second is not None:
            raise WrongValueError("", "a band that is not worn needs no second strap")


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({"rate_hz": 0}, "rate_hz: must be at least 1"),
        ({"rate_hz": "fast"}, "rate_hz: must be a whole number"),
        ({"rate_hz": 2.5}, "rate_hz: must be a whole number"),
        ({"share": 0}, "share: must be more than 0"),
        ({"share": "nan"}, "share: must be more than 0"),
        ({"share": float("inf")}, "share: must be less than 1"),
        ({"share": None}, "share: must be a number"),
        ({"name": ""}, "name: must not be empty"),
        ({"name": "Band"}, "name: not of the form that is wanted"),
        ({"name": "band\n"}, "name: not of the form that is wanted"),
        ({"name": 5}, "name: must be a text in quotes"),
        ({"worn": "perhaps"}, "worn: must be true or false"),
        ({"side": "up"}, 'side: must be one of "left", "right"'),
        ({"mode": 3}, 'mode: must be one of "live", "stored"'),
        ({"span": [1]}, "span: must have 2 entries"),
        ({"offset": -1}, "offset: must be at least 0"),
        ({"offset": "far"}, "offset: must be a number"),
        ({"places": ["a", "b", "c"]}, "places: must have at most 2 entries"),
        ({"places": ["a", 5]}, "places.1: must be a text in quotes"),
        ({"places": 5}, "places: must be a list"),
        ({"keys": {"a": 5}}, "keys.a: must be a text in quotes"),
        ({"strap": 5}, "strap: must be a table"),
        ({"strap": {"width_mm": 13}}, "strap.width_mm: brings bad luck"),
        ({"spares": [{}, {"width_mm": 81}]}, "spares.1.width_mm: must be at most 80"),
        ({"spares": {"width_mm": 20}}, "spares: must be a list"),
        ({"second": {"length": 3}}, "second.length: is not known"),
        ({"worn": False, "second": {}}, "a band that is not worn needs no second strap"),
        ([], "must be a table"),
    ],
)
def test_a_fault_is_said_with_its_place(data: object, complaint: str) -> None:
    with pytest.raises(FaultsError) as refused:
        check(Band, data)
    assert str(refused.value) == complaint


def test_every_fault_is_said_at_once_in_the_order_of_the_keys_and_what_is_not_known_last() -> None:
    with pytest.raises(FaultsError) as refused:
        check(Band, {"colour": "red", "strap": {"width_mm": 9, "length": 3}, "rate_hz": 0})
    assert [fault.place for fault in refused.value.faults] == [
        ("rate_hz",),
        ("strap", "width_mm"),
        ("strap", "length"),
        ("colour",),
    ]


def test_texts_are_read_as_the_environment_gives_them() -> None:
    said = {"rate_hz": " 25 ", "share": "0.1", "worn": "false", "places": "thigh", "keys": {"a": "k"}, "offset": "1"}
    taken = check(Band, said)
    assert taken == Band(rate_hz=25, share=0.1, worn=False, places=("thigh",), keys={"a": Secret("k")}, offset=1.0)
    assert all(check(Band, {"worn": on}).worn for on in ("yes", "On", "1", "TRUE", "y", "t"))
    assert not any(check(Band, {"worn": off}).worn for off in ("no", "OFF", "0", "False", "n", "f"))
    assert type(check(Band, {"offset": 1}).offset) is float


def test_a_record_comes_back_from_its_plain_data() -> None:
    band = Band(side=Side.RIGHT, span=(1, 2), spares=(Strap(), Strap(width_mm=20.0)), second=Strap())
    assert check(Band, plain(band)) == band
    assert changed(band, rate_hz=10).rate_hz == 10


def test_a_secret_shows_nowhere() -> None:
    band = Band(keys={"a": Secret("hush")})
    assert "hush" not in repr(band) + str(band) + str(plain(band)) + f"{band.keys['a']}"
    assert band.keys["a"].text == "hush"
    assert band.keys["a"]
    assert not Secret("")


def test_what_is_wrong_in_a_record_does_not_show_what_it_held() -> None:
    with pytest.raises(FaultsError) as refused:
        check(Band, {"keys": {"a": 815}, "pasword": "hush"})
    assert not [word for word in ("815", "hush") if word in str(refused.value) + repr(refused.value.faults)]


ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
SETTINGS = with_sections(*WEARABLES)


@given(st.dictionaries(st.sampled_from(SETTINGS.__struct_fields__), ANYTHING, max_size=4))
def test_whatever_stands_in_the_settings_they_are_taken_or_refused_with_a_reason(data: dict[str, Any]) -> None:
    with suppress(FaultsError):
        assert isinstance(check(SETTINGS, data), SETTINGS)
