"""``sitbreak exercises``: what may be suggested to a wearer, and why the rest is not."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from monitor.cli.process import ConfigOption, SetOption, StateDirOption, WearerOption, history_file, load_settings
from monitor.cli.translation import in_this_language, said_here

if TYPE_CHECKING:
    from monitor.coach.catalogue import Catalogue
    from monitor.settings.sections import Settings
    from monitor.words import ExerciseWords, Words

BLANK = "\u2800"
"""A braille cell without dots: as wide as the others, in every font."""


def exercises(
    exercise: Annotated[str, typer.Argument(metavar="EXERCISE", help="Show this one: words and a picture.")] = "",
    svg: Annotated[Path | None, typer.Option(help="Write every exercise into this folder as a moving picture.")] = None,
    wearer: WearerOption = "",
    config: ConfigOption = None,
    set_: SetOption = None,
    state_dir: StateDirOption = None,
) -> None:
    """List the exercises, yours among them, and what the sensor can see of each."""
    from monitor.assembly.wearer import exercise_catalogue
    from monitor.words import words

    settings = in_this_language(load_settings(config, set_))
    name = settings.wearer_named(wearer)
    language = settings.coach_of(name).language
    catalogue, complaints = exercise_catalogue(settings, language)
    if svg is not None:
        write_pictures(svg, words(language))
        return
    if exercise:
        if exercise not in catalogue.exercises:
            raise typer.BadParameter(f"{exercise!r} is not among: {', '.join(catalogue.exercises)}")
        show_one(exercise, catalogue.words_of(exercise, language), words(language))
        return
    show_all(settings, name, catalogue, history_file(state_dir))
    for complaint in complaints:
        typer.secho(str(complaint), fg="red")
    if complaints:
        raise typer.Exit(2)


def show_all(settings: Settings, wearer: str, catalogue: Catalogue, path: Path) -> None:
    """Every exercise: how much of it, what the sensor sees, and why it is not suggested."""
    from monitor.assembly.wearer import new_coach
    from monitor.cli.why import UnreadStateError, stored_coach
    from monitor.coach.overrides import Overrides
    from monitor.coach.recipes import RECIPES
    from monitor.history import readiness
    from monitor.words import words

    placement, rules = settings.wearers[wearer].placement, settings.coach_of(wearer)
    kept, answers = None, None
    if path.exists():
        answers = readiness.read(path, wearer)
        with suppress(UnreadStateError):  # of another version: the daemon says so when it starts
            kept = stored_coach(settings, path, wearer)
    overrides = kept.overrides if kept is not None else Overrides()
    coach = new_coach(settings, wearer, answers.conditions if answers else None, catalogue)
    said, kinds = words(rules.language), RECIPES[rules.recipe].exercise_kinds
    told, console = said.listing, Console(highlight=False)
    first, suggested = Column(told.exercise, no_wrap=True), False
    table = Table(first, told.dose, told.at.format(placement=placement), Column(told.suggested, overflow="fold"))
    for exercise_id, facts in catalogue.exercises.items():
        its = catalogue.words_of(exercise_id, rules.language)
        silence = coach.suggester.silence(exercise_id, kinds, overrides.hurts)
        suggested = suggested or not silence
        names = f"{escape(its.title)}\n[dim]{exercise_id}[/dim]"
        table.add_row(names, escape(its.dose), told.sights[facts.verifiable(placement)], escape(silence or told.yes))
    console.print(table)
    if overrides.exercises_silent:
        console.print(told.silent)
    elif not suggested:
        console.print(told.none.format(offer=coach.plain_offer))
    console.print(said.safety.while_moving, style="dim")


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
    console.print(told.how)
    console.print(f"{told.dose}. {said.call.easier.format(easier=told.easier).strip()}")
    if told.harder:
        console.print(said.listing.harder.format(harder=told.harder))
    console.print(told.why)
    console.print(said.safety.while_moving, style="dim")


def write_pictures(folder: Path, said: Words) -> None:
    """Every exercise as an SVG file; of those with sides the other side as well."""
    from monitor.coach.figures import moving_bodies, svg

    folder.mkdir(parents=True, exist_ok=True)
    for name, body in moving_bodies().items():
        for mirrored, ending in ((False, ""), (True, "_other_side")):
            text = svg(body, said.exercises[name].title, mirrored)
            (folder / f"{name}{ending}.svg").write_text(text, encoding="utf-8")
    typer.echo(said_here("exercises")(f"{2 * len(moving_bodies())} pictures in {folder}"))
