"""What a DeskBand remembers: its settings from the factory, its configuration and its sessions."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, Field

from firmware_sim.profiles.deskband_codec import Feature

RATES_HZ = (12.5, 25.0, 50.0, 100.0, 6.25)
"""Sampling rates by their code, the bit number in Info."""
RANGES_G = (2, 4, 8)


class DeskBandSettings(BaseModel, frozen=True, extra="forbid"):
    """What differs from band to band."""

    device_id: int = Field(0x1A2B3C4D, ge=0, le=0xFFFFFFFF, description="Low part of the chip's number.")
    features: Feature = Feature.DELTA | Feature.FLASH | Feature.HAPTIC | Feature.BUTTON
    rates: int = Field(0x0F, ge=1, le=0x1F, description="Supported sampling rates as bits.")
    ranges: int = Field(0x07, ge=1, le=0x07, description="Supported ranges as bits.")
    placement: int = Field(1, ge=0, le=7, description="Where the wearer says it sits.")
    buffer_bytes: int = Field(2 * 1024 * 1024, ge=1024, description="Size of the ring buffer.")
    first_session: int = Field(1, ge=0, le=0xFFFF, description="Session of the first boot.")
    battery_pct: int = Field(87, ge=0, le=100, description="Charge at the start.")


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
