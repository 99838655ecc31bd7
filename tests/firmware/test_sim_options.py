"""What a device can be set to from outside, and what not."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from msgspec.structs import replace

from firmware_sim.profiles import PROFILES
from firmware_sim.profiles.options import OptionError, options_of, read_options

INSIDE = {"catch_up", "seed", "placement", "wall_s", "settings"}
"""Said elsewhere, or only from Python."""


@pytest.mark.parametrize("profile", PROFILES)
def test_everything_a_device_can_be_set_to_is_an_option_and_its_default_is_allowed(profile: str) -> None:
    make = PROFILES[profile]
    known = options_of(make)
    assert known.keys() == inspect.signature(make).parameters.keys() - INSIDE
    usual = {name: option.default for name, option in known.items() if option.default is not None}
    assert read_options(make, [f"{name}={value}" for name, value in usual.items()]) == usual
    assert all(option.description.endswith(".") for option in known.values())


@pytest.mark.parametrize(
    ("profile", "word", "expected"),
    [
        ("verity", "pairing=true", {"pairing": True}),
        ("verity", "firmware=old", {"firmware": "old"}),
        ("verity", " settles-s = 2.5", {"settles_s": 2.5}),
        ("movesense", "boot_ms=4294967295", {"boot_ms": 4294967295}),
        ("bangle", "rate_hz=50", {"rate_hz": 50.0}),
        ("microbit", "extras=led,button", {"extras": "led,button"}),
        ("ruuvi", "address=C0:FF:EE:00:00:01", {"address": "C0:FF:EE:00:00:01"}),
    ],
)
def test_words_are_read_as_the_device_says(profile: str, word: str, expected: dict[str, Any]) -> None:
    assert read_options(PROFILES[profile], [word]) == expected


@pytest.mark.parametrize(
    ("word", "sense"),
    [
        (word, sense)
        for sense, words in ((True, "true Yes on 1 T y"), (False, "false NO off 0 f n"))
        for word in words.split()
    ],
)
def test_yes_and_no_are_understood_as_people_write_them(word: str, sense: bool) -> None:
    assert read_options(PROFILES["verity"], [f"pairing={word}"]) == {"pairing": sense}


@pytest.mark.parametrize(
    ("profile", "word", "remedy"),
    [
        ("verity", "seed=3", "no option 'seed'; it has firmware"),
        ("movesense", "wall_s=3", "no option 'wall_s'"),
        ("movesense", "boot_ms=4294967296", "boot_ms=4294967296: must be at most 4294967295. What its clock shows"),
        ("bangle", "rate_hz=26", "rate_hz=26: must be 12.5, 25 or 50. Rate of its app: 12.5, 25 or 50 Hz."),
        ("bangle", "rate_hz=nan", "must be 12.5, 25 or 50"),
        ("bangle", "rate_hz=fast", "must be a number"),
        (
            "ruuvi",
            "address=00:11:22:33:44:55",
            "not of the form that is wanted. Its static random address; the first digit is C to F",
        ),
        ("witmotion", "ragged=2", "must be at most 1. Share"),
        ("witmotion", "ragged=nan", "must be at least 0"),
        ("witmotion", "ragged=inf", "must be at most 1"),
        ("polar-h10", "max_mtu=22", "must be at least 23"),
        ("polar-h10", "max_mtu=100.5", "must be a whole number"),
        ("deskband", "buffer_bytes=100", "must be at least 1024. Size of its ring buffer"),
        ("deskband", "buffer_bytes=null", "must be a whole number"),
        ("verity", "firmware=older", "must be 'new' or 'old'"),
        ("verity", "pairing=perhaps", "must be true or false. Whether it refuses"),
        ("microbit", "extras=led,lamp", "led, button or led,button"),
        ("ruuvi", "address=C0:FF:EE:00:00:01:", "form"),
        ("polar-h10", "max_mtu", "not NAME=VALUE"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(profile: str, word: str, remedy: str) -> None:
    with pytest.raises(OptionError, match=remedy):
        read_options(PROFILES[profile], [word])


def test_an_option_of_a_band_leaves_the_rest_as_it_is() -> None:
    band = PROFILES["deskband"](lambda: 0, 1, "waist", **read_options(PROFILES["deskband"], ["first_session=65535"]))
    plain = PROFILES["deskband"](lambda: 0, 1, "waist")
    assert band.firmware.settings == replace(plain.firmware.settings, first_session=65535)  # type: ignore[attr-defined]
