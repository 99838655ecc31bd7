"""What a user may set about MQTT."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from monitor.rules import Rules, Secret, WrongValueError

_WORD = r"^[a-z0-9_-]{1,64}\Z"
# Home Assistant refuses a discovery id with a dot, and Homie asks for the same letters.


class MqttRules(Rules, frozen=True):
    """Which broker, how to be let in, and under which topics."""

    host: Annotated[
        str,
        Meta(
            max_length=253,
            pattern=r"^[^\s/]*\Z",
            description="Name or address of the MQTT broker; empty switches MQTT off.",
        ),
    ] = ""
    port: Annotated[int, Meta(ge=1, le=65535, description="Port of the broker: usually 1883, or 8883 with TLS.")] = 1883
    username: Annotated[str, Meta(description="User name at the broker; empty connects anonymously.")] = ""
    password: Annotated[
        Secret, Meta(description="Password at the broker; better kept in password_file or in the environment.")
    ] = Secret("")
    password_file: Annotated[
        str, Meta(description="File whose first line is the password; read at each connection.")
    ] = ""
    tls: Annotated[
        Literal["off", "system", "ca-file"],
        Meta(
            description="Encryption: off, system (trust what this computer trusts) or ca-file (trust only the"
            " file below)."
        ),
    ] = "off"
    ca_file: Annotated[
        str, Meta(description="Certificate authority that signed the broker's certificate, as a PEM file.")
    ] = ""
    client_cert_file: Annotated[
        str, Meta(description="Certificate that this program shows to the broker, as a PEM file.")
    ] = ""
    client_key_file: Annotated[str, Meta(description="Key of that certificate, as a PEM file.")] = ""
    server_name: Annotated[
        str, Meta(description="Name in the broker's certificate where it differs from the host; empty takes the host.")
    ] = ""
    protocol: Annotated[
        Literal["auto", "5", "3.1.1"], Meta(description="MQTT version: auto tries 5 first and falls back to 3.1.1.")
    ] = "auto"
    keepalive_s: Annotated[
        int,
        Meta(
            ge=5,
            le=600,
            description="Seconds of silence after which the connection is tested; a hung daemon shows soon after.",
        ),
    ] = 20
    base: Annotated[str, Meta(pattern=_WORD, description="First part of every topic and of every entity's id.")] = (
        "sitbreak"
    )
    discovery: Annotated[
        Literal["device", "components", "off"],
        Meta(
            description="How Home Assistant finds the wearer: device (2024.11 and newer), components (older ones,"
            " openHAB) or off."
        ),
    ] = "device"
    discovery_prefix: Annotated[
        str, Meta(pattern=r"^[^+#\s/][^+#\s]*\Z", description="Discovery prefix set in Home Assistant.")
    ] = "homeassistant"
    birth_topic: Annotated[
        str,
        Meta(
            pattern=r"^[^+#\s]+\Z",
            description="Topic on which Home Assistant says that it is back; everything is announced again then.",
        ),
    ] = "homeassistant/status"
    event_expiry_s: Annotated[
        float, Meta(ge=10, le=86400, description="Seconds after which an alert is too old to be delivered.")
    ] = 600.0
    busy_topic: Annotated[
        str,
        Meta(
            pattern=r"^[^+#\s]*\Z",
            description="Foreign topic that says ON while you are in a call or a meeting; empty for none. {wearer}"
            " stands for the wearer's name, where there are several: else one's call silences everybody.",
        ),
    ] = ""

    @property
    def enabled(self) -> bool:
        """A broker has been named."""
        return bool(self.host)

    def busy_topic_of(self, wearer: str) -> str:
        """The topic that says whether this wearer is busy; empty for none."""
        return self.busy_topic.replace("{wearer}", wearer)

    def __post_init__(self) -> None:
        if self.tls == "ca-file" and not self.ca_file:
            raise WrongValueError("", 'tls = "ca-file" needs ca_file: name the certificate authority\'s PEM file')
        if self.tls == "off" and (self.ca_file or self.client_cert_file):
            raise WrongValueError("", 'certificates are named but tls = "off": set tls = "system" or tls = "ca-file"')
        if self.client_key_file and not self.client_cert_file:
            raise WrongValueError("", "client_key_file needs client_cert_file")
        if self.password.text and self.password_file:
            raise WrongValueError("", "password and password_file are both set: keep one")
        if (self.password.text or self.password_file) and not self.username:
            raise WrongValueError("", "a password needs a username")
