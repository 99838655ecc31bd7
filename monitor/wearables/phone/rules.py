"""What a user may set about a phone."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from monitor.rules import Rules

WEARER = "{wearer}"


class PhoneRules(Rules, frozen=True):
    """A phone in the trouser pocket, publishing with the app Sensor Logger to the MQTT broker."""

    topic: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=256,
            pattern=r"^[^+#\s\x00]+\Z",
            description="MQTT topic set in the app; {wearer} stands for the wearer's name, where there are"
            " several phones.",
        ),
    ] = "sensor-logger"
    clock_slack_s: Annotated[
        float,
        Meta(
            ge=1, le=3600, description="A phone's clock that differs from this computer's by no more is taken as it is."
        ),
    ] = 30.0
    hold_s: Annotated[
        float,
        Meta(ge=1, le=86400, description="How long to listen to the phone used last only, when another one publishes."),
    ] = 600.0

    def topic_of(self, wearer: str) -> str:
        """The topic on which this wearer's phone publishes."""
        return self.topic.replace(WEARER, wearer)
