"""``sitbreak exercises``: what may be suggested to a wearer, and why the rest is not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from monitor.cli.process import ConfigOption, SetOption, StateDirOption, default_config, default_state_dir

if TYPE_CHECKING:
    from monitor.words import ExerciseWords, Words

BLANK = "\u2800"
"""A braille cell without dots: as wide as the others, in every font."""


def exercises(
    exercise: Annotated[
        str, typer.Argument(metavar="[EXERCISE]", help="Show this one: words and a picture.", show_default=False)
    ] = "",
    svg: Annotated[
        Path | None, typer.Option(help="Write every exercise into this folder as a moving picture.", show_default=False)
    ] = None,
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
    if svg is not None:
        write_pictures(svg, words(rules.language))
        return
    if exercise:
        if exercise not in catalogue.exercises:
            raise typer.BadParameter(f"{exercise!r} is not among: {', '.join(catalogue.exercises)}")
        show_one(exercise, catalogue.words_of(exercise, rules.language), words(rules.language))
        return
    answers = readiness.read(path, name) if path.exists() else None
    coach = new_pipeline(settings, name, answers.conditions if answers else None).pipeline.coach
    assert coach is not None
    table = Table("exercise", "dose", f"at the {plan.placement}", "suggested?")
    for exercise_id, facts in catalogue.exercises.items():
        told = catalogue.words_of(exercise_id, rules.language)
        silence = coach.suggester.silence(exercise_id, RECIPES[rules.recipe].exercise_kinds, [])
        sight = facts.verifiable(plan.placement)
        table.add_row(f"{told.title}\n[dim]{exercise_id}[/dim]", told.dose, sight, silence or "yes")
    console = Console()
    console.print(table)
    console.print(words(rules.language).safety.while_moving, style="dim")
    for complaint in complaints:
        console.print(str(complaint), style="red", markup=False)
    if complaints:
        raise typer.Exit(2)


def show_one(exercise_id: str, told: ExerciseWords, said: Words) -> None:
    """One exercise: how it starts, how it is held, and all that is to be said."""
    from monitor.coach.figures import braille, moving_bodies

    console = Console(highlight=False, markup=False)
    console.print(told.title, style="bold")
    body = moving_bodies().get(exercise_id)
    if body is not None:
        start, held = braille(body, 0.0), braille(body, body.held_s)
        height, width = max(len(start), len(held)), max(map(len, start)) + 3
        blank = [""] * height
        for left, right in zip((blank + start)[-height:], (blank + held)[-height:], strict=True):
            console.print(f"  {left.ljust(width, BLANK)}{right}")
    for line in (told.how, f"{told.dose}. {said.call.easier.format(easier=told.easier).strip()}", told.why):
        console.print(line)
    console.print(said.safety.while_moving, style="dim")


def write_pictures(folder: Path, said: Words) -> None:
    """Every exercise as an SVG file; of those with sides the other side as well."""
    from monitor.coach.figures import moving_bodies, svg

    folder.mkdir(parents=True, exist_ok=True)
    for name, body in moving_bodies().items():
        for mirrored, ending in ((False, ""), (True, "_other_side")):
            text = svg(body, said.exercises[name].title, mirrored)
            (folder / f"{name}{ending}.svg").write_text(text, encoding="utf-8")
    typer.echo(f"{2 * len(moving_bodies())} pictures in {folder}")
