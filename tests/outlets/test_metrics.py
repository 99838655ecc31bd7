"""The endpoint for Prometheus, asked over HTTP as Prometheus does, and read with its own parser."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.listening import free_port
from monitor.clock import Clock
from monitor.exchange import Update, WearerState
from monitor.gauges import WearersGauges
from monitor.model import LinkEvent, LinkState
from monitor.outlets.metrics import FIGURES, LATENCY, MetricsError, MetricsOutlet
from monitor.outlets.metrics_rules import MetricsRules
from monitor.settings.loading import load
from tests.support.living_outlet import break_due
from tests.support.outboxes import Feed

Samples = dict[tuple[str, str, str], float]
STATE = WearerState(at_s=100.0, posture="sitting", sedentary=True, link_fresh=True, battery_pct=81, last_sample_s=99.5)


@asynccontextmanager
async def serving(gauges: WearersGauges, port: int) -> AsyncIterator[Feed]:
    feed = Feed()
    outlet = MetricsOutlet(MetricsRules(enabled=True, port=port), list(gauges.meters), gauges)
    task = asyncio.create_task(outlet.run(aiter(feed)), name="metrics")
    await asyncio.sleep(0)
    yield feed
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _fetched(port: int) -> str:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain")
        return str(answer.read().decode())


async def scraped(port: int) -> Samples:
    text = await asyncio.to_thread(_fetched, port)
    return {
        (sample.name, sample.labels.get("wearer", ""), sample.labels.get("quantile", "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_the_figures_are_those_of_now_one_a_wearer() -> None:
    gauges, port = WearersGauges(["ann", "ben"], None, Clock(), "mqtt"), free_port()
    streaming = LinkEvent(LinkState.STREAMING, 0.0)
    async with serving(gauges, port) as feed:
        before = await scraped(port)
        gauges.meters["ann"].heard([streaming, streaming, streaming])
        call = break_due(100.0)
        gauges.meters["ann"].decided([call])
        gauges.meters["ann"].acknowledged(call.id, 103.25)
        feed.put(Update("ann", (), STATE))
        feed.put(Update("a stranger", (), STATE))
        await asyncio.sleep(0.01)
        after = await scraped(port)
    assert before["sitbreak_link_up", "ann", ""] == 0
    assert ("sitbreak_battery_percent", "ann", "") not in before
    assert before["sitbreak_reconnects_total", "ann", ""] == 0
    assert after["sitbreak_reconnects_total", "ann", ""] == 2
    assert after["sitbreak_reconnects_total", "ben", ""] == 0
    assert (after["sitbreak_link_up", "ann", ""], after["sitbreak_battery_percent", "ann", ""]) == (1, 81)
    assert after["sitbreak_last_sample_timestamp_seconds", "ann", ""] == 99.5
    assert (after[LATENCY, "ann", "0.5"], after[LATENCY, "ann", "0.95"]) == (3.25, 3.25)
    assert {wearer for _, wearer, _ in after} == {"", "ann", "ben"}
    assert after["process_resident_memory_bytes", "", ""] > 1e6


async def test_what_the_wearer_does_is_not_told() -> None:
    gauges, port = WearersGauges(["ann"], None, Clock(), "mqtt"), free_port()
    async with serving(gauges, port) as feed:
        feed.put(Update("ann", (), STATE))
        await asyncio.sleep(0.01)
        text = await asyncio.to_thread(_fetched, port)
    for word in ("posture", "sitting", "sedentary", "bout"):
        assert word not in text


async def test_the_port_is_free_again_after_the_end() -> None:
    gauges, port = WearersGauges(["ann"], None, Clock(), "mqtt"), free_port()
    for _ in range(2):
        async with serving(gauges, port):
            await scraped(port)


async def test_a_port_that_is_taken_is_said_with_the_setting_to_change() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        outlet = MetricsOutlet(
            MetricsRules(enabled=True, port=other.getsockname()[1]), ["ann"], WearersGauges([], None, Clock(), "mqtt")
        )
        with pytest.raises(MetricsError, match=r"metrics\.port"):
            await outlet.run(aiter(Feed()))


async def test_without_the_extra_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    outlet = MetricsOutlet(MetricsRules(enabled=True), ["ann"], WearersGauges(["ann"], None, Clock(), "mqtt"))
    with pytest.raises(MetricsError, match=r'pip install "sitbreak\[metrics\]"'):
        await outlet.run(aiter(Feed()))


def test_it_is_off_and_on_loopback_unless_told_otherwise(caplog: pytest.LogCaptureFixture) -> None:
    rules = load(None, (), {}).settings.metrics
    assert (rules.enabled, rules.host) == (False, "127.0.0.1")
    MetricsOutlet(rules, [], WearersGauges([], None, Clock(), "mqtt"))
    assert not caplog.records
    MetricsOutlet(MetricsRules(host="0.0.0.0"), [], WearersGauges([], None, Clock(), "mqtt"))
    assert "everybody" in caplog.text


def test_names_follow_prometheus_habits() -> None:
    for figure in FIGURES:
        assert figure.name.startswith("sitbreak_")
        assert not figure.name.endswith("_total")  # the library adds it to what counts
        assert figure.explained.endswith(".")
