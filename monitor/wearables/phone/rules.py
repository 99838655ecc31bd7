"""What a user may set about a phone."""

from __future__ import annotations

from pydantic import BaseModel, Field

WEARER = "{wearer}"


class PhoneRules(BaseModel, frozen=True, extra="forbid"):
    """A phone in the trouser pocket, publishing with the app Sensor Logger to the MQTT broker."""

    topic: str = Field(
        "sensor-logger",
        min_length=1,
        max_length=256,
        pattern=r"^[^+#\s\x00]+$",
        description="MQTT topic set in the app; {wearer} stands for the wearer's name, where there are several phones.",
    )
    clock_slack_s: float = Field(
        30.0,
        ge=1,
        le=3600,
        description="A phone's clock that differs from this computer's by no more is taken as it is.",
    )
    hold_s: float = Field(
        600.0, ge=1, le=86400, description="How long to listen to the phone used last only, when another one publishes."
    )

    def topic_of(self, wearer: str) -> str:
        """The topic on which this wearer's phone publishes."""
        return self.topic.replace(WEARER, wearer)
