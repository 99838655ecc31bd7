"""Many wearables on one daemon at life's own speed: what share of a processor core does it take?

    python -m benchmarks.many [--wearables 12] [--seconds 60] [--kinds deskband,...]

The wearables and their air run in this process; the daemon is ``sitbreak run`` in a process of its own, and what it
has used of the processor is read from the system (Linux). The bar is half a core.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from benchmarks.cost import memory_mb, processor_s
from firmware_sim.air import Air
from firmware_sim.clock import ScaledClock
from firmware_sim.peripheral import virtual_wearable
from monitor.demo.profiles import PROFILES

BAR = 0.5
SETTLE_S = 15.0
"""Until all are connected and what happens once is over."""


def settings(names: list[tuple[str, str]], port: int) -> str:
    """A settings file with a wearer for each wearable."""
    wearers = [
        f'[wearers.w{number}]\nwearable = "{PROFILES[kind].kind}"\naddress = "{address}"\n'
        for number, (kind, address) in enumerate(names)
    ]
    return "\n".join([*wearers, f'[radio]\nbackend = "bumble:tcp-client:127.0.0.1:{port}"\n'])


def options_of(kind: str, number: int) -> dict[str, Any]:
    """What tells one simulated device from another of its kind."""
    if kind == "deskband":
        from firmware_sim.profiles.deskband_state import DeskBandSettings

        return {"settings": DeskBandSettings(device_id=0x1000 + number)}
    return {}


async def measure(kinds: list[str], seconds: float, folder: Path) -> tuple[float, float, int]:
    """Share of a core, megabytes, and how many wearables have delivered."""
    async with AsyncExitStack() as stack:
        air, names = await stack.enter_async_context(Air()), []
        for number, kind in enumerate(kinds):
            wearable = await stack.enter_async_context(
                virtual_wearable(
                    kind,
                    air=air,
                    radio_name=f"r{number}",
                    seed=number + 1,
                    clock=ScaledClock(),
                    **options_of(kind, number),
                )
            )
            names.append((kind, wearable.address))
        config = folder / "sitbreak.toml"
        config.write_text(settings(names, await air.serve("127.0.0.1", 0)))
        command = [sys.executable, "-m", "monitor", "run", "--config", str(config), "--state-dir", str(folder)]
        daemon = await asyncio.create_subprocess_exec(*command)
        await asyncio.sleep(SETTLE_S)
        used_s, wall_s = processor_s(daemon.pid), time.monotonic()
        await asyncio.sleep(seconds)
        share = (processor_s(daemon.pid) - used_s) / (time.monotonic() - wall_s)
        memory = memory_mb(daemon.pid)
        daemon.terminate()
        await daemon.wait()
    return share, memory, delivered(folder / "history.sqlite3", seconds / 2)


def delivered(path: Path, at_least_s: float) -> int:
    """Wearers with so many seconds in the history."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        query = "SELECT wearer_id FROM posture_runs GROUP BY wearer_id HAVING sum(end_s - start_s) > ?"
        return len(connection.execute(query, (at_least_s,)).fetchall())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wearables", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--kinds", default="deskband", help="simulated devices, taken in turn")
    options = parser.parse_args()
    kinds = options.kinds.split(",")
    chosen = [kinds[number % len(kinds)] for number in range(options.wearables)]
    with tempfile.TemporaryDirectory() as folder:
        share, memory, count = asyncio.run(measure(chosen, options.seconds, Path(folder)))
    print(f"{count} of {len(chosen)} wearables delivered; {share:.2f} of a core, {memory:.0f} MB")
    raise SystemExit(share >= BAR or count < len(chosen))


if __name__ == "__main__":
    main()
