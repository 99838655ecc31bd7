"""The way through the steps: left, taken up again, said beforehand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.errors import MonitorError
from monitor.first_run import finding, steps
from monitor.first_run.answers import recall
from monitor.first_run.guide import Flags, Guide
from monitor.first_run.steps import STEPS, go_through
from monitor.in_reach import Neighbour, Survey
from monitor.settings.loading import load
from tests.support.scripted_talk import ScriptedTalk, guide_of

BAND = Neighbour("C0:FF:EE:00:12:34", "DeskBand-1", -60, "deskband")
TAG = Neighbour("C0:FF:EE:00:12:35", "[red]Ruuvi", -70, "ruuvi")
QUICK = Flags(proof=False, unit=False)


@pytest.fixture(autouse=True)
def _in_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the radio hears: it is tried for real with the whole command."""
    monkeypatch.setattr(finding, "_looked", lambda guide: Survey((BAND, TAG)))


def test_the_whole_way_ends_with_a_settings_file_that_is_right(tmp_path: Path) -> None:
    talk = ScriptedTalk("2", "2", "1", "-", "ja")
    guide = guide_of(talk, tmp_path, QUICK)
    go_through(guide)
    settings = load(guide.config, (), {}).settings
    assert (settings.wearers["me"].wearable, settings.wearers["me"].address) == ("ruuvi", TAG.address)
    assert settings.coach.language == "de"
    assert "Der Sensor" in talk.said
    assert "[red]Ruuvi" in talk.said
    assert recall(guide.state_dir) is None


@pytest.mark.parametrize("answered", [0, 1, 2, 3])
def test_ctrl_c_anywhere_keeps_what_was_answered_and_the_next_time_goes_on_there(answered: int, tmp_path: Path) -> None:
    answers = ["1", "1", "3", "-", "y"]
    guide = guide_of(ScriptedTalk(*answers[:answered], ScriptedTalk.LEAVE), tmp_path, QUICK)
    with pytest.raises(KeyboardInterrupt):
        go_through(guide)
    assert not guide.config.exists()
    going_on = ["y"] if answered else []
    talk = ScriptedTalk(*going_on, *answers[answered:])
    guide = guide_of(talk, tmp_path, QUICK)
    go_through(guide)
    assert not talk.answers
    assert load(guide.config, (), {}).settings.wearers["me"].placement == "waist"


