"""A life-size day with no hardware: a simulated wearable in a process of its own, and the whole daemon at speed."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

from monitor.app import App
from monitor.clock import Clock
from monitor.demo.profiles import PROFILES, header
from monitor.demo.simulator import Simulator, simulator
from monitor.errors import MonitorError
from monitor.events import BreakDue
from monitor.exchange import Command, Message, Update
from monitor.installing import install_line
from monitor.outlets.base import Outlet
from monitor.outlets.console import ConsoleOutlet
from monitor.outlets.mqtt.broker import HOST, BrokerMissingError, EmbeddedBroker, NoFreePortError
from monitor.outlets.mqtt.credentials import password
from monitor.outlets.mqtt.rules import MqttRules
from monitor.rules import changed
from monitor.settings.sections import Settings
from monitor.web.server import free_port, is_installed, url_of

FIRST_SAMPLE_LIMIT_S = 30.0
"""Wall seconds from the start of the daemon to its first sample."""
STANDS_S = 20.0
"""Seconds of its own life for which the wearer stands after saying so; they are asked for ten."""


class DemoError(MonitorError):
    """The demo cannot run; the message says what is missing."""

    exit_code = 3


@dataclass(frozen=True)
class Demo:
    """What the demo was asked for."""

    settings: Settings
    """Their one wearer wears the simulated wearable."""
    state_dir: Path | None
    duration_s: float | None
    speed: float
    seed: int
    scenario: str
    profile: str
    own_broker: bool
    web: bool
    listen: str = HOST
    """Address at which the embedded broker listens; beyond loopback it wants a password."""


class Screen:
    """This computer, as the simulated wearer sees it: calls them where their wearable cannot."""

    NAME: ClassVar[str] = "screen"

    def __init__(self, call: Callable[[], None]) -> None:
        self._call = call

    def durable(self, update: Update) -> list[Message]:
        """Nothing: what is not seen now is not seen."""
        return []

    async def run(self, updates: AsyncIterator[Update]) -> None:
        """Call until cancelled."""
        async for update in updates:
            if any(isinstance(event, BreakDue) for event in update.events):
                self._call()


async def run_demo(demo: Demo, say: Callable[[str], None], console: Callable[[Clock], ConsoleOutlet]) -> None:
    """Run until the duration is over (wall seconds from the first sample) or until cancelled."""
    if find_spec("bumble") is None:
        raise DemoError(f'the simulated wearable needs the extra "sim": {install_line("sim,broker")}')
    clock = Clock(origin_s=time.time(), speed=demo.speed)
    async with AsyncExitStack() as stack:
        # First, for it checks scenario and placement: nothing is told of a demo that will not be.
        simulated = await stack.enter_async_context(simulator(_command_line(demo, clock)))
        settings = demo.settings
        if demo.own_broker:
            settings = await _with_broker(stack, settings, demo.listen, say)
        if settings.mqtt.enabled:
            _say_how_to_watch(settings.mqtt, say)
        settings = with_page(demo, settings, say)
        radio = changed(settings.radio, backend=f"bumble:tcp-client:{simulated.air}")
        settings = changed(settings, radio=radio)
        state_dir, nodes = demo.state_dir, {}
        kept = f"history in {state_dir}"
        if state_dir is None:
            state_dir = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sitbreak-demo-")))
            # Known names, so that a broker that remembers holds one demo and not one a run
            nodes = {name: hashlib.sha256(f"demo {name}".encode()).hexdigest()[:12] for name in settings.wearers}
            kept = "the history is removed at the end (--state-dir keeps it)"
        for line in [*header(demo.profile, _worn_at(demo), demo.speed), kept]:
            say(line)
        app = App(settings, state_dir, clock, _outlets(demo, simulated, console(clock)), nodes=nodes)
        await _for_a_while(app, demo, simulated)


def _outlets(demo: Demo, simulated: Simulator, console: Outlet) -> list[Outlet]:
    if PROFILES[demo.profile].about.alert:
        return [console]
    return [console, Screen(lambda: simulated.say("called"))]


def _worn_at(demo: Demo) -> str:
    return next(iter(demo.settings.wearers.values())).placement


def _user(rules: MqttRules) -> tuple[str, str] | None:
    """Whom the embedded broker lets in; None for everybody."""
    return (rules.username, password(rules)) if rules.username else None


async def _with_broker(stack: AsyncExitStack, settings: Settings, listen: str, say: Callable[[str], None]) -> Settings:
    """The settings with an embedded broker; without one where the extra is missing."""
    try:
        broker = await stack.enter_async_context(EmbeddedBroker(host=listen, user=_user(settings.mqtt)))
    except (BrokerMissingError, NoFreePortError) as error:
        say(f"no MQTT: {error}")
        return settings
    here = "127.0.0.1" if listen == "0.0.0.0" else "::1" if listen == "::" else listen
    mqtt = changed(settings.mqtt, host=here, port=broker.port, protocol="3.1.1")
    return changed(settings, mqtt=mqtt)


def with_page(demo: Demo, settings: Settings, say: Callable[[str], None]) -> Settings:
    """The settings with the page at a free port; without it where nobody wants it or the extra is missing."""
    rules = changed(settings.web, enabled=demo.web)
    if demo.web and not is_installed():
        say(f'no web page: it needs the extra "web": {install_line("web")}')
        rules = changed(rules, enabled=False)
    elif demo.web:
        rules = changed(rules, port=free_port(rules))
        say(f"web page at {url_of(rules)}")
    return changed(settings, web=rules)


def _say_how_to_watch(mqtt: MqttRules, say: Callable[[str], None]) -> None:
    say(f"MQTT broker at {mqtt.host}:{mqtt.port}; watch it with:")
    user = f" -u {mqtt.username} -P PASSWORD" if mqtt.username else ""
    say(f"  mosquitto_sub -h {mqtt.host} -p {mqtt.port}{user} -v -t '{mqtt.base}/#' -t '{mqtt.discovery_prefix}/#'")


def _command_line(demo: Demo, clock: Clock) -> list[str]:
    return [
        *("--profile", demo.profile, "--scenario", demo.scenario, "--placement", _worn_at(demo)),
        *("--seed", str(demo.seed), "--origin", repr(clock.origin_s), "--speed", repr(clock.speed)),
    ]


async def _for_a_while(app: App, demo: Demo, simulated: Simulator) -> None:
    """Run the daemon; with a duration, end it so many wall seconds after the first sample."""
    running = asyncio.create_task(app.run(), name="daemon")
    sampled = asyncio.create_task(app.sampled.wait(), name="first sample")
    telling = asyncio.create_task(_begin(app, demo, simulated), name="the day begins")
    try:
        await asyncio.wait({running, sampled}, return_when=asyncio.FIRST_COMPLETED, timeout=FIRST_SAMPLE_LIMIT_S)
        if not (running.done() or sampled.done()):
            raise DemoError("no sample has come from the simulated wearable; run with --verbose to see why")
        await asyncio.wait({running}, timeout=demo.duration_s)
        if running.done():
            running.result()
    finally:
        for task in (sampled, telling, running):
            task.cancel()
        await asyncio.wait({telling, running})


async def _begin(app: App, demo: Demo, simulated: Simulator) -> None:
    """A wearable that no host connects to does not know when the day begins; one that sees no steps must be told."""
    if not PROFILES[demo.profile].must_be_told:
        return
    await app.sampled.wait()
    app.command(next(iter(app.parts)), Command("standing", "PRESS", source="demo"))
    await asyncio.sleep(STANDS_S / demo.speed)
    simulated.say("begin")
