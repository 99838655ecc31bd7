"""A day to be worn: what the wearer does, what goes wrong, and how they answer an alert; a TOML file."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from firmware_sim.motions import MOTIONS
from firmware_sim.reading import UnfitError, WrongValueError, either, read_as

MOST_S = 1e9
"""The longest time that can be said: some thirty years, as good as for ever."""


class ScenarioError(Exception):
    """A scenario cannot be used; the message names file, key and remedy."""

    exit_code = 2

    def __init__(self, source: str, key: str, remedy: str) -> None:
        super().__init__(f"{source}: {key}: {remedy}" if key else f"{source}: {remedy}")
        self.source = source
        self.key = key


class Activity(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that the wearer does for a while."""

    do: Annotated[str, Meta(description="What is done; a name of the table of motions.")]
    duration_s: Annotated[float, Meta(ge=5.0, le=MOST_S, description="How long it is done.")]
    step_rate_hz: (
        Annotated[float, Meta(ge=0.5, le=4.0, description="Steps, or turns of the pedals, a second.")] | None
    ) = None
    repetitions: Annotated[int, Meta(ge=1, le=50, description="Repetitions a side, or holds a side.")] = 10
    hold_s: Annotated[float, Meta(ge=0.0, le=120.0, description="How long each repetition is held.")] = 3.0
    charging: Annotated[bool, Meta(description="The band lies on its charger.")] = False

    def __post_init__(self) -> None:
        if self.do not in MOTIONS:
            raise WrongValueError("do", f"must be an activity: {either(sorted(MOTIONS))}")

    @property
    def posture(self) -> str:
        """What a perfect observer would call it."""
        return MOTIONS[self.do].posture


class Moment(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """Something goes wrong at a moment."""

    at_s: Annotated[float, Meta(ge=0.0, le=MOST_S, description="When, since the scenario's start.")]


class Stretch(Moment, frozen=True):
    """Something goes wrong for a while."""

    duration_s: Annotated[float, Meta(gt=0.0, le=MOST_S, description="For how long.")]


class OutOfRange(Stretch, frozen=True, tag="out_of_range"):
    """The wearer walks away from the host."""


class Reboot(Moment, frozen=True, tag="reboot"):
    """The band restarts."""


class DropNotifications(Stretch, frozen=True, tag="drop_notifications"):
    """Live notifications are lost before they reach the radio."""

    probability: Annotated[float, Meta(gt=0.0, le=1.0, description="Share of the notifications that are lost.")]


class Battery(Moment, frozen=True, tag="battery"):
    """The battery jumps to a level."""

    level_pct: Annotated[int, Meta(ge=0, le=100, description="Charge from then on.")]


class LostBursts(Moment, frozen=True, tag="lost_bursts"):
    """The radio loses notifications in bursts: somebody stands in the way."""

    duration_s: Annotated[float, Meta(gt=0.0, le=MOST_S, description="For how long bursts happen.")]
    burst_s: Annotated[
        float, Meta(gt=0.0, le=MOST_S, description="How long a burst lasts on average; nothing arrives in it.")
    ] = 2.0
    every_s: Annotated[float, Meta(gt=0.0, le=MOST_S, description="How far apart bursts are on average.")] = 30.0


class Disconnects(Moment, frozen=True, tag="disconnects"):
    """The link is lost, once or again and again, though the host is in reach."""

    every_s: Annotated[float, Meta(gt=0.0, le=MOST_S, description="How far apart the losses are.")] = 300.0
    times: Annotated[int, Meta(ge=1, le=1000, description="How many there are.")] = 1


class RefusePairing(Stretch, frozen=True, tag="refuse_pairing"):
    """The device forgets its hosts and refuses to be paired."""


class StuckSensor(Stretch, frozen=True, tag="stuck_sensor"):
    """The chip hangs: it gives the same reading again and again."""


class BatteryFalls(Moment, frozen=True, tag="battery_falls"):
    """The battery falls evenly to a level, faster than it should."""

    duration_s: Annotated[float, Meta(gt=0.0, le=MOST_S, description="How long it takes.")]
    level_pct: Annotated[int, Meta(ge=0, le=100, description="Where it ends.")] = 0


class Slip(Moment, frozen=True, tag="slip"):
    """The sensor slides round the limb and stays there: a mounting learnt before is wrong."""

    turn_deg: Annotated[float, Meta(ge=5.0, le=180.0, description="How far it turns.")] = 60.0


Fault = (
    OutOfRange
    | Reboot
    | DropNotifications
    | LostBursts
    | Disconnects
    | RefusePairing
    | StuckSensor
    | Battery
    | BatteryFalls
    | Slip
)
"""A scenario's ``kind`` says which."""


class Reaction(Struct, frozen=True, forbid_unknown_fields=True):
    """What the wearer does about an alert."""

    after_s: Annotated[
        float, Meta(ge=0.0, le=MOST_S, description="How long the wearer stays seated after the buzz.")
    ] = 60.0
    activities: Annotated[
        tuple[Activity, ...], Meta(description="What is done then; nothing means the alert is ignored.")
    ] = ()
    button: Annotated[Literal["acknowledge", "snooze"], Meta(description="Which press answers the alert.")] | None = (
        None
    )
    button_after_s: Annotated[
        float, Meta(ge=0.0, le=MOST_S, description="How long after the buzz the button is pressed.")
    ] = 5.0


class Scenario(Struct, frozen=True, forbid_unknown_fields=True):
    """One day."""

    title: Annotated[str, Meta(description="One line for people.")]
    activities: Annotated[tuple[Activity, ...], Meta(min_length=1, description="What is done, in order.")]
    faults: Annotated[tuple[Fault, ...], Meta(description="What goes wrong.")] = ()
    reactions: Annotated[tuple[Reaction, ...], Meta(description="Answers to the alerts, in turn, over and over.")] = ()
    starts: Annotated[
        Literal["at_once", "when_connected"],
        Meta(description="Begin with the simulator, or stand and wait for the first host to connect."),
    ] = "at_once"
    at_end: Annotated[Literal["repeat", "rest"], Meta(description="Start again, or go on with the last activity.")] = (
        "rest"
    )

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
        scenario: Scenario = read_as(Scenario, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(source, "", f"not TOML: {error}") from error
    except UnfitError as error:
        raise ScenarioError(source, error.key, error.told) from error
    return scenario
