"""A broker for people who have none: iotcore's, in a child process, on loopback, MQTT 3.1.1 over TCP and websockets.

Its MQTT 5 listener stays shut: beside the older one it dies of a publication with properties (iotcore 0.4).
"""

from __future__ import annotations

import asyncio
import importlib
import signal
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from monitor.errors import MonitorError

HOST = "127.0.0.1"
FIRST_PORT = 1883
FIRST_WEBSOCKETS_PORT = 9001
PORTS_TRIED = 50
STOP_S = 0.8
_LISTENER = """
[{kind}.1]
name = "{kind}"
listen = "{host}:{port}"
next_connection_delay_ms = 1
[{kind}.1.connections]
connection_timeout_ms = 60000
max_payload_size = 65536
max_inflight_count = 100
dynamic_filters = true
"""
_ROUTER = """
id = 0
[router]
id = 0
max_connections = 100
max_outgoing_packet_count = 200
max_segment_size = 1048576
max_segment_count = 10
"""


class BrokerMissingError(MonitorError):
    """The extra with the embedded broker is not installed."""

    exit_code = 3

    def __init__(self) -> None:
        super().__init__('the embedded broker is not installed: pip install "sitbreak[broker]", or name mqtt.host')


class NoFreePortError(MonitorError):
    """All ports that might be used are taken."""

    exit_code = 3

    def __init__(self, first: int) -> None:
        super().__init__(f"no free port for the embedded broker from {first} on: free one, or name mqtt.host")
        self.first = first


class EmbeddedBroker:
    """``async with EmbeddedBroker() as broker: broker.port``; gone within a second of the end."""

    def __init__(self, port: int = FIRST_PORT, websockets_port: int = FIRST_WEBSOCKETS_PORT) -> None:
        self.host = HOST
        self.port = port
        """After the start: where it listens."""
        self.websockets_port = websockets_port
        self._broker: Any = None

    async def __aenter__(self) -> EmbeddedBroker:
        await asyncio.to_thread(self._start)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._broker is not None:
            await asyncio.to_thread(self._broker.stop, STOP_S)

    def _start(self) -> None:
        try:
            iotcore = importlib.import_module("iotcore")
        except ImportError:
            raise BrokerMissingError from None
        for port in free_ports(self.port):
            websockets_port = next(other for other in free_ports(self.websockets_port) if other != port)
            try:
                self._broker = self._spawn(iotcore, port, websockets_port)
            except OSError:  # taken between the look and the start
                continue
            self.port, self.websockets_port = port, websockets_port
            return

    def _spawn(self, iotcore: Any, port: int, websockets_port: int) -> Any:
        listeners = (("v4", port), ("ws", websockets_port))
        text = _ROUTER + "".join(_LISTENER.format(kind=kind, host=HOST, port=at) for kind, at in listeners)
        with tempfile.TemporaryDirectory(prefix="sitbreak-broker-") as folder, _DeafToInterrupt():
            path = Path(folder) / "broker.toml"
            path.write_text(text)
            broker = iotcore.Broker(config_path=str(path))
            broker.start()
        return broker


class _DeafToInterrupt:
    """A child born now never hears Ctrl-C, which the terminal sends to all: it must outlive the last goodbye.

    The mask is this thread's alone, so that the program itself keeps listening.
    """

    def __enter__(self) -> None:
        if hasattr(signal, "pthread_sigmask"):
            self._before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

    def __exit__(self, *_: object) -> None:
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_SETMASK, self._before)


def free_ports(first: int) -> Iterator[int]:
    """Ports from ``first`` on at which nothing listens on loopback."""
    for port in range(first, min(first + PORTS_TRIED, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
        yield port
    raise NoFreePortError(first)
