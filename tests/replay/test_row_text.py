"""Rows as text: what formatting each number by itself would have given."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import SEDENTARY, Posture, PostureEpochs
from monitor.replay.row_text import COLUMNS, row_text

ROW = st.tuples(
    st.one_of(
        st.integers(0, 3_000_000_000).map(float),
        st.floats(-1e9, 1e16),
        st.sampled_from([999.0, 1000.0, 999_999.0, 1e15, 1_700_000_000.5]),
    ),
    st.sampled_from(list(Posture)),
    st.booleans(),
    st.one_of(st.floats(0.0, 1.0, width=32), st.sampled_from([0.0625, 0.1875, 0.9995, 1.0, 1.5, -0.25, float("nan")])),
)


@given(st.lists(ROW, max_size=20))
def test_a_line_is_its_numbers_formatted(rows: list[tuple[float, Posture, bool, float]]) -> None:
    start_s, postures, worn, confidence = ([row[column] for row in rows] for column in range(4))
    sure = np.array(confidence, np.float32)
    columns = PostureEpochs(
        start_s=np.array(start_s, np.float64),
        decided_s=np.array(start_s, np.float64) + 5.0,
        posture=np.array(postures, np.uint8),
        worn=np.array(worn, np.bool_),
        confidence=sure,
        movement_mg=np.zeros(len(rows), np.float32),
        cadence_hz=np.zeros(len(rows), np.float32),
    )
    assert row_text(columns).decode().splitlines() == [
        f"{at_s:.15g},{at_s + 5.0:.15g},{posture.word},{posture in SEDENTARY:d},{is_worn:d},{share:.3f}"
        for at_s, posture, is_worn, share in zip(start_s, postures, worn, sure.tolist(), strict=True)
    ]


def test_the_columns_are_those_that_others_read() -> None:
    assert COLUMNS == "start_s,decided_s,posture,sedentary,worn,confidence"
