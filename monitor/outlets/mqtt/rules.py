"""What a user may set about MQTT."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, SecretStr, model_validator

_WORD = r"^[a-z0-9_-]{1,64}$"
# Home Assistant refuses a discovery id with a dot, and Homie asks for the same letters.


class MqttRules(BaseModel, frozen=True, extra="forbid"):
    """Which broker, how to be let in, and under which topics."""

    host: str = Field(
        "",
        max_length=253,
        pattern=r"^[^\s/]*$",
        description="Name or address of the MQTT broker; empty switches MQTT off.",
    )
    port: int = Field(1883, ge=1, le=65535, description="Port of the broker: usually 1883, or 8883 with TLS.")
    username: str = Field("", description="User name at the broker; empty connects anonymously.")
    password: SecretStr = Field(
        SecretStr(""), description="Password at the broker; better kept in password_file or in the environment."
    )
    password_file: str = Field("", description="File whose first line is the password; read at each connection.")
    tls: Literal["off", "system", "ca-file"] = Field(
        "off",
        description="Encryption: off, system (trust what this computer trusts) or ca-file (trust only the file below).",
    )
    ca_file: str = Field("", description="Certificate authority that signed the broker's certificate, as a PEM file.")
    client_cert_file: str = Field("", description="Certificate that this program shows to the broker, as a PEM file.")
    client_key_file: str = Field("", description="Key of that certificate, as a PEM file.")
    server_name: str = Field(
        "", description="Name in the broker's certificate where it differs from the host; empty takes the host."
    )
    protocol: Literal["auto", "5", "3.1.1"] = Field(
        "auto", description="MQTT version: auto tries 5 first and falls back to 3.1.1."
    )
    keepalive_s: int = Field(
        20,
        ge=5,
        le=600,
        description="Seconds of silence after which the connection is tested; a hung daemon shows soon after.",
    )
    base: str = Field("sitbreak", pattern=_WORD, description="First part of every topic and of every entity's id.")
    discovery: Literal["device", "components", "off"] = Field(
        "device",
        description="How Home Assistant finds the wearer: device (2024.11 and newer), components (older ones, openHAB)"
        " or off.",
    )
    discovery_prefix: str = Field(
        "homeassistant", pattern=r"^[^+#\s/][^+#\s]*$", description="Discovery prefix set in Home Assistant."
    )
    birth_topic: str = Field(
        "homeassistant/status",
        pattern=r"^[^+#\s]+$",
        description="Topic on which Home Assistant says that it is back; everything is announced again then.",
    )
    event_expiry_s: float = Field(
        600.0, ge=10, le=86400, description="Seconds after which an alert is too old to be delivered."
    )
    busy_topic: str = Field(
        "",
        pattern=r"^[^+#\s]*$",
        description="Foreign topic that says ON while you are in a call or a meeting; empty for none. {wearer} stands"
        " for the wearer's name, where there are several: else one's call silences everybody.",
    )

    @property
    def enabled(self) -> bool:
        """A broker has been named."""
        return bool(self.host)

    def busy_topic_of(self, wearer: str) -> str:
        """The topic that says whether this wearer is busy; empty for none."""
        return self.busy_topic.replace("{wearer}", wearer)

    @model_validator(mode="after")
    def _belongs_together(self) -> MqttRules:
        if self.tls == "ca-file" and not self.ca_file:
            raise ValueError('tls = "ca-file" needs ca_file: name the certificate authority\'s PEM file')
        if self.tls == "off" and (self.ca_file or self.client_cert_file):
            raise ValueError('certificates are named but tls = "off": set tls = "system" or tls = "ca-file"')
        if self.client_key_file and not self.client_cert_file:
            raise ValueError("client_key_file needs client_cert_file")
        if self.password.get_secret_value() and self.password_file:
            raise ValueError("password and password_file are both set: keep one")
        if (self.password.get_secret_value() or self.password_file) and not self.username:
            raise ValueError("a password needs a username")
        return self
