"""What the demo can show, and what it says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware_sim.profiles import PROFILES as SIMULATED
from monitor.demo.profiles import PROFILES, ProfileError, choose, header
from monitor.settings.loading import load
from monitor.wearables import WEARABLES


def test_every_wearable_of_the_simulator_can_be_shown() -> None:
    assert set(PROFILES) == set(SIMULATED)
    assert {simulated.kind for simulated in PROFILES.values()} == set(WEARABLES) - {"phone"}
    assert all(simulated.usual in simulated.about.placements for simulated in PROFILES.values())


@pytest.mark.parametrize("profile", PROFILES)
def test_the_profile_says_which_kind_is_worn(profile: str) -> None:
    chosen, settings = choose(load(None, (), {}), profile)
    assert chosen == profile
    assert settings.wearers["me"].wearable == PROFILES[profile].kind
    assert settings.wearers["me"].placement == "thigh"


def test_without_a_profile_the_wearable_of_the_settings_is_simulated() -> None:
    assert choose(load(None, (), {}), "")[0] == "deskband"
    assert choose(load(None, ("wearers.me.wearable=polar",), {}), "")[0] == "polar-h10"


def test_a_profile_asked_for_wins_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "sitbreak.toml"
    path.write_text('[wearers.ada]\nwearable = "polar"\naddress = "C0:11:22:33:44:55"\nname = "Polar H10 1"\n')
    profile, settings = choose(load(path, (), {}), "ruuvi")
    worn = settings.wearers["ada"]
    assert (profile, worn.wearable) == ("ruuvi", "ruuvi")
    assert (worn.address, worn.name) == ("", "")  # those of a real one


def test_one_wearer_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "sitbreak.toml"
    path.write_text('[wearers.ada]\naddress = "C0:11:22:33:44:55"\n[wearers.ben]\nwearable = "deskband"\n')
    _, settings = choose(load(path, (), {}), "deskband")
    assert list(settings.wearers) == ["ada"]


@pytest.mark.parametrize(
    ("override", "asked", "words"),
    [
        ("coach.limit_s=90", "fitbit", "use one of deskband"),
        ("wearers.me.wearable=polar", "ruuvi", "leave one of them out"),
        ("wearers.me.wearable=phone", "", "cannot be simulated"),
    ],
)
def test_what_cannot_be_shown_is_said_with_the_remedy(override: str, asked: str, words: str) -> None:
    with pytest.raises(ProfileError, match=words):
        choose(load(None, (override,), {}), asked)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_header_says_what_is_not_as_in_life(profile: str) -> None:
    simulated = PROFILES[profile]
    text = "\n".join(header(profile, "thigh", simulated.speed))
    assert simulated.about.title in text
    assert ("hears the call from this computer" in text) == (not simulated.about.alert)
    assert ("placement=" in text) == (simulated.usual != "thigh")
    assert ("that they stand" in text) == (profile in ("ruuvi", "bthome"))
    assert "placement=" not in "\n".join(header(profile, simulated.usual, simulated.speed))


def test_more_speed_than_a_wearable_keeps_up_with_is_said() -> None:
    assert "keep up" in header("deskband", "thigh", 200.0)[0]
    assert "keep up" not in header("deskband", "thigh", 60.0)[0]


def test_less_speed_than_others_have_is_said() -> None:
    slower = [profile for profile, simulated in PROFILES.items() if simulated.speed < 60.0]
    assert slower == ["ruuvi", "bthome"]
    assert all("fall behind" in header(profile, "thigh", PROFILES[profile].speed)[0] for profile in slower)
