"""Loading, explaining and writing the settings."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from monitor.settings.faults import SettingsError
from monitor.settings.loading import in_force, load
from monitor.settings.sections import walk
from monitor.settings.template import settings_template
from monitor.wearables import WEARABLES

ROOT = Path(__file__).parent.parent.parent


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sitbreak.toml"
    path.write_text(text, encoding="utf-8")
    return path


def complaint(tmp_path: Path, text: str, overrides: tuple[str, ...] = (), **environment: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load(write(tmp_path, text), overrides, environment)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_set_wins_over_environment_over_file_over_default(tmp_path: Path) -> None:
    path = write(tmp_path, "[coach]\nlimit_s = 1200\nearly_s = 100\n")
    assert load(path, (), {}).settings.coach.limit_s == 1200
    environment = {"SITBREAK_COACH__LIMIT_S": "1500"}
    assert load(path, (), environment).settings.coach.limit_s == 1500
    loaded = load(path, ("coach.limit_s=900",), environment)
    assert (loaded.settings.coach.limit_s, loaded.settings.coach.early_s) == (900, 100)
    shown = {key: source for key, _, source in in_force(loaded)}
    assert (shown["coach.limit_s"], shown["coach.early_s"], shown["coach.seed"]) == ("--set", str(path), "default")


def test_an_unknown_key_names_file_section_and_the_likely_one(tmp_path: Path) -> None:
    said = complaint(tmp_path, "[coach]\nlimt_s = 1200\n")
    assert str(tmp_path / "sitbreak.toml") in said
    assert '[coach] limt_s: unknown setting (did you mean "coach.limit_s"?)' in said


def test_a_wrong_value_names_key_value_and_remedy(tmp_path: Path) -> None:
    assert '[coach] quiet_from = "25:00": not a time of day (HH:MM)' in complaint(
        tmp_path, '[coach]\nquiet_from = "25:00"\nquiet_until = "07:00"\n'
    )
    assert "[coach] limit_s = 5: must be at least 60" in complaint(tmp_path, "[coach]\nlimit_s = 5\n")
    assert "[wearers.me]" in complaint(tmp_path, '[wearers.me]\nplacement = "ankle"\n')


def test_unknown_environment_names_and_overrides_are_errors(tmp_path: Path) -> None:
    assert "SITBREAK_COACH__LIMITS" in complaint(tmp_path, "", SITBREAK_COACH__LIMITS="3")
    assert "coach.limt_s" in complaint(tmp_path, "", ("coach.limt_s=3",))
    assert "SECTION.KEY=VALUE" in complaint(tmp_path, "", ("nonsense",))
    load(None, (), {"SITBREAK_STATE_DIR": "/tmp", "SITBREAK_CONFIG": "x"})


def test_a_file_that_is_no_toml_or_is_missing_is_said_in_one_line(tmp_path: Path) -> None:
    assert "is not TOML" in complaint(tmp_path, "[coach\n")
    with pytest.raises(SettingsError, match="no such file"):
        load(tmp_path / "missing.toml", (), {})


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    assert load(write(tmp_path, "\ufeff[coach]\nlimit_s = 1200\n"), (), {}).settings.coach.limit_s == 1200


def test_each_wearer_may_differ_from_the_common_coach(tmp_path: Path) -> None:
    ada_table = '[wearers.ada]\nplacement = "waist"\n[wearers.ada.coach]\nprofile = "strict"\n'
    text = f"[coach]\nlimit_s = 1200\n{ada_table}[wearers.bob]\n"
    settings = load(write(tmp_path, text), (), {}).settings
    ada, bob = settings.coach_of("ada"), settings.coach_of("bob")
    assert (ada.limit_s, ada.profile, bob.profile) == (1200, "strict", "normal")
    assert "limit" in complaint(tmp_path, "[wearers.ada.coach]\nlimit = 3\n")


def test_the_environment_reaches_a_wearer(tmp_path: Path) -> None:
    settings = load(None, (), {"SITBREAK_WEARERS__ME__PLACEMENT": "wrist"}).settings
    assert settings.wearers["me"].placement == "wrist"


def test_secrets_are_never_shown(tmp_path: Path) -> None:
    loaded = load(None, (), {"SITBREAK_MQTT__USERNAME": "me", "SITBREAK_MQTT__PASSWORD": "swordfish"})
    assert loaded.settings.mqtt.password.text == "swordfish"
    assert "swordfish" not in repr(loaded) + str(list(in_force(loaded)))


def test_the_committed_settings_file_is_what_the_program_prints() -> None:
    assert (ROOT / "config" / "sitbreak.toml").read_text(encoding="utf-8") == settings_template()


def test_the_settings_file_changes_nothing_until_it_is_edited(tmp_path: Path) -> None:
    assert load(write(tmp_path, settings_template()), (), {}).settings == load(None, (), {}).settings


def test_every_setting_in_the_file_can_be_taken_as_it_stands(tmp_path: Path) -> None:
    keys = {path[-1] for path, _ in walk()}
    lines = [
        line.removeprefix("# ") if line.removeprefix("# ").split(" = ")[0] in keys else line
        for line in settings_template().splitlines()
    ]
    text = "\n".join(lines)
    assert set(tomllib.loads(text)["coach"]) == {path[1] for path, _ in walk() if path[0] == "coach"}
    assert load(write(tmp_path, text), (), {}).settings.coach == load(None, (), {}).settings.coach


def test_every_setting_is_explained_in_a_sentence() -> None:
    for path, field in walk():
        assert (field.description or "").endswith((".", ")")), path


def test_own_exercises_are_found_beside_the_settings(tmp_path: Path) -> None:
    config = tmp_path / "sitbreak.toml"
    config.write_text("", encoding="utf-8")
    assert load(config, environment={}).settings.exercises.file == ""
    own = tmp_path / "exercises.toml"
    own.write_text("", encoding="utf-8")
    assert load(config, environment={}).settings.exercises.file == str(own)
    config.write_text('[exercises]\nfile = "mine.toml"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match="no such file"):
        load(config, environment={})


def test_a_wearable_has_a_section_where_it_is_worn_or_set(tmp_path: Path) -> None:
    kinds = {kind for kind in WEARABLES if hasattr(load(None, ["wearers.me.wearable=phone"], {}).settings, kind)}
    assert kinds == {"phone"}
    settings = load(write(tmp_path, "[polar]\nrate_hz = 26\n[ruuvi]\n"), (), {}).settings
    assert {kind for kind in WEARABLES if hasattr(settings, kind)} == {"deskband", "polar"}
    assert settings.rules_of("polar").rate_hz == 26
    assert settings.rules_of("ruuvi") == WEARABLES["ruuvi"].RULES()


def test_the_digest_is_of_what_is_in_use() -> None:
    plain, other, own = (
        load(None, override, {}).settings.digest for override in ([], ["polar.rate_hz=26"], ["deskband.rate_hz=50"])
    )
    assert plain == other
    assert plain != own
