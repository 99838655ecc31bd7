"""``sitbreak setup`` as a user has it: in a terminal, and by flags, over the virtual air and with the real broker."""

from __future__ import annotations

import asyncio
import os
import sys
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from firmware_sim.air import Air
from firmware_sim.clock import ScaledClock
from firmware_sim.peripheral import virtual_band
from monitor.settings.loading import load
from tests.support.brokers import Mosquitto
from tests.support.terminal import terminal

SCENARIO = Path(__file__).parents[1] / "scenarios" / "first_run.toml"


@pytest.fixture(name="backend")
async def _backend() -> AsyncIterator[str]:
    """A band on an air, as a setting."""
    async with Air() as air, virtual_band(air=air, scenario=str(SCENARIO), seed=1, clock=ScaledClock()):
        yield f"radio.backend=bumble:tcp-client:127.0.0.1:{await air.serve('127.0.0.1', 0)}"


@pytest.fixture(name="environment")
def _environment(tmp_path: Path) -> dict[str, str]:
    """A user with nothing set up; the bus of the machine's own systemd is out of reach."""
    ours = {key: value for key, value in os.environ.items() if not key.startswith(("SITBREAK_", "LC_", "DBUS", "XDG"))}
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_STATE_HOME": str(tmp_path)}
    return {**ours, **home, "LANG": "C.UTF-8"}


async def setup(environment: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "monitor", "setup", *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


@pytest.mark.mosquitto
async def test_by_flags_everything_is_found_tried_and_written_without_a_question(
    backend: str,
    mosquitto: Mosquitto,
    environment: dict[str, str],
    tmp_path: Path,
) -> None:
    broker = f"127.0.0.1:{mosquitto.port}"
    arguments = ("--yes", "--no-proof", "--no-unit", "--duration", "3", "--broker", broker, "--set", backend)
    code, out, err = await setup(environment, *arguments)
    assert (code, err) == (0, "")
    assert "there and back" in out
    path = tmp_path / "config" / "sitbreak" / "sitbreak.toml"
    told = tomllib.loads(path.read_text())
    assert told["wearers"]["me"]["wearable"] == "deskband"
    assert told["mqtt"] == {"host": "127.0.0.1", "port": mosquitto.port}
    assert set(told) == {"wearers", "mqtt", "radio"}
    assert load(path, (), {}).settings.wearers["me"].address
    assert not (tmp_path / "sitbreak" / "setup.json").exists()


async def test_in_a_terminal_it_can_be_left_by_ctrl_c_and_goes_on_there(
    backend: str, environment: dict[str, str], tmp_path: Path
) -> None:
    command = ("setup", "--no-unit", "--set", backend)
    async with terminal(*command, environment=environment) as screen:
        await screen.shows("Language of calls, exercises and page [1]:")
        screen.type("\n")
        await screen.shows("DeskBand-")
        screen.type("\n")  # enough looked around
        await screen.shows("Which one is yours? [1]:")
        screen.type("1\n")
        await screen.shows("Where will you wear it? [1]:")
        await screen.shows_after_ctrl_c("`sitbreak setup` goes on from there")
        assert await screen.ends() == 130
    async with terminal(*command, environment={**environment, "LANG": "de_DE.UTF-8"}) as screen:
        await screen.shows('You left before "Where it is worn"')
        screen.type("y\n")
        await screen.shows("Where will you wear it? [1]:")
        screen.type("\n")
        await screen.shows("(- for none):")
        screen.type("-\n")
        await screen.shows("Put it on now and try?")
        screen.type("\n")
        await screen.shows("Connected, and its samples arrive.")
        await screen.shows("Please stand upright")
        screen.type("\n")  # enough of waiting
        await screen.shows("s and Enter leaves this one out")
        screen.type("\x04")
        assert await screen.ends() == 130
    async with terminal(*command, "--no-proof", environment=environment) as screen:
        await screen.shows('You left before "Does it see you?"')
        screen.type("\n")
        await screen.shows("Write this to")
        await screen.shows("[YES/no]:")
        screen.type("\n")
        await screen.shows("Start it yourself with:")
        assert await screen.ends() == 0
    settings = load(tmp_path / "config" / "sitbreak" / "sitbreak.toml", (), {}).settings
    assert (settings.wearers["me"].placement, settings.mqtt.enabled) == ("thigh", False)


async def test_without_a_terminal_it_says_what_to_add(environment: dict[str, str]) -> None:
    code, _, err = await setup(environment)
    assert code == 2
    assert "--yes" in err


async def test_without_a_radio_it_ends_with_3_and_the_remedy(environment: dict[str, str]) -> None:
    backend = "radio.backend=bumble:tcp-client:127.0.0.1:1"
    code, _, err = await setup(environment, "--yes", "--no-proof", "--set", backend)
    assert code == 3
    assert "start the simulator" in err
