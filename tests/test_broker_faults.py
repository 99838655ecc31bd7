"""Brokers that fail, seen by the whole daemon: it goes on, keeps what is to be told, and tells it in order later.

One short stretch of a day on tape, played once in peace and once with each fault over its middle half.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from benchmarks.broker import judge, play
from benchmarks.broker_faults import FAULTS, Fault
from benchmarks.ledger import Ledger
from benchmarks.listening import MOSQUITTO
from benchmarks.tape import Tape, make_tape
from monitor.outlets.mqtt import client, delivery, session

pytestmark = [pytest.mark.mosquitto, pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed")]
HOURS = 0.6
QUICK = ("away", "refusing", "silent", "narrow", "full", "dropping", "expired", "password")
"""The others wait for a keepalive or for a slow line: the tool plays them."""

Peace = tuple[Tape, Path, Ledger]


@pytest.fixture(scope="module")
def peace(tmp_path_factory: pytest.TempPathFactory) -> Peace:
    folder = tmp_path_factory.mktemp("broker")
    tape = make_tape(folder / "tape", HOURS / 24, seed=1)
    (folder / "quiet").mkdir()
    result, ledger = asyncio.run(play(tape, folder / "quiet", Fault("as it should be", passes=True)))
    judge(result, folder / "quiet", ledger, folder / "quiet", ledger)
    assert not result.wrong
    assert result.stored > 10
    return tape, folder / "quiet", ledger


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses that belong to life's own speed."""
    for module, name in ((session, "FIRST_DELAY_S"), (session, "LAST_DELAY_S"), (delivery, "FULL_PAUSE_S")):
        monkeypatch.setattr(module, name, 0.1)
    monkeypatch.setattr(client, "ANSWER_TIMEOUT_S", 0.5)


@pytest.mark.parametrize("name", QUICK)
def test_nothing_is_lost_late_doubled_or_out_of_order_and_the_log_says_once_what_is_wrong(
    name: str, peace: Peace, tmp_path: Path
) -> None:
    tape, quiet, right = peace
    fault = FAULTS[name]
    result, ledger = asyncio.run(play(tape, tmp_path, fault))
    judge(result, tmp_path, ledger, quiet, right)
    assert not result.wrong
    assert len(result.said) <= fault.lines
    assert any(fault.said in line for line in result.said) or not fault.said
    if name in ("away", "refusing", "silent", "full", "expired", "password"):
        assert result.waited > 0
    if name in ("away", "refusing", "silent", "full"):  # the others begin and end with a restart, which is told too
        assert result.lines == len(result.said)
