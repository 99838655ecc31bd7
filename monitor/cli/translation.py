"""The commands in the user's language: help, answers and faults. English stands in the code and is the key."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer.main

from monitor.cli.process import default_config
from monitor.rules import changed
from monitor.settings.loading import Loaded
from monitor.spoken import DEFAULT, Phrases, chosen_language, languages, phrases, sentences

if TYPE_CHECKING:
    from monitor.settings.sections import Settings

PANELS = {
    "ARGUMENTS_PANEL_TITLE": "Arguments",
    "OPTIONS_PANEL_TITLE": "Options",
    "COMMANDS_PANEL_TITLE": "Commands",
    "ERRORS_PANEL_TITLE": "Error",
    "DEFAULT_STRING": "[default: {}]",
    "ENVVAR_STRING": "[env var: {}]",
    "REQUIRED_LONG_STRING": "[required]",
    "ABORTED_TEXT": "Aborted.",
}
"""What typer itself writes into a help page."""
USAGE = "Usage:"
FAULTS = "faults"
"""The part in which every command's faults are said."""


def spoken_here(arguments: Sequence[str]) -> str:
    """The language of the settings that this command line would use, else that of the system."""
    given = os.environ.get("SITBREAK_CONFIG", "")
    for word, after in pairwise([*arguments, ""]):
        if word in ("-c", "--config"):
            given = after
        elif word.startswith("--config="):
            given = word.partition("=")[2]
        elif word == "--set" and (said := after.removeprefix("coach.language=")) in languages():
            return said
    return chosen_language(Path(given) if given else default_config(), os.environ)


def spoken_here_now() -> str:
    """The language of this command line."""
    return spoken_here(sys.argv[1:])


def said_here(*parts: str) -> Phrases:
    """What says these parts, and every fault, in the language of this command line; a word of a part goes first."""
    return phrases(spoken_here_now(), FAULTS, *parts)


def in_this_language(loaded: Loaded) -> Settings:
    """The settings; where they name no language, with that of this command line: who asks by hand reads it."""
    if "coach.language" in loaded.sources:
        return loaded.settings
    spoken = changed(loaded.settings.coach, language=spoken_here_now())
    return changed(loaded.settings, coach=spoken)


def translate(command: Any, language: str) -> None:
    """Put every help text of a command and of those below it into a language; what it does not know stays."""
    if language == DEFAULT:
        return
    import typer.rich_utils  # late: it is slow to come, and English needs nothing of it

    table = sentences("help", language)
    for constant, english in PANELS.items():
        setattr(typer.rich_utils, constant, table.get(english, english))
    _translate_faults(typer.rich_utils, phrases(language, FAULTS))
    for each in commands_below(command):
        each.help = table.get(each.help, each.help)
        context = each.context_class(each, help_option_names=command.context_settings["help_option_names"])
        for parameter in [*each.params, each.get_help_option(context)]:
            for key in ("help", "show_default"):
                said = getattr(parameter, key, None)
                if isinstance(said, str):
                    setattr(parameter, key, table.get(said, said))
        each.get_usage = partial(_usage, each.get_usage, table.get(USAGE, USAGE))


def _translate_faults(typers: Any, say: Phrases) -> None:
    """Let typer say its own faults and ours by ``say``."""
    usual = typers.rich_format_error

    def in_this_language(error: Any) -> None:
        told = say(error.format_message())
        error.format_message = lambda: told
        usual(error)

    typers.rich_format_error, typers.RICH_HELP = in_this_language, say(typers.RICH_HELP)


def commands_below(command: Any) -> Iterator[Any]:
    """A command and all below it."""
    yield command
    for each in getattr(command, "commands", {}).values():
        yield from commands_below(each)


def _usage(usual: Any, word: str, context: Any) -> str:
    return str(usual(context)).replace(USAGE, word, 1)


def run_in_the_users_language(app: typer.Typer) -> None:
    """What calling the app does, with translated help."""
    command = typer.main.get_command(app)
    translate(command, spoken_here(sys.argv[1:]))
    command()
