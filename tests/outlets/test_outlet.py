"""The start: a broker that refuses us ends it with the remedy, one that is away does not."""

from __future__ import annotations

import asyncio
import logging
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.listening import free_port
from monitor.outlets.mqtt.client import BrokerRefused
from tests.support.brokers import MOSQUITTO, Mosquitto
from tests.support.living_outlet import logged, outlet_of, rules_at


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker with one user and a password."""
    if MOSQUITTO is None or shutil.which("mosquitto_passwd") is None:
        pytest.skip("mosquitto is not installed")
    passwords = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(passwords), "sitbreak", "right"], check=True)
    broker = Mosquitto(tmp_path, f"allow_anonymous false\npassword_file {passwords}").start()
    yield broker
    broker.stop()


@pytest.mark.mosquitto
@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
async def test_a_wrong_password_is_said_with_its_remedy_and_ends_with_3(guarded: Mosquitto, protocol: str) -> None:
    outlet = outlet_of(rules_at(guarded.port, username="sitbreak", password="wrong", protocol=protocol))
    with pytest.raises(BrokerRefused, match=r"refuses the connection: .*mqtt\.password") as refusal:
        await outlet.probe()
    assert refusal.value.exit_code == 3
    assert "wrong" not in str(refusal.value)


@pytest.mark.mosquitto
async def test_while_running_a_wrong_password_is_logged_and_tried_again(
    guarded: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    outlet = outlet_of(rules_at(guarded.port, username="sitbreak", password="wrong"))

    async def never() -> AsyncIterator[Any]:
        await asyncio.Event().wait()
        yield

    with caplog.at_level(logging.WARNING), logged("next try") as tried:
        task = asyncio.create_task(outlet.run(never()), name="outlet")
        await asyncio.wait_for(tried.wait(), 5)
        assert not task.done()
        assert "refuses the connection: not authorized" in caplog.text
        assert "wrong" not in caplog.text
        task.cancel()
        await asyncio.wait([task])


async def test_a_broker_that_is_merely_away_does_not_stop_the_start() -> None:
    await outlet_of(rules_at(free_port())).probe()
