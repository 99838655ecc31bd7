"""The settings file: only what differs, a sentence to each, nothing lost, nothing replaced unasked."""

from __future__ import annotations

import tomllib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from monitor.first_run.answers import Answers
from monitor.first_run.guide import Flags
from monitor.first_run.writing import merged, settings_text, write
from monitor.settings.loading import load
from monitor.settings.sections import walk
from tests.support.scripted_talk import ScriptedTalk, guide_of

THIGH = {"wearers": {"me": {"wearable": "deskband", "placement": "thigh"}}}


def test_the_file_says_only_what_differs_and_always_who_wears_what() -> None:
    tree = {**THIGH, "coach": {"limit_s": 1800.0, "language": "de"}, "bouts": {"break_min_s": 60.0}}
    text = settings_text(tree, "A header.")
    assert tomllib.loads(text) == {**THIGH, "coach": {"language": "de"}}


def test_every_key_has_its_sentence_above_it() -> None:
    text = settings_text({**THIGH, "mqtt": {"host": "b"}}, "A header.")
    lines = text.splitlines()
    assert lines[0] == "# A header."
    assert lines[lines.index('host = "b"') - 1] == "# Name or address of the MQTT broker; empty switches MQTT off."


@given(
    st.dictionaries(st.sampled_from(["host", "username", "base"]), st.from_regex(r"[a-z0-9_-]{1,9}", fullmatch=True))
)
def test_what_was_written_is_read_again(values: dict[str, str]) -> None:
    default = {path[1]: field.default for path, field in walk() if path[0] == "mqtt"}
    told = tomllib.loads(settings_text({"mqtt": values}, "")).get("mqtt", {})
    assert told == {key: value for key, value in values.items() if value != default[key]}


def test_what_the_file_holds_already_stays_beside_the_new() -> None:
    existing = {"wearers": {"anna": {"wearable": "polar"}}, "push": {"urls": ["ntfy://x"]}}
    tree = merged(existing, {"wearers.me.wearable": "ruuvi", "coach.language": "de"})
    assert tree["wearers"] == {"anna": {"wearable": "polar"}, "me": {"wearable": "ruuvi"}}
    assert tree["push"] == existing["push"]
    assert existing["wearers"] == {"anna": {"wearable": "polar"}}


def test_a_new_file_is_written_for_the_users_eyes_only_and_is_right(tmp_path: Path) -> None:
    talk = ScriptedTalk("y")
    guide = guide_of(talk, tmp_path, Flags(set_=('push.urls=["ntfy://x"]', "coach.limit_s=1500")))
    guide.answers = Answers(wearable="ruuvi", placement="pocket", set_=["coach.limit_s=1500"])
    write(guide)
    loaded = load(guide.config, (), {}).settings
    assert loaded.wearers["me"].placement == "pocket"
    assert loaded.coach.limit_s == 1500
    assert loaded.push.urls[0].text == "ntfy://x"
    assert guide.config.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_there_is_replaced_only_on_yes_and_a_copy_is_kept(tmp_path: Path) -> None:
    config = tmp_path / "config" / "sitbreak.toml"
    config.parent.mkdir()
    before = '# mine\n[wearers.me]\nwearable = "polar"\n\n[web]\nport = 8123\n'
    config.write_text(before)
    for answer, replaced in (("n", False), ("y", True)):
        guide = guide_of(ScriptedTalk(answer), tmp_path)
        guide.answers.placement = "chest"
        write(guide)
        assert (config.read_text() != before) is replaced
    (copy,) = [path for path in config.parent.iterdir() if path != config]
    assert copy.read_text() == before
    assert load(config, (), {}).settings.web.port == 8123
    assert load(config, (), {}).settings.wearers["me"].placement == "chest"


def test_the_same_again_changes_nothing_and_asks_nothing(tmp_path: Path) -> None:
    for answers in (["y"], []):
        talk = ScriptedTalk(*answers)
        guide = guide_of(talk, tmp_path)
        guide.answers.wearable, guide.answers.placement = "ruuvi", "pocket"
        write(guide)
    assert "says all of this already" in talk.said
    assert len(list((tmp_path / "config").iterdir())) == 1
