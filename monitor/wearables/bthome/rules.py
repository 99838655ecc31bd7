"""What a user may set about a BTHome sensor."""

from __future__ import annotations

import re

from pydantic import Field, SecretStr, field_validator

from monitor.wearables.readings import ReadingRules

_HIDDEN = "**********"
"""What pydantic shows of a secret, in packet logs and stored states."""
_ADDRESS = re.compile(r"([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")
_KEY = re.compile(r"[0-9A-Fa-f]{32}")


class BTHomeRules(ReadingRules, frozen=True, extra="forbid"):
    """How a BTHome sensor is understood."""

    interval_s: float = Field(1.0, ge=0.1, le=60, description="How often the sensor sends its acceleration.")
    alike_g: float = Field(
        0.05,
        ge=0.0,
        le=0.5,
        description="Two readings of a sensor without a movement flag that differ by no more count as undisturbed.",
    )
    bind_keys: dict[str, SecretStr] = Field(
        default_factory=dict,
        description='Bind keys of encrypted sensors, by Bluetooth address: {"54:48:E6:8F:80:A5" = "32 hex digits"};'
        " needs the extra `bthome`.",
    )

    @field_validator("bind_keys")
    @classmethod
    def _are_keys(cls, bind_keys: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for address, key in bind_keys.items():
            if not _ADDRESS.fullmatch(address):
                raise ValueError("a bind key belongs to an address like 54:48:E6:8F:80:A5")
            text = key.get_secret_value()
            if text != _HIDDEN and not _KEY.fullmatch(text):
                raise ValueError("a bind key has 32 hexadecimal digits")
        return bind_keys

    @property
    def keys(self) -> dict[bytes, bytes]:
        """By the six bytes of a sensor's address; those that a stored state hides are not there."""
        shown = {address: key.get_secret_value() for address, key in self.bind_keys.items()}
        return {
            bytes.fromhex(address.replace(":", "")): bytes.fromhex(text)
            for address, text in shown.items()
            if text != _HIDDEN
        }
