"""``sitbreak scan``: which wearables are in reach."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from monitor.cli.process import ConfigOption, SetOption, VerboseOption, load_settings, run_until_signal, set_up_logging
from monitor.cli.translation import said_here

if TYPE_CHECKING:
    from monitor.in_reach import Neighbour, Survey


def scan(
    duration: Annotated[float, typer.Option(min=1, help="Look for so many seconds.")] = 15.0,
    everybody: Annotated[bool, typer.Option("--all", help="Show devices of no known kind too.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object at the end, and nothing else.")
    ] = False,
    config: ConfigOption = None,
    set_: SetOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Look for wearables in reach: what each can do, and the lines for the settings."""
    from monitor.in_reach import look_around

    settings = load_settings(config, set_).settings
    set_up_logging(verbose, rules=settings.logging)
    console = Console()

    async def look() -> None:
        if as_json:
            print(json.dumps(as_dict(await look_around(settings, duration, lambda survey: None)), indent=2))
        elif console.is_terminal:
            with Live(console=console, refresh_per_second=2) as live:
                found = await look_around(settings, duration, lambda survey: live.update(picture(survey, everybody)))
            print_advice(found)
        else:
            print_advice(await look_around(settings, duration, line_by_line(everybody)))

    run_until_signal(look())


def as_dict(survey: Survey) -> dict[str, Any]:
    """The survey as one JSON object."""
    return {"devices": [row(neighbour) for neighbour in survey.known], "unknown": len(survey.unknown)}


def row(neighbour: Neighbour) -> dict[str, Any]:
    """One device of a known kind, with what we can do with it."""
    from monitor.wearables import WEARABLES

    about = WEARABLES[neighbour.kind].ABOUT
    return {
        "address": neighbour.address,
        "name": neighbour.name,
        "kind": neighbour.kind,
        "title": about.title,
        "rssi_dbm": neighbour.rssi_dbm,
        "rate": about.rate,
        "alert": about.alert,
        "pairing": about.pairing,
        "battery_pct": neighbour.battery_pct,
        "tells": neighbour.tells,
        "wearer": neighbour.wearer,
        "settings": neighbour.settings_lines,
    }


def picture(survey: Survey, everybody: bool) -> Table:
    """The table; what comes from the air is shown as it is, for a name may look like markup."""
    say = said_here("scan")
    table = Table(*map(say, ("signal", "device", "what it is", "samples", "alert", "first", "now")))
    for neighbour in survey.known:
        cells = row(neighbour)
        texts = [
            neighbour.bars,
            f"{cells['name']}\n{cells['address']}".strip(),
            say(cells["title"]),
            say(cells["rate"]),
            say(cells["alert"] or "none"),
            say(cells["pairing"] or "nothing to do"),
            now(neighbour),
        ]
        table.add_row(*map(Text, texts))
    for neighbour in survey.unknown if everybody else ():
        words = (neighbour.bars, f"{neighbour.name}\n{neighbour.address}".strip(), say("not known"))
        table.add_row(*map(Text, words))
    return table


def now(neighbour: Neighbour) -> str:
    """What it says unasked, and whose it is."""
    battery = f"battery {neighbour.battery_pct} %" if neighbour.battery_pct is not None else ""
    owner = f"worn by {neighbour.wearer}" if neighbour.wearer else ""
    say = said_here("scan")
    return ", ".join(say(part) for part in (battery, neighbour.tells, owner) if part)


def advice(survey: Survey) -> list[str]:
    """What to do next, line by line."""
    count, say = len(survey.unknown), said_here("scan")
    lines = [say(f"{count} more of no known kind (--all shows them)")] if count else []
    free = [neighbour for neighbour in survey.known if not neighbour.wearer]
    if not survey.known:
        lines.append(say("No wearable that we know: is it on, near, and not connected to a phone?"))
    if free:
        lines.append(say("To use one, write into the settings:"))
    for neighbour in free:
        lines += ["", f"# {neighbour.name or neighbour.kind}, {neighbour.rssi_dbm} dBm", *neighbour.settings_lines]
    return lines


def line_by_line(everybody: bool) -> Callable[[Survey], None]:
    """Without a terminal: a line for every device when it is first heard, or says more of itself."""
    said: dict[str, str] = {}
    say = said_here("scan")

    def show(survey: Survey) -> None:
        for neighbour in (*survey.known, *(survey.unknown if everybody else ())):
            kind = say(row(neighbour)["title"] if neighbour.kind else "not known")
            words = ", ".join(part for part in (neighbour.name, kind, now(neighbour)) if part)
            heading = f"{neighbour.name} {kind} {neighbour.battery_pct}"
            if said.get(neighbour.address) != heading:
                said[neighbour.address] = heading
                print(f"{neighbour.bars} dBm  {neighbour.address}  {words}", flush=True)

    return show


def print_advice(survey: Survey) -> None:
    """The last lines."""
    print("\n".join(advice(survey)), file=sys.stdout, flush=True)
