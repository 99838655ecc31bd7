"""The daemon in a process of its own, at a speed of its own, with virtual bands on a virtual air.

python -m tests.support.living_daemon SETTINGS STATE_DIR ORIGIN_S SPEED
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from firmware_sim.air import Air
from firmware_sim.clock import ScaledClock
from firmware_sim.peripheral import virtual_band
from firmware_sim.profiles.deskband_state import DeskBandSettings
from firmware_sim.scenario import Activity, Scenario
from monitor.app import App
from monitor.cli.process import run_until_signal
from monitor.clock import Clock
from monitor.settings.loading import load

SPEED = 30.0


def day(then: str) -> Scenario:
    """Walks in, so that upright is known, and does one thing from then on."""
    parts = (Activity(do="walk", duration_s=120), Activity(do=then, duration_s=7200))
    return Scenario(title=f"Walks in, then {then}", starts="when_connected", activities=parts)


@asynccontextmanager
async def living_daemon(folder: Path, settings: str, worn: Mapping[str, Scenario]) -> AsyncIterator[Path]:
    """Runs until the block ends; gives the settings file, with wearers and radio added to ``settings``."""
    origin_s = time.time()
    async with AsyncExitStack() as stack:
        air = await stack.enter_async_context(Air())
        parts = [settings]
        for number, (name, scenario) in enumerate(worn.items(), start=1):
            band = virtual_band(
                air=air,
                radio_name=name,
                scenario=scenario,
                seed=number,
                clock=ScaledClock(origin_s, SPEED),
                settings=DeskBandSettings(device_id=0x1111 * number),
            )
            advertised = (await stack.enter_async_context(band)).name
            parts.append(f'[wearers.{name}]\nname = "{advertised}"\nlabel = "Band of {name.title()}"\n')
        parts.append(f'[radio]\nbackend = "bumble:tcp-client:127.0.0.1:{await air.serve("127.0.0.1", 0)}"\n')
        path = folder / "sitbreak.toml"
        path.write_text("\n".join(parts))
        arguments = ["-m", "tests.support.living_daemon", str(path), str(folder), repr(origin_s), repr(SPEED)]
        process = await asyncio.create_subprocess_exec(sys.executable, *arguments)
        try:
            yield path
        finally:
            process.terminate()
            await process.wait()


if __name__ == "__main__":
    file, state_dir, origin, speed = sys.argv[1:]
    clock = Clock(float(origin), float(speed))
    run_until_signal(App(load(Path(file), (), {}).settings, Path(state_dir), clock).run())
