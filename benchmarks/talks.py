"""Talks between drivers and the simulator's wearables, kept as seeds of the fuzz.

    python -m benchmarks.talks        # writes tests/vectors/talks.json anew

Each wearable is read for some seconds over the virtual air by the real bleak code; kept are the values that were read
and, in their order, the notifications, indications and advertisements with their distances in time.
"""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from benchmarks.clocks import end
from firmware_sim.air import Air
from firmware_sim.clock import ScaledClock
from firmware_sim.peripheral import virtual_wearable
from monitor.clock import Clock
from monitor.demo.profiles import PROFILES
from monitor.model import Fact
from monitor.transport.ble import Link
from monitor.transport.listener import Advertisements, Listener
from monitor.transport.radio import Radio, RadioRules
from monitor.transport.scanner import DeviceMatch, Scanner
from monitor.wearables import WEARABLES
from monitor.wearables.base import Action, Outcome, Packet, Reach, Read, Reply, Wearable

PATH = Path(__file__).parent.parent / "tests" / "vectors" / "talks.json"
SPEED, WALL_S, PACKETS = 10.0, 4.0, 100


class Tape:
    """A driver whose talk is written down."""

    def __init__(self, driver: Wearable) -> None:
        self._driver = driver
        self.reads: dict[str, str] = {}
        self.packets: list[tuple[str, str, float]] = []
        self._newest_s = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._driver, name)

    def receive(self, packet: Packet) -> Reply:
        """A packet came."""
        passed_s = packet.at_s - (self._newest_s or packet.at_s)
        self._newest_s = packet.at_s
        self.packets.append((packet.characteristic, packet.data.hex(), round(passed_s, 3)))
        return self._driver.receive(packet)

    def done(self, action: Action, outcome: Outcome) -> Reply:
        """An action was carried out."""
        if isinstance(action, Read) and outcome.value is not None:
            self.reads.setdefault(action.characteristic, outcome.value.hex())
        return self._driver.done(action, outcome)


async def talk_with(profile: str) -> dict[str, Any]:
    """Listen to one wearable of the simulator."""

    async def deliver(facts: list[Fact]) -> None:
        pass

    origin_s = time.time()
    clock = Clock(origin_s, SPEED)
    async with AsyncExitStack() as stack:
        air = await stack.enter_async_context(Air())
        radio = Radio(RadioRules(backend=f"bumble:tcp-client:127.0.0.1:{await air.serve('127.0.0.1', 0)}"))
        stack.push_async_callback(radio.close)
        scanner = Scanner(radio)
        wearable = virtual_wearable(profile, air=air, clock=ScaledClock(origin_s, SPEED))
        address = (await stack.enter_async_context(wearable)).address
        driver: Any = Tape(WEARABLES[PROFILES[profile].kind]())
        match = DeviceMatch(address=address)
        common: dict[str, Any] = {"name": profile, "driver": driver, "clock": clock, "deliver": deliver}
        link: Link | Listener = (
            Link(match=match, radio=radio, scanner=scanner, **common)
            if driver.REACH is Reach.LINK
            else Listener(source=Advertisements(match, driver, radio, scanner), rules=radio.rules, **common)
        )
        tasks = [asyncio.create_task(each.run(), name="listening") for each in (scanner, link)]
        await asyncio.sleep(WALL_S)
        await end(tasks)
    return {"kind": PROFILES[profile].kind, "reads": driver.reads, "packets": driver.packets[:PACKETS]}


def main() -> None:
    """Listen to all and write."""
    talks = {profile: asyncio.run(talk_with(profile)) for profile in PROFILES}
    for profile, talk in talks.items():
        print(f"{profile:<12} {len(talk['reads'])} reads, {len(talk['packets'])} packets")
    PATH.write_text("{\n" + ",\n".join(f'"{name}": {json.dumps(talk)}' for name, talk in talks.items()) + "\n}\n")


if __name__ == "__main__":
    main()
