"""The embedded broker: starts on loopback, serves the outlet in MQTT 3.1.1, is gone at the end."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
import time
from pathlib import Path

import paho.mqtt.client as paho
import pytest

from benchmarks.listening import free_port
from monitor.outlets.mqtt.broker import (
    BrokerMissingError,
    BrokerUserError,
    EmbeddedBroker,
    ForeignAddressError,
    NoFreePortError,
    OpenBrokerError,
    free_ports,
)
from monitor.outlets.mqtt.client import Connection, connect
from monitor.outlets.mqtt.rules import MqttRules
from monitor.rules import check
from tests.support.brokers import Listener
from tests.support.living_outlet import LivingOutlet, break_due

pytest.importorskip("iotcore", reason="the extra with the embedded broker is not installed")
ROOT = "sitbreak/a1b2c3"


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _command_line(pid: int) -> bytes:
    path = Path(f"/proc/{pid}/cmdline")
    return path.read_bytes() if path.exists() else b""


async def test_it_serves_tcp_and_websockets_on_loopback_and_is_gone_afterwards() -> None:
    async with EmbeddedBroker(free_port(), free_port()) as broker:
        assert _answers(broker.port)
        assert _answers(broker.websockets_port)
        assert broker.host == "127.0.0.1"
    assert not _answers(broker.port)
    assert not _answers(broker.websockets_port)


async def test_a_taken_port_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        async with EmbeddedBroker(port, free_port()) as broker:
            assert broker.port > port


async def test_the_outlet_finds_its_way_to_the_older_version_and_everything_arrives() -> None:
    async with (
        EmbeddedBroker(free_port(), free_port()) as broker,
        Listener(broker.port, "sitbreak/#", version=paho.MQTTv311) as listener,
        LivingOutlet(broker.port) as daemon,
    ):
        daemon.tell(break_due(time.time()))
        await listener.topic(f"{ROOT}/event")
        await listener.topic(f"{ROOT}/text", "Seated for 30 minutes. Fancy 10 knee lifts?")
        listener.publish(f"{ROOT}/cmd/done", "PRESS")
        assert (await daemon.command()).name == "done"
        await daemon.end()
        await listener.topic(f"{ROOT}/availability", "offline")
        async with Listener(broker.port, "sitbreak/#", "homeassistant/#", version=paho.MQTTv311) as late:
            await late.topic(f"{ROOT}/state")
            await late.topic("homeassistant/device/sitbreak_a1b2c3/config")


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="Windows knows no signal masks")
async def test_ctrl_c_on_the_terminal_does_not_reach_the_broker() -> None:
    async with EmbeddedBroker(free_port(), free_port()) as broker:
        process = broker._broker._process
        process.send_signal(signal.SIGINT)
        async with Listener(broker.port, "x", version=paho.MQTTv311) as listener:
            listener.publish("x", "still here")
            await listener.topic("x")
        assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, set())


async def test_a_missing_extra_is_said_with_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "iotcore", None)
    with pytest.raises(BrokerMissingError, match=r'pip install "sitbreak\[broker\]"') as missing:
        async with EmbeddedBroker():
            pass
    assert missing.value.exit_code == 3


def test_no_free_port_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.outlets.mqtt.broker.PORTS_TRIED", 0)
    with pytest.raises(NoFreePortError, match="1883"):
        next(free_ports(1883))


async def test_an_address_that_is_not_this_computers_is_said_and_no_port_is_blamed() -> None:
    with pytest.raises(ForeignAddressError, match=r"192\.0\.2\.1: this computer has no such address") as refused:
        async with EmbeddedBroker(host="192.0.2.1", user=("sitbreak", "a word")):
            pass
    assert refused.value.exit_code == 2


async def test_the_broker_goes_when_the_daemon_is_killed() -> None:
    code = (
        "import asyncio, sys\n"
        "from monitor.outlets.mqtt.broker import EmbeddedBroker\n"
        "async def live():\n"
        "    async with EmbeddedBroker(int(sys.argv[1]), int(sys.argv[2])) as broker:\n"
        "        print(broker.port, flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(live())\n"
    )
    daemon = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, str(free_port()), str(free_port()),
        stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert daemon.stdout is not None
    port = int(await daemon.stdout.readline())
    daemon.kill()
    await daemon.wait()
    async with asyncio.timeout(5):
        while _answers(port):  # noqa: ASYNC110  a port tells nobody when it closes
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
@pytest.mark.parametrize("user", [None, ("sitbreak", "")])
def test_beyond_loopback_it_does_not_listen_without_a_password(host: str, user: tuple[str, str] | None) -> None:
    with pytest.raises(OpenBrokerError, match=r"open to everybody.*set mqtt\.username and mqtt\.password") as refused:
        EmbeddedBroker(host=host, user=user)
    assert refused.value.exit_code == 2


@pytest.mark.parametrize("user", [("", "word"), ('a"]\nb', "word"), ("sitbreak", "two\nlines")])
def test_a_user_that_would_spoil_its_settings_is_refused_and_the_password_not_said(
    user: tuple[str, str],
) -> None:
    with pytest.raises(BrokerUserError) as refused:
        EmbeddedBroker(host="0.0.0.0", user=user)
    assert user[1] not in str(refused.value)


@pytest.mark.parametrize("password", ["a word", 'quote" and \\ and ümlaut', "a 🪑"])
async def test_with_a_password_it_listens_beyond_loopback_and_lets_nobody_else_in(password: str) -> None:
    async def lets_in(port: int, **who: str) -> bool:
        answer = await connect(check(MqttRules, {"host": "127.0.0.1", "port": port, "protocol": "3.1.1", **who}), "id")
        if isinstance(answer, Connection):
            answer.close()
        return isinstance(answer, Connection)

    async with EmbeddedBroker(free_port(), free_port(), "0.0.0.0", ("sitbreak", password)) as broker:
        assert await lets_in(broker.port, username="sitbreak", password=password)
        assert not await lets_in(broker.port)
        assert not await lets_in(broker.port, username="sitbreak", password="guessed")
        assert not await lets_in(broker.port, username="other", password=password)
        assert password.encode() not in _command_line(broker._broker._process.pid)
