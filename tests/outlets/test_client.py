"""Being let in, being refused, and falling back to the older MQTT."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from benchmarks.listening import free_port
from monitor.exchange import Message
from monitor.outlets.mqtt import client
from monitor.outlets.mqtt.client import Connection, connect
from monitor.outlets.mqtt.remedies import remedy
from monitor.outlets.mqtt.rules import MqttRules
from monitor.outlets.mqtt.signals import Acknowledged, Lost, Refused
from tests.support.brokers import MOSQUITTO, Mosquitto
from tests.support.living_outlet import rules_at

CONNACK_NOT_AUTHORISED_V5 = bytes.fromhex("2003008700")
CONNACK_UNSUPPORTED_V5 = bytes.fromhex("2003008400")
CONNACK_ACCEPTED_V311 = bytes.fromhex("20020000")


@asynccontextmanager
async def _speaking(answers: list[bytes]) -> AsyncIterator[tuple[int, list[int]]]:
    """A broker that answers each CONNECT from a list and then closes; tells the protocol levels it saw."""
    levels: list[int] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        packet = await reader.read(1024)
        levels.append(packet[8])  # fixed header 2 bytes, "MQTT" with its length 6 bytes, then the level
        writer.write(answers.pop(0) if answers else b"")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], levels


async def test_a_broker_that_closes_twice_without_a_word_gets_the_older_version() -> None:
    async with _speaking([b"", b"", CONNACK_ACCEPTED_V311]) as (port, levels):
        assert isinstance(await connect(rules_at(port), "id"), Connection)
        assert levels == [5, 5, 4]


async def test_a_broker_that_does_not_know_mqtt_5_gets_the_older_version() -> None:
    async with _speaking([CONNACK_UNSUPPORTED_V5, CONNACK_UNSUPPORTED_V5, CONNACK_ACCEPTED_V311]) as (port, levels):
        assert isinstance(await connect(rules_at(port), "id"), Connection)
        assert levels[-1] == 4


async def test_a_version_that_was_asked_for_is_not_changed() -> None:
    async with _speaking([]) as (port, levels):
        assert isinstance(await connect(rules_at(port, protocol="5"), "id"), Lost)
        assert levels == [5]


async def test_a_refusal_is_not_tried_again_in_another_version() -> None:
    async with _speaking([CONNACK_NOT_AUTHORISED_V5]) as (port, levels):
        assert await connect(rules_at(port), "id") == Refused(135, "not authorized")
        assert levels == [5]


async def test_nobody_at_the_port_is_a_loss_in_words() -> None:
    end = await connect(rules_at(free_port()), "id")
    assert isinstance(end, Lost)
    assert "refused" in end.reason.lower()


async def test_a_host_name_that_cannot_exist_is_a_loss_and_not_a_dead_thread() -> None:
    end = await connect(MqttRules(host="x" * 70 + ".local"), "id")
    assert isinstance(end, Lost)


async def test_bytes_that_are_no_mqtt_end_the_connection_and_not_the_program() -> None:
    async with _speaking([b"HTTP/1.1 400 Bad Request\r\n\r\n"] * 3) as (port, _):
        assert isinstance(await connect(rules_at(port), "id"), Lost)


@pytest.mark.mosquitto
async def test_an_exception_never_reaches_pahos_thread_from_a_topic_that_is_no_text(mosquitto: Mosquitto) -> None:
    connection = await connect(rules_at(mosquitto.port), "id")
    assert isinstance(connection, Connection)

    class Broken:
        payload, retain, properties = b"", False, None

        @property
        def topic(self) -> str:
            return b"\xff".decode()

    connection._on_message(None, None, Broken())  # type: ignore[arg-type]
    connection.publish(Message("still/here", "x"))
    assert isinstance(await connection.signals.get(), Acknowledged)
    connection.close()
    assert isinstance(await connection.signals.get(), Lost)


async def test_a_broker_that_takes_the_connection_and_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "ANSWER_TIMEOUT_S", 0.2)
    calls, gone = 0, asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        while await reader.read(1024):
            pass
        writer.close()
        await writer.wait_closed()
        gone.set()

    async with await asyncio.start_server(hold, "127.0.0.1", 0) as server:
        end = await connect(rules_at(server.sockets[0].getsockname()[1]), "id")
        assert isinstance(end, Lost)
        assert "nothing is said" in end.reason
        assert "mqtt.port" in remedy(end)
        assert calls == 1
        await asyncio.wait_for(gone.wait(), 5)


@pytest.mark.mosquitto
async def test_no_more_is_under_way_than_the_broker_grants(tmp_path: Path) -> None:
    if MOSQUITTO is None:
        pytest.skip("mosquitto is not installed")
    broker = Mosquitto(tmp_path, "allow_anonymous true\nmax_inflight_messages 2").start()
    try:
        connection = await connect(rules_at(broker.port, protocol="5"), "id")
        assert isinstance(connection, Connection)
        numbers = [connection.publish(Message("t", str(number))) for number in range(50)]
        assert [await asyncio.wait_for(connection.signals.get(), 5) for _ in numbers] == [
            Acknowledged(number) for number in numbers
        ]
        connection.close()
    finally:
        broker.stop()
