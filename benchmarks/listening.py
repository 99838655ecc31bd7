"""A real mosquitto on loopback, and an ear that notes when it heard what."""

from __future__ import annotations

import os
import resource
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

PLACES = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
MOSQUITTO = shutil.which("mosquitto", path=PLACES)
PATIENCE_S = 10.0
BELOW_OUTGOING = range(15_000, 32_768)
"""Linux gives outgoing connections ports from 32768 on; the system's own choice of a free one would be among those."""
SETTINGS = "listener {port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n{more}"


def free_port() -> int:
    """A port on loopback at which nothing listens now, and which no outgoing connection is given meanwhile."""
    while True:
        port = BELOW_OUTGOING.start + secrets.randbelow(len(BELOW_OUTGOING))
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def allow_connections() -> int:
    """Let this process and its children hold as many connections as the system allows; returns how many."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


@dataclass(frozen=True)
class Broker:
    """A running mosquitto."""

    port: int
    pid: int


@contextmanager
def mosquitto(folder: Path, more: str = "") -> Iterator[Broker]:
    """Run a broker until the block ends; ``more`` are further lines of its settings."""
    port, config = free_port(), folder / "mosquitto.conf"
    as_root = "user root\n" if os.geteuid() == 0 else ""  # it would change to a user who may not read the folder
    config.write_text(as_root + SETTINGS.format(port=port, more=more))
    process = start_mosquitto(config, port)
    try:
        yield Broker(port, process.pid)
    finally:
        end(process)


def start_mosquitto(config: Path, port: int) -> subprocess.Popen[bytes]:
    """Start a broker with these settings; it listens at the port when this returns."""
    if MOSQUITTO is None:
        raise SystemExit("mosquitto is not installed: apt install mosquitto")
    process = subprocess.Popen([MOSQUITTO, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < until_s and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.02)
    end(process)
    raise SystemExit("mosquitto does not start")


def end(process: subprocess.Popen[bytes]) -> None:
    """Let it end, and wait for that."""
    process.terminate()
    process.wait(PATIENCE_S)


@dataclass(frozen=True, slots=True)
class Heard:
    """A message, and the wall clock when it came."""

    at_s: float
    topic: str
    payload: bytes
    retain: bool


class Ear:
    """Hears topics of a broker until the block ends."""

    def __init__(self, port: int, *topics: str) -> None:
        self.heard: list[Heard] = []
        self._topics, self._ready = topics, Event()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self._client.on_connect = lambda *_: [self._client.subscribe(topic, 1) for topic in topics]
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_message = lambda _client, _data, message: self.heard.append(
            Heard(time.time(), message.topic, message.payload, message.retain)
        )
        self._client.connect("127.0.0.1", port)

    def __enter__(self) -> Ear:
        self._client.loop_start()
        self._ready.wait(PATIENCE_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of them lies; nan of none."""
    ordered = sorted(values)
    return ordered[min(round(share * (len(ordered) - 1)), len(ordered) - 1)] if ordered else float("nan")
