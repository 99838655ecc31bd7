from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.coach.body import Body
from monitor.coach.moments import Moment
from monitor.coach.rules import CoachRules
from monitor.model import Posture

RULES = CoachRules(steady_s=3, fresh_s=30, min_confidence=0.6, shift_mg=60, shift_memory_s=10)
ROW = Moment(104.0, 100.0, Posture.SITTING, True, 0.9, 4.0, "bout", 0.0, 100.0)


def seen(*rows: Moment) -> Body:
    body = Body()
    for row in rows:
        body.see(row, RULES)
    return body


def at(second: float, **changes: object) -> Moment:
    return replace(ROW, start_s=100.0 + second, now_s=104.0 + second, **changes)  # type: ignore[arg-type]


def test_three_sedentary_rows_are_steady() -> None:
    assert [seen(*(at(n) for n in range(count))).doubt(at(count - 1), RULES) for count in (1, 2, 3)] == [
        "settling",
        "settling",
        "",
    ]


@pytest.mark.parametrize(
    ("changes", "doubt"),
    [
        ({"posture": Posture.STANDING}, "standing"),
        ({"posture": Posture.STEPPING}, "stepping"),
        ({"posture": Posture.CYCLING}, "cycling"),
        ({"posture": Posture.ACTIVE}, "active"),
        ({"posture": Posture.VEHICLE}, "vehicle"),
        ({"posture": Posture.ASLEEP}, "asleep"),
        ({"posture": Posture.UNKNOWN}, "unknown"),
        ({"posture": Posture.NOT_WORN, "worn": False}, "not_worn"),
        ({"worn": False}, "not_worn"),
        ({"confidence": 0.59}, "low_confidence"),
        ({"confidence": float("nan")}, "low_confidence"),
        ({"posture": Posture.LYING}, ""),
    ],
)
def test_only_a_sure_worn_sedentary_row_is_beyond_doubt(changes: dict[str, object], doubt: str) -> None:
    rows = [at(n) for n in range(5)] + [at(5, **changes)]
    assert seen(*rows).doubt(rows[-1], RULES) == doubt


def test_after_any_other_row_the_body_must_settle_again() -> None:
    rows = [at(0), at(1), at(2), at(3, posture=Posture.UNKNOWN), at(4)]
    assert seen(*rows).doubt(rows[-1], RULES) == "settling"


def test_a_hole_in_the_rows_unsettles_but_a_slow_sensor_does_not() -> None:
    assert seen(at(0), at(1), at(2), at(40)).doubt(at(40), RULES) == "settling"
    assert seen(at(0), at(10), at(20)).doubt(at(20), RULES) == ""


def test_a_row_that_comes_too_late_is_stale() -> None:
    body = seen(*(at(n) for n in range(5)))
    body.ticked_s = at(4).now_s + 30.0
    assert body.doubt(at(4), RULES) == ""
    body.ticked_s = at(4).now_s + 31.0
    assert body.doubt(at(4), RULES) == "stale"


@pytest.mark.parametrize(
    ("before", "row", "shifts"),
    [
        ({}, {}, False),
        ({}, {"movement_mg": 60.0}, True),
        ({}, {"movement_mg": 59.0}, False),
        ({"posture": Posture.LYING}, {}, True),
        ({"posture": Posture.STANDING}, {}, True),
        ({"posture": Posture.ACTIVE}, {}, True),
        ({"posture": Posture.UNKNOWN}, {}, False),
        ({}, {"posture": Posture.STEPPING, "movement_mg": 300.0}, False),
        ({}, {"movement_mg": 300.0, "worn": False}, False),
    ],
)
def test_what_is_a_gap_in_the_bodys_signal(before: dict[str, object], row: dict[str, object], shifts: bool) -> None:
    body = seen(at(0, **before), at(1, **row))
    assert body.has_shifted(at(1), RULES) is shifts


def test_a_good_moment_lasts_ten_seconds() -> None:
    body = seen(at(0, movement_mg=200.0))
    assert body.has_shifted(at(9), RULES)
    assert not body.has_shifted(at(10), RULES)
