"""A broker for people who have none: iotcore's, in a child process, on loopback, MQTT 3.1.1 over TCP and websockets.

Beyond loopback it listens with a password only. It knows one user, no access list and, here, no TLS: a whole house is
better served by mosquitto and the files shipped for it. Its MQTT 5 listener stays shut: beside the older one it dies of
a publication with properties (iotcore 0.4).
"""

from __future__ import annotations

import asyncio
import errno
import importlib
import json
import re
import signal
import socket
import tempfile
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Any

from monitor.errors import MonitorError
from monitor.installing import install_line

HOST = "127.0.0.1"
FIRST_PORT = 1883
FIRST_WEBSOCKETS_PORT = 9001
PORTS_TRIED = 50
STOP_S = 0.8
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
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
_LOG_IN = """
[{kind}.1.connections.auth]
{name} = {password}
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
        super().__init__(f"the embedded broker is not installed: {install_line('broker')}, or name mqtt.host")


class OpenBrokerError(MonitorError):
    """Others could read and command, because no password is set."""

    exit_code = 2

    def __init__(self, host: str) -> None:
        remedy = "set mqtt.username and mqtt.password, or leave it on 127.0.0.1"
        super().__init__(f"the embedded broker would be open to everybody who reaches {host}: {remedy}")
        self.host = host


class BrokerUserError(MonitorError):
    """The user's name or password cannot be the embedded broker's; the password is not said."""

    exit_code = 2

    def __init__(self, reason: str) -> None:
        super().__init__(f"the embedded broker cannot take this user: {reason}")


class ForeignAddressError(MonitorError):
    """The address to listen at is another computer's."""

    exit_code = 2

    def __init__(self, host: str) -> None:
        super().__init__(f"the embedded broker cannot listen at {host}: this computer has no such address")
        self.host = host


class NoFreePortError(MonitorError):
    """All ports that might be used are taken."""

    exit_code = 3

    def __init__(self, first: int) -> None:
        super().__init__(f"no free port for the embedded broker from {first} on: free one, or name mqtt.host")
        self.first = first


class EmbeddedBroker:
    """``async with EmbeddedBroker() as broker: broker.port``; gone within a second of the end."""

    def __init__(
        self,
        port: int = FIRST_PORT,
        websockets_port: int = FIRST_WEBSOCKETS_PORT,
        host: str = HOST,
        user: tuple[str, str] | None = None,
    ) -> None:
        """``user``: name and password, which all clients must then give. Raises OpenBrokerError, BrokerUserError."""
        self.host, self._log_in = host, _checked(host, user)
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
        for port in free_ports(self.port, self.host):
            websockets_port = next(other for other in free_ports(self.websockets_port, self.host) if other != port)
            try:
                self._broker = self._spawn(iotcore, port, websockets_port)
            except OSError:  # taken between the look and the start
                continue
            self.port, self.websockets_port = port, websockets_port
            return

    def _spawn(self, iotcore: Any, port: int, websockets_port: int) -> Any:
        listeners = (("v4", port), ("ws", websockets_port))
        text = _ROUTER + "".join(self._listener(kind, at) for kind, at in listeners)
        with tempfile.TemporaryDirectory(prefix="sitbreak-broker-") as folder, _DeafToInterrupt():
            path = Path(folder) / "broker.toml"  # the folder is this user's alone: there may be a password in it
            path.write_text(text, encoding="utf-8")
            broker = iotcore.Broker(config_path=str(path))
            broker.start()
        return broker

    def _listener(self, kind: str, port: int) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        text = _LISTENER.format(kind=kind, host=host, port=port)
        if self._log_in is None:
            return text
        # A JSON text is a TOML text, but for the surrogates by which JSON escapes what lies beyond 16 bits.
        name, password = (json.dumps(word, ensure_ascii=False) for word in self._log_in)
        return text + _LOG_IN.format(kind=kind, name=name, password=password)


def _checked(host: str, user: tuple[str, str] | None) -> tuple[str, str] | None:
    """The user, where the broker may listen at the host with it."""
    if user is None or not user[1]:
        if not ip_address(host).is_loopback:
            raise OpenBrokerError(host)
        return None
    if not _NAME.fullmatch(user[0]):
        raise BrokerUserError("mqtt.username must be letters, digits, dots, dashes and underscores")
    if not user[1].isprintable():
        raise BrokerUserError("mqtt.password must be printable")
    return user


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


def free_ports(first: int, host: str = HOST) -> Iterator[int]:
    """Ports from ``first`` on at which nothing listens at the host."""
    for port in range(first, min(first + PORTS_TRIED, 65536)):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as problem:
                if problem.errno == errno.EADDRNOTAVAIL:
                    raise ForeignAddressError(host) from None
                continue
        yield port
    raise NoFreePortError(first)
