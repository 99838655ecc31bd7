"""Wearables that want to be paired, or made ready in another way, before they speak."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from monitor.assembly.wearer import new_driver
from monitor.doctor.finding import Case, Finding, note, ok
from monitor.settings.sections import WearerSettings
from monitor.transport.faults import RADIO_FAULTS
from monitor.wearables import WEARABLES
from monitor.wearables.base import Wearable


async def pairing(case: Case) -> Sequence[Finding]:
    """One finding a wearer."""
    paired = await _paired() if case.settings.radio.backend == "auto" else {}
    return [judged(name, plan, new_driver(case.settings, name), paired) for name, plan in case.settings.wearers.items()]


def judged(name: str, plan: WearerSettings, driver: Wearable, paired: dict[str, bool]) -> Finding:
    """What one wearer's wearable needs; ``paired`` is what BlueZ knows, by address in capitals."""
    about = WEARABLES[plan.wearable].ABOUT.pairing
    ready = f"; before the first connection: {about}" if about else ""
    if not driver.MAY_PAIR:
        return ok(f"{name}: a {plan.wearable} needs no pairing{ready}")
    if paired.get(plan.address.upper()):
        return ok(f"{name}: {plan.address} is paired")
    address = plan.address or "ADDRESS"
    told = f"{name}: a {plan.wearable} may ask to be paired; that begins by itself at the first connection{ready}"
    return note(told, f"if it fails: bluetoothctl pair {address}, with the wearable awake and near")


async def _paired() -> dict[str, bool]:
    if sys.platform != "linux":
        return {}
    from monitor.transport.bluez import look_at_bluez

    try:
        _, known = await look_at_bluez()
    except RADIO_FAULTS:  # said by the check of the adapter
        return {}
    return {each.address.upper(): each.paired for each in known}
