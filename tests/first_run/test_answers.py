"""What is kept between two sittings."""

from __future__ import annotations

from pathlib import Path

from monitor.first_run.answers import KEPT_AS, Answers, forget, keep, recall, without_secrets, write_privately


def test_answers_come_back_as_they_were_and_only_the_user_may_read_them(tmp_path: Path) -> None:
    answers = Answers(wearer="anna", wearable="polar", host="broker", seen={"sit": True}, done=["wearable"])
    keep(tmp_path / "state", answers)
    assert recall(tmp_path / "state") == answers
    assert (tmp_path / "state" / KEPT_AS).stat().st_mode & 0o777 == 0o600
    forget(tmp_path / "state")
    assert recall(tmp_path / "state") is None


def test_answers_of_another_version_are_not_taken_up(tmp_path: Path) -> None:
    (tmp_path / KEPT_AS).write_text('{"something": "else"}')
    assert recall(tmp_path) is None


def test_what_was_not_asked_is_no_setting() -> None:
    assert dict(Answers().settings()) == {}
    assert dict(Answers(wearable="polar", language="de").settings()) == {
        "wearers.me.wearable": "polar",
        "coach.language": "de",
    }


def test_no_broker_is_an_answer_and_a_password_file_takes_the_place_of_a_password() -> None:
    assert dict(Answers(host="").settings())["mqtt.host"] == ""
    assert dict(Answers(host="b", username="u", password_file="p").settings())["mqtt.password"] == ""
    assert "mqtt.password" not in dict(Answers(host="b").settings())


def test_secrets_of_the_command_line_are_not_written_down() -> None:
    given = ("mqtt.password=x", "radio.proxy_key=y", "push.urls=z", "radio.backend=auto")
    assert without_secrets(given) == ["radio.backend=auto"]


def test_a_private_file_was_never_readable_by_others_even_where_one_was(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("old")
    path.chmod(0o644)
    write_privately(path, "new")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o600)
    assert [each.name for each in tmp_path.iterdir()] == ["secret"]
