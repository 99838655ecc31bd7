"""``sitbreak demo``: a day at 60 times speed, with no hardware."""

from __future__ import annotations

import sys
from ipaddress import ip_address
from typing import Annotated

import typer

from monitor.cli.process import (
    ConfigOption,
    QuietOption,
    SetOption,
    StateDirOption,
    VerboseOption,
    run_until_signal,
    set_up_logging,
)
from monitor.cli.translation import said_here, spoken_here


def demo(
    duration: Annotated[
        float | None,
        typer.Option(min=1, help="End so many wall seconds after the first sample.", show_default="never"),
    ] = None,
    speed: Annotated[
        float | None,
        typer.Option(min=0.1, max=1000, help="How many times faster than life.", show_default="60, or as it can"),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Another number is another body.")] = 1,
    scenario: Annotated[str, typer.Option(help="Name of a packaged day, or a TOML file.")] = "office_day",
    profile: Annotated[
        str, typer.Option(help="Which wearable to simulate.", show_default="the one in the settings")
    ] = "",
    broker: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Use this MQTT broker instead of the embedded one.")
    ] = "",
    listen: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Where the embedded broker listens; beyond this computer with mqtt.username and mqtt.password only.",
        ),
    ] = "127.0.0.1",
    web: Annotated[bool, typer.Option("--web/--no-web", help="Serve the web page.")] = True,
    config: ConfigOption = None,
    set_: SetOption = None,
    state_dir: StateDirOption = None,
    verbose: VerboseOption = False,
    quiet: QuietOption = False,
) -> None:
    """Live a simulated office day: sit too long, be called, stand up, be seen."""
    from monitor.demo.day import Demo, run_demo
    from monitor.demo.profiles import PROFILES, choose
    from monitor.outlets.console import ConsoleOutlet
    from monitor.settings.loading import load

    language = f"coach.language={spoken_here(sys.argv[1:])}"
    profile, settings = choose(load(config, [language, *_broker(broker), *(set_ or ())]), profile)
    set_up_logging(verbose, quiet, settings.logging)
    plan = Demo(
        settings=settings,
        state_dir=state_dir,
        duration_s=duration,
        speed=speed or PROFILES[profile].speed,
        seed=seed,
        scenario=scenario,
        profile=profile,
        own_broker=not settings.mqtt.host,
        web=web,
        listen=_address(listen),
    )
    live, told = sys.stdout.isatty(), said_here("scan", "console")
    farewell = told("that was the demo; with your own wearable: sitbreak setup")
    try:
        run_until_signal(
            run_demo(plan, lambda line: say(told(line)), lambda clock: ConsoleOutlet(clock, live, sys.stdout, say=told))
        )
    except SystemExit:  # Ctrl-C, as nearly everybody ends it
        say(farewell)
        raise
    say(farewell)


def _broker(text: str) -> list[str]:
    if not text:
        return []
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isdigit()):
        raise typer.BadParameter("give HOST:PORT, for example 127.0.0.1:1883", param_hint="--broker")
    return [f"mqtt.host={host}", f"mqtt.port={port}"]


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise typer.BadParameter("give an address, for example 0.0.0.0", param_hint="--listen") from None


def say(line: str) -> None:
    """One plain line about the demo itself."""
    print(line, file=sys.stdout, flush=True)
