"""What the web page says."""

from __future__ import annotations

from monitor.rules import Rules


class Page(Rules, frozen=True):
    """The web page: headings, labels and buttons."""

    title: str
    now: str
    day: str
    weeks: str
    week: str
    month: str
    settings: str
    log: str
    waiting: str
    sat: str
    next: str
    sure: str
    battery: str
    link: str
    today: str
    linked: str
    unlinked: str
    unknown: str
    at: str
    passed: str
    silent: str
    """Where a limit has passed and no alert is open, whatever the reason."""
    totals: str
    easier: str
    counted: str
    held: str
    on_your_word: str
    done: str
    snooze: str
    skip: str
    wrong: str
    busy: str
    start: str
    hurts: str
    exercises: str
    limit: str
    save: str
    reset: str
    profile: str
    pause: str
    resume: str
    not_busy: str
    noted: str
    refused: str
    why: str
    why_at: str
    nothing: str
    date: str
    sat_column: str
    breaks_column: str
    longest_column: str
    calls_column: str
    ribbon: str
    decisions: str
    mark_call: str
    mark_break: str
    mark_exercise: str
    gap: str
    weekday: str
    weekdays: tuple[str, str, str, str, str, str, str]
    name: str
    name_hint: str
    password: str
    log_in: str
    log_out: str
    password_wrong: str
    password_wait: str
    wearer: str
    postures: dict[str, str]
    profiles: dict[str, str]
