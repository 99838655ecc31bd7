"""Hours in which nothing happens are taken at once, and nobody can tell: neither by what is said nor by the state."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import checkpoint
from monitor.bouts.bookkeeping import BoutRules
from monitor.coach.policy import Coach, CoachRules
from monitor.events import Event
from monitor.model import Posture, PostureEpochs
from monitor.pipeline import Pipeline
from monitor.posture import PLACEMENTS
from monitor.replay.outputs import event_line

MIDNIGHT_S = 1_700_006_400.0
RULES = {
    "plain": CoachRules(time_zone="UTC"),
    "hard limit": CoachRules(time_zone="UTC", limit_s=300, early_s=0, repeat_every_s=60, alert_life_s=90),
    "load": CoachRules(time_zone="UTC", limit_s=600, policy="load", load_payoff=2.3),
    "standing": CoachRules(time_zone="UTC", limit_s=600, standing_limit_s=120, profile="strict"),
    "trial": CoachRules(time_zone="UTC", limit_s=600, trial="by_bout"),
    "learning": CoachRules(time_zone="UTC", limit_s=300, learn=True),
    "quiet hours": CoachRules(time_zone="UTC", limit_s=300, quiet_from="00:00", quiet_until="01:00"),
}
STRETCHES = st.lists(
    st.tuples(
        st.sampled_from([*Posture, Posture.SITTING, Posture.SITTING, Posture.STEPPING, Posture.STANDING]),
        st.sampled_from([1, 2, 5, 9, 11, 30, 59, 61, 130, 299, 301, 700, 2400]),
        st.sampled_from([0, 0, 0, 0, 1, 7, 400]),
    ),
    min_size=1,
    max_size=14,
)


def rows_of(stretches: list[tuple[Posture, int, int]], start_s: float, seed: int) -> PostureEpochs:
    """Each stretch a posture, its seconds, and the seconds without data before it."""
    rng, start, posture = np.random.default_rng(seed), [], []
    at_s = start_s
    for code, seconds, gap_s in stretches:
        start.append(at_s + gap_s + np.arange(seconds))
        posture.append(np.full(seconds, int(code), np.uint8))
        at_s += gap_s + seconds
    start_s_, codes = np.concatenate(start), np.concatenate(posture)
    stepping = codes == int(Posture.STEPPING)
    return PostureEpochs(
        start_s=start_s_,
        decided_s=start_s_ + 5.0,
        posture=codes,
        worn=codes != int(Posture.NOT_WORN),
        confidence=rng.choice([0.5, 0.95, 0.999], len(codes), p=[0.02, 0.49, 0.49]).astype(np.float32),
        movement_mg=rng.gamma(1.0, 12.0, len(codes)).astype(np.float32),
        cadence_hz=np.where(stepping, rng.uniform(0.0, 2.5, len(codes)), 0.0).astype(np.float32),
    )


def part(rows: PostureEpochs, begin: int, end: int) -> PostureEpochs:
    return PostureEpochs(**{name: getattr(rows, name)[begin:end] for name in PostureEpochs.__dataclass_fields__})


def heart(rules: CoachRules) -> Pipeline:
    coach = Coach.start("me", "thigh", rules)
    return Pipeline.of("me", PLACEMENTS["thigh"](), BoutRules(), coach, "UTC")


def told(rules: CoachRules, rows: PostureEpochs, cuts: list[int]) -> tuple[str, str]:
    """The events, and the state after them, as they would be stored."""
    pipeline, events = heart(rules), list[Event]()
    turned_deg = np.random.default_rng(3).choice([0.0, 5.0, 40.0], len(rows), p=[0.6, 0.35, 0.05])
    for begin, end in pairwise(sorted({0, *cuts, len(rows)})):
        events += pipeline.rows(part(rows, begin, end), turned_deg[begin:end]).events
    return "".join(map(event_line, events)), checkpoint.dumps(pipeline, "test")


@pytest.mark.parametrize("name", list(RULES))
@settings(max_examples=12, deadline=None)
@given(
    STRETCHES,
    st.sampled_from([MIDNIGHT_S - 1000.0, 5000.0, 946_684_800.0 - 500.0]),
    st.integers(0, 9),
    st.lists(st.integers(1, 4000), max_size=6),
)
def test_second_by_second_and_all_at_once_are_the_same(
    name: str, stretches: list[tuple[Posture, int, int]], start_s: float, seed: int, cuts: list[int]
) -> None:
    rows = rows_of(stretches, start_s, seed)
    one_by_one = told(RULES[name], rows, list(range(len(rows))))
    assert told(RULES[name], rows, []) == one_by_one
    assert told(RULES[name], rows, [cut for cut in cuts if cut < len(rows)]) == one_by_one


def test_a_night_is_taken_in_few_steps() -> None:
    steps = 0

    class Counting(Pipeline):
        def _row(self, *row: object) -> list[Event]:
            nonlocal steps
            steps += 1
            return super()._row(*row)  # type: ignore[arg-type]

    plain = heart(RULES["plain"])
    pipeline = Counting(**{name: getattr(plain, name) for name in Pipeline.__dataclass_fields__})
    pipeline.rows(rows_of([(Posture.STEPPING, 600, 0), (Posture.ASLEEP, 8 * 3600, 0)], MIDNIGHT_S + 60.0, 1))
    assert steps < 400
