"""One wearer at 50 Hz at life's own speed: what the daemon costs, and how long a posture takes to reach a subscriber.

    python -m benchmarks.live [--seconds 300] [--core PYTHON]

The simulated band is a process of its own (``firmware-sim --truth``), the daemon another (``sitbreak record``, which is
``run`` that also writes down when each packet came), mosquitto a third; a subscriber here notes when it hears what. All
clocks are this machine's.

* from the body: from the moment the simulated body changes its posture to the message that says so. In it are the
  band's gathering of samples, the decision (at most five seconds), and all that is behind it;
* from the first second: from the second in which the daemon itself sees the new posture begin, to the message: the same
  without what a body takes to get from one posture into the next;
* behind the decision: from the arrival of the packet without which the posture could not have been decided, to the
  message. Which packet that is, is found by playing the packet log again.

``--core`` names the Python of a core install (``pip install sitbreak``, no extras): its daemon serves a phone that
publishes 50 samples a second to the broker, for a virtual band needs an extra, and its memory is read.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks.cost import memory_mb, private_mb, processor_s
from benchmarks.listening import Ear, Heard, mosquitto, percentile
from monitor.assembly.wearer import new_driver, new_pipeline
from monitor.intake import Intake, play
from monitor.pipeline import Step
from monitor.settings.sections import settings_of
from monitor.transport.packet_log import read_packet_log

RATE_HZ = 50
LAP = (("walk", 40), ("sit", 45), ("stand", 35), ("sit", 30))
"""What the body does in turn, and for how many seconds."""
START_LIMIT_S = 20.0


@dataclass
class Found:
    """What was measured."""

    share: float = math.nan
    memory_mb: float = math.nan
    private_mb: float = math.nan
    start_s: float = math.nan
    linked_s: float = math.nan
    """Processor seconds until the first link."""
    from_body_s: list[float] = field(default_factory=list)
    unseen: int = 0
    """Changes of the body that nobody was told of before the next one."""
    from_second_s: list[float] = field(default_factory=list)
    behind_s: list[float] = field(default_factory=list)


@contextmanager
def process(*command: str, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Run something until the block ends."""
    running = subprocess.Popen(command, text=True, **options)
    try:
        yield running
    finally:
        running.terminate()
        running.wait(20)
        if running.stdout is not None:
            running.stdout.close()


def scenario(seconds: float) -> str:
    """A day of changes."""
    laps = math.ceil(seconds / sum(long_s for _, long_s in LAP)) + 1
    rows = "".join(f'  {{ do = "{what}", duration_s = {long_s} }},\n' for what, long_s in LAP * laps)
    return f'title = "Changes"\nstarts = "when_connected"\nat_end = "rest"\nactivities = [\n{rows}]\n'


def with_band(folder: Path, seconds: float, gather_s: float) -> Found:
    """A band on a virtual air, the daemon, the broker, and what was heard."""
    (folder / "day.toml").write_text(scenario(seconds))
    truth, logs, found = folder / "truth.jsonl", folder / "packets", Found()
    simulator = ["-m", "firmware_sim", "--serve", "127.0.0.1:0", "--scenario", "day.toml", "--truth", "truth.jsonl"]
    with (
        mosquitto(folder) as broker,
        Ear(broker.port, "sitbreak/+/log") as ear,
        process(sys.executable, *simulator, cwd=folder, stdout=subprocess.PIPE, env=_environment()) as band,
    ):
        assert band.stdout is not None
        air = band.stdout.readline().split()[1]
        rules = (
            f"radio.backend=bumble:tcp-client:{air}",
            f"deskband.rate_hz={RATE_HZ}",
            f"deskband.latency_s={gather_s}",
            f"mqtt.port={broker.port}",
        )
        began_s = time.time()
        with daemon(sys.executable, folder, rules, "record", str(logs)) as pid:
            _watch(pid, seconds, lambda: any(logs.glob("*.jsonl")), found)
        began = dict(_decided(logs))
    found.start_s = began.pop("first sample", math.nan) - began_s
    found.from_body_s, found.unseen = _from_the_body(truth, ear.heard)
    said = [(json.loads(heard.payload), heard.at_s) for heard in ear.heard]
    found.from_second_s = [at_s - event["start_s"] for event, at_s in said if event["type"] == "posture_changed"]
    found.behind_s = [at_s - began[event["id"]] for event, at_s in said if event["id"] in began]
    return found


def with_phone(folder: Path, seconds: float, python: str) -> Found:
    """A phone that publishes each second, and the daemon of a core install."""
    found = Found()
    with mosquitto(folder) as broker:
        rules = ("wearers.me.wearable=phone", "wearers.me.placement=pocket", f"mqtt.port={broker.port}")
        with daemon(python, folder, rules, "run") as pid, publishing(broker.port):
            _watch(pid, seconds, (folder / "history.sqlite3").exists, found)
    return found


@contextmanager
def publishing(port: int) -> Iterator[None]:
    """A phone with Sensor Logger, as a process of its own."""
    with process(sys.executable, "-m", "benchmarks.live", "--phone", str(port), env=_environment()):
        yield


@contextmanager
def daemon(python: str, folder: Path, rules: tuple[str, ...], *door: str) -> Iterator[int]:
    """The daemon as a process; yields its id."""
    (folder / "empty.toml").touch()
    options = [word for rule in ("mqtt.host=127.0.0.1", *rules) for word in ("--set", rule)]
    common = ("--config", str(folder / "empty.toml"), "--state-dir", str(folder))
    environment = _environment() if python == sys.executable else None  # an install needs no path to this tree
    with process(python, "-m", "monitor", *door, *common, *options, cwd=folder, env=environment) as running:
        yield running.pid


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}


