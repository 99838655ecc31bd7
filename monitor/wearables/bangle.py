"""Bangle.js 2 with our app (config/bangle): it speaks DeskBand Lite, the small form of our open profile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from msgspec import Meta

from monitor.rules import Rules
from monitor.wearables.base import About, Advertised
from monitor.wearables.deskband_profile import DeskBandDriver, DeskBandRules


class BangleRules(DeskBandRules, frozen=True):
    """What a Bangle.js is asked for."""

    rate_hz: Annotated[
        float, Meta(ge=12.5, le=50, description="Sampling rate wanted; a watch that does not change it keeps its own.")
    ] = 12.5
    range_g: Annotated[int, Meta(ge=2, le=8, description="Measuring range wanted, plus and minus so many g.")] = 4
    latency_s: Annotated[
        float, Meta(ge=0.1, le=10, description="How long the watch may gather samples before sending.")
    ] = 1.5
    allow_delta: Annotated[bool, Meta(description="Let the watch compress samples; our app has no compression.")] = (
        False
    )


@dataclass
class Bangle(DeskBandDriver):
    """Driver of one Bangle.js 2."""

    ADVERTISED: ClassVar[Advertised] = Advertised(name_prefixes=("Bangle.js",))
    RULES: ClassVar[type[Rules]] = BangleRules
    MODEL: ClassVar[str] = "Bangle.js 2"
    REMEDY: ClassVar[str] = (
        "the app that streams is not on the watch: install it as config/bangle/README.md says, then restart the watch"
    )
    ABOUT: ClassVar[About] = About(
        title="Bangle.js 2 with our app",
        products=("Espruino Bangle.js 2",),
        placements=("wrist", "thigh", "pocket"),
        rate="12.5 a second; 25 or 50 when set on the watch",
        clock="every sample is counted and stamped; what is missed is fetched again, up to ten minutes later",
        alert="vibration and text; one press of the button says that you take the break, two ask for a later time",
        pairing="none; disconnect phone and Gadgetbridge first, for the watch speaks to one at a time",
        battery="three to five days with the stream on (an estimate: nobody has measured it yet)",
        wearing=(
            "On the wrist as usual: steps are seen well, sitting and standing look alike there.",
            "On a strap around the thigh or in the trouser pocket the same watch tells sitting from standing.",
            "It may sit any way round.",
        ),
        limits=(
            "Our small app has to be put on the watch once, from a browser (config/bangle); it has been tested against"
            " this program, but not yet on a real watch.",
            "When a phone sets the watch's time while we are connected, a new stretch of samples begins.",
            "Hits harder than 4 g are cut off.",
        ),
    )

    rules: BangleRules = field(default_factory=BangleRules)
