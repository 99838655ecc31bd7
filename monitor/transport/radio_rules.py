"""What a user may set of the radio."""

from __future__ import annotations

from pydantic import BaseModel, Field, SecretStr, field_validator


class RadioRules(BaseModel, frozen=True, extra="forbid"):
    """How the wearables are reached."""

    backend: str = Field(
        "auto",
        pattern=r"^(auto|bumble:.+|esphome:[^:\s]+(:[0-9]{1,5})?)$",
        description='Bluetooth stack: "auto" is the machine\'s own, "bumble:TRANSPORT" is bumble on any of its '
        'transports, for example "bumble:usb:0" for a bare dongle or "bumble:tcp-client:127.0.0.1:9001" for a virtual '
        'air, "esphome:HOST" or "esphome:HOST:PORT" is a Bluetooth proxy running ESPHome.',
    )
    proxy_key: SecretStr = Field(
        SecretStr(""), description="Encryption key of the ESPHome proxy's API; empty where it has none."
    )
    adapter: str = Field(
        "", description='Bluetooth adapter to use on Linux, for example "hci1"; empty takes the first.'
    )
    connect_timeout_s: float = Field(
        20.0, ge=1, le=120, description="How long to try to connect to a wearable that was just heard."
    )
    # 30 s is the attribute protocol's own limit (Core Specification, Vol 3, Part F, 3.3.3)
    gatt_timeout_s: float = Field(
        30.0, ge=1, le=120, description="How long a wearable may take to answer before the link is given up."
    )
    fresh_s: float = Field(
        10.0, ge=1, le=60, description="How old an advertisement may be and still prove that the wearable is near."
    )
    hold_s: float = Field(
        600.0,
        ge=0,
        le=86400,
        description="How long to look only for the wearable used last before taking another of its kind or name, which "
        "is said; where an address is configured, only that one is ever taken.",
    )
    stall_s: float = Field(
        10.0, ge=1, le=600, description="After this long without data from a connected wearable the link is probed."
    )
    stall_probes: int = Field(
        3, ge=1, le=100, description="Connect anew after this many answered probes in a row without any data."
    )
    silence_s: float = Field(
        60.0,
        ge=10,
        le=3600,
        description="A wearable that only advertises or publishes counts as lost after so long without a word.",
    )
    # 20 s with its jitter leaves time to connect within 30 s of a wearable's return
    backoff_max_s: float = Field(
        20.0, ge=0.1, le=600, description="Longest pause between two attempts to connect; shorter ones come first."
    )
    scan_linger_s: float = Field(
        5.0, ge=0.1, le=60, description="How long to go on scanning when no wearable is missing any more."
    )
    scan_restart_s: float = Field(
        60.0, ge=5, le=3600, description="Start the scan anew when nothing at all was heard for this long."
    )
    stop_limit_s: float = Field(
        5.0, ge=0.5, le=30, description="How long each step of a clean end may take: last words, then disconnecting."
    )
    inbox_packets: int = Field(
        4096, ge=16, le=1_000_000, description="Packets of one wearable that may wait for decoding; more are dropped."
    )

    @field_validator("backend")
    @classmethod
    def _has_a_port(cls, backend: str) -> str:
        _, _, port = backend.removeprefix("esphome:").partition(":")
        if backend.startswith("esphome:") and port and not 1 <= int(port) <= 65535:
            raise ValueError("a port is a number from 1 to 65535")
        return backend