def test_whoever_does_not_want_to_go_on_there_begins_anew(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        go_through(guide_of(ScriptedTalk("1", "1", "^C"), tmp_path, QUICK))
    talk = ScriptedTalk("n", "1", "2", "1", "-", "y")
    guide = guide_of(talk, tmp_path, QUICK)
    go_through(guide)
    assert guide.answers.wearable == "ruuvi"


def test_a_flag_asks_for_its_step_anew(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        go_through(guide_of(ScriptedTalk("1", "1", "1", "^C"), tmp_path, QUICK))
    guide = guide_of(ScriptedTalk("y", "-", "y"), tmp_path, Flags(placement="wrist", proof=False, unit=False))
    go_through(guide)
    assert guide.answers.placement == "wrist"


def test_what_set_said_before_the_break_is_not_forgotten(tmp_path: Path) -> None:
    flags = Flags(proof=False, unit=False, set_=("coach.limit_s=1200",))
    with pytest.raises(KeyboardInterrupt):
        go_through(guide_of(ScriptedTalk("1", "^C"), tmp_path, flags))
    guide = guide_of(ScriptedTalk("y", "1", "1", "-", "y"), tmp_path, QUICK)
    go_through(guide)
    assert load(guide.config, (), {}).settings.coach.limit_s == 1200


def test_with_flags_alone_nothing_is_asked(tmp_path: Path) -> None:
    flags = Flags("de", "anna", "polar", BAND.address, "chest", "", proof=False, unit=False)
    talk = ScriptedTalk(asks=False)
    guide = guide_of(talk, tmp_path, flags)
    go_through(guide)
    settings = load(guide.config, (), {}).settings
    assert list(settings.wearers) == ["anna"]
    assert settings.wearers["anna"].wearable == "polar"
    assert not talk.asked


def test_without_asking_one_wearable_in_reach_is_taken_and_of_two_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags = Flags(broker="", proof=False, unit=False)
    with pytest.raises(MonitorError, match="several wearables"):
        go_through(guide_of(ScriptedTalk(asks=False), tmp_path, flags))
    named = Flags(address=TAG.address.lower(), broker="", proof=False, unit=False)
    guide = guide_of(ScriptedTalk(asks=False), tmp_path, named)
    go_through(guide)
    assert guide.answers.wearable == "ruuvi"
    monkeypatch.setattr(finding, "_looked", lambda guide: Survey())
    with pytest.raises(MonitorError, match="--wearable"):
        go_through(guide_of(ScriptedTalk(asks=False), tmp_path / "other", flags))


def test_a_wearable_that_is_not_in_reach_can_be_named(tmp_path: Path) -> None:
    talk = ScriptedTalk("4", "2", "nonsense", "aa:bb:cc:dd:ee:ff")
    guide = guide_of(talk, tmp_path)
    finding.find(guide)
    assert (guide.answers.wearable, guide.answers.address) == ("polar", "aa:bb:cc:dd:ee:ff")
    assert "looks like" in talk.said


@pytest.mark.parametrize("flags", [Flags(wearable="watch"), Flags(placement="hat"), Flags(wearer="A b")])
def test_a_wrong_flag_ends_it_before_anything_is_asked(flags: Flags, tmp_path: Path) -> None:
    with pytest.raises(MonitorError) as caught:
        guide_of(ScriptedTalk(), tmp_path, flags)
    assert caught.value.exit_code == 2


def test_a_second_person_is_added_beside_the_first(tmp_path: Path) -> None:
    for wearer, language in (("anna", "de"), ("ben", "en")):
        flags = Flags(language, wearer, "polar", "", "chest", "", proof=False, unit=False)
        go_through(guide_of(ScriptedTalk(asks=False), tmp_path, flags))
    settings = load(tmp_path / "config" / "sitbreak.toml", (), {}).settings
    assert list(settings.wearers) == ["anna", "ben"]
    assert [settings.coach_of(name).language for name in settings.wearers] == ["de", "en"]


def test_who_is_set_up_already_and_names_a_step_gets_that_one_and_the_file(tmp_path: Path) -> None:
    go_through(guide_of(ScriptedTalk("1", "1", "3", "-", "y"), tmp_path, QUICK))
    talk = ScriptedTalk("y")
    guide = guide_of(talk, tmp_path, Flags(placement="pocket", unit=False))
    go_through(guide)
    plan = load(guide.config, (), {}).settings.wearers["me"]
    assert (plan.placement, plan.address) == ("pocket", BAND.address)
    assert "3/7" in talk.said
    assert "2/7" not in talk.said
    assert "7/7" not in talk.said


def test_every_step_is_kept_as_soon_as_it_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []

    def note(take: Callable[[Guide], None]) -> Callable[[Guide], None]:
        def noted(guide: Guide) -> None:
            kept = recall(guide.state_dir)
            seen.append(kept.done if kept else [])
            take(guide)

        return noted

    monkeypatch.setattr(steps, "STEPS", tuple(steps.Step(each.name, note(each.take), each.flags) for each in STEPS))
    go_through(guide_of(ScriptedTalk("1", "1", "1", "-", "y"), tmp_path, QUICK))
    names = [step.name for step in STEPS]
    assert seen == [names[:number] for number in range(len(names))]


def test_another_persons_broken_off_sitting_is_not_taken_up(tmp_path: Path) -> None:
    anna = Flags(wearer="anna", proof=False, unit=False)
    with pytest.raises(KeyboardInterrupt):
        go_through(guide_of(ScriptedTalk("1", "^C"), tmp_path, anna))
    ben = Flags(wearer="ben", proof=False, unit=False)
    guide = guide_of(ScriptedTalk("1", "1", "1", "-", "y"), tmp_path, ben)
    go_through(guide)
    assert list(load(guide.config, (), {}).settings.wearers) == ["ben"]
