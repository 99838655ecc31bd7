"""What a user may set of the coach: when it speaks. (What it suggests: ``exercises.ExerciseRules``.)"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, Field, field_validator, model_validator

from monitor.civil import checked_zone, minute_of_day
from monitor.coach.recipes import RECIPES
from monitor.words import DEFAULT, languages

ProfileName = Literal["gentle", "normal", "strict"]
LIMIT_RANGE_S = (60.0, 14400.0)


@dataclass(frozen=True, slots=True)
class Profile:
    """How far the coach may go; none touches the limit."""

    rungs: int
    """The highest rung: 1 wearable, 2 phone, 3 room."""
    max_repeats: int


class CoachRules(BaseModel, frozen=True, extra="forbid"):
    """When to speak."""

    recipe: str = Field(
        "desk-30",
        description=f"The dose of breaks to follow, one of {', '.join(RECIPES)}; it gives the limit if none is set.",
    )
    limit_s: float = Field(
        1800.0,
        ge=LIMIT_RANGE_S[0],
        le=LIMIT_RANGE_S[1],
        allow_inf_nan=False,
        description="Sitting or lying for this long without a break makes a break due.",
    )
    early_s: float = Field(
        300.0,
        ge=0,
        le=3600,
        description="This long before the limit (at most half of it) a shift of the body is used to speak; 0 = never.",
    )
    policy: Literal["bout", "load"] = Field(
        "bout",
        description='What must reach the limit: "bout", the sitting since the last break, or "load", sitting that time '
        "upright pays off, so that a short stretch does not wipe out an hour.",
    )
    load_payoff: float = Field(
        6.0, ge=1, le=60, description='With policy "load": minutes of sitting that a minute upright pays off.'
    )
    standing_limit_s: float = Field(
        0.0,
        ge=0,
        le=14400,
        description="After standing for this long you are reminded to walk or sit a little; 0 = never.",
    )
    repeat_every_s: float = Field(
        300.0, ge=30, le=7200, description="An unanswered call comes again after this time, if the profile allows."
    )
    profile: ProfileName = Field(
        "normal",
        description="How far calls may climb (their level: 1 wearable, 2 phone, 3 room): gentle 1, normal 2, strict 3. "
        "With a wearable that cannot call they begin on the phone, the gentle ones too.",
    )
    gentle_repeats: int = Field(1, ge=0, le=20, description="Most repeats in one bout with the gentle profile.")
    normal_repeats: int = Field(2, ge=0, le=20, description="Most repeats in one bout with the normal profile.")
    strict_repeats: int = Field(4, ge=0, le=20, description="Most repeats in one bout with the strict profile.")
    alert_life_s: float = Field(
        600.0, ge=60, le=7200, description="A call that nobody has answered is taken back after this time."
    )
    min_confidence: float = Field(
        0.6, ge=0, le=1, description="The program keeps silent while it is less sure than this that you sit (0 to 1)."
    )
    steady_s: float = Field(
        3.0, ge=1, le=60, description="Before a call you must have been seen sitting or lying for at least this long."
    )
    fresh_s: float = Field(30.0, ge=5, le=600, description="Data older than this never raise a call.")
    turn_deg: float = Field(
        20.0,
        ge=5,
        le=180,
        description="While the sensor is turning by more degrees than this, a call waits: you may be getting up.",
    )
    shift_mg: float = Field(
        60.0,
        ge=1,
        le=2000,
        description="Movement of this size, in milli-g within a second, is a shift: a good moment to speak.",
    )
    shift_memory_s: float = Field(10.0, ge=1, le=120, description="After a shift the good moment lasts this long.")
    snooze_min: float = Field(10.0, ge=1, le=120, description="Length of a snooze when none is given, in minutes.")
    done_quiet_s: float = Field(
        300.0,
        ge=60,
        le=3600,
        description='After "done" or "I start a break" the program waits this long for the sensor to see it.',
    )
    wrong_quiet_s: float = Field(
        900.0, ge=60, le=14400, description='After "wrong, I was not sitting" there is no call for this long.'
    )
    quiet_from: str = Field("", description='Start of the quiet hours as "HH:MM"; empty for none.')
    quiet_until: str = Field("", description='End of the quiet hours as "HH:MM"; before the start = the next day.')
    time_zone: str = Field("", description='Time zone such as "Europe/Vienna"; empty = the machine\'s own.')
    summary_at: str = Field(
        "",
        description='Time of day as "HH:MM" at which you are told how the day went so far, over MQTT and as a push; '
        "empty for never. The day itself ends at midnight.",
    )
    daily_cap: int = Field(0, ge=0, le=200, description="Most alerts a day (repeats not counted); 0 = no cap.")
    learn: bool = Field(
        False,
        description="Learn after which calls you get up, and choose moment and kind of move by that.",
    )
    explore_share: float = Field(
        0.15,
        ge=0,
        le=0.5,
        description="While learning, this share of the choices is made by lot, to learn on.",
    )
    trial: Literal["off", "by_day", "by_bout"] = Field(
        "off",
        description="A trial of your own: by lot, half of the days or bouts go without calls, and `sitbreak coach "
        "trial` tells what calls do for you. Meanwhile calls come at the limit only, never early.",
    )
    language: str = Field(DEFAULT, description=f"The language of calls and exercises, one of {', '.join(languages())}.")
    seed: int = Field(0, description="Another number gives another order among equally good suggestions.")

    @field_validator("recipe")
    @classmethod
    def _known_recipe(cls, value: str) -> str:
        if value not in RECIPES:
            raise ValueError(f'"{value[:40]}": not a recipe; use one of {", ".join(RECIPES)}')
        return value

    @field_validator("language")
    @classmethod
    def _known_language(cls, value: str) -> str:
        if value not in languages():
            raise ValueError(f'"{value[:40]}": not a language we have; use one of {", ".join(languages())}')
        return value

    @field_validator("quiet_from", "quiet_until")
    @classmethod
    def _time_of_day(cls, value: str) -> str:
        if value:
            minute_of_day(value)
        return value

    @field_validator("summary_at")
    @classmethod
    def _within_the_day(cls, value: str) -> str:
        if value and minute_of_day(value) == 0:
            raise ValueError(f'"{value}": at midnight the day is told anyway; use 00:01 to 23:59, or "" for never')
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        return checked_zone(value)

    @model_validator(mode="after")
    def _limit_of_the_recipe(self) -> CoachRules:
        if "limit_s" not in self.model_fields_set:
            # Past the frozen model on purpose: not marked as set, so that another recipe on top brings its own limit.
            self.__dict__["limit_s"] = RECIPES[self.recipe].limit_s
        return self

    @model_validator(mode="after")
    def _both_quiet_ends(self) -> CoachRules:
        if bool(self.quiet_from) != bool(self.quiet_until):
            raise ValueError("quiet_from and quiet_until belong together: set both, or neither")
        if self.quiet_from and minute_of_day(self.quiet_from) == minute_of_day(self.quiet_until):
            raise ValueError(f'quiet_from and quiet_until are both "{self.quiet_from}": set two times, or neither')
        return self

    def profile_named(self, name: str) -> Profile:
        """What a profile allows."""
        repeats = {"gentle": self.gentle_repeats, "normal": self.normal_repeats, "strict": self.strict_repeats}
        return Profile(rungs=list(repeats).index(name) + 1, max_repeats=repeats[name])
