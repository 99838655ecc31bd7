"""A Bluetooth proxy (ESPHome on an ESP32 elsewhere in the house) as the radio that unmodified bleak code can use.

It forwards every advertisement it hears, and lends one of its few connection slots (three by default) to each link.
``bleak_esphome`` brings the client; its scanner is made for Home Assistant's manager, so that this one is ours. The
proxy's connection is opened when first needed, and anew after it was lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator
from typing import Any

from aioesphomeapi import APIClient, APIConnectionError, BluetoothProxyFeature
from bleak.backends.scanner import AdvertisementDataCallback, BaseBleakScanner
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason, BleakError
from bleak_esphome.backend.client import ESPHomeClient, ESPHomeClientData
from bleak_esphome.backend.device import ESPHomeBluetoothDevice

from monitor.transport.advertisements import read_advertisement

PORT = 6053
NEEDED = BluetoothProxyFeature.RAW_ADVERTISEMENTS | BluetoothProxyFeature.ACTIVE_CONNECTIONS

Listener = Callable[[Any], None]

logging.getLogger("aioesphomeapi").setLevel(logging.ERROR)  # what goes wrong comes back as an exception too


class NoPause:
    """Stands for a scanner that has to rest while a link is made; a proxy sees to that itself."""

    def connecting(self) -> contextlib.AbstractContextManager[None]:
        """Nothing to do."""
        return contextlib.nullcontext()


class ProxyHost:
    """The connection to one proxy."""

    def __init__(self, place: str, key: str, on_lost: Callable[[], None] = lambda: None) -> None:
        """``place`` is HOST or HOST:PORT; ``key`` the one under ``api: encryption:`` in the proxy's own settings."""
        self._host, _, port = place.partition(":")
        self._port = int(port or PORT)
        self._key, self._on_lost = key, on_lost
        self._opening = asyncio.Lock()
        self._listeners: list[Listener] = []
        self.data: ESPHomeClientData | None = None

    async def open(self) -> ESPHomeClientData:
        """The proxy, connected. Raises BleakError."""
        async with self._opening:
            if self.data is None:
                client = APIClient(self._host, self._port, None, client_info="sitbreak", noise_psk=self._key or None)
                try:
                    await client.connect(on_stop=self._stopped)
                    self.data = await self._introduced(client)
                except APIConnectionError as error:
                    reason = BleakBluetoothNotAvailableReason.NO_BLUETOOTH
                    raise BleakBluetoothNotAvailableError(str(error) or type(error).__name__, reason) from error
                finally:
                    if self.data is None:  # a proxy takes few connections, and each attempt would hold one
                        await client.disconnect(force=True)
            return self.data

    async def _introduced(self, client: APIClient) -> ESPHomeClientData:
        info, version = await client.device_info(), client.api_version
        features = BluetoothProxyFeature(info.bluetooth_proxy_feature_flags_compat(version))
        if NEEDED not in features:
            raise BleakError(f"{info.name} is no Bluetooth proxy: add `bluetooth_proxy: active: true` to its settings")
        source = info.bluetooth_mac_address or info.mac_address
        slots = ESPHomeBluetoothDevice(info.name, source, available=True)
        client.subscribe_bluetooth_connections_free(slots.async_update_ble_connection_limits)
        client.subscribe_bluetooth_le_raw_advertisements(self._heard)
        return ESPHomeClientData(slots, client, info, version, info.name, NoPause())

    async def _stopped(self, expected: bool) -> None:
        """The proxy is gone: its links learn of it, and the scan begins anew."""
        data, self.data = self.data, None
        if data is not None:
            data.bluetooth_device.async_set_unavailable()
            for gone in list(data.disconnect_callbacks):
                gone()
            self._on_lost()

    def _heard(self, response: Any) -> None:
        for advertisement in response.advertisements:
            for listener in list(self._listeners):
                listener(advertisement)

    async def listen(self, listener: Listener) -> None:
        """Hear every advertisement that the proxy forwards."""
        await self.open()
        self._listeners.append(listener)

    def unlisten(self, listener: Listener) -> None:
        """Hear no more."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    async def forget(self, address: str) -> None:
        """What is remembered of a device's services may be wrong."""
        if self.data is not None:
            self.data.bluetooth_device.cache.clear_gatt_services_cache(int(address.replace(":", ""), 16))

    async def close(self) -> None:
        """Say goodbye to the proxy, which then drops the links it still holds."""
        data, self.data = self.data, None
        if data is not None:
            with contextlib.suppress(APIConnectionError, TimeoutError):
                await data.client.disconnect()


class ProxyScanner(BaseBleakScanner):
    """``BleakScanner(backend=ProxyScanner, host=...)``."""

    def __init__(
        self,
        detection_callback: AdvertisementDataCallback | None,
        service_uuids: list[str] | None,
        scanning_mode: str,
        *,
        host: ProxyHost,
        **_: Any,
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self._host = host

    async def start(self) -> None:
        """Start to listen."""
        self.seen_devices = {}
        await self._host.listen(self._on_advertisement)

    async def stop(self) -> None:
        """Stop to listen."""
        self._host.unlisten(self._on_advertisement)

    def _on_advertisement(self, advertisement: Any) -> None:
        address = advertisement.address.to_bytes(6, "big").hex(":").upper()
        _, before = self.seen_devices.get(address, (None, None))
        data = read_advertisement(structures(advertisement.data), advertisement.rssi, before)
        if self.is_allowed_uuid(data.service_uuids) and self._host.data is not None:
            source = self._host.data.bluetooth_device.mac_address
            details = {"source": source, "address_type": advertisement.address_type}
            device = self.create_or_update_device(address, address, data.local_name, details, data)
            self.call_detection_callbacks(device, data)


def structures(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Advertising structures of raw bytes (Core Specification, Vol 3, Part C, 11); a cut one ends them."""
    at = 0
    while at + 1 < len(data) and 0 < (length := data[at]) < len(data) - at:
        yield data[at + 1], data[at + 2 : at + 1 + length]
        at += 1 + length


def scanner_keywords(host: ProxyHost) -> dict[str, Any]:
    """Keywords for ``BleakScanner``."""
    return {"backend": ProxyScanner, "host": host}


def client_keywords(host: ProxyHost) -> dict[str, Any]:
    """Keywords for ``BleakClient``. Raises BleakError while the proxy is away."""
    if host.data is None:
        raise BleakError("the Bluetooth proxy is away")
    return {"backend": ESPHomeClient, "client_data": host.data}
