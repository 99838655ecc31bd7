"""What a user may set about a Polar sensor, and what follows for its settings."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from monitor.wearables.asking import AskingRules
from monitor.wearables.polar.codec import Setting, Settings


class PolarRules(AskingRules, frozen=True):
    """What a Polar sensor is asked for."""

    rate_hz: Annotated[
        int, Meta(ge=12, le=416, description="Sampling rate wanted; the nearest that the sensor has is used.")
    ] = 25
    range_g: Annotated[int, Meta(ge=2, le=16, description="Measuring range wanted, plus and minus so many g.")] = 8
    sdk_mode: Annotated[
        bool,
        Meta(
            description="Verity Sense only: more rates, and no switching off without a heart beat; it measures"
            " none then."
        ),
    ] = False
    use_contact: Annotated[
        bool,
        Meta(description="An H10 that feels no skin counts as not worn; switch off if it loses contact while worn."),
    ] = True


def choose(settings: Settings, rules: PolarRules) -> dict[int, int]:
    """One value for every setting that the device lists, nearest to what is wanted; finest resolution, all axes."""
    wishes: dict[int, int] = {
        Setting.RATE: rules.rate_hz,
        Setting.RANGE: rules.range_g,
        Setting.RANGE_MILLIUNIT: rules.range_g * 1000,
        Setting.RESOLUTION: 0xFFFF,
        Setting.CHANNELS: 0xFF,
    }
    offered = {setting: values for setting, values in settings.items() if values and setting != Setting.FACTOR}
    return {setting: _nearest(values, wishes.get(setting, values[0])) for setting, values in offered.items()}


def _nearest(values: list[int], wanted: int) -> int:
    """Of two as near, the greater."""
    return min(values, key=lambda value: (abs(value - wanted), -value))
