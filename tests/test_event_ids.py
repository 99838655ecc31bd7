"""Names of events for good."""

from __future__ import annotations

from monitor.event_ids import event_id, moment_of_id_s


def test_an_id_tells_its_moment_and_other_words_do_not() -> None:
    assert moment_of_id_s(event_id(1_700_000_000.123, "me")) == 1_700_000_000.123
    assert moment_of_id_s("me") == moment_of_id_s("u" * 26) == -1.0


def test_ids_sort_by_their_moment_and_the_same_happening_has_the_same_id() -> None:
    early, late = event_id(1_700_000_000.0, "me", "worn"), event_id(1_700_000_000.001, "me", "worn")
    assert early < late
    assert len(early) == 26
    assert early == event_id(1_700_000_000.0, "me", "worn") != event_id(1_700_000_000.0, "you", "worn")
