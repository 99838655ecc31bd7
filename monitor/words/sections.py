"""The sections of a language's file, but for the page's and the report's own."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from monitor.rules import Rules, WrongValueError

Counted = tuple[str, str]
"""A noun for one and for several, each with its ``{}``."""


class ExerciseWords(Rules, frozen=True, kw_only=True):
    """One exercise, as a language tells it."""

    title: Annotated[str, Meta(min_length=3, max_length=40, description='its name, such as "Lunge stretch"')]
    invite: Annotated[
        str, Meta(min_length=3, max_length=60, description='the offer in words: "10 knee lifts on each side"')
    ]
    how: Annotated[
        str, Meta(min_length=10, max_length=240, description="one or two inviting sentences on how it is done")
    ]
    dose: Annotated[str, Meta(min_length=3, max_length=60, description='how much, such as "10-12 per side"')]
    easier: Annotated[str, Meta(min_length=3, max_length=70, description="an easier way to do it")]
    harder: Annotated[str, Meta(max_length=70, description="a harder way, if there is one")] = ""
    why: Annotated[str, Meta(min_length=10, max_length=180, description="one sentence on why it fits after sitting")]
    works: Annotated[tuple[str, ...], Meta(min_length=1, description="the muscles or abilities it works")]

    def __post_init__(self) -> None:
        for key in self.__struct_fields__:  # they go to terminals and phones: a shared file must not steer those
            if not "".join(getattr(self, key)).replace("\n", "").isprintable():
                raise WrongValueError(key, "has characters that cannot be printed; write plain text")


class Units(Rules, frozen=True):
    """Lengths of time."""

    second: Counted
    minute: Counted
    hour: Counted


class Call(Rules, frozen=True):
    """What a call says."""

    seated: str
    lying: str
    load: str
    """Said in the place of these where sitting is counted as a load."""
    standing: str
    easier: str
    later: str
    clears: str
    clears_seated: str
    seated_offer: str
    """For those who cannot stand: a seated goal, never a call to get up."""
    hold_on: str
    left_first: str
    right_first: str
    stand_still: str
    test_title: str
    test_message: str


class Safety(Rules, frozen=True):
    """Said wherever an exercise is shown at length, and once after "this hurts"; the program never diagnoses."""

    while_moving: str
    professional: str
    hurts: str
    hurts_off: str
    hurts_reset: str


class Why(Rules, frozen=True):
    """Answers to "why did you call", "why are you silent"."""

    no_data: str
    stale: str
    no_bout: str
    seated: str
    called: str
    besides: str
    rested: str
    due: str
    due_silent: str
    next_call: str
    waiting: str
    not_due: str
    lately: str
    nothing_yet: str
    nothing_kept: str
    no_time_of_day: str
    at: str


class Noted(Rules, frozen=True):
    """What the coach notes of its decisions."""

    called: str
    silent: str
    cleared: str
    standing: str
    you_said: str
    reasons: dict[str, str]
    """By why the call is made now."""
    over: dict[str, str]
    """By what an alert is over."""


class Refused(Rules, frozen=True):
    """Why a command cannot be obeyed, and what would be."""

    given: str
    nothing: str
    command: str
    minutes: str
    on_off: str
    pressed: str
    unknown_alert: str
    too_late: str
    nothing_to_skip: str
    profile: str
    exercise: str
    time: str
    too_long: str
    not_text: str
    not_printable: str
    not_json: str
    unknown_key: str
    json_values: str
    not_a_number: str


class Ready(Rules, frozen=True):
    """The readiness check."""

    intro: str
    kept: str
    forgotten: str
    conditions: dict[str, str]


class Listing(Rules, frozen=True):
    """The list of exercises: what a sensor sees of each, and why some are not suggested."""

    exercise: str
    dose: str
    at: str
    suggested: str
    yes: str
    sights: dict[str, str]
    unwanted: str
    listed: str
    hurts: str
    silent: str
    none: str
    floor: str
    ready: str
    place: str
    time: str
    condition: str
    chair: str
    harder: str


class Learned(Rules, frozen=True):
    """What was learned of a wearer, told to them."""

    nothing: str
    summary: str
    better: str
    no_difference: str
    off: str
    questions: dict[str, str]
    answers: dict[str, str]


class Trial(Rules, frozen=True):
    """What the wearer's own trial has shown."""

    none: str
    counted: str
    too_few: str
    effect: str
    no_effect: str
    caution: str


class News(Rules, frozen=True):
    """One sentence for clients that can only show text."""

    break_taken: str
    snoozed: str
    day_so_far: str
    breaks: Counted


class Ways(Rules, frozen=True):
    """What became of a call on each of its ways."""

    told: str
    account: str
    none: str
    wearable: str
    mqtt: str
    accepted: str
    seen: str
    taken_back: str
    trying: str
    failed: str
    refused: str
    held: str
    waits: str
    http: str
    reasons: dict[str, str]


class Progress(Rules, frozen=True):
    """How far an exercise is, and what was seen of it: on motion alone, never on health or form."""

    expected: str
    counted: str
    counted_here: str
    other_side: str
    held: str
    seen_repetitions: str
    seen_here: str
    seen_hold: str
    seen_posture: str
    seen_timed: str
