"""The door of one wearer: packets that wait together go into the pipeline together, and nothing else changes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.exchange import Command
from monitor.intake import MOST_HELD, Intake
from monitor.model import AccelBlock, HoleClosed, HoleOpened, Quality, WearableFacts
from monitor.pipeline import Step
from monitor.wearables.base import Advertised, Packet, Reach, Reply
from tests.test_backfill import RATE_HZ, Books, block, finish, index, start

PACKET_SAMPLES = 10


class Reader:
    """A driver whose packets name the samples that they hold, or the hole that they tell of."""

    ADVERTISED, REACH, SILENCE_IS_LEGAL = Advertised(), Reach.LINK, False

    def receive(self, packet: Packet) -> Reply:
        what, first, end = packet.characteristic, *map(int, packet.data.split())
        if what == "opened":
            return [HoleOpened(0, first, end)]
        if what == "facts":
            return [WearableFacts("a band")]
        if what == "closed":
            return [HoleClosed(0, first, end, filled=True)]
        return [block(first, end, Quality.REPLAYED if what == "late" else Quality.NONE)]

    def __getattr__(self, name: str) -> Callable[..., Reply]:
        return lambda *_: []


class Fed(list[AccelBlock]):
    """Blocks that went into the pipeline."""


def play(in_queue: int, fed: Fed | None = None) -> Books:
    """The day of `tests.test_backfill` with a filled hole; `in_queue` packets come at a time."""
    backfill, books = start()
    intake = Intake(Reader(), backfill, books.take)
    plain = backfill.feed
    if fed is not None:

        def noted(fact: AccelBlock | HoleOpened | HoleClosed) -> Step:
            if isinstance(fact, AccelBlock):
                fed.append(fact)
            return plain(fact)

        backfill.feed = noted  # type: ignore[method-assign]
    waiting: list[Packet] = []

    def come(what: str, first: int, end: int) -> None:
        waiting.append(Packet(what, b"%d %d" % (first, end), 0.0))
        if len(waiting) == in_queue:
            arrive()

    def arrive() -> None:
        for number, packet in enumerate(waiting, 1):
            intake.expect(number < len(waiting))
            intake.receive(packet)
        waiting.clear()

    def live(from_s: float, until_s: float) -> None:
        for first in range(index(from_s), index(until_s), PACKET_SAMPLES):
            come("live", first, min(first + PACKET_SAMPLES, index(until_s)))

    live(1000, 1330)
    come("opened", index(1330), index(1400))
    live(1400, 1450)
    for first in range(index(1330), index(1400), 1000):
        come("late", first, min(first + 1000, index(1400)))
    come("closed", index(1330), index(1400))
    live(1450, 1670)
    arrive()
    finish(backfill, books)
    return books


@pytest.mark.parametrize("in_queue", [2, 7, 60, 10_000])
def test_packets_that_wait_together_tell_the_same_as_each_alone(in_queue: int) -> None:
    alone, together = play(1), play(in_queue)
    assert together.text == alone.text
    assert together.records == alone.records


def test_what_waits_together_is_one_block() -> None:
    alone, together = Fed(), Fed()
    play(1, alone)
    play(60, together)
    assert len(together) * 20 < len(alone)
    assert sum(len(one.t_s) for one in together) == sum(len(one.t_s) for one in alone)


def test_what_is_held_is_bounded() -> None:
    fed = Fed()
    play(10_000, fed)
    assert max(len(one.t_s) for one in fed if not one.quality & Quality.REPLAYED) == MOST_HELD * PACKET_SAMPLES


def test_a_command_and_the_clock_find_everything_that_came_before_them() -> None:
    command = Command("test", "PRESS")
    for ask in (lambda door: door.pass_time(1010.0), lambda door: door.command(command, 1010.0)):
        backfill, books = start()
        intake = Intake(Reader(), backfill, books.take)
        for first in range(0, 10 * RATE_HZ, PACKET_SAMPLES):
            intake.expect(True)
            intake.receive(Packet("live", b"%d %d" % (first, first + PACKET_SAMPLES), 0.0))
        assert intake.progress is None
        ask(intake)
        assert intake.progress == (0, 10 * RATE_HZ)
        assert len(books.text)


def test_what_the_wearable_says_of_itself_holds_from_the_samples_after_it() -> None:
    backfill, books = start()
    intake = Intake(Reader(), backfill, books.take)
    for what in ("live", "facts"):
        assert intake.progress is None
        intake.expect(True)
        intake.receive(Packet(what, b"0 10", 0.0))
    assert intake.progress == (0, 10)
