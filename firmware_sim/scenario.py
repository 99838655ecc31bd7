"""A day to be worn: what the wearer does, what goes wrong, and how they answer an alert; a TOML file."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationError, field_validator

from firmware_sim.motions import MOTIONS


class ScenarioError(Exception):
    """A scenario cannot be used; the message names file, key and remedy."""

    exit_code = 2

    def __init__(self, source: str, key: str, remedy: str) -> None:
        super().__init__(f"{source}: {key}: {remedy}" if key else f"{source}: {remedy}")
        self.source = source
        self.key = key


class Activity(BaseModel, frozen=True, extra="forbid", allow_inf_nan=False):
    """One thing that the wearer does for a while."""

    do: str = Field(description="What is done; a name of the table of motions.")
    duration_s: float = Field(ge=5.0, description="How long it is done.")
    step_rate_hz: float | None = Field(None, ge=0.5, le=4.0, description="Steps, or turns of the pedals, a second.")
    repetitions: int = Field(10, ge=1, le=50, description="Repetitions a side, or holds a side.")
    hold_s: float = Field(3.0, ge=0.0, le=120.0, description="How long each repetition is held.")
    charging: bool = Field(False, description="The band lies on its charger.")

    @field_validator("do")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in MOTIONS:
            raise ValueError(f"{name!r} is not an activity; choose one of {', '.join(sorted(MOTIONS))}")
        return name

    @property
    def posture(self) -> str:
        """What a perfect observer would call it."""
        return MOTIONS[self.do].posture


class Moment(BaseModel, frozen=True, extra="forbid", allow_inf_nan=False):
    """Something goes wrong at a moment."""

    at_s: float = Field(ge=0.0, description="When, since the scenario's start.")


class Stretch(Moment):
    """Something goes wrong for a while."""

    duration_s: float = Field(gt=0.0, description="For how long.")


class OutOfRange(Stretch):
    """The wearer walks away from the host."""

    kind: Literal["out_of_range"]


class Reboot(Moment):
    """The band restarts."""

    kind: Literal["reboot"]


class DropNotifications(Stretch):
    """Live notifications are lost before they reach the radio."""

    kind: Literal["drop_notifications"]
    probability: float = Field(gt=0.0, le=1.0, description="Share of the notifications that are lost.")


class Battery(Moment):
    """The battery jumps to a level."""

    kind: Literal["battery"]
    level_pct: int = Field(ge=0, le=100, description="Charge from then on.")


class LostBursts(Moment):
    """The radio loses notifications in bursts: somebody stands in the way."""

    kind: Literal["lost_bursts"]
    duration_s: float = Field(gt=0.0, description="For how long bursts happen.")
    burst_s: float = Field(2.0, gt=0.0, description="How long a burst lasts on average; nothing arrives in it.")
    every_s: float = Field(30.0, gt=0.0, description="How far apart bursts are on average.")


class Disconnects(Moment):
    """The link is lost, once or again and again, though the host is in reach."""

    kind: Literal["disconnects"]
    every_s: float = Field(300.0, gt=0.0, description="How far apart the losses are.")
    times: int = Field(1, ge=1, le=1000, description="How many there are.")


class RefusePairing(Stretch):
    """The device forgets its hosts and refuses to be paired."""

    kind: Literal["refuse_pairing"]


class StuckSensor(Stretch):
    """The chip hangs: it gives the same reading again and again."""

    kind: Literal["stuck_sensor"]


class BatteryFalls(Moment):
    """The battery falls evenly to a level, faster than it should."""

    kind: Literal["battery_falls"]
    duration_s: float = Field(gt=0.0, description="How long it takes.")
    level_pct: int = Field(0, ge=0, le=100, description="Where it ends.")


class Slip(Moment):
    """The sensor slides round the limb and stays there: a mounting learnt before is wrong."""

    kind: Literal["slip"]
    turn_deg: float = Field(60.0, ge=5.0, le=180.0, description="How far it turns.")


Fault = Annotated[
    OutOfRange
    | Reboot
    | DropNotifications
    | LostBursts
    | Disconnects
    | RefusePairing
    | StuckSensor
    | Battery
    | BatteryFalls
    | Slip,
    Field(discriminator="kind"),
]


class Reaction(BaseModel, frozen=True, extra="forbid", allow_inf_nan=False):
    """What the wearer does about an alert."""

    after_s: float = Field(60.0, ge=0.0, description="How long the wearer stays seated after the buzz.")
    activities: tuple[Activity, ...] = Field((), description="What is done then; nothing means the alert is ignored.")
    button: Literal["acknowledge", "snooze"] | None = Field(None, description="Which press answers the alert.")
    button_after_s: float = Field(5.0, ge=0.0, description="How long after the buzz the button is pressed.")


class Scenario(BaseModel, frozen=True, extra="forbid"):
    """One day."""

    title: str = Field(description="One line for people.")
    activities: tuple[Activity, ...] = Field(min_length=1, description="What is done, in order.")
    faults: tuple[Fault, ...] = Field((), description="What goes wrong.")
    reactions: tuple[Reaction, ...] = Field((), description="Answers to the alerts, in turn, over and over.")
    starts: Literal["at_once", "when_connected"] = Field(
        "at_once", description="Begin with the simulator, or stand and wait for the first host to connect."
    )
    at_end: Literal["repeat", "rest"] = Field("rest", description="Start again, or go on with the last activity.")

    @property
    def length_s(self) -> float:
        """How long one pass takes when nobody is alerted."""
        return sum(activity.duration_s for activity in self.activities)


def packaged_scenarios() -> list[str]:
    """Return the names of the scenarios that come with the simulator."""
    folder = resources.files("firmware_sim") / "scenarios"
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


def load_scenario(source: str | Path) -> Scenario:
    """Read a scenario by its packaged name, with dashes or underscores, or from a file."""
    name = str(source).replace("-", "_")
    if name in packaged_scenarios():
        text = (resources.files("firmware_sim") / "scenarios" / f"{name}.toml").read_text(encoding="utf-8")
    else:
        text = _read(Path(source))
    return parse_scenario(text, str(source))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        names = ", ".join(packaged_scenarios())
        raise ScenarioError(str(path), "", f"{error.strerror}; give a TOML file or one of: {names}") from error
    except UnicodeDecodeError as error:
        raise ScenarioError(str(path), "", "not UTF-8, as TOML is; save it as such") from error


def parse_scenario(text: str, source: str) -> Scenario:
    """Check a scenario's text; `source` names it in errors."""
    try:
        return Scenario.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(source, "", f"not TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ScenarioError(source, key, f"{first['msg']} (got {first['input']!r:.60})") from error
