"""How soon a wearable streams again once it is back: at life's own speed, on the virtual air.

    python -m benchmarks.reconnect

A simulated DeskBand is carried out of reach and back, several times; then it is seen for half a second only, again
and again, so that connecting fails and the pauses between the attempts grow, and is back for good at last. Printed is
the time from being back to the first samples. The bar is 30 s.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from firmware_sim.air import Air
from firmware_sim.clock import ScaledClock
from firmware_sim.peripheral import VirtualWearable, virtual_band
from monitor.app import App
from monitor.settings.loading import load

BAR_S = 30.0
ABSENCES_S = (2.0, 10.0, 30.0)
GLIMPSES, GLIMPSE_S, BETWEEN_S = 8, 0.5, 4.0


async def measure(state_dir: Path) -> list[tuple[str, float]]:
    """What happened, and how long the samples took to come back."""
    results = []
    async with Air() as air, virtual_band(air=air, scenario="office_day", clock=ScaledClock()) as band:
        backend = f"radio.backend=bumble:tcp-client:127.0.0.1:{await air.serve('127.0.0.1', 0)}"
        app = App(load(None, (backend, "radio.connect_timeout_s=5"), {}).settings, state_dir)
        running = asyncio.create_task(app.run())
        began_s = time.monotonic()
        await streaming(app, True)
        results.append(("first found", time.monotonic() - began_s))
        for absence_s in ABSENCES_S:
            await away(app, band)
            await asyncio.sleep(absence_s)
            results.append((f"away for {absence_s:g} s", await back(app, band)))
        await away(app, band)
        for _ in range(GLIMPSES):
            await asyncio.sleep(BETWEEN_S)
            band.out_of_range(False)
            await asyncio.sleep(GLIMPSE_S)
            band.out_of_range(True)
        await asyncio.sleep(BETWEEN_S)
        results.append((f"{GLIMPSES} glimpses of {GLIMPSE_S:g} s", await back(app, band)))
        running.cancel()
        await asyncio.wait({running})
    return results


async def away(app: App, band: VirtualWearable) -> None:
    """Carry it out of reach, and wait until the daemon has noticed."""
    band.out_of_range(True)
    await streaming(app, False)


async def back(app: App, band: VirtualWearable) -> float:
    """Carry it back; seconds until samples come."""
    band.out_of_range(False)
    began_s = time.monotonic()
    await streaming(app, True)
    return time.monotonic() - began_s


async def streaming(app: App, wanted: bool) -> None:
    """Wait until the daemon says so."""
    while not ("me" in app.parts and app.parts["me"].live.state.link_fresh is wanted):  # noqa: ASYNC110
        await asyncio.sleep(0.01)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        results = asyncio.run(measure(Path(folder)))
    for what, seconds in results:
        print(f"{what:<28} {seconds:5.1f} s")
    raise SystemExit(any(seconds > BAR_S for _, seconds in results))


if __name__ == "__main__":
    main()
