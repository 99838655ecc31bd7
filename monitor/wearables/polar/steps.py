"""The steps to a stream: what each sends, and which follow when one is refused."""

from __future__ import annotations

from monitor.wearables.polar.codec import Measurement, Op, Status

SETTINGS_DOUBTED = frozenset(
    {
        Status.INVALID_LENGTH,
        Status.INVALID_PARAMETER,
        Status.INVALID_RESOLUTION,
        Status.INVALID_RATE,
        Status.INVALID_RANGE,
        Status.INVALID_CHANNELS,
    }
)
"""Refusals of START after which the settings are asked for anew."""
COMMANDS = {
    "stop": (Op.STOP, Measurement.ACC),
    "sdk": (Op.START, Measurement.SDK_MODE),
    "settings": (Op.GET_SETTINGS, Measurement.ACC),
    "all settings": (Op.GET_SDK_SETTINGS, Measurement.ACC),
    "start": (Op.START, Measurement.ACC),
}
"""What each step sends."""


def opening(sdk_mode: bool) -> list[str]:
    """From nothing to a stream."""
    return ["sdk", "settings", "start"] if sdk_mode else ["settings", "start"]


def after_refusal(step: str, status: int) -> list[str]:
    """What to try instead; nothing where the rest can go on without this step."""
    if step == "stop":
        return []  # nothing was running
    if step == "sdk":
        # A device without SDK mode streams all the same; one that streams must be stopped first.
        return ["stop", step] if status == Status.INVALID_STATE else []
    if step == "all settings":
        return ["settings"]
    if status in (Status.ALREADY_IN_STATE, Status.INVALID_STATE):
        return ["stop", step]
    return ["settings", step] if step == "start" and status in SETTINGS_DOUBTED else [step]
