"""Late samples: the second reading gives the books of a day without a hole."""

from __future__ import annotations

from dataclasses import replace

from monitor.backfill import BOOKS, Backfill, BackfillRules
from monitor.civil import midnights_around
from monitor.events import AlertCleared, BreakDue, BreakTaken, DataCorrected, DayEnded, Event
from monitor.exchange import Command
from monitor.model import AccelBlock, HoleClosed, HoleOpened, PostureEpochs, Quality
from monitor.pipeline import LATENCY_S, NO_POSTURES, Step, join_postures, rows_before
from monitor.replay.row_text import row_text
from tests.support.wearers import wear
from tests.test_pipeline import pipeline

RATE_HZ = 25
DAY = wear(("walk", 40), ("sit", 300), ("walk", 40), ("sit", 200), ("stand", 30), ("sit", 60))
"""Sits from 1040 to 1340, walks to 1380, sits to 1580, stands to 1610, sits to 1670."""


class Books:
    """What a history would hold: rows and records, with second readings in the place of the first."""

    def __init__(self) -> None:
        self.rows: list[PostureEpochs] = []
        self.records: dict[str, Event] = {}
        self.told: list[Event] = []

    def take(self, step: Step) -> None:
        if step.correction is not None:
            from_s = step.correction.from_s
            self.rows = [rows_before(rows, from_s) for rows in self.rows] + [step.correction.postures]
            self.records = {key: event for key, event in self.records.items() if event.at_s <= from_s}
            self.records |= {event.id: event for event in step.correction.events}
        self.rows.append(step.postures)
        self.records |= {event.id: event for event in step.events if isinstance(event, BOOKS)}
        self.told += step.events

    @property
    def text(self) -> str:
        return row_text(join_postures([NO_POSTURES, *self.rows])).decode()


def block(first: int, end: int, quality: Quality = Quality.NONE) -> AccelBlock:
    return replace(DAY.block(first, end), first_index=first, quality=quality)


def start(rules: BackfillRules | None = None) -> tuple[Backfill, Books]:
    return Backfill("me", pipeline(), rules or BackfillRules()), Books()


def stream(backfill: Backfill, books: Books, from_s: float, until_s: float) -> None:
    """Live blocks of a second each, with the ticks of a daemon in between."""
    for second in range(int(from_s), int(until_s)):
        first = (second - 1000) * RATE_HZ
        books.take(backfill.feed(block(first, first + RATE_HZ)))
        books.take(backfill.tick(float(second - 2)))


def silence(backfill: Backfill, books: Books, from_s: float, until_s: float) -> None:
    for second in range(int(from_s), int(until_s)):
        books.take(backfill.tick(float(second - 2)))


def finish(backfill: Backfill, books: Books) -> None:
    last_s = float(DAY.t_s[-1])
    books.take(backfill.tick(last_s + LATENCY_S))
    books.take(backfill.stop(last_s + LATENCY_S))


def index(at_s: float) -> int:
    return int(at_s - 1000) * RATE_HZ


def with_hole(from_s: float, back_s: float, filled_s: float, *, kept_from_s: float | None = None) -> Books:
    """Out of range in [from_s, back_s); the memory arrives at ``filled_s``, as far back as ``kept_from_s``."""
    backfill, books = start()
    stream(backfill, books, 1000, from_s)
    silence(backfill, books, from_s, back_s)
    books.take(backfill.feed(HoleOpened(0, index(from_s), index(back_s))))
    stream(backfill, books, back_s, filled_s)
    first = index(kept_from_s or from_s)
    for cut in range(first, index(back_s), 1000):
        books.take(backfill.feed(block(cut, min(cut + 1000, index(back_s)), Quality.REPLAYED)))
    books.take(backfill.feed(HoleClosed(0, index(from_s), index(back_s), filled=kept_from_s is None)))
    stream(backfill, books, filled_s, 1670)
    finish(backfill, books)
    return books


def whole() -> Books:
    backfill, books = start()
    stream(backfill, books, 1000, 1670)
    finish(backfill, books)
    return books


WHOLE = whole()


def test_out_of_range_through_a_break_and_back_gives_the_books_of_the_whole_day() -> None:
    books = with_hole(1300, 1500, 1505)
    assert books.text == WHOLE.text
    assert books.records == WHOLE.records
    assert [e.type for e in books.told if isinstance(e, DataCorrected)] == ["data_corrected"]


def test_a_hole_inside_one_second_and_a_late_memory_too() -> None:
    for hole in ((1100, 1101, 1102), (1339, 1345, 1400), (1590, 1600, 1601)):
        books = with_hole(*hole)
        assert books.text == WHOLE.text
        assert books.records == WHOLE.records


def test_what_the_memory_no_longer_has_stays_a_gap_and_nothing_is_invented() -> None:
    books = with_hole(1300, 1500, 1505, kept_from_s=1420)
    seconds = {line.split(",")[0] for line in books.text.splitlines()}
    assert not {str(s) for s in range(1301, 1419)} & seconds
    assert {str(s) for s in range(1420, 1500)} <= seconds
    assert sum(isinstance(e, BreakTaken) for e in books.records.values()) == 1  # the stand at 1580; the walk was lost


