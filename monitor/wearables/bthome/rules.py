"""What a user may set about a BTHome sensor."""

from __future__ import annotations

from pydantic import Field, SecretStr, field_validator

from monitor.wearables.readings import ReadingRules

_HIDDEN = "**********"
"""What pydantic shows of a secret, in packet logs and stored states."""


class BTHomeRules(ReadingRules, frozen=True, extra="forbid"):
    """How a BTHome sensor is understood."""

    interval_s: float = Field(1.0, ge=0.1, le=60, description="How often the sensor sends its acceleration.")
    alike_g: float = Field(
        0.05,
        ge=0.0,
        le=0.5,
        description="Two readings of a sensor without a movement flag that differ by no more count as undisturbed.",
    )
    bind_key: SecretStr = Field(
        SecretStr(""), description="Bind key of an encrypted sensor: 32 hexadecimal digits; needs the extra `bthome`."
    )
    mac: str = Field(
        "",
        pattern=r"^$|^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$",
        description="Bluetooth address of an encrypted sensor, which is part of its key.",
    )

    @field_validator("bind_key")
    @classmethod
    def _is_key(cls, key: SecretStr) -> SecretStr:
        text = key.get_secret_value()
        if text not in ("", _HIDDEN) and (len(text) != 32 or set(text.lower()) - set("0123456789abcdef")):
            raise ValueError("a bind key has 32 hexadecimal digits")
        return key

    @property
    def key(self) -> bytes | None:
        """The key, where there is one."""
        text = self.bind_key.get_secret_value()
        return bytes.fromhex(text) if text not in ("", _HIDDEN) else None
