"""The figures of all wearers over the real history, and told at a real broker."""

from __future__ import annotations

import asyncio
import json

import pytest

from monitor.clock import Clock
from monitor.exchange import Message
from monitor.gauges import WearersGauges
from monitor.history.outbox import History
from monitor.history.store import Commit
from monitor.outlets.mqtt.outlet import MqttOutlet
from monitor.outlets.receipts import Outcome, Receipt
from monitor.pipeline import NO_POSTURES
from tests.support.brokers import Listener, Mosquitto
from tests.support.living_outlet import LivingOutlet, break_due


def commit(wearer: str, *messages: Message) -> Commit:
    return Commit(wearer=wearer, postures=NO_POSTURES, events=(), messages={MqttOutlet.NAME: messages})


async def test_what_waits_is_counted_a_wearer_and_what_has_gone_is_not(history: History) -> None:
    gauges = WearersGauges(["ann", "ben"], history, Clock(), MqttOutlet.NAME)
    await history.commit(commit("ann", Message("t", "1"), Message("t", "2")))
    await history.commit(commit("ben", Message("t", "3")))
    assert [(await gauges.read(name)).outbox for name in ("ann", "ben")] == [2, 1]
    (first, *_) = await history.pending(MqttOutlet.NAME, 0, 10)
    await history.sent(first.number)
    assert (await gauges.read("ann")).outbox == 1


async def test_how_each_push_service_took_its_last_push_is_read_a_wearer(history: History) -> None:
    gauges = WearersGauges(["ann", "ben"], history, Clock(), MqttOutlet.NAME)
    for name in ("ann", "ben"):
        await history.commit(commit(name))
        assert (await gauges.read(name)).push is None
    taken = Receipt("ann", "e1", "ntfy (push address 1)", 1.0, Outcome.ACCEPTED)
    await history.note_receipt(taken)
    assert (await gauges.read("ann")).push == "ok"
    refused = Receipt("ann", "e1", "Telegram (push address 2)", 2.0, Outcome.REFUSED, "http:401")
    await history.note_receipt(refused)
    found = await gauges.read("ann")
    assert (found.push, [(each.service, each.reason) for each in found.pushes]) == (
        "failing",
        [("Telegram (push address 2)", "http:401"), ("ntfy (push address 1)", "")],
    )
    assert (await gauges.read("ben")).push is None


async def test_only_the_alert_itself_is_timed_not_its_line_in_the_log(history: History) -> None:
    gauges = WearersGauges(["ann"], history, Clock(), MqttOutlet.NAME)
    call = break_due(Clock().now_s() - 2.0)
    gauges.meters["ann"].decided([call])
    gauges.acknowledged(Message("sitbreak/a1/log", "{}", event_id=call.id))
    assert (await gauges.read("ann")).alerts_measured == 0
    gauges.acknowledged(Message("sitbreak/a1/event", "{}", event_id=call.id))
    assert (await gauges.read("ann")).alerts_measured == 1


@pytest.mark.mosquitto
async def test_the_figures_stand_at_the_broker_and_an_alert_is_timed_to_its_acknowledgement(
    mosquitto: Mosquitto, history: History
) -> None:
    gauges = WearersGauges(["me"], history, Clock(), MqttOutlet.NAME)
    async with Listener(mosquitto.port, "sitbreak/#") as listener:
        async with LivingOutlet(mosquitto.port, gauges=gauges) as daemon:
            first = await listener.topic("sitbreak/a1b2c3/diagnostics")
            call = break_due(daemon.clock.now_s() - 3.0)
            gauges.meters["me"].decided([call])
            daemon.tell(call)
            await listener.topic("sitbreak/a1b2c3/event")
            async with asyncio.timeout(5):
                await daemon.outbox.settled(2)
        found = await gauges.read("me")
        assert found.alerts_measured == 1
        assert found.latency_p50_s is not None
        assert found.latency_p50_s >= 3.0
    assert json.loads(first.text)["latency_p95"] is None
    async with Listener(mosquitto.port, "sitbreak/+/diagnostics") as late:
        assert (await late.topic("sitbreak/a1b2c3/diagnostics")).retain
