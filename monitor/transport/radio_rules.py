"""What a user may set of the radio."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from monitor.rules import Rules, Secret, WrongValueError


class RadioRules(Rules, frozen=True):
    """How the wearables are reached."""

    backend: Annotated[
        str,
        Meta(
            pattern=r"^(auto|bumble:.+|esphome:[^:\s]+(:[0-9]{1,5})?)\Z",
            description='Bluetooth stack: "auto" is the machine\'s own, "bumble:TRANSPORT" is bumble on any of its'
            ' transports, for example "bumble:usb:0" for a bare dongle or "bumble:tcp-client:127.0.0.1:9001" for a'
            ' virtual air, "esphome:HOST" or "esphome:HOST:PORT" is a Bluetooth proxy running ESPHome.',
        ),
    ] = "auto"
    proxy_key: Annotated[
        Secret, Meta(description="Encryption key of the ESPHome proxy's API; empty where it has none.")
    ] = Secret("")
    adapter: Annotated[
        str, Meta(description='Bluetooth adapter to use on Linux, for example "hci1"; empty takes the first.')
    ] = ""
    connect_timeout_s: Annotated[
        float, Meta(ge=1, le=120, description="How long to try to connect to a wearable that was just heard.")
    ] = 20.0
    # 30 s is the attribute protocol's own limit (Core Specification, Vol 3, Part F, 3.3.3)
    gatt_timeout_s: Annotated[
        float, Meta(ge=1, le=120, description="How long a wearable may take to answer before the link is given up.")
    ] = 30.0
    fresh_s: Annotated[
        float,
        Meta(ge=1, le=60, description="How old an advertisement may be and still prove that the wearable is near."),
    ] = 10.0
    hold_s: Annotated[
        float,
        Meta(
            ge=0,
            le=86400,
            description="How long to look only for the wearable used last before taking another of its kind or name,"
            " which is said; where an address is configured, only that one is ever taken.",
        ),
    ] = 600.0
    stall_s: Annotated[
        float,
        Meta(ge=1, le=600, description="After this long without data from a connected wearable the link is probed."),
    ] = 10.0
    stall_probes: Annotated[
        int, Meta(ge=1, le=100, description="Connect anew after this many answered probes in a row without any data.")
    ] = 3
    silence_s: Annotated[
        float,
        Meta(
            ge=10,
            le=3600,
            description="A wearable that only advertises or publishes counts as lost after so long without a word.",
        ),
    ] = 60.0
    # 20 s with its jitter leaves time to connect within 30 s of a wearable's return
    backoff_max_s: Annotated[
        float,
        Meta(ge=0.1, le=600, description="Longest pause between two attempts to connect; shorter ones come first."),
    ] = 20.0
    scan_linger_s: Annotated[
        float, Meta(ge=0.1, le=60, description="How long to go on scanning when no wearable is missing any more.")
    ] = 5.0
    scan_restart_s: Annotated[
        float, Meta(ge=5, le=3600, description="Start the scan anew when nothing at all was heard for this long.")
    ] = 60.0
    stop_limit_s: Annotated[
        float,
        Meta(ge=0.5, le=30, description="How long each step of a clean end may take: last words, then disconnecting."),
    ] = 5.0
    inbox_packets: Annotated[
        int,
        Meta(ge=16, le=1_000_000, description="Packets of one wearable that may wait for decoding; more are dropped."),
    ] = 4096

    def __post_init__(self) -> None:
        _, _, port = self.backend.removeprefix("esphome:").partition(":")
        if self.backend.startswith("esphome:") and port and not 1 <= int(port) <= 65535:
            raise WrongValueError("backend", "a port is a number from 1 to 65535")