def _watch(pid: int, seconds: float, begun: Any, found: Found) -> None:
    until_s = time.monotonic() + START_LIMIT_S
    while not begun() and time.monotonic() < until_s:
        time.sleep(0.01)
    found.linked_s = processor_s(pid)
    time.sleep(min(10.0, seconds / 2))  # connecting is over
    used_s, wall_s = processor_s(pid), time.monotonic()
    time.sleep(seconds)
    found.share = (processor_s(pid) - used_s) / (time.monotonic() - wall_s)
    found.memory_mb, found.private_mb = memory_mb(pid), private_mb(pid)


def _decided(logs: Path) -> Iterator[tuple[str, float]]:
    """The name of every event and when the packet came that brought it; and when the first samples came."""
    for path in sorted(logs.glob("*.jsonl"))[:1]:
        header, lines = read_packet_log(path)
        settings, steps = settings_of(header["settings"]), list[Step]()
        intake = Intake(new_driver(settings, "me"), new_pipeline(settings, "me"), steps.append)
        sampled = False
        for line in lines:
            steps.clear()
            play(intake, line)
            if intake.has_samples and not sampled:
                sampled = True
                yield "first sample", line["now_s"]
            if line["kind"] == "packet":  # a tick's time is not when something came
                yield from ((event.id, line["now_s"]) for step in steps for event in step.events)


def _from_the_body(truth: Path, heard: list[Heard]) -> tuple[list[float], int]:
    """Seconds from each change of the body to the message, and how many changes were not told before the next."""
    changes = [json.loads(line) for line in truth.read_text().splitlines()]
    changes = [change for change in changes if "activity" in change]
    said = [(one.at_s, json.loads(one.payload)) for one in heard]
    delays_s, unseen = [], 0
    for before, change, after in zip(changes, changes[1:], changes[2:], strict=False):
        if before["posture"] == change["posture"] or after["start_s"] > said[-1][0]:
            continue
        about = (
            at_s - change["start_s"]
            for at_s, event in said
            if change["start_s"] < at_s < after["start_s"]
            and event["type"] == "posture_changed"
            and event["posture"] == change["posture"]
        )
        delay_s = next(about, None)
        if delay_s is None:
            unseen += 1
        else:
            delays_s.append(delay_s)
    return delays_s, unseen


def be_a_phone(port: int) -> None:
    """Publish a second of samples each second, until ended."""
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", port)
    client.loop_start()
    for number in range(1_000_000):
        client.publish("sensor-logger", second_of_a_phone(number, time.time_ns()))
        time.sleep(1.0)


def second_of_a_phone(number: int, now_ns: int) -> str:
    """A message of Sensor Logger: a minute of walking and a minute of sitting in turn."""
    walks = number // 60 % 2 == 0
    items = []
    for k in range(RATE_HZ):
        time_ns = now_ns - (RATE_HZ - k) * 10**9 // RATE_HZ
        step = 4.0 * math.sin(2 * math.pi * 1.9 * time_ns / 1e9) if walks else 0.05 * math.sin(k)
        gravity = {"x": 9.7, "y": 0.5, "z": 1.2} if walks else {"x": 1.0, "y": 0.5, "z": 9.7}
        items.append({"name": "gravity", "time": time_ns, "values": gravity})
        items.append({"name": "accelerometer", "time": time_ns, "values": {"x": step, "y": 0.1 * step, "z": 0.0}})
    return json.dumps({"messageId": number, "sessionId": "s", "deviceId": "d", "payload": items})


def told(found: Found) -> Iterator[str]:
    """Lines for a reader."""
    body, second = found.from_body_s, found.from_second_s
    behind = [1000 * value for value in found.behind_s]
    yield f"processor: {100 * found.share:.1f} % of a core; memory {found.memory_mb:.0f} MB (with the virtual radio)"
    yield f"start to first sample: {found.start_s:.2f} s, of these {found.linked_s:.2f} s of a core until the link"
    yield (
        f"from the body to the message: p50 {percentile(body, 0.5):.1f} s, p95 {percentile(body, 0.95):.1f} s"
        f" ({len(body)} changes, {found.unseen} not told before the next)"
    )
    yield f"from its first second: p50 {percentile(second, 0.5):.1f} s, p95 {percentile(second, 0.95):.1f} s"
    yield (
        f"behind the decision: p50 {percentile(behind, 0.5):.0f} ms, p95 {percentile(behind, 0.95):.0f} ms"
        f" ({len(behind)} messages)"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--gather", type=float, default=1.0, help="seconds of samples that the band sends at once")
    parser.add_argument("--core", metavar="PYTHON", help="the Python of a core install, whose memory is to be read")
    parser.add_argument("--phone", type=int, metavar="PORT", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.phone:
        return be_a_phone(options.phone)
    with tempfile.TemporaryDirectory() as folder:
        print("\n".join(told(with_band(Path(folder), options.seconds, options.gather))), flush=True)
    if options.core:
        with tempfile.TemporaryDirectory() as folder:
            core = with_phone(Path(folder), min(options.seconds, 120.0), options.core)
        print(
            f"core install, a phone at {RATE_HZ} Hz: {100 * core.share:.1f} % of a core,"
            f" {core.memory_mb:.0f} MB resident, {core.private_mb:.0f} MB of it its own"
        )
    return None


if __name__ == "__main__":
    main()
