"""``sitbreak coach``: what it has learned of you, and what your own trial has shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from monitor.cli.process import ConfigOption, SetOption, StateDirOption, WearerOption, history_file, load_settings

if TYPE_CHECKING:
    from monitor.settings.sections import Settings

app = typer.Typer(no_args_is_help=True, help="What the coach has learned of you, and your own trial.")


@app.command("explain")
def explain(
    wearer: WearerOption = "", config: ConfigOption = None, set_: SetOption = None, state_dir: StateDirOption = None
) -> None:
    """Say in words after which calls you get up."""
    from monitor.cli.why import stored_coach
    from monitor.coach.explaining import learned_lines
    from monitor.coach.learning import Learner
    from monitor.words import words

    settings, path, name = _known(wearer, config, set_, state_dir)
    coach, rules = stored_coach(settings, path, name), settings.coach_of(name)
    for line in learned_lines(coach.learner if coach else Learner(), words(rules.language), rules.learn):
        typer.echo(line)


@app.command("trial")
def trial(
    wearer: WearerOption = "", config: ConfigOption = None, set_: SetOption = None, state_dir: StateDirOption = None
) -> None:
    """Say what calls do for you, with an honest interval."""
    from monitor.coach.explaining import trial_lines
    from monitor.coach.trial import judge
    from monitor.history import queries
    from monitor.words import words

    settings, path, name = _known(wearer, config, set_, state_dir)
    rules = settings.coach_of(name)
    points = queries.trial_points(path, name)
    for line in trial_lines(judge(points, by_day=rules.trial == "by_day"), words(rules.language)):
        typer.echo(line)


def _known(
    wearer: str, config: Path | None, set_: list[str] | None, state_dir: Path | None
) -> tuple[Settings, Path, str]:
    settings = load_settings(config, set_).settings
    return settings, history_file(state_dir), settings.wearer_named(wearer)