def test_a_second_reading_sends_no_alert_about_the_past() -> None:
    books = with_hole(1100, 1330, 1335)
    calls = [e for e in books.told if isinstance(e, BreakDue)]
    assert next(e for e in WHOLE.told if isinstance(e, BreakDue)).at_s < 1330  # it would have come in the hole
    assert all(e.at_s >= 1335 and e.due_s >= 1330 for e in calls)
    assert [e.repeat for e in calls][:1] == [0]  # but who turns out to have sat too long is called now


def test_an_alert_that_the_memory_disproves_is_cleared_everywhere() -> None:
    backfill, books = start()
    stream(backfill, books, 1000, 1335)
    sent = next(e for e in books.told if isinstance(e, BreakDue))
    silence(backfill, books, 1335, 1385)
    books.take(backfill.feed(HoleOpened(0, index(1335), index(1385))))
    stream(backfill, books, 1385, 1390)
    before = len(books.told)
    books.take(backfill.feed(block(index(1335), index(1385), Quality.REPLAYED)))
    books.take(backfill.feed(HoleClosed(0, index(1335), index(1385), filled=True)))
    cleared = [e for e in books.told[before:] if isinstance(e, AlertCleared)]
    assert [e.alert_id for e in cleared] == [sent.alert_id]


def short_hole_after_an_alert(*commands: Command) -> tuple[Backfill, Books, BreakDue]:
    """An alert, then ten seconds out of reach while sitting on, filled."""
    backfill, books = start()
    stream(backfill, books, 1000, 1200)
    sent = next(e for e in books.told if isinstance(e, BreakDue))
    silence(backfill, books, 1200, 1210)
    for command in commands:
        books.take(backfill.command(replace(command, alert_id=sent.alert_id), 1209.0))
    books.take(backfill.feed(HoleOpened(0, index(1200), index(1210))))
    stream(backfill, books, 1210, 1215)
    books.take(backfill.feed(block(index(1200), index(1210), Quality.REPLAYED)))
    books.take(backfill.feed(HoleClosed(0, index(1200), index(1210), filled=True)))
    return backfill, books, sent


def test_an_alert_that_the_memory_confirms_stays_as_it_was_sent() -> None:
    backfill, books, sent = short_hole_after_an_alert()
    assert not [e for e in books.told if isinstance(e, AlertCleared)]
    state = backfill.state(1216.0)
    assert (state.alert, state.alert_id) == ("due", sent.alert_id)


def test_an_answer_given_during_a_hole_still_holds_after_it_is_filled() -> None:
    backfill, books, _ = short_hole_after_an_alert(Command("snooze", "30"))
    assert backfill.state(1216.0).alert == "snoozed"
    stream(backfill, books, 1215, 1330)
    assert len([e for e in books.told if isinstance(e, BreakDue)]) == 1


def test_a_day_that_ended_in_the_hole_is_told_again_with_its_true_totals() -> None:
    midnight_s = midnights_around(1_790_000_000.0, "")[1]  # type: ignore[index]
    person = wear(("walk", 40), ("sit", 300), start_s=midnight_s - 200)
    backfill, books = start()
    whole = Backfill("me", pipeline(), BackfillRules())
    first, end = 100 * RATE_HZ, 220 * RATE_HZ
    totals = [e for e in whole.feed(replace(person.block(), first_index=0)).events if isinstance(e, DayEnded)]
    books.take(backfill.feed(replace(person.block(0, first), first_index=0)))
    silence(backfill, books, midnight_s - 100, midnight_s + 20)
    books.take(backfill.feed(HoleOpened(0, first, end)))
    books.take(backfill.feed(replace(person.block(end), first_index=end)))
    books.take(backfill.feed(replace(person.block(first, end), first_index=first, quality=Quality.REPLAYED)))
    books.take(backfill.feed(HoleClosed(0, first, end, filled=True)))
    told = [e for e in books.told if isinstance(e, DayEnded)]
    assert len(told) == 2
    assert told[1] == replace(totals[0], alerts=0)  # no alert was sent in the hole
    assert told[0].id == told[1].id
    assert told[0].sedentary_min < told[1].sedentary_min


def test_late_but_not_lost_samples_are_put_where_they_belong() -> None:
    backfill, books = start()
    stream(backfill, books, 1000, 1200)
    silence(backfill, books, 1200, 1230)  # the radio stalls; nothing is missing by index
    stream(backfill, books, 1200, 1670)
    finish(backfill, books)
    assert books.text == WHOLE.text
    assert books.records == WHOLE.records


def test_a_hole_that_is_never_filled_is_given_up_and_memory_stays_bounded() -> None:
    backfill, books = start(BackfillRules(max_s=100))
    stream(backfill, books, 1000, 1100)
    books.take(backfill.feed(HoleOpened(0, index(1100), index(1150))))
    stream(backfill, books, 1150, 1300)
    assert backfill.mark is None
    stream(backfill, books, 1300, 1670)
    finish(backfill, books)
    assert not {"1110", "1140"} & {line.split(",")[0] for line in books.text.splitlines()}


def test_commands_given_during_a_hole_are_not_lost_by_the_second_reading() -> None:
    backfill, books = start()
    stream(backfill, books, 1000, 1100)
    books.take(backfill.feed(HoleOpened(0, index(1100), index(1150))))
    stream(backfill, books, 1150, 1160)
    books.take(backfill.command(Command("pause", "ON"), 1161.0))
    books.take(backfill.feed(block(index(1100), index(1150), Quality.REPLAYED)))
    books.take(backfill.feed(HoleClosed(0, index(1100), index(1150), filled=True)))
    assert backfill.state(1162.0).paused
