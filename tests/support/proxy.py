"""An ESPHome Bluetooth proxy of our own: its network protocol, with a bumble radio on the virtual air below.

Frames are plain: a zero byte, the length and the type as varints, a protobuf message of ESPHome's own definitions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aioesphomeapi import BluetoothProxyFeature, api_pb2
from aioesphomeapi.core import MESSAGE_TYPE_TO_PROTO
from bleak import BleakClient
from bleak.exc import BleakError, BleakGATTProtocolError
from bumble.device import Advertisement

from monitor.transport.bumble_backend import client_keywords
from monitor.transport.bumble_host import BumbleHost, OpenAir

NUMBERS = {message: number for number, message in MESSAGE_TYPE_TO_PROTO.items()}
SLOTS = 3
MAC = "AA:BB:CC:00:11:22"
FEATURES = (
    BluetoothProxyFeature.ACTIVE_CONNECTIONS
    | BluetoothProxyFeature.REMOTE_CACHING
    | (BluetoothProxyFeature.RAW_ADVERTISEMENTS)
)
PROPERTIES = {"read": 0x02, "write-without-response": 0x04, "write": 0x08, "notify": 0x10, "indicate": 0x20}


def varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    out = b""
    while number > 0x7F:
        out, number = out + bytes([number & 0x7F | 0x80]), number >> 7
    return out + bytes([number])


def uuid_halves(uuid: str) -> list[int]:
    """A UUID as two 64-bit numbers, the higher first."""
    number = int(uuid.replace("-", ""), 16)
    return [number >> 64, number & (1 << 64) - 1]


class Proxy:
    """The ESP32, for one host at a time."""

    def __init__(self, open_air: OpenAir, features: BluetoothProxyFeature = FEATURES) -> None:
        self._radio = BumbleHost(open_air)
        self._features = features
        self._clients: dict[int, BleakClient] = {}
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.connects = 0
        self.ignores = ""
        """Name of the request that it never answers."""
        self.has_ignored, self.was_left = asyncio.Event(), asyncio.Event()

    async def __aenter__(self) -> Proxy:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        await self._radio.listen(self._heard, active=True)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        await self._radio.close()

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    def cut(self) -> None:
        """Lose the network."""
        for writer in list(self._writers):
            writer.close()

    # --- frames -------------------------------------------------------------------------------------------------

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while True:
                await reader.readexactly(1)
                length, number = await self._varint(reader), await self._varint(reader)
                request = MESSAGE_TYPE_TO_PROTO[number]()
                request.ParseFromString(await reader.readexactly(length))
                await self._answer(request)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()
            self.was_left.set()
            for client in list(self._clients.values()):
                await client.disconnect()

    async def _varint(self, reader: asyncio.StreamReader) -> int:
        number, shift = 0, 0
        while True:
            (byte,) = await reader.readexactly(1)
            number, shift = number | (byte & 0x7F) << shift, shift + 7
            if byte < 0x80:
                return number

    def _send(self, message: Any) -> None:
        data = message.SerializeToString()
        for writer in self._writers:
            writer.write(b"\0" + varint(len(data)) + varint(NUMBERS[type(message)]) + data)

    # --- what is asked ------------------------------------------------------------------------------------------

    async def _answer(self, request: Any) -> None:
        name = type(request).__name__
        if name == self.ignores:
            self.has_ignored.set()
            return
        answers: dict[str, Callable[[Any], Awaitable[None] | None]] = {
            "HelloRequest": lambda _: self._send(
                api_pb2.HelloResponse(api_version_major=1, api_version_minor=10, name="proxy", server_info="test")
            ),
            "PingRequest": lambda _: self._send(api_pb2.PingResponse()),
            "DisconnectRequest": lambda _: self._send(api_pb2.DisconnectResponse()),
            "DeviceInfoRequest": lambda _: self._send(
                api_pb2.DeviceInfoResponse(
                    name="proxy",
                    mac_address=MAC,
                    bluetooth_mac_address=MAC,
                    bluetooth_proxy_feature_flags=int(self._features),
                )
            ),
            "SubscribeBluetoothConnectionsFreeRequest": lambda _: self._tell_slots(),
            "BluetoothDeviceRequest": self._device,
            "BluetoothGATTGetServicesRequest": self._services,
            "BluetoothGATTReadRequest": self._read,
            "BluetoothGATTWriteRequest": self._write,
            "BluetoothGATTNotifyRequest": self._notify,
            "BluetoothGATTWriteDescriptorRequest": lambda request: self._send(
                api_pb2.BluetoothGATTWriteResponse(address=request.address, handle=request.handle)
            ),
        }
        if name in answers and (waiting := answers[name](request)) is not None:
            await waiting

    def _tell_slots(self) -> None:
        free = SLOTS - len(self._clients)
        self._send(api_pb2.BluetoothConnectionsFreeResponse(free=free, limit=SLOTS, allocated=list(self._clients)))

    def _heard(self, advertisement: Advertisement) -> None:
        address = int(advertisement.address.to_string(False).replace(":", ""), 16)
        raw = b"".join(bytes([len(v) + 1, k]) + bytes(v) for k, v in advertisement.data.ad_structures)
        response = api_pb2.BluetoothLERawAdvertisementsResponse()
        response.advertisements.add(address=address, rssi=advertisement.rssi, address_type=1, data=raw)
        self._send(response)

    async def _device(self, request: Any) -> None:
        kinds = api_pb2.BluetoothDeviceRequestType
        if request.request_type == kinds.Value("BLUETOOTH_DEVICE_REQUEST_TYPE_DISCONNECT"):
            if request.address in self._clients:
                await self._clients[request.address].disconnect()
            else:
                self._tell_link(request.address, False)
            return
        address = request.address.to_bytes(6, "big").hex(":").upper()
        gone = lambda _: self._lost(request.address)  # noqa: E731
        client = BleakClient(address, gone, timeout=5.0, **client_keywords(self._radio))
        self._clients[request.address] = client
        self._tell_slots()
        try:
            await client.connect()
        except (BleakError, TimeoutError):
            self._lost(request.address)
            return
        self.connects += 1
        self._tell_link(request.address, True, client.mtu_size)

    def _lost(self, address: int) -> None:
        if self._clients.pop(address, None) is not None:
            self._tell_link(address, False)
            self._tell_slots()

    def _tell_link(self, address: int, connected: bool, mtu: int = 0) -> None:
        response = api_pb2.BluetoothDeviceConnectionResponse
        self._send(response(address=address, connected=connected, mtu=mtu, error=0))

    async def _services(self, request: Any) -> None:
        for service in self._clients[request.address].services:
            response = api_pb2.BluetoothGATTGetServicesResponse(address=request.address)
            told = response.services.add(uuid=uuid_halves(service.uuid), handle=service.handle)
            for characteristic in service.characteristics:
                bits = sum(PROPERTIES.get(each, 0) for each in characteristic.properties)
                part = told.characteristics.add(
                    uuid=uuid_halves(characteristic.uuid), handle=characteristic.handle, properties=bits
                )
                for descriptor in characteristic.descriptors:
                    part.descriptors.add(uuid=uuid_halves(descriptor.uuid), handle=descriptor.handle)
            self._send(response)
        self._send(api_pb2.BluetoothGATTGetServicesDoneResponse(address=request.address))

    async def _read(self, request: Any) -> None:
        async for value in self._tried(request, lambda c: c.read_gatt_char(request.handle)):
            self._send(
                api_pb2.BluetoothGATTReadResponse(address=request.address, handle=request.handle, data=bytes(value))
            )

    async def _write(self, request: Any) -> None:
        work = lambda c: c.write_gatt_char(request.handle, request.data, response=request.response)  # noqa: E731
        async for _ in self._tried(request, work):
            if request.response:
                self._send(api_pb2.BluetoothGATTWriteResponse(address=request.address, handle=request.handle))

    async def _notify(self, request: Any) -> None:
        def on_data(_: Any, data: bytearray) -> None:
            response = api_pb2.BluetoothGATTNotifyDataResponse
            self._send(response(address=request.address, handle=request.handle, data=bytes(data)))

        if request.address not in self._clients:
            return
        start = lambda c: c.start_notify(request.handle, on_data)  # noqa: E731
        async for _ in self._tried(request, start if request.enable else lambda c: c.stop_notify(request.handle)):
            self._send(api_pb2.BluetoothGATTNotifyResponse(address=request.address, handle=request.handle))

    async def _tried(self, request: Any, work: Callable[[BleakClient], Awaitable[Any]]) -> Any:
        """What came of it, or nothing after the refusal was told."""
        try:
            value = await work(self._clients[request.address])
        except (BleakError, KeyError) as error:
            code = int(error.code) if isinstance(error, BleakGATTProtocolError) else -1
            told = api_pb2.BluetoothGATTErrorResponse(address=request.address, handle=request.handle, error=code)
            self._send(told)
            return
        yield value
