"""What a user may set about a DeskBand."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from monitor.rules import Rules


class DeskBandRules(Rules, frozen=True):
    """What a DeskBand is asked for."""

    rate_hz: Annotated[
        float, Meta(ge=6.25, le=100, description="Sampling rate wanted; the next the band has is used.")
    ] = 25.0
    range_g: Annotated[int, Meta(ge=2, le=8, description="Measuring range wanted, plus and minus so many g.")] = 8
    latency_s: Annotated[
        float, Meta(ge=0.1, le=10, description="How long the band may gather samples before sending.")
    ] = 1.0
    allow_delta: Annotated[bool, Meta(description="Let the band compress samples; saves its battery and memory.")] = (
        True
    )
    request_timeout_s: Annotated[float, Meta(ge=2, le=120, description="How long to wait for the band's answer.")] = (
        10.0
    )
    request_tries: Annotated[int, Meta(ge=1, le=10, description="How often to ask before giving a request up.")] = 3
    hole_wait_s: Annotated[
        float, Meta(ge=0, le=60, description="How long to wait before missing samples are asked for again.")
    ] = 2.0
    replay_stall_s: Annotated[
        float, Meta(ge=5, le=600, description="A replay that stays silent for so long is asked for anew.")
    ] = 30.0
    replay_tries: Annotated[
        int, Meta(ge=1, le=100, description="Replays in a row that bring nothing before missing samples are given up.")
    ] = 10
    time_sync_every_s: Annotated[float, Meta(ge=30, le=3600, description="How often the clocks are compared.")] = 600.0
    early_sync_every_s: Annotated[
        float, Meta(ge=1, le=600, description="How often, as long as the clocks are known less well than wanted.")
    ] = 15.0
    sync_goal_ms: Annotated[float, Meta(ge=1, le=1000, description="How well the clocks should be known.")] = 30.0
    ack_every_s: Annotated[
        float,
        Meta(
            ge=0, le=600, description="The band is told what is safely stored at most so often, or every 500 samples."
        ),
    ] = 10.0
    ack_samples: Annotated[int, Meta(ge=1, le=100_000, description="It is told earlier after so many samples.")] = 500
    jump_slack_s: Annotated[
        float,
        Meta(ge=1, le=3600, description="A block this far ahead of time is believed only if the band's status agrees."),
    ] = 60.0
