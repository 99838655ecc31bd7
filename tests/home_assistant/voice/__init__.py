"""Stands in for a text-to-speech service inside the Home Assistant under test: what it was to say becomes a state."""

from __future__ import annotations

from typing import Any


async def async_setup(hass: Any, config: dict[str, Any]) -> bool:
    """Register ``tts.speak``."""

    async def speak(call: Any) -> None:
        hass.states.async_set("voice.said", call.data["message"], {"players": call.data["media_player_entity_id"]})

    hass.services.async_register("tts", "speak", speak)
    return True
