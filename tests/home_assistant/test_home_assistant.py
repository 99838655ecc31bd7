"""The real Home Assistant with the real mosquitto: what it makes of our discovery, and the blueprint at work.

Slow (a minute) and of its own Python: ``make test-home-assistant``.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.events import AlertCleared, TestAlert
from monitor.outlets.mqtt.discovery import ENTITIES
from monitor.outlets.mqtt.payloads import EVENT_TYPES
from tests.home_assistant.house import BLUEPRINT, HomeAssistant, Phone
from tests.support.brokers import Listener, Mosquitto, mosquitto
from tests.support.living_outlet import LivingOutlet, break_due

__all__ = ["mosquitto"]
pytestmark = [
    pytest.mark.mosquitto,
    pytest.mark.skipif("HASS" not in os.environ, reason="needs Home Assistant: make test-home-assistant"),
]
ROOT = "sitbreak/a1b2c3"


@pytest.fixture
async def house(mosquitto: Mosquitto, tmp_path: Path) -> AsyncIterator[HomeAssistant]:
    async with HomeAssistant(tmp_path, mosquitto.port) as home_assistant:
        yield home_assistant


def entity_id(key: str) -> str:
    (entity,) = [entity for entity in ENTITIES if entity.key == key]
    return f"{entity.platform}.desk_wearable_{re.sub(r'[^a-z]+', '_', entity.name.lower())}"


async def test_a_day_with_home_assistant(house: HomeAssistant, mosquitto: Mosquitto) -> None:
    async with LivingOutlet(mosquitto.port) as daemon:
        daemon.tell(battery_pct=81)
        await house.until_state(entity_id("posture"), "sitting")
        states = house.states()
        print({k: v["state"] for k, v in states.items()})
        print(house.log)
        async with Phone(house) as phone:
            await house.automate(
                alert=entity_id("alert"), alert_state=entity_id("alert_state"), phone=phone.device_id
            )
            alert = break_due(time.time(), level=2)
            daemon.tell(alert, alert="due", alert_id=alert.alert_id)
            push = await phone.pushed(1)
            print(push)
            async with Listener(mosquitto.port, f"{ROOT}/cmd/+") as listener:
                await phone.tap(push["data"]["actions"][1]["action"])
                print(await listener.topic(f"{ROOT}/cmd/snooze"))
                print(await daemon.command())
        print(house.log)
