"""The main job as a user sees it: the demo's own processes, from the virtual wearable to the broker."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
import urllib.request
from collections.abc import AsyncIterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.process import INTERRUPTED
from monitor.demo.day import Demo, with_page
from monitor.settings.loading import load
from monitor.web.server import is_installed
from tests.support.brokers import Listener, Mosquitto
from tests.support.patience import PATIENCE_S

SCENARIO = Path(__file__).parent.parent / "scenarios" / "short_morning.toml"
SHORT = ["--set", "coach.limit_s=120", "--set", "coach.early_s=0", "--set", "bouts.break_min_s=30"]
STARTED: list[asyncio.subprocess.Process] = []


@pytest.fixture(autouse=True)
async def nothing_is_left_running() -> AsyncIterator[None]:
    """A demo whose test has failed is ended, and ends its simulator."""
    yield
    while STARTED:
        process = STARTED.pop()
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def sitbreak(*arguments: str) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "monitor", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    STARTED.append(process)
    return process


async def output(process: asyncio.subprocess.Process) -> tuple[str, str]:
    async with asyncio.timeout(PATIENCE_S):
        out, err = await process.communicate()
    return out.decode(), err.decode()


def demo(*more: str) -> list[str]:
    """Quiet, for a warning that a busy machine cannot keep up is no fault of the demo's."""
    return ["demo", "--quiet", "--no-web", "--scenario", str(SCENARIO), *SHORT, *more]


def payloads(listener: Listener, ending: str) -> list[dict[str, Any]]:
    return [json.loads(heard.text) for heard in listener.heard if heard.topic.endswith(ending)]


@pytest.mark.mosquitto
async def test_from_the_wearable_to_the_broker_and_the_break_is_seen(
    mosquitto: Mosquitto,
    tmp_path: Path,
) -> None:
    async with Listener(mosquitto.port, "sitbreak/#", "homeassistant/#") as listener:
        broker = ("--broker", f"127.0.0.1:{mosquitto.port}")
        process = await sitbreak(*demo("--duration", "8", *broker, "--state-dir", str(tmp_path)))
        out, err = await output(process)
        assert process.returncode == 0, err
        await listener.until(lambda heard: heard.topic.endswith("availability") and heard.text == "offline")

        order = [event["type"] for event in payloads(listener, "/log")]
        for earlier, later in (("bout_started", "break_due"), ("break_due", "break_taken")):
            assert order.index(earlier) < order.index(later)
        due, taken = (
            next(e for e in payloads(listener, "/event") if e["event_type"] == kind)
            for kind in ("break_due", "break_taken")
        )
        assert due["exercise"]["id"] in ("standing_hip_flexion", "lunge_stretch")
        assert due["bout_min"] == pytest.approx(2.0, abs=0.2)
        assert taken["ts"] > due["ts"]
        assert {"sitting", "stepping", "standing"} <= {state["posture"] for state in payloads(listener, "/state")} | {
            event["posture"] for event in payloads(listener, "/log") if event["type"] == "posture_changed"
        }
        last = payloads(listener, "/state")[-1]
        assert last["posture"] == "unknown"
        assert last["breaks"] >= 1
        assert any(heard.topic.startswith("homeassistant/device/sitbreak_") for heard in listener.heard)
        assert payloads(listener, "/info")[-1]["model"]

    assert re.search(r"^\d\d:\d\d:\d\d break_due .*exercise=", out, re.MULTILINE)
    assert re.search(r"^\d\d:\d\d:\d\d break_taken ", out, re.MULTILINE)
    assert out.splitlines()[-1].endswith("sitbreak setup")
    report = await sitbreak("report", "--day", "--state-dir", str(tmp_path))
    books, err = await output(report)
    assert report.returncode == 0, err
    assert "break" in books


async def test_the_embedded_broker_serves_and_sigterm_ends_cleanly(tmp_path: Path) -> None:
    process = await sitbreak(*demo("--state-dir", str(tmp_path)))
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        lines = []
        while not lines or "posture=stepping" not in lines[-1]:
            lines.append((await process.stdout.readline()).decode())
    (port,) = re.findall(r"mosquitto_sub -h 127.0.0.1 -p (\d+)", "".join(lines))
    assert int(port) >= 1024
    process.send_signal(signal.SIGTERM)
    _, err = await output(process)
    assert (process.returncode, err) == (0, "")


