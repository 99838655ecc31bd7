"""``sitbreak why``: why did you call, why did you not."""

from __future__ import annotations

import time
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.process import ConfigOption, SetOption, StateDirOption, WearerOption, history_file, load_settings
from monitor.cli.translation import in_this_language, said_here
from monitor.errors import MonitorError
from monitor.rules import changed, plain
from monitor.spoken import Phrases, flat

if TYPE_CHECKING:
    from monitor.coach.policy import Coach
    from monitor.settings.sections import Settings
    from monitor.words import Words


class UnreadStateError(MonitorError):
    """What the daemon last knew does not fit the settings or this version. ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"what the daemon last knew cannot be read: {reason}; start it with these settings, and ask again"
        )
        self.reason = reason


def why(
    at: Annotated[str, typer.Argument(metavar="HH:MM", help="A time of the last 24 hours; now unless told.")] = "",
    wearer: WearerOption = "",
    config: ConfigOption = None,
    set_: SetOption = None,
    state_dir: StateDirOption = None,
) -> None:
    """Say why the coach spoke or kept silent, now or at a time."""
    from monitor.assembly.wearer import ways
    from monitor.coach.why import reasons

    settings = in_this_language(load_settings(config, set_))
    name = settings.wearer_named(wearer)
    history = history_file(state_dir)
    coach = stored_coach(settings, history, name)
    if coach is None:
        typer.echo(said_here()("Nothing was decided yet."))
        return
    _retell(coach, settings.coach_of(name).language)
    latest = coach.body.latest
    now_s = max(time.time(), latest.now_s if latest else 0.0)  # a demo's clock runs ahead
    try:
        typer.echo(reasons(coach, now_s, at))
        for line in ways(settings, name, history).told(now_s, at):
            typer.echo(line)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _retell(coach: Coach, language: str) -> None:
    """Let a stored coach speak a language, also of what it has noted in another."""
    from monitor.words import words

    then, now = _noted(words(coach.rules.language)), _noted(words(language))
    if then != now:
        say = Phrases({text: now[key] for key, text in then.items()})
        coach.decisions.entries = [(at_s, say(text)) for at_s, text in coach.decisions.entries]
        coach.rules = changed(coach.rules, language=language)


def _noted(said: Words) -> dict[str, str]:
    """What a note is made of, by its dotted key; ``Phrases`` wants holes with names."""
    parts = flat({name: plain(getattr(said, name)) for name in ("noted", "silences", "units")})
    found = {key: text.replace("{}", "{number}") for key, text in parts}
    hours, minutes = said.units.hour, said.units.minute
    for key, (hour, minute) in enumerate(product(hours, minutes)):
        found[f"units.both.{key}"] = f"{hour.format('{hours}')} {minute.format('{minutes}')}"
    return found


def stored_coach(settings: Settings, path: Path, wearer: str) -> Coach | None:
    """The coach as of the last commit; None where there is none. Raises HistoryError, UnreadStateError."""
    from monitor.assembly.wearer import restored
    from monitor.checkpoint import CheckpointError
    from monitor.coach.policy import Coach
    from monitor.history import queries

    text = queries.checkpoint(path, wearer)
    if text is None:
        return None
    try:
        coach = restored(text, settings, wearer)["backfill"].pipeline.coach
    except CheckpointError as error:
        raise UnreadStateError(error.reason) from None
    assert isinstance(coach, Coach)
    return coach
