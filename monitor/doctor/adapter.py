"""The radio: there, switched on, and permitted."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from monitor.doctor.finding import Case, Finding, failed, note, ok
from monitor.transport.faults import RADIO_FAULTS
from monitor.transport.radio import Radio, RadioError, RadioRules, explain

if TYPE_CHECKING:
    from monitor.transport.bluez import Adapter

_SWITCH_ON = "bluetoothctl power on (rfkill unblock bluetooth if that is refused)"


async def adapter(case: Case) -> Sequence[Finding]:
    """Asked of BlueZ, or by opening the transport that the settings name."""
    rules = case.settings.radio
    try:
        if rules.backend != "auto":
            return await _opened(rules, case.daemon_runs)
        if sys.platform != "linux":
            return [note("the system's own Bluetooth: `sitbreak scan` tells whether it works")]
        from monitor.transport.bluez import look_at_bluez

        found, _ = await look_at_bluez()
    except RadioError as error:
        return [failed(error.problem, error.remedy)]
    except RADIO_FAULTS as error:
        trouble = explain(error, rules)
        return [failed(trouble.problem, trouble.remedy)]
    return judged(found, rules)


async def _opened(rules: RadioRules, daemon_runs: bool) -> list[Finding]:
    radio = Radio(rules)  # raises where its library is missing
    if daemon_runs:
        return [ok(f"{rules.backend} is held by the running daemon; its link tells whether it works")]
    try:
        await radio.open()
    finally:
        await radio.close()
    return [ok(f"{rules.backend} answers")]


def judged(found: Sequence[Adapter], rules: RadioRules) -> list[Finding]:
    """What is to be said of the adapters that BlueZ has."""
    if not found:
        return [failed("BlueZ runs and has no adapter", "plug one in; `rfkill list` shows one that is blocked")]
    wanted = [each for each in found if each.name == rules.adapter] if rules.adapter else list(found[:1])
    if not wanted:
        names = ", ".join(each.name for each in found)
        return [failed(f"there is no adapter {rules.adapter}", f"set radio.adapter to one of: {names}")]
    (used,) = wanted
    if not used.powered:
        return [failed(f"{used.name} ({used.address}) is switched off", _SWITCH_ON)]
    return [ok(f"{used.name} ({used.address}) is switched on, BlueZ lets us ask")]
