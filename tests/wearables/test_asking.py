"""What fails is asked again, and then given up with a reason."""

from __future__ import annotations

from monitor.wearables.asking import Asking, AskingRules, Settled
from monitor.wearables.base import Outcome, Read, Reconnect, Subscribe, Write

RULES = AskingRules()
READ, WRITE, LISTEN = Read("a"), Write("b", b"\x01\x02", response=False), Subscribe("c")


def failed(at_s: float) -> Outcome:
    return Outcome(at_s, at_s, error="refused")


def test_what_succeeds_is_settled_once() -> None:
    asking = Asking(RULES)
    assert asking.ask(READ, 0.0) == [READ]
    assert asking.is_open(READ)
    assert asking.settle(READ, Outcome(1.0, 1.0, b"")) == (Settled.DONE, [])
    assert asking.settle(READ, Outcome(1.0, 1.0, b"")) == (Settled.STRANGER, [])
    assert asking.overdue(1000.0) == ([], [])


def test_what_fails_is_asked_again_after_a_pause_and_unchanged() -> None:
    asking = Asking(RULES)
    for action in (READ, WRITE, LISTEN):
        asking.ask(action, 0.0)
        assert asking.settle(action, failed(1.0)) == (Settled.AGAIN, [])
    assert asking.overdue(2.9) == ([], [])
    assert asking.overdue(3.0) == ([READ, WRITE, LISTEN], [])


def test_what_can_be_done_without_is_given_up_in_silence() -> None:
    asking = Asking(RULES)
    asking.ask(READ, 0.0)
    for turn in range(RULES.request_tries - 1):
        assert asking.settle(READ, failed(10.0 * turn))[0] is Settled.AGAIN
        assert asking.overdue(10.0 * turn + 5) == ([READ], [])
    assert asking.settle(READ, failed(100.0)) == (Settled.GIVEN_UP, [])


def test_what_cannot_be_done_without_ends_the_link_with_reason_and_remedy() -> None:
    asking = Asking(AskingRules(request_tries=1))
    asking.ask(LISTEN, 0.0, "switch it off and on")
    assert asking.settle(LISTEN, failed(1.0)) == (Settled.GIVEN_UP, [Reconnect("refused; switch it off and on")])
    assert asking.ask(READ, 2.0) == []


def test_a_device_that_wants_pairing_is_not_called_broken() -> None:
    asking = Asking(AskingRules(request_tries=1))
    asking.ask(LISTEN, 0.0, "flash another program")
    outcome = Outcome(1.0, 1.0, error="the wearable wants to be paired first", att_error=0x05)
    assert asking.settle(LISTEN, outcome)[1] == [Reconnect("the wearable wants to be paired first")]


def test_silence_is_a_failure_too() -> None:
    asking, seen = Asking(RULES), 0
    asking.ask(LISTEN, 0.0, "come nearer")
    for now_s in range(1, 100):
        reply, hopeless = asking.overdue(float(now_s))
        seen += reply.count(LISTEN)
        if hopeless:
            assert (reply, hopeless) == ([Reconnect("no answer; come nearer")], [LISTEN])
            break
    assert seen == RULES.request_tries - 1
    assert now_s == RULES.request_tries * RULES.request_timeout_s


def test_an_answer_that_comes_after_all_is_welcome() -> None:
    asking = Asking(RULES)
    asking.ask(READ, 0.0)
    assert asking.overdue(11.0) == ([READ], [])
    assert asking.settle(READ, Outcome(12.0, 1.0, b"x"))[0] is Settled.DONE
    assert asking.settle(READ, failed(13.0))[0] is Settled.STRANGER
