"""The console script: says where its air is, ends when told, and explains what it cannot do."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from bumble.device import Advertisement
from bumble.transport import open_transport

from firmware_sim.__main__ import parser
from firmware_sim.profiles import PROFILES
from firmware_sim.profiles.linked import identity, static_address
from tests.firmware.host import connected, power_on
from tests.support.patience import PATIENCE_S

BAND = "C2:5B:1A:2B:3C:4D"


def start(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "firmware_sim", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> tuple[str, str]:
    out, err = process.communicate(timeout=PATIENCE_S)
    return out, err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
async def test_it_serves_an_air_and_ends_when_told(number: signal.Signals, code: int, tmp_path: Path) -> None:
    truth = tmp_path / "truth.jsonl"
    process = start("--serve", "127.0.0.1:0", "--speed", "60", "--seed", "4", "--truth", str(truth))
    try:
        assert process.stdout is not None
        word, address = process.stdout.readline().split()
        assert word == "air"
        transport = await open_transport(f"tcp-client:{address}")
        async with connected(transport, BAND) as host:
            assert (await host.ask("01 01")).startswith("810100")
        await transport.close()
    finally:
        process.send_signal(number)
        out, err = finish(process)
    assert (process.returncode, out, err) == (code, "", "")
    lines = [json.loads(line) for line in truth.read_text().splitlines()]
    # The office day begins when the first host has connected.
    assert [line["activity"] for line in lines if "activity" in line][:2] == ["stand", "walk"]


async def heard(transport: str, address: str) -> None:
    """Return when a wearable is heard on an air, however long its process takes to start."""
    async with await open_transport(transport) as air:
        host = await power_on(air)
        there = asyncio.Event()

        def hear(advertisement: Advertisement) -> None:
            if advertisement.address.to_string(False) == address:
                there.set()

        host.on("advertisement", hear)
        await host.start_scanning()
        await there.wait()


async def test_it_joins_an_air_that_is_already_there() -> None:
    air = start("--serve", "127.0.0.1:0")
    assert air.stdout is not None
    address = air.stdout.readline().split()[1]
    device = start("--hci", f"tcp-client:{address}", "--profile", "movesense", "--seed", "7")
    try:
        async with asyncio.timeout(PATIENCE_S):
            await heard(f"tcp-client:{address}", static_address(identity("movesense", 7)))
    finally:
        air.terminate()
        finish(air)
    _, err = finish(device)
    assert device.returncode == 3
    assert "transport has ended" in err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--scenario", "nowhere.toml"], 2, "office_day"),
        (["--serve", "here"], 2, "HOST:PORT"),
        (["--vhci", "--hci", "usb:0"], 2, "--hci"),
        (["--speed", "0"], 2, "--speed"),
        (["--speed", "nan"], 2, "'nan' is not a number"),
        (["--origin", "soon"], 2, "'soon' is not a number"),
        (["--seed", "-1"], 2, "at least 0"),
        (["--buffer-bytes", "100"], 2, "at least 1024"),
        (["--profile", "ruuvi", "--mtu", "100"], 2, "ruuvi: it has no option 'max_mtu'; it has address"),
        (["--profile", "verity", "--option", "pairs=yes"], 2, "it has firmware, max_mtu, pairing, reads_pulse"),
        (["--profile", "verity", "--option", "pairing"], 2, "'pairing' is not NAME=VALUE"),
        (["--profile", "verity", "--option", "pairing=perhaps"], 2, "pairing=perhaps: must be true or false"),
        (["--profile", "microbit", "--option", "board=v3"], 2, "'v1' or 'v2'"),
        (["--profile", "microbit", "--option", "board=v1", "--option", "extras=led,button"], 2, "memory for 1"),
        (["--hci", "tcp-client:127.0.0.1:1"], 3, "127.0.0.1"),
        (["--hci", "radio:0"], 3, "--hci radio:0: unknown transport scheme; for example usb:0"),
        (["--truth", "no/such/folder/truth.jsonl"], 3, "no/such/folder"),
    ],
)
def test_what_it_cannot_do_it_says_in_a_line(arguments: list[str], code: int, words: str) -> None:
    process = start(*arguments)
    out, err = finish(process)
    assert (process.returncode, out) == (code, ""), "nothing is told of an air that will not be"
    assert words in err
    assert "--profile" not in arguments or len(err.splitlines()) == 1
    assert "Traceback" not in err


def test_what_can_be_set_is_listed() -> None:
    process = start("--options")
    out, err = finish(process)
    assert (process.returncode, err) == (0, "")
    assert "verity\n  firmware [new]: The old one sends" in out
    assert [line for line in out.splitlines() if not line.startswith(" ")] == list(PROFILES)


def test_the_defaults_are_an_air_on_loopback_and_the_office_day_on_the_thigh() -> None:
    options = parser().parse_args([])
    assert (options.serve, options.scenario, options.placement) == (("127.0.0.1", 0), "office_day", "thigh")
    assert (options.speed, options.max_mtu, options.buffer_bytes) == (1.0, None, None)
