"""What stands in the messages: JSON below a kilobyte, times in UTC."""

from __future__ import annotations

import dataclasses
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.outlets.mqtt.payloads import compact, fitting, iso
from tests.outlets.test_messages import AT_S, WORDS
from tests.support.living_outlet import HIPS, break_due


@given(st.text(max_size=3000), st.text(max_size=3000))
def test_long_texts_are_cut_below_a_kilobyte_and_ids_are_not(message: str, how: str) -> None:
    event = break_due(AT_S, message=message, exercise=dataclasses.replace(HIPS, how=how))
    for told in WORDS.news(event):
        assert len(told.payload.encode(errors="surrogatepass")) <= 1000
        assert json.loads(told.payload)["id"] == event.id


def test_a_text_that_fits_is_left_alone() -> None:
    assert fitting({"message": "short"}) == compact({"message": "short"})


@pytest.mark.parametrize(
    ("at_s", "text"),
    [
        (0.0, "1970-01-01T00:00:00Z"),
        (AT_S + 0.25, "2026-11-22T10:27:30.250Z"),
        (AT_S + 0.9999, "2026-11-22T10:27:31Z"),
        (None, None),
        (math.nan, None),
        (math.inf, None),
    ],
)
def test_times_are_utc_with_a_z(at_s: float | None, text: str | None) -> None:
    assert iso(at_s) == text
