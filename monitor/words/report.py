"""What the report's page says."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from monitor.rules import Rules


class ReportPage(Rules, frozen=True):
    """Headings, labels and sentences of a day's, a week's or a month's report."""

    title: str
    so_far: str
    to_come: str
    days: dict[str, str]
    """By kind: the heading above the ribbons."""
    weekdays: Annotated[tuple[str, ...], Meta(min_length=7, max_length=7)]
    months: Annotated[tuple[str, ...], Meta(min_length=12, max_length=12)]
    date: str
    span: str
    sitting: str
    upright: str
    unknown: str
    unknown_worn: str
    usual: str
    longest: str
    bouts: str
    breaks: str
    calls: str
    worn: str
    lengths: str
    lengths_told: str
    break_lengths: str
    break_lengths_told: str
    hours: str
    numbers: str
    hours_told: str
    times: str
    up_to: str
    from_on: str
    followed: str
    followed_told: str
    within: str
    of: str
    not_known: str
    answers: str
    answer: dict[str, str]
    """By what an alert ended with."""
    quality: str
    begins: str
    ends: str
    walking: str
    steps: str
    exercises: str
    exercise: str
    suggested: str
    counted: str
    timed: str
    how_much: str
    repetitions: str
    gaps: str
    gaps_told: str
    reason: str
    length: str
    reasons: dict[str, str]
    short_day: str
    defined: str
    footer: str
