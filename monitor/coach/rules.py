"""What a user may set of the coach: when it speaks. (What it suggests: ``exercises.ExerciseRules``.)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import Meta
from msgspec.structs import asdict, force_setattr

from monitor.civil import checked_zone, minute_of_day
from monitor.coach.recipes import RECIPES
from monitor.rules import Rules, WrongValueError, check, objecting_to
from monitor.words import DEFAULT, languages

ProfileName = Literal["gentle", "normal", "strict"]
LIMIT_RANGE_S = (60.0, 14400.0)
BY_RECIPE = 0.0
"""The limit of the recipe, put in its place when the rules are made."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How far the coach may go; none touches the limit."""

    rungs: int
    """The highest rung: 1 wearable, 2 phone, 3 room."""
    max_repeats: int


class CoachRules(Rules, frozen=True):
    """When to speak."""

    recipe: Annotated[
        str,
        Meta(
            description=f"The dose of breaks to follow, one of {', '.join(RECIPES)}; it gives the limit if none is set."
        ),
    ] = "desk-30"
    limit_s: Annotated[
        float,
        Meta(
            ge=LIMIT_RANGE_S[0],
            le=LIMIT_RANGE_S[1],
            description="Sitting or lying for this long without a break makes a break due.",
        ),
    ] = BY_RECIPE
    early_s: Annotated[
        float,
        Meta(
            ge=0,
            le=3600,
            description="This long before the limit (at most half of it) a shift of the body is used to speak;"
            " 0 = never.",
        ),
    ] = 300.0
    policy: Annotated[
        Literal["bout", "load"],
        Meta(
            description='What must reach the limit: "bout", the sitting since the last break, or "load", sitting that'
            " time upright pays off, so that a short stretch does not wipe out an hour."
        ),
    ] = "bout"
    load_payoff: Annotated[
        float, Meta(ge=1, le=60, description='With policy "load": minutes of sitting that a minute upright pays off.')
    ] = 6.0
    standing_limit_s: Annotated[
        float,
        Meta(
            ge=0,
            le=14400,
            description="After standing for this long you are reminded to walk or sit a little; 0 = never.",
        ),
    ] = 0.0
    repeat_every_s: Annotated[
        float,
        Meta(ge=30, le=7200, description="An unanswered call comes again after this time, if the profile allows."),
    ] = 300.0
    profile: Annotated[
        ProfileName,
        Meta(
            description="How far calls may climb (their level: 1 wearable, 2 phone, 3 room): gentle 1, normal 2,"
            " strict 3. With a wearable that cannot call they begin on the phone, the gentle ones too."
        ),
    ] = "normal"
    gentle_repeats: Annotated[
        int, Meta(ge=0, le=20, description="Most repeats in one bout with the gentle profile.")
    ] = 1
    normal_repeats: Annotated[
        int, Meta(ge=0, le=20, description="Most repeats in one bout with the normal profile.")
    ] = 2
    strict_repeats: Annotated[
        int, Meta(ge=0, le=20, description="Most repeats in one bout with the strict profile.")
    ] = 4
    alert_life_s: Annotated[
        float, Meta(ge=60, le=7200, description="A call that nobody has answered is taken back after this time.")
    ] = 600.0
    min_confidence: Annotated[
        float,
        Meta(ge=0, le=1, description="The program keeps silent while it is less sure than this that you sit (0 to 1)."),
    ] = 0.6
    steady_s: Annotated[
        float,
        Meta(ge=1, le=60, description="Before a call you must have been seen sitting or lying for at least this long."),
    ] = 3.0
    fresh_s: Annotated[float, Meta(ge=5, le=600, description="Data older than this never raise a call.")] = 30.0
    turn_deg: Annotated[
        float,
        Meta(
            ge=5,
            le=180,
            description="While the sensor is turning by more degrees than this, a call waits: you may be getting up.",
        ),
    ] = 20.0
    shift_mg: Annotated[
        float,
        Meta(
            ge=1,
            le=2000,
            description="Movement of this size, in milli-g within a second, is a shift: a good moment to speak.",
        ),
    ] = 60.0
    shift_memory_s: Annotated[
        float, Meta(ge=1, le=120, description="After a shift the good moment lasts this long.")
    ] = 10.0
    snooze_min: Annotated[
        float, Meta(ge=1, le=120, description="Length of a snooze when none is given, in minutes.")
    ] = 10.0
    done_quiet_s: Annotated[
        float,
        Meta(
            ge=60,
            le=3600,
            description='After "done" or "I start a break" the program waits this long for the sensor to see it.',
        ),
    ] = 300.0
    wrong_quiet_s: Annotated[
        float, Meta(ge=60, le=14400, description='After "wrong, I was not sitting" there is no call for this long.')
    ] = 900.0
    quiet_from: Annotated[str, Meta(description='Start of the quiet hours as "HH:MM"; empty for none.')] = ""
    quiet_until: Annotated[
        str, Meta(description='End of the quiet hours as "HH:MM"; before the start = the next day.')
    ] = ""
    time_zone: Annotated[str, Meta(description='Time zone such as "Europe/Vienna"; empty = the machine\'s own.')] = ""
    summary_at: Annotated[
        str,
        Meta(
            description='Time of day as "HH:MM" at which you are told how the day went so far, over MQTT and as a'
            " push; empty for never. The day itself ends at midnight."
        ),
    ] = ""
    daily_cap: Annotated[
        int, Meta(ge=0, le=200, description="Most alerts a day (repeats not counted); 0 = no cap.")
    ] = 0
    learn: Annotated[
        bool, Meta(description="Learn after which calls you get up, and choose moment and kind of move by that.")
    ] = False
    explore_share: Annotated[
        float, Meta(ge=0, le=0.5, description="While learning, this share of the choices is made by lot, to learn on.")
    ] = 0.15
    trial: Annotated[
        Literal["off", "by_day", "by_bout"],
        Meta(
            description="A trial of your own: by lot, half of the days or bouts go without calls, and `sitbreak coach "
            "trial` tells what calls do for you. Meanwhile calls come at the limit only, never early."
        ),
    ] = "off"
    language: Annotated[
        str, Meta(description=f"The language of calls and exercises, one of {', '.join(languages())}.")
    ] = DEFAULT
    seed: Annotated[int, Meta(description="Another number gives another order among equally good suggestions.")] = 0

    def __post_init__(self) -> None:
        if self.recipe not in RECIPES:
            raise WrongValueError("recipe", f'"{self.recipe[:40]}": not a recipe; use one of {", ".join(RECIPES)}')
        if self.language not in languages():
            problem = f'"{self.language[:40]}": not a language we have; use one of {", ".join(languages())}'
            raise WrongValueError("language", problem)
        if not self.limit_s:
            force_setattr(self, "limit_s", RECIPES[self.recipe].limit_s)
        self._check_times()

    def _check_times(self) -> None:
        minutes = {}
        for key in ("quiet_from", "quiet_until", "summary_at"):
            with objecting_to(key):
                minutes[key] = minute_of_day(text) if (text := getattr(self, key)) else None
        if minutes["summary_at"] == 0:
            problem = f'"{self.summary_at}": at midnight the day is told anyway; use 00:01 to 23:59, or "" for never'
            raise WrongValueError("summary_at", problem)
        if (minutes["quiet_from"] is None) != (minutes["quiet_until"] is None):
            raise WrongValueError("", "quiet_from and quiet_until belong together: set both, or neither")
        if self.quiet_from and minutes["quiet_from"] == minutes["quiet_until"]:
            problem = f'quiet_from and quiet_until are both "{self.quiet_from}": set two times, or neither'
            raise WrongValueError("", problem)
        with objecting_to("time_zone"):
            checked_zone(self.time_zone)

    def with_own(self, own: Mapping[str, Any]) -> CoachRules:
        """These rules with some of a wearer's own on top. Raises FaultsError."""
        common = asdict(self)
        if self.limit_s == RECIPES[self.recipe].limit_s:
            del common["limit_s"]  # another recipe on top brings its own
        return check(CoachRules, {**common, **own})

    def profile_named(self, name: str) -> Profile:
        """What a profile allows."""
        repeats = {"gentle": self.gentle_repeats, "normal": self.normal_repeats, "strict": self.strict_repeats}
        return Profile(rungs=list(repeats).index(name) + 1, max_repeats=repeats[name])
