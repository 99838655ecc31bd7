"""Which Bluetooth stack serves the program: the machine's own by plain bleak, bumble on any transport, or a proxy.

Everything else in this package speaks bleak's public API with the keywords that ``Radio`` hands out, and so
cannot tell a virtual air from a real one. What goes wrong below is told in one line with its remedy.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bleak import BleakClient
from bleak.backends.device import BLEDevice

from monitor.installing import install_line
from monitor.transport.faults import RADIO_FAULTS, RadioError, explain_scan, in_words, trouble_of
from monitor.transport.radio_rules import RadioRules

__all__ = ["RADIO_FAULTS", "Radio", "RadioError", "RadioRules", "explain"]

if TYPE_CHECKING:
    from monitor.transport.bumble_host import BumbleHost, OpenAir
    from monitor.transport.esphome import ProxyHost


_PROXY = "esphome:"


def explain(error: BaseException, rules: RadioRules) -> RadioError:
    """What a failure of the radio means to the user."""
    if isinstance(error, RadioError):
        return error
    if rules.backend.startswith(_PROXY):
        return RadioError(
            f"no Bluetooth proxy at {rules.backend!r} ({in_words(error)})",
            "check its address, its `api:` and `bluetooth_proxy:` sections, and radio.proxy_key",
        )
    if rules.backend != "auto":
        return RadioError(
            f"no radio at {rules.backend!r} ({in_words(error)})",
            "start the simulator (`firmware-sim --serve HOST:PORT`) or plug in the dongle, and check radio.backend",
        )
    return explain_scan(error)


class Radio:
    """One Bluetooth adapter, real or virtual: keywords for bleak, one connect at a time, who holds which device."""

    def __init__(self, rules: RadioRules, open_air: OpenAir | None = None) -> None:
        """``open_air`` opens a bumble transport by hand instead of by the rules' name, for an air in this process."""
        self.rules = rules
        self.claimed: set[str] = set()
        """Addresses that a link holds, so that two links never fight for one device."""
        # Parallel connects are the main source of le-connection-abort-by-local on BlueZ
        self._connecting = asyncio.Semaphore(1)
        self._watchers: list[Callable[[], None]] = []
        self._proxy = self._proxy_host() if rules.backend.startswith(_PROXY) else None
        bumble = open_air or rules.backend.startswith("bumble:")
        self._host = self._bumble_host(open_air) if bumble else None

    def _bumble_host(self, open_air: OpenAir | None) -> BumbleHost:
        try:
            from monitor.transport.bumble_host import BumbleHost, opener
        except ImportError as error:
            raise RadioError(
                f"radio.backend = {self.rules.backend!r} needs bumble ({error})", install_line("sim")
            ) from error
        transport = self.rules.backend.removeprefix("bumble:")
        return BumbleHost(open_air or opener(transport), self._lost)

    def _proxy_host(self) -> ProxyHost:
        try:
            from monitor.transport.esphome import ProxyHost
        except ImportError as error:
            raise RadioError(
                f"radio.backend = {self.rules.backend!r} needs bleak-esphome ({error})", install_line("proxies")
            ) from error
        return ProxyHost(self.rules.backend.removeprefix(_PROXY), self.rules.proxy_key.text, self._lost)

    def scanner_keywords(self) -> dict[str, Any]:
        """Keywords for ``BleakScanner``."""
        if self._proxy is not None:
            from monitor.transport import esphome

            return esphome.scanner_keywords(self._proxy)
        if self._host is None:
            return self._adapter_keywords()
        from monitor.transport.bumble_backend import scanner_keywords

        return scanner_keywords(self._host)

    def client_keywords(self) -> dict[str, Any]:
        """Keywords for ``BleakClient``."""
        if self._proxy is not None:
            from monitor.transport import esphome

            return esphome.client_keywords(self._proxy)
        if self._host is None:
            return self._adapter_keywords()
        from monitor.transport.bumble_backend import client_keywords

        return client_keywords(self._host)

    def _adapter_keywords(self) -> dict[str, Any]:
        return {"bluez": {"adapter": self.rules.adapter}} if self.rules.adapter else {}

    @property
    def pairs_by_itself(self) -> bool:
        """Whether pairing begins by itself where a wearable demands it: BlueZ and macOS do so, nobody else."""
        return self._host is None and self._proxy is None and sys.platform != "win32"

    async def connect(self, device: BLEDevice, name: str, disconnected: Callable[[BleakClient], None]) -> BleakClient:
        """A connected client with its services known. Raises one of ``RADIO_FAULTS``."""
        async with self._connecting:
            if self.rules.backend == "auto" and self._host is None:
                return await self._connect_by_system(device, name, disconnected)
            client = BleakClient(device, disconnected, timeout=self.rules.connect_timeout_s, **self.client_keywords())
            await client.connect()
            return client

    async def _connect_by_system(
        self, device: BLEDevice, name: str, disconnected: Callable[[BleakClient], None]
    ) -> BleakClient:
        # It knows BlueZ's transient errors and stale caches; 2 attempts, our own back-off does the rest
        from bleak_retry_connector import BleakClientWithServiceCache, establish_connection

        async with asyncio.timeout(2 * self.rules.connect_timeout_s):
            return await establish_connection(
                BleakClientWithServiceCache,
                device,
                name,
                disconnected,
                max_attempts=2,
                use_services_cache=False,  # a wearable with new firmware would answer with the services of the old one
                **self.client_keywords(),
            )

    async def forget(self, device: BLEDevice) -> None:
        """Drop what is remembered of a device that fails again and again: stale services, phantom links."""
        if self._proxy is not None:
            await self._proxy.forget(device.address)
        elif self._host is None and sys.platform == "linux":
            from bleak_retry_connector import clear_cache

            from monitor.transport.bluez import remove_device

            await clear_cache(device.address)
            await remove_device(device)

    async def open(self) -> None:
        """Open what bumble or a proxy has to open; the machine's own needs nothing. Raises one of ``RADIO_FAULTS``."""
        if self._proxy is not None:
            await self._proxy.open()
        if self._host is not None:
            await self._host.device()

    def explain(self, error: BaseException) -> RadioError:
        """What a failure of this radio means to the user."""
        return explain(error, self.rules)

    def trouble_of(self, error: BaseException) -> RadioError | None:
        """The radio's own trouble behind a failed connection: the scan is told to begin anew; None if the device's."""
        trouble = trouble_of(error) if self.rules.backend == "auto" else None
        if trouble is not None:
            self._lost()
        return trouble

    def when_lost(self, watcher: Callable[[], None]) -> None:
        """``watcher`` is called when a bumble transport has died; plain bleak never tells."""
        self._watchers.append(watcher)

    def _lost(self) -> None:
        for watcher in self._watchers:
            watcher()

    async def close(self) -> None:
        """Give the transport back."""
        if self._proxy is not None:
            await self._proxy.close()
        if self._host is not None:
            await self._host.close()
