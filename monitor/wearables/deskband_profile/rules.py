"""What a user may set about a DeskBand."""

from __future__ import annotations

from pydantic import BaseModel, Field


class DeskBandRules(BaseModel, frozen=True, extra="forbid"):
    """What a DeskBand is asked for."""

    rate_hz: float = Field(25.0, ge=6.25, le=100, description="Sampling rate wanted; the next the band has is used.")
    range_g: int = Field(8, ge=2, le=8, description="Measuring range wanted, plus and minus so many g.")
    latency_s: float = Field(1.0, ge=0.1, le=10, description="How long the band may gather samples before sending.")
    allow_delta: bool = Field(True, description="Let the band compress samples; saves its battery and memory.")
    request_timeout_s: float = Field(10.0, ge=2, le=120, description="How long to wait for the band's answer.")
    request_tries: int = Field(3, ge=1, le=10, description="How often to ask before giving a request up.")
    hole_wait_s: float = Field(
        2.0, ge=0, le=60, description="How long to wait before missing samples are asked for again."
    )
    replay_stall_s: float = Field(
        30.0, ge=5, le=600, description="A replay that stays silent for so long is asked for anew."
    )
    replay_tries: int = Field(
        10, ge=1, le=100, description="Replays in a row that bring nothing before missing samples are given up."
    )
    time_sync_every_s: float = Field(600.0, ge=30, le=3600, description="How often the clocks are compared.")
    early_sync_every_s: float = Field(
        15.0, ge=1, le=600, description="How often, as long as the clocks are known less well than wanted."
    )
    sync_goal_ms: float = Field(30.0, ge=1, le=1000, description="How well the clocks should be known.")
    ack_every_s: float = Field(
        10.0, ge=0, le=600, description="The band is told what is safely stored at most so often, or every 500 samples."
    )
    ack_samples: int = Field(500, ge=1, le=100_000, description="It is told earlier after so many samples.")
    jump_slack_s: float = Field(
        60.0, ge=1, le=3600, description="A block this far ahead of time is believed only if the band's status agrees."
    )
