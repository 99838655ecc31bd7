"""A life-size day with no hardware: a simulated wearable in a process of its own, and the whole daemon at speed."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from monitor.app import App
from monitor.clock import Clock
from monitor.errors import MonitorError
from monitor.outlets.console import ConsoleOutlet
from monitor.outlets.mqtt.broker import EmbeddedBroker
from monitor.outlets.mqtt.rules import MqttRules
from monitor.settings import Settings
from monitor.web.server import free_port, is_installed, url_of

_log = logging.getLogger(__name__)

AIR_LIMIT_S = 20.0
"""Wall seconds the simulator may take to come on the air (a cold start on a small computer)."""


FIRST_SAMPLE_LIMIT_S = 30.0
"""Wall seconds from the start of the daemon to its first sample."""


class DemoError(MonitorError):
    """The demo cannot run; the message says what is missing."""

    exit_code = 3


@dataclass(frozen=True)
class Demo:
    """What the demo was asked for."""

    settings: Settings
    state_dir: Path | None
    duration_s: float | None
    speed: float
    seed: int
    scenario: str
    profile: str
    own_broker: bool
    web: bool


async def run_demo(demo: Demo, say: Callable[[str], None], console: Callable[[Clock], ConsoleOutlet]) -> None:
    """Run until the duration is over (wall seconds from the first sample) or until cancelled."""
    if find_spec("bumble") is None:
        raise DemoError('the simulated wearable needs the extra "sim": pip install "sitbreak[sim,broker]"')
    clock = Clock(origin_s=time.time(), speed=demo.speed)
    async with AsyncExitStack() as stack:
        settings = demo.settings
        if demo.own_broker:
            settings = await _with_broker(stack, settings, say)
        if settings.mqtt.enabled:
            _say_how_to_watch(settings.mqtt, say)
        settings = with_page(demo, settings, say)
        air = await stack.enter_async_context(simulator(demo, clock))
        radio = settings.radio.model_copy(update={"backend": f"bumble:tcp-client:{air}"})
        settings = settings.model_copy(update={"radio": radio})
        state_dir, nodes = demo.state_dir, {}
        kept = f"history in {state_dir}"
        if state_dir is None:
            state_dir = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sitbreak-demo-")))
            # Known names, so that a broker that remembers holds one demo and not one a run
            nodes = {name: hashlib.sha256(f"demo {name}".encode()).hexdigest()[:12] for name in settings.wearers}
            kept = "the history is removed at the end (--state-dir keeps it)"
        say(f"simulated wearable on the air; a day at {demo.speed:g} times speed; {kept}")
        await _for_a_while(App(settings, state_dir, clock, [console(clock)], nodes=nodes), demo.duration_s)


async def _with_broker(stack: AsyncExitStack, settings: Settings, say: Callable[[str], None]) -> Settings:
    """The settings with an embedded broker; without one where the extra is missing."""
    try:
        broker = await stack.enter_async_context(EmbeddedBroker())
    except MonitorError as error:
        say(f"no MQTT: {error}")
        return settings
    mqtt = settings.mqtt.model_copy(update={"host": "127.0.0.1", "port": broker.port, "protocol": "3.1.1"})
    return settings.model_copy(update={"mqtt": mqtt})


def with_page(demo: Demo, settings: Settings, say: Callable[[str], None]) -> Settings:
    """The settings with the page at a free port; without it where nobody wants it or the extra is missing."""
    rules = settings.web.model_copy(update={"enabled": demo.web})
    if demo.web and not is_installed():
        say('no web page: it needs the extra "web": pip install "sitbreak[web]"')
        rules = rules.model_copy(update={"enabled": False})
    elif demo.web:
        rules = rules.model_copy(update={"port": free_port(rules)})
        say(f"web page at {url_of(rules)}")
    return settings.model_copy(update={"web": rules})


def _say_how_to_watch(mqtt: MqttRules, say: Callable[[str], None]) -> None:
    say(f"MQTT broker at {mqtt.host}:{mqtt.port}; watch it with:")
    say(f"  mosquitto_sub -h {mqtt.host} -p {mqtt.port} -v -t '{mqtt.base}/#' -t '{mqtt.discovery_prefix}/#'")


@asynccontextmanager
async def simulator(demo: Demo, clock: Clock) -> AsyncIterator[str]:
    """Start the simulator in a process group of its own; gives HOST:PORT of its air, and ends it on leaving."""
    plan = next(iter(demo.settings.wearers.values()))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "firmware_sim", "--serve", "127.0.0.1:0", "--profile", demo.profile),
        *("--scenario", demo.scenario, "--placement", plan.placement, "--seed", str(demo.seed)),
        *("--origin", repr(clock.origin_s), "--speed", repr(clock.speed)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    said: list[str] = []
    listening = asyncio.create_task(_listen(process, said), name="the simulator's complaints")
    try:
        yield await _air_of(process, said)
    finally:
        await _end(process)
        await listening


async def _listen(process: asyncio.subprocess.Process, said: list[str]) -> None:
    """Keep the simulator's last complaints, and log them."""
    assert process.stderr is not None
    async for line in process.stderr:
        said[:] = [*said[-9:], line.decode(errors="replace").strip()]
        _log.info("simulator: %s", said[-1])


async def _air_of(process: asyncio.subprocess.Process, said: list[str]) -> str:
    assert process.stdout is not None
    line = b""
    with suppress(TimeoutError):
        async with asyncio.timeout(AIR_LIMIT_S):
            line = await process.stdout.readline()
    if line.startswith(b"air "):
        return line.decode().split()[1]
    with suppress(TimeoutError):  # it has gone, or is about to: its last words say why
        async with asyncio.timeout(1.0):
            await process.wait()
    error = DemoError(said[-1] if said else "the simulated wearable did not come on the air in time; try again")
    error.exit_code = process.returncode if process.returncode in (2, 3) else 3
    raise error


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(1.0):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


async def _for_a_while(app: App, duration_s: float | None) -> None:
    """Run the daemon; with a duration, end it so many wall seconds after the first sample."""
    running = asyncio.create_task(app.run(), name="daemon")
    sampled = asyncio.create_task(app.sampled.wait(), name="first sample")
    try:
        await asyncio.wait({running, sampled}, return_when=asyncio.FIRST_COMPLETED, timeout=FIRST_SAMPLE_LIMIT_S)
        if not (running.done() or sampled.done()):
            raise DemoError("no sample has come from the simulated wearable; run with --verbose to see why")
        await asyncio.wait({running}, timeout=duration_s)
        if running.done():
            running.result()
    finally:
        sampled.cancel()
        running.cancel()
        await asyncio.wait({running})
