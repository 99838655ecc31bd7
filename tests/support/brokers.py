"""The real mosquitto on a free loopback port, and a client that listens to it."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from benchmarks.listening import free_port

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
WAIT_S = 8.0


class Mosquitto:
    """A broker process that can be stopped and started again at the same port; it forgets what was retained."""

    def __init__(self, folder: Path, settings: str = "allow_anonymous true") -> None:
        self.port = free_port()
        self._config = folder / f"mosquitto-{self.port}.conf"
        # As root it would change to a user who may not read the test's folder.
        self._config.write_text(f"user root\nlistener {self.port} 127.0.0.1\n{settings}\n")
        self._log = folder / f"mosquitto-{self.port}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Mosquitto:
        assert MOSQUITTO is not None
        with self._log.open("ab") as log:
            self._process = subprocess.Popen([MOSQUITTO, "-c", str(self._config)], stdout=log, stderr=log)
        deadline_s = time.monotonic() + WAIT_S
        while time.monotonic() < deadline_s:
            if self._process.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.01)
        raise RuntimeError(f"mosquitto did not start: {self._log.read_text()}")

    def freeze(self) -> None:
        """As a machine that hangs: the socket is open and nobody answers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        if self._process is None:
            return
        for _ in range(round(WAIT_S)):
            self._process.terminate()  # again: it loses a signal that comes between its port and its main loop
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(1.0)
                break
        else:
            self._process.kill()
            self._process.wait()
        self._process = None


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """A running broker without passwords."""
    if MOSQUITTO is None:
        pytest.skip("mosquitto is not installed")
    broker = Mosquitto(tmp_path).start()
    yield broker
    broker.stop()


@dataclass(frozen=True)
class Heard:
    topic: str
    text: str
    retain: bool
    properties: Any


class Listener:
    """A paho client that keeps all it hears; its thread speaks to the test's loop only."""

    def __init__(
        self,
        port: int,
        *topics: str,
        version: MQTTProtocolVersion = paho.MQTTv5,
        user: tuple[str, str] | None = None,
        trust: Path | None = None,
        shows: tuple[Path, Path] | None = None,
        will: str = "",
    ) -> None:
        """``trust``: the authority's file, for TLS; ``shows``: certificate and key of this client.

        ``will``: where ON is to be published when this client is cut off.
        """
        self.heard: list[Heard] = []
        self.refusals: list[str] = []
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._topics = topics
        self._granted = 0
        self._port = port
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=version)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = lambda *_: self._enter(self._grant)
        self._client.on_message = self._on_message
        self._client.on_publish = self._on_publish
        if user:
            self._client.username_pw_set(*user)
        if will:
            self._client.will_set(will, "ON", 1)
        if trust:
            certificate, key = map(str, shows) if shows else (None, None)
            self._client.tls_set(str(trust), certificate, key)

    async def __aenter__(self) -> Listener:
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        await self._until(lambda: self._granted >= len(self._topics))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)

    def drop(self) -> None:
        """Be cut off, without a goodbye."""
        held = self._client.socket()
        assert isinstance(held, socket.socket)
        held.shutdown(socket.SHUT_RDWR)

    def publish(self, topic: str, payload: str | bytes, retain: bool = False, **properties: Any) -> None:
        told = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        for name, value in properties.items():
            setattr(told, name, value)
        self._client.publish(topic, payload, 1, retain, told if properties else None)

    async def until(self, found: Callable[[Heard], bool], within_s: float = WAIT_S) -> Heard:
        """The first message that fits, heard already or yet to come."""
        await self._until(lambda: any(map(found, self.heard)), within_s)
        return next(filter(found, self.heard))

    async def topic(self, topic: str, text: str | None = None, within_s: float = WAIT_S) -> Heard:
        return await self.until(lambda heard: heard.topic == topic and text in (None, heard.text), within_s)

    def texts(self, topic: str) -> list[str]:
        return [heard.text for heard in self.heard if heard.topic == topic]

    async def _until(self, true: Callable[[], bool], within_s: float = WAIT_S) -> None:
        async with asyncio.timeout(within_s):
            while not true():
                self._news.clear()
                await self._news.wait()

    def _enter(self, work: Callable[..., None], *values: Any) -> None:
        self._loop.call_soon_threadsafe(work, *values)

    def _grant(self) -> None:
        self._granted += 1
        self._news.set()

    def _keep(self, heard: Heard) -> None:
        self.heard.append(heard)
        self._news.set()

    def _on_connect(self, *_: Any) -> None:
        for topic in self._topics:
            self._client.subscribe(topic, 1)

    def _on_message(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        text = message.payload.decode(errors="replace")
        self._enter(self._keep, Heard(message.topic, text, bool(message.retain), message.properties))

    def _on_publish(self, _client: Any, _data: Any, _number: int, code: Any, _props: Any) -> None:
        if code.is_failure:
            self._enter(self.refusals.append, str(code))
            self._enter(self._news.set)

    async def refused(self) -> str:
        await self._until(lambda: bool(self.refusals))
        return self.refusals[0]
