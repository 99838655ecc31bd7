"""A command is asked until it is answered, and given up in the end."""

from __future__ import annotations

from monitor.wearables.asking import AskingRules
from monitor.wearables.base import Outcome, Write
from monitor.wearables.dialogue import Dialogue

RULES = AskingRules(request_timeout_s=10, request_pause_s=2, request_tries=3)
COMMAND = Write("c", b"\x01\x02")


def test_a_command_is_written_at_once_and_over_with_its_answer() -> None:
    dialogue = Dialogue(RULES, "c")
    assert dialogue.ask(b"\x01\x02", 0.0) == [COMMAND]
    assert dialogue.is_open
    assert dialogue.answered() == b"\x01\x02"
    assert not dialogue.is_open
    assert dialogue.overdue(1000.0) == ([], "")


def test_an_unanswered_command_is_asked_again_and_then_given_up() -> None:
    dialogue = Dialogue(RULES, "c")
    dialogue.ask(b"\x01\x02", 0.0)
    assert dialogue.overdue(9.9) == ([], "")
    assert dialogue.overdue(10.0) == ([COMMAND], "")
    assert dialogue.overdue(20.0) == ([COMMAND], "")
    assert dialogue.overdue(30.0) == ([], "no answer")
    assert not dialogue.is_open


def test_a_write_that_failed_is_tried_again_soon_and_its_reason_is_kept() -> None:
    dialogue = Dialogue(RULES, "c")
    dialogue.ask(b"\x01\x02", 0.0)
    for at_s in (0.5, 3.0):
        dialogue.wrote(b"\x01\x02", Outcome(at_s, at_s, error="wants to be paired", att_error=5))
        assert dialogue.overdue(at_s + 1.9) == ([], "")
        assert dialogue.overdue(at_s + 2.0) == ([COMMAND], "")
    dialogue.wrote(b"\x01\x02", Outcome(6.0, 6.0, error="wants to be paired", att_error=5))
    assert dialogue.overdue(8.0) == ([], "wants to be paired")


def test_the_outcome_of_another_write_is_none_of_its_business() -> None:
    dialogue = Dialogue(RULES, "c")
    dialogue.ask(b"\x01\x02", 0.0)
    dialogue.wrote(b"\x03\x02", Outcome(0.5, 0.5, error="gone"))
    assert dialogue.overdue(9.0) == ([], "")
