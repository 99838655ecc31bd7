"""What the demo can show: the simulator's wearables by the name of their profile, and the kind that each is here."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.errors import MonitorError
from monitor.rules import changed
from monitor.settings.loading import Loaded
from monitor.settings.sections import Settings
from monitor.wearables import WEARABLES
from monitor.wearables.base import About, Reach

WORDS = {"lower_back": "lower back", "pocket": "trouser pocket"}


@dataclass(frozen=True)
class Simulated:
    """A profile of the simulator."""

    kind: str
    """Its entry in ``WEARABLES``."""
    usual: str = "thigh"
    """Where most people wear it. The demo wears everything on the thigh, where it can show the whole job."""
    speed: float = 60.0
    """How fast a day may go by without this computer or the virtual radio falling behind."""

    @property
    def about(self) -> About:
        """What the driver says of it."""
        return WEARABLES[self.kind].ABOUT

    @property
    def must_be_told(self) -> bool:
        """Whether it sees no steps, so that the wearer has to say once that they stand."""
        return WEARABLES[self.kind]().REACH is Reach.ADVERTISEMENT


PROFILES: dict[str, Simulated] = {
    "deskband": Simulated("deskband"),
    "polar-h10": Simulated("polar", usual="chest"),
    "verity": Simulated("polar"),
    "infinitime": Simulated("infinitime", usual="wrist"),
    "microbit": Simulated("microbit"),
    "bangle": Simulated("bangle", usual="wrist"),
    "thingy52": Simulated("thingy52"),
    "witmotion": Simulated("witmotion"),
    "movesense": Simulated("movesense"),
    "ruuvi": Simulated("ruuvi", speed=45.0),
    "bthome": Simulated("bthome", speed=45.0),
}


class ProfileError(MonitorError):
    """There is no such simulated wearable, or the settings ask for another; the message says what to write."""

    exit_code = 2


def choose(loaded: Loaded, asked: str) -> tuple[str, Settings]:
    """The profile to simulate, and the settings in which the first wearer wears it.

    Without a profile asked for, the settings' wearable is simulated. Address and name of a real one are left aside, and
    so is everybody else, who would take the one simulated wearable for theirs or wait for their own in vain.
    """
    settings = loaded.settings
    wearer, plan = next(iter(settings.wearers.items()))
    origin = loaded.sources.get(f"wearers.{wearer}.wearable", "")
    profile = asked or _simulates(plan.wearable)
    if profile not in PROFILES:
        raise ProfileError(f"--profile {profile[:40]}: not known; use one of {', '.join(PROFILES)}")
    kind = PROFILES[profile].kind
    if origin == "--set" and plan.wearable != kind:
        raise ProfileError(
            f'--profile {profile} is a wearable of the kind "{kind}", '
            f'--set wearers.{wearer}.wearable says "{plan.wearable}": leave one of them out'
        )
    worn = changed(plan, wearable=kind, address="", name="")
    return profile, changed(settings, wearers={wearer: worn})


def _simulates(kind: str) -> str:
    """The first profile of a kind."""
    for profile, simulated in PROFILES.items():
        if simulated.kind == kind:
            return profile
    raise ProfileError(f'wearable = "{kind}" cannot be simulated; --profile takes one of {", ".join(PROFILES)}')


def header(profile: str, placement: str, speed: float) -> list[str]:
    """What is shown, and what is not as in life: lines for people."""
    simulated = PROFILES[profile]
    about = simulated.about
    lines = [f"simulated wearable on the air: {about.title}, on the {_place(placement)}; {_pace(simulated, speed)}"]
    if simulated.usual not in (placement, "thigh"):
        where = f"most wear it on the {_place(simulated.usual)}, where sitting and standing are hard to tell apart"
        lines.append(f"  {where}: --set wearers.me.placement={simulated.usual} shows that")
    if not about.alert:
        lines.append("  it cannot call its wearer: the simulated one hears the call from this computer")
    if simulated.must_be_told:
        lines.append("  it sees no steps: the simulated wearer says once, at the start, that they stand")
    return lines


def _place(placement: str) -> str:
    return WORDS.get(placement, placement)


def _pace(simulated: Simulated, speed: float) -> str:
    words = f"a day at {speed:g} times speed"
    if speed > simulated.speed:
        return f"{words}, more than the {simulated.speed:g} times that this one was seen to keep up with"
    if speed == simulated.speed < Simulated.speed:
        return f"{words}, for at {Simulated.speed:g} times the virtual radio would fall behind"
    return words
