"""What a user may set of the Prometheus endpoint."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from monitor.rules import Rules


class MetricsRules(Rules, frozen=True):
    """Figures for Prometheus, on request."""

    enabled: Annotated[
        bool,
        Meta(description='Serve figures for Prometheus at /metrics; needs the extra: pip install "sitbreak[metrics]".'),
    ] = False
    host: Annotated[
        str,
        Meta(
            max_length=253,
            pattern=r"^[^\s/]+\Z",
            description="Address to listen on; 127.0.0.1 is this computer only. There is no password: beyond"
            " it everybody"
            " may read how well the program works and when a wearable is in reach, though not what its wearer does.",
        ),
    ] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535, description="Port of the figures.")] = 9733
