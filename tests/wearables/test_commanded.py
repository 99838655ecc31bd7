"""What drivers of devices that take commands have in common."""

from __future__ import annotations

import pytest

from monitor.wearables import WEARABLES
from monitor.wearables.base import Outcome, Read, Reconnect, Reply, Subscribe, Write
from monitor.wearables.commanded import CommandedDriver
from monitor.wearables.movesense.codec import COMMAND, NOTIFY
from monitor.wearables.polar.codec import CONTROL, DATA
from tests.wearables.linked import NOW_S

AT = {"polar": (CONTROL, [CONTROL, DATA]), "movesense": (COMMAND, [NOTIFY])}
kinds = pytest.mark.parametrize("kind", AT)


def commanded(kind: str) -> tuple[CommandedDriver, Reply]:
    """A driver that was just allowed to send its first command."""
    driver, reply = WEARABLES[kind](), []
    assert isinstance(driver, CommandedDriver)
    driver.start(None, NOW_S)
    for characteristic in AT[kind][1]:
        reply = driver.done(Subscribe(characteristic), Outcome(NOW_S, NOW_S))
    return driver, reply


@kinds
def test_the_first_command_follows_as_soon_as_it_listens(kind: str) -> None:
    _, reply = commanded(kind)
    assert [part.characteristic for part in reply if isinstance(part, Write)] == [AT[kind][0]]


@kinds
def test_a_command_that_could_not_be_written_is_sent_again_without_waiting_for_an_answer(kind: str) -> None:
    driver, reply = commanded(kind)
    (command,) = [part for part in reply if isinstance(part, Write)]
    assert not [part for part in driver.done(command, Outcome(NOW_S, NOW_S, error="busy")) if isinstance(part, Write)]
    assert command in driver.tick(NOW_S + driver.rules.request_pause_s)
    assert command not in driver.tick(NOW_S + driver.rules.request_pause_s + 1)


@kinds
def test_on_another_link_nothing_is_awaited_any_more(kind: str) -> None:
    driver, _ = commanded(kind)
    assert driver.dialogue.is_open
    driver.lost(NOW_S + 1)
    assert driver.done(Read(AT[kind][0]), Outcome(NOW_S + 1, NOW_S + 1)) == []
    driver.start(None, NOW_S + 2)
    assert not driver.dialogue.is_open


@kinds
def test_after_it_has_asked_for_another_link_it_says_nothing_more(kind: str) -> None:
    driver, _ = commanded(kind)
    replies = [driver.tick(NOW_S + later_s) for later_s in range(200)]
    assert len([part for reply in replies for part in reply if isinstance(part, Reconnect)]) == 1
