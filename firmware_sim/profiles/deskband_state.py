"""What a DeskBand remembers: its settings from the factory, its configuration and its sessions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta, Struct

from firmware_sim.profiles.deskband_codec import Feature

RATES_HZ = (12.5, 25.0, 50.0, 100.0, 6.25)
"""Sampling rates by their code, the bit number in Info."""
RANGES_G = (2, 4, 8)


class DeskBandSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """What differs from band to band."""

    device_id: Annotated[int, Meta(ge=0, le=0xFFFFFFFF, description="Low part of the chip's number.")] = 0x1A2B3C4D
    features: Feature = Feature.DELTA | Feature.FLASH | Feature.HAPTIC | Feature.BUTTON
    rates: Annotated[int, Meta(ge=1, le=0x1F, description="Supported sampling rates as bits.")] = 0x0F
    ranges: Annotated[int, Meta(ge=1, le=0x07, description="Supported ranges as bits.")] = 0x07
    placement: Annotated[int, Meta(ge=0, le=7, description="Where the wearer says it sits.")] = 1
    buffer_bytes: Annotated[int, Meta(ge=1024, description="Size of the ring buffer.")] = 2 * 1024 * 1024
    first_session: Annotated[int, Meta(ge=0, le=0xFFFF, description="Session of the first boot.")] = 1
    battery_pct: Annotated[int, Meta(ge=0, le=100, description="Charge at the start.")] = 87


@dataclass
class Session:
    """One unbroken count of samples."""

    number: int
    rate_code: int
    first_us: int | None = None
    """Device clock at sample 0."""
    utc_offset_us: int | None = None
    """UTC minus device clock, once the host has said it."""

    @property
    def utc_ms(self) -> int:
        """UTC of sample 0 in milliseconds; 0 while unknown."""
        if self.first_us is None or self.utc_offset_us is None:
            return 0
        return max(0, (self.first_us + self.utc_offset_us) // 1000)


@dataclass
class Configuration:
    """What SET_CONFIG changes."""

    rate_code: int = 1
    range_code: int = 2
    latency_ds: int = 10
    """Longest time a sample waits for its block, in tenths of a second."""
    options: int = 0x02

    @property
    def allow_delta(self) -> bool:
        """Whether the host reads format 1."""
        return bool(self.options & 0x01)

    @property
    def rate_hz(self) -> float:
        """Nominal sampling rate."""
        return RATES_HZ[self.rate_code]

    @property
    def range_g(self) -> int:
        """Largest acceleration before clipping."""
        return RANGES_G[self.range_code]
