"""The air: radios on one medium, in process or one for every TCP connection, with the faults of real air.

In process::

    async with Air() as air:
        transport = air.join("band")            # a bumble Transport(controller, controller)
        port = await air.serve("127.0.0.1", 0)  # hosts elsewhere join with "tcp-client:127.0.0.1:PORT"
        air.set_out_of_range("band", True)      # links drop, advertisements stop arriving

A host whose socket ends is off the air: its peers lose the link after the supervision timeout.
"""

from __future__ import annotations

import asyncio
from typing import Self

from bumble import core, hci
from bumble.transport import open_transport
from bumble.transport.common import PacketParser, Transport

from firmware_sim.radio import LINK_LOST, SUPERVISION_TIMEOUT_S, Medium, Radio


class HciSocket(asyncio.Protocol):
    """A host at the other end of a TCP connection: its packets go to a controller of its own."""

    def __init__(self, air: Air) -> None:
        self._air = air
        self._parser = PacketParser()
        self._transport: asyncio.WriteTransport | None = None
        self._controller: Radio | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Put a new radio on the air."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        self._controller = self._air.add_host(self)
        self._parser.set_packet_sink(self._controller)

    def data_received(self, data: bytes) -> None:
        """Hand the host's packets to its controller; bytes that are no HCI end the connection."""
        try:
            self._parser.feed_data(data)
        except core.InvalidPacketError:
            if self._transport is not None:
                self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Take the radio off the air."""
        if self._controller is not None:
            self._controller.close()

    def on_packet(self, packet: bytes) -> None:
        """Send a controller's packet to the host."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(packet)

    def abort(self) -> None:
        """Cut the connection."""
        if self._transport is not None:
            self._transport.abort()


class Air:
    """Everybody's radio: in-process members, TCP members and a Linux kernel hear one another."""

    def __init__(self, supervision_timeout_s: float = SUPERVISION_TIMEOUT_S) -> None:
        self._medium = Medium(supervision_timeout_s)
        self._servers: list[asyncio.Server] = []
        self._sockets: list[HciSocket] = []
        self._kernel: Transport | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def join(self, name: str, public_address: str | None = None) -> Transport:
        """Return the HCI transport of a new in-process radio; faults refer to it by its name."""
        radio = Radio(name, self._medium, address=public_address)
        return Transport(radio, radio)

    def add_host(self, socket: HciSocket) -> Radio:
        """Put the radio of a TCP member on the air."""
        self._sockets.append(socket)
        return Radio(f"tcp-{len(self._sockets)}", self._medium, host_sink=socket)

    async def serve(self, host: str, port: int) -> int:
        """Accept hosts over TCP; return the port (the chosen one for 0)."""
        server = await asyncio.get_running_loop().create_server(lambda: HciSocket(self), host, port)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def join_kernel(self) -> None:
        """Give the Linux kernel an adapter on this air through /dev/vhci, so that BlueZ sees the devices."""
        self._kernel = await open_transport("vhci")
        radio = Radio("vhci", self._medium, host_sink=self._kernel.sink, address="F0:F1:F2:F3:F4:F5/P")
        # The kernel would wait for an Enhanced Connection Complete event that bumble does not send (bumble #841).
        radio.le_features &= ~(hci.LeFeatureMask.LL_PRIVACY | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING)
        self._kernel.source.set_packet_sink(radio)

    def set_out_of_range(self, name: str, away: bool) -> None:
        """Carry the members of this name out of reach (their links drop), or bring them back."""
        if not away:
            self._medium.away.discard(name)
            return
        for radio in [member for member in self._medium.controllers if member.name == name]:
            if isinstance(radio, Radio):
                radio.drop_links(LINK_LOST)
        self._medium.away.add(name)

    async def close(self) -> None:
        """Cut every TCP member off and stop listening."""
        for server in self._servers:
            server.close()
        for socket in self._sockets:
            socket.abort()
        if self._kernel is not None:
            await self._kernel.close()
        self._medium.close()
