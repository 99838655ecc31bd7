"""``sitbreak exercises``: what may be suggested to a wearer, and why the rest is not."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from monitor.cli.process import ConfigOption, SetOption, StateDirOption, default_config, default_state_dir


def exercises(
    wearer: Annotated[str, typer.Option(help="Whose; the first one unless told.", show_default=False)] = "",
    config: ConfigOption = None,
    set_: SetOption = None,
    state_dir: StateDirOption = None,
) -> None:
    """List the exercises, yours among them, and what the sensor can see of each."""
    from monitor.assembly import exercise_catalogue, new_pipeline
    from monitor.coach.recipes import RECIPES
    from monitor.history import readiness
    from monitor.settings import load
    from monitor.words import words

    settings = load(config or default_config(), set_ or ()).settings
    name = settings.wearer_named(wearer)
    plan, rules = settings.wearers[name], settings.coach_of(name)
    catalogue, complaints = exercise_catalogue(settings, rules.language)
    path = (state_dir or default_state_dir()) / "history.sqlite3"
    answers = readiness.read(path, name) if path.exists() else None
    coach = new_pipeline(settings, name, answers.conditions if answers else None).pipeline.coach
    assert coach is not None
    table = Table("exercise", "dose", f"at the {plan.placement}", "suggested?")
    for exercise_id, exercise in catalogue.exercises.items():
        told = catalogue.words_of(exercise_id, rules.language)
        silence = coach.suggester.silence(exercise_id, RECIPES[rules.recipe].exercise_kinds, [])
        sight = exercise.verifiable(plan.placement)
        table.add_row(f"{told.title}\n[dim]{exercise_id}[/dim]", told.dose, sight, silence or "yes")
    console = Console()
    console.print(table)
    console.print(words(rules.language).safety.while_moving, style="dim")
    for complaint in complaints:
        console.print(str(complaint), style="red", markup=False)
    if complaints:
        raise typer.Exit(2)
