"""A mosquitto of our own on a free port, and a subscriber that keeps every message."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks.listening import PATIENCE_S, end, free_port, start_mosquitto

NEWS = ("event", "log", "day")
"""The last parts of topics whose messages must arrive, each once."""


class Broker:
    """``with Broker(folder) as broker``: two doors on loopback, one for the daemon and one for the ledger."""

    def __init__(self, folder: Path, guard: str = "allow_anonymous true", limits: str = "") -> None:
        """``guard`` are mosquitto's settings of the daemon's door, ``limits`` those of all."""
        self.port, self.plain_port = free_port(), free_port()
        self._config = folder / "mosquitto.conf"
        self._config.write_text(
            f"user root\nlog_type none\nmax_queued_messages 0\nper_listener_settings true\n{limits}\n"
            f"listener {self.plain_port} 127.0.0.1\nallow_anonymous true\nlistener {self.port} 127.0.0.1\n{guard}\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it; it remembers nothing of an earlier life."""
        self._process = start_mosquitto(self._config, self.port)

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            end(self._process)
            self._process = None


@dataclass
class Heard:
    """One piece of news, by topic and id."""

    payload: str
    at_s: float
    """Stream time at which it came first."""
    times: int = 1


class Ledger:
    """Hears everything below ``sitbreak/`` at QoS 1, and forgets nothing."""

    def __init__(self, port: int, now_s: Callable[[], float] = time.time) -> None:
        self._port, self._now_s = port, now_s
        self._all: list[tuple[str, str, float]] = []
        self._granted, self._marked = threading.Event(), threading.Event()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe([("sitbreak/#", 1), ("end", 1)])
        self._client.on_disconnect = lambda *_: self._granted.clear()
        self._client.on_subscribe = lambda *_: self._granted.set()
        self._client.on_message = self._keep

    def __enter__(self) -> Self:
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        self.listening()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def listening(self) -> None:
        """Return when it hears everything, after a restart of the broker too."""
        if not self._granted.wait(PATIENCE_S):
            raise SystemExit("the broker grants no subscription")

    def _keep(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        if message.topic == "end":
            self._marked.set()
        else:
            self._all.append((message.topic, message.payload.decode(), self._now_s()))

    def settle(self) -> None:
        """Return when all that the broker has taken so far is heard."""
        self._client.publish("end", "", 1)
        self._marked.wait(PATIENCE_S)

    def news(self) -> dict[str, Heard]:
        """What must arrive once; keys are the topic and the id, and the words where a later reading has others."""
        news: dict[str, Heard] = {}
        for topic, payload, at_s in self._all:
            kind = topic.rpartition("/")[2]
            if kind in NEWS and payload:
                key = f"{topic} {json.loads(payload).get('id') or payload}"
                if key in news and news[key].payload != payload:
                    key += f" {payload}"
                if key in news:
                    news[key].times += 1
                else:
                    news[key] = Heard(payload, at_s)
        return news
