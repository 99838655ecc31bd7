"""``sitbreak what-if``: another policy on the days that were."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from monitor.cli.process import ConfigOption, SetOption, StateDirOption, WearerOption, history_file, load_settings
from monitor.cli.translation import said_here

if TYPE_CHECKING:
    from monitor.what_if import Outcome

_UNITS_S = {"": 60.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
SHOWN = 40
"""Calls listed at most."""
FIGURES = (
    "limit, min",
    "calls",
    "calls in a waking day (16 h)",
    "repeats",
    "calls within 2 min before you got up anyway",
    "breaks taken (as recorded)",
    "longest sitting, min",
)


def seconds(text: str) -> float:
    """Read a length of time: ``20m``, ``90s``, ``1.5h``; a bare number is minutes."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(s|m|min|h)?", text.strip())
    if found is None:
        raise typer.BadParameter(f"{text!r} is no length of time; write it as 20m, 90s or 1.5h")
    return float(found[1]) * _UNITS_S[found[2] or ""]


def what_if(
    limit: Annotated[str, typer.Option(help="Sitting limit, such as 20m, 90s or 1h.")] = "",
    recipe: Annotated[str, typer.Option(help="A dose recipe, such as walk-2-per-20.")] = "",
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days back.")] = 14,
    wearer: WearerOption = "",
    config: ConfigOption = None,
    set_: SetOption = None,
    state_dir: StateDirOption = None,
) -> None:
    """Play your own recorded days under another policy: how many calls, when, and which came just before a break."""
    from monitor.cli.report import zone_of
    from monitor.history import queries, readiness
    from monitor.what_if import DAY_S, play

    before = load_settings(config, None).settings
    changes = [*(set_ or ())]
    changes += [f"coach.limit_s={seconds(limit)}"] if limit else []
    changes += [f"coach.recipe={recipe}"] if recipe else []
    if not changes:
        raise typer.BadParameter("say what shall be different: --limit 20m, --recipe NAME or --set SECTION.KEY=VALUE")
    after = load_settings(config, changes).settings
    name = before.wearer_named(wearer)
    path = history_file(state_dir)
    last_s = next((row.last_s for row in queries.wearers(path) if row.name == name), None) or 0.0
    found = queries.postures(path, name, last_s - days * DAY_S, last_s)
    answers = readiness.read(path, name)
    outcomes = [play(found, each, name, answers.conditions if answers else ()) for each in (before, after)]
    show(outcomes[0], outcomes[1], zone_of(before), Console())


def figures(one: Outcome) -> list[str]:
    """The values of ``FIGURES`` for one policy."""
    return [
        f"{one.limit_s / 60:g}",
        str(len(one.first_calls)),
        f"{one.calls_a_day:.1f}",
        str(len(one.calls) - len(one.first_calls)),
        str(one.before_own_break),
        str(one.breaks),
        f"{one.longest_s / 60:.0f}",
    ]


def show(now: Outcome, then: Outcome, zone: tzinfo, console: Console) -> None:
    """Print both policies side by side, and the calls of the second."""
    say = said_here("what_if")
    if not now.observed_s:
        console.print(say("Nothing is recorded in that time."))
        return
    title = say(f"{now.observed_s / 3600:.1f} hours with data")
    table = Table("", say("as it is set"), say("what if"), title=title)
    for label, *values in zip(FIGURES, figures(now), figures(then), strict=True):
        table.add_row(say(label), *values)
    console.print(table)
    for call in then.first_calls[:SHOWN]:
        at = datetime.fromtimestamp(call.at_s, zone).strftime("%Y-%m-%d %H:%M")
        up = (
            "no break was seen later"
            if call.break_after_s is None
            else f"you got up {call.break_after_s / 60:.0f} min later"
        )
        sat = f"after {call.sedentary_s / 60:.0f} min of sitting"
        console.print(f"  {at}  {say(sat)}; {say(up)}", highlight=False)
    if len(then.first_calls) > SHOWN:
        console.print("  " + say(f"and {len(then.first_calls) - SHOWN} more"))