@pytest.mark.parametrize("profile", ["movesense", "ruuvi"])
async def test_a_wearable_that_cannot_call_its_wearer_still_brings_a_break(profile: str, tmp_path: Path) -> None:
    process = await sitbreak(*demo("--profile", profile, "--state-dir", str(tmp_path)))
    assert process.stdout is not None
    order = []
    async with asyncio.timeout(PATIENCE_S):
        while "break_taken" not in order:
            order += re.findall(
                r" (break_due|break_taken|hears the call) ?", (await process.stdout.readline()).decode()
            )
    process.send_signal(signal.SIGTERM)
    _, err = await output(process)
    assert order == ["hears the call", "break_due", "break_taken"]
    assert process.returncode == 0, err


async def test_ctrl_c_ends_with_130_and_leaves_nothing_running(tmp_path: Path) -> None:
    process = await sitbreak(*demo("--state-dir", str(tmp_path)))
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        while b"posture=" not in await process.stdout.readline():
            pass
    simulator_and_broker = children(process.pid)
    process.send_signal(signal.SIGINT)
    out, err = await output(process)
    assert (process.returncode, err) == (INTERRUPTED, "")
    assert "with your own wearable: sitbreak setup" in out
    assert not [child for child in simulator_and_broker if child.exists()]


def children(pid: int) -> list[Path]:
    """The processes that this one has started (Linux; elsewhere none are known)."""
    found = [file.read_text().split() for file in Path(f"/proc/{pid}/task").glob("*/children")]
    return [Path(f"/proc/{child}") for child in chain.from_iterable(found)]


async def test_a_reader_that_goes_away_ends_the_demo_cleanly(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_shell(
        f"{sys.executable} -m monitor {' '.join(demo('--state-dir', str(tmp_path)))} | head -n 5",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    _, err = await output(process)
    assert err == ""


@pytest.mark.skipif(not is_installed(), reason="needs the extra web")
async def test_the_demo_serves_the_page_and_says_where(tmp_path: Path) -> None:
    process = await sitbreak("demo", "--scenario", str(SCENARIO), *SHORT, "--state-dir", str(tmp_path))
    assert process.stdout is not None
    url = ""
    async with asyncio.timeout(PATIENCE_S):
        async for line in process.stdout:
            if found := re.search(rb"web page at (\S+)", line):
                url = found[1].decode()
            if b"posture=" in line:
                break
        assert await asyncio.to_thread(fetched, url) == 200
    process.send_signal(signal.SIGTERM)
    _, err = await output(process)
    assert (process.returncode, err) == (0, "")


def fetched(url: str) -> int:
    with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
        return int(answer.status)


def test_without_the_extra_the_demo_goes_on_without_the_page_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    plan = Demo(load(None, (), {}).settings, None, None, 60.0, 1, "office_day", "deskband", own_broker=True, web=True)
    monkeypatch.setitem(sys.modules, "nicegui", None)
    assert not with_page(plan, plan.settings, said.append).web.enabled
    assert said == ['no web page: it needs the extra "web": pip install "sitbreak[web]"']


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["run", "--set", "coach.limt_s=3"], 2, 'did you mean "coach.limit_s"'),
        (["run", "--config", "missing.toml"], 2, "no such file"),
        (["run", "--set", "radio.backend=bumble:tcp-client:127.0.0.1:1"], 3, "no radio"),
        (["demo", "--scenario", "no-such-day", "--no-web"], 2, "sitbreak: no-such-day: No such file"),
        (["demo", "--profile", "no-such-wearable"], 2, "use one of deskband"),
        (["replay", "missing.npz"], 2, "missing.npz"),
    ],
)
async def test_what_is_wrong_is_said_in_one_line_with_the_right_exit_code(
    arguments: list[str], code: int, words: str, tmp_path: Path
) -> None:
    where = ["--state-dir", str(tmp_path)] if arguments[0] in ("run", "demo") else []
    process = await sitbreak(*arguments, *where)
    out, err = await output(process)
    assert (process.returncode, out) == (code, ""), err
    assert words in err
    assert len(err.strip().splitlines()) == 1, err
