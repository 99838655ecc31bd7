"""What a user may set of the Prometheus endpoint."""

from __future__ import annotations

from pydantic import BaseModel, Field


class MetricsRules(BaseModel, frozen=True, extra="forbid"):
    """Figures for Prometheus, on request."""

    enabled: bool = Field(
        False, description='Serve figures for Prometheus at /metrics; needs the extra: pip install "sitbreak[metrics]".'
    )
    host: str = Field(
        "127.0.0.1",
        max_length=253,
        pattern=r"^[^\s/]+$",
        description="Address to listen on; 127.0.0.1 is this computer only. There is no password: beyond it everybody"
        " may read how well the program works and when a wearable is in reach, though not what its wearer does.",
    )
    port: int = Field(9733, ge=1, le=65535, description="Port of the figures.")
