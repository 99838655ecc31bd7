"""What every outlet promises, whichever it is."""

from __future__ import annotations

import asyncio
import inspect
import io
from collections.abc import Callable

import pytest

from benchmarks.listening import free_port
from monitor.clock import Clock
from monitor.exchange import Update, WearerState
from monitor.gauges import WearersGauges
from monitor.outlets import OUTLETS
from monitor.outlets.base import Outlet
from monitor.outlets.console import ConsoleOutlet
from monitor.outlets.metrics import MetricsOutlet
from monitor.outlets.metrics_rules import MetricsRules
from monitor.outlets.mqtt.outlet import MqttOutlet
from monitor.outlets.mqtt.rules import MqttRules
from monitor.outlets.push import PushOutlet
from monitor.outlets.push_rules import PushRules
from monitor.outlets.wearable import WearableOutlet
from monitor.rules import check
from tests.support.living_outlet import ME, break_due
from tests.support.outboxes import Feed, MemoryOutbox, NoLedger

MAKE: dict[str, Callable[[], Outlet]] = {
    "console": lambda: ConsoleOutlet(Clock(), False, io.StringIO()),
    "metrics": lambda: MetricsOutlet(
        MetricsRules(enabled=True, port=free_port()), ["me"], WearersGauges(["me"], None, Clock(), "mqtt")
    ),
    "mqtt": lambda: MqttOutlet(
        MqttRules(host="127.0.0.1", port=free_port()), [ME], MemoryOutbox(), lambda *_: None, Clock()
    ),
    "push": lambda: PushOutlet(
        check(PushRules, {"urls": "json://127.0.0.1:9/"}), ["me"], MemoryOutbox(), Clock(), NoLedger()
    ),
    "wearable": lambda: WearableOutlet(lambda *_: None, Clock()),
}
EVERY = pytest.mark.parametrize("name", OUTLETS)


def _update(wearer: str = "me") -> Update:
    return Update(wearer, (break_due(1_795_343_250.0),), WearerState(at_s=1_795_343_250.0))


def test_every_outlet_of_the_table_is_tested() -> None:
    assert set(MAKE) == set(OUTLETS)


@EVERY
def test_it_has_its_name_and_says_what_it_is(name: str) -> None:
    assert name == OUTLETS[name].NAME
    assert inspect.getdoc(OUTLETS[name])


@EVERY
def test_what_is_durable_does_not_depend_on_when_it_is_asked(name: str) -> None:
    outlet = MAKE[name]()
    assert outlet.durable(_update()) == outlet.durable(_update())
    assert outlet.durable(_update("nobody known")) == []


@EVERY
async def test_it_lives_until_cancelled_and_then_ends(name: str) -> None:
    feed = Feed()
    task = asyncio.create_task(MAKE[name]().run(aiter(feed)), name=name)
    for wearer in ("me", "nobody known"):
        feed.put(_update(wearer))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not task.done()
    task.cancel()
    async with asyncio.timeout(3):
        await asyncio.wait([task])
    assert task.cancelled()
