"""The machine's own Bluetooth with its troubles: BlueZ's errors as bleak raises them, on a virtual air."""

from __future__ import annotations

from collections import deque
from typing import Any

from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason, BleakDBusError

from firmware_sim.air import Air
from monitor.transport.bumble_backend import BumbleClient, BumbleScanner
from monitor.transport.radio import Radio, RadioRules
from tests.support.air import opener_in


def dbus(name: str, detail: str = "") -> BleakDBusError:
    """An answer of BlueZ, or of the bus."""
    full = name if name.startswith("org.freedesktop") else f"org.bluez.Error.{name}"
    return BleakDBusError(full, [detail] if detail else [])


def unavailable(reason: str) -> BleakBluetoothNotAvailableError:
    """What bleak says before it asks BlueZ at all."""
    return BleakBluetoothNotAvailableError("not available", BleakBluetoothNotAvailableReason[reason])


class SickRadio(Radio):
    """A radio that says it is the machine's own; what is put into ``scan`` and ``connect`` is raised, one a try."""

    def __init__(self, air: Air, **rules: Any) -> None:
        super().__init__(RadioRules(backend="auto", **rules), opener_in(air))
        self.scan: deque[Exception] = deque()
        self.connecting: deque[Exception] = deque()
        self.tries = 0
        sick = self

        class Scanner(BumbleScanner):
            async def start(self) -> None:
                sick.tries += 1
                if sick.scan:
                    raise sick.scan.popleft()
                await super().start()

        class Client(BumbleClient):
            async def connect(self, pair: bool, **options: Any) -> None:
                if sick.connecting:
                    raise sick.connecting.popleft()
                await super().connect(pair, **options)

        self._backends = Scanner, Client

    def scanner_keywords(self) -> dict[str, Any]:
        return super().scanner_keywords() | {"backend": self._backends[0]}

    def client_keywords(self) -> dict[str, Any]:
        return super().client_keywords() | {"backend": self._backends[1]}
