"""Figures for Prometheus: how well the program works, never what the wearer does.

No posture, no sitting time and no alert stands here: the endpoint has no password, and Prometheus keeps what it reads.
The library serves from threads of its own; they enter the event loop at one line, ``_figures``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from monitor import __version__
from monitor.diagnostics import Diagnostics, Gauges
from monitor.errors import MonitorError
from monitor.exchange import Message, Update, WearerState
from monitor.installing import install_line
from monitor.outlets.metrics_rules import MetricsRules

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import Metric

ANSWER_S = 5.0
"""How long a scrape waits for a program that is busy."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")

_log = logging.getLogger(__name__)

Found = tuple[WearerState, Diagnostics]
Value = Callable[[WearerState, Diagnostics], float | None]


class MetricsError(MonitorError):
    """The figures cannot be served."""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: a value a wearer, left out where it is not known."""

    name: str
    explained: str
    value: Value
    counts: bool = False
    """It only grows, until the program starts anew."""


FIGURES: tuple[Figure, ...] = (
    Figure("sitbreak_link_up", "1 while samples of the wearable are fresh.", lambda s, d: float(s.link_fresh)),
    Figure("sitbreak_battery_percent", "Battery of the wearable.", lambda s, d: s.battery_pct),
    Figure("sitbreak_rssi_dbm", "Signal strength when last heard.", lambda s, d: s.rssi_dbm),
    Figure("sitbreak_last_sample_timestamp_seconds", "When the newest sample was.", lambda s, d: s.last_sample_s),
    Figure(
        "sitbreak_packet_loss_ratio",
        "Share of samples lost on the way in the last hour, 0 to 1.",
        lambda s, d: None if d.packet_loss_pct is None else d.packet_loss_pct / 100.0,
    ),
    Figure("sitbreak_reconnects", "How often the stream came back.", lambda s, d: d.reconnects, counts=True),
    Figure("sitbreak_refused_packets", "Packets that made no sense.", lambda s, d: d.refused_packets, counts=True),
    Figure("sitbreak_outbox_messages", "Messages that wait for the MQTT broker.", lambda s, d: d.outbox),
    Figure("sitbreak_alerts_measured", "Alerts that the latencies are of.", lambda s, d: d.alerts_measured),
)
NOTHING_YET = WearerState(at_s=0.0)
LATENCY = "sitbreak_alert_latency_seconds"
"""From the sample that decided an alert to the broker's acknowledgement; label ``quantile``."""


class MetricsOutlet:
    """Serves ``/metrics`` while it runs; the figures are read when they are asked for."""

    NAME: ClassVar[str] = "metrics"

    def __init__(self, rules: MetricsRules, wearers: Sequence[str], gauges: Gauges) -> None:
        self._rules, self._wearers, self._gauges = rules, wearers, gauges
        self._states: dict[str, WearerState] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        if rules.host not in LOOPBACK:
            _log.warning("metrics.host = %s: everybody in reach of it may read the figures", rules.host)

    def durable(self, update: Update) -> list[Message]:
        """Nothing: figures are worthless when late."""
        return []

    async def run(self, updates: AsyncIterator[Update]) -> None:
        """Serve until cancelled."""
        self._loop = asyncio.get_running_loop()
        server = self._serve()
        try:
            async for update in updates:
                if update.wearer in self._wearers:
                    self._states[update.wearer] = update.state
        finally:
            await asyncio.shield(asyncio.to_thread(server.shutdown))
            server.server_close()

    def _serve(self) -> Any:
        try:
            from prometheus_client import start_http_server
        except ImportError:
            raise MetricsError(
                f'the figures need the extra "metrics": {install_line("metrics")}; or metrics.enabled = false'
            ) from None
        host, port = self._rules.host, self._rules.port
        try:
            server, _ = start_http_server(port, host, registry=self._registry())
        except OSError as error:
            raise MetricsError(
                f"the figures' {host}:{port} cannot be listened on ({error.strerror or error}); set metrics.port or"
                " metrics.host, or metrics.enabled = false"
            ) from None
        return server

    def _registry(self) -> CollectorRegistry:
        """One of our own, so that nobody else's metrics slip in, with those of the process and of Python."""
        from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector

        registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        registry.register(self)
        return registry

    def describe(self) -> list[Metric]:
        """Nothing beforehand: the library would collect to find the names, and nobody is there yet."""
        return []

    def collect(self) -> Iterator[Metric]:
        """What the library asks for at a scrape, in a thread of its own."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily

        found = self._figures()
        yield InfoMetricFamily("sitbreak", "The program.", {"version": __version__})
        for figure in FIGURES:
            kind = CounterMetricFamily if figure.counts else GaugeMetricFamily
            family = kind(figure.name, figure.explained, labels=["wearer"])
            for wearer, known in found.items():
                if (value := figure.value(*known)) is not None:
                    family.add_metric([wearer], float(value))
            yield family
        family = GaugeMetricFamily(LATENCY, "From the deciding sample to the broker.", labels=["wearer", "quantile"])
        for wearer, (_, figures) in found.items():
            for quantile, latency_s in (("0.5", figures.latency_p50_s), ("0.95", figures.latency_p95_s)):
                if latency_s is not None:
                    family.add_metric([wearer, quantile], latency_s)
        yield family

    def _figures(self) -> dict[str, Found]:
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(self._read(), self._loop).result(ANSWER_S)

    async def _read(self) -> dict[str, Found]:
        return {
            wearer: (self._states.get(wearer, NOTHING_YET), await self._gauges.read(wearer)) for wearer in self._wearers
        }
