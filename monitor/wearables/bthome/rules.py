"""What a user may set about a BTHome sensor."""

from __future__ import annotations

import re
from typing import Annotated

from msgspec import Meta, field

from monitor.rules import HIDDEN, Secret, WrongValueError
from monitor.wearables.readings import ReadingRules

_ADDRESS = re.compile(r"([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")
_KEY = re.compile(r"[0-9A-Fa-f]{32}")


class BTHomeRules(ReadingRules, frozen=True):
    """How a BTHome sensor is understood."""

    interval_s: Annotated[float, Meta(ge=0.1, le=60, description="How often the sensor sends its acceleration.")] = 1.0
    alike_g: Annotated[
        float,
        Meta(
            ge=0.0,
            le=0.5,
            description="Two readings of a sensor without a movement flag that differ by no more count as undisturbed.",
        ),
    ] = 0.05
    bind_keys: Annotated[
        dict[str, Secret],
        Meta(
            description='Bind keys of encrypted sensors, by Bluetooth address: {"54:48:E6:8F:80:A5" = "32 hex digits"};'
            " needs the extra `bthome`."
        ),
    ] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for address, key in self.bind_keys.items():
            if not _ADDRESS.fullmatch(address):
                raise WrongValueError("bind_keys", "a bind key belongs to an address like 54:48:E6:8F:80:A5")
            if key.text != HIDDEN and not _KEY.fullmatch(key.text):
                raise WrongValueError("bind_keys", "a bind key has 32 hexadecimal digits")

    @property
    def keys(self) -> dict[bytes, bytes]:
        """By the six bytes of a sensor's address; those that a stored state hides are not there."""
        return {
            bytes.fromhex(address.replace(":", "")): bytes.fromhex(key.text)
            for address, key in self.bind_keys.items()
            if key.text != HIDDEN
        }
