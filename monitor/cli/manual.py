"""The manual page, from the commands themselves: ``sitbreak manual | man -l -``."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import Any

import typer

from monitor import __version__
from monitor.history import HISTORY_FILE

EXIT_CODES = {
    "0": "All is well.",
    "1": "A check has failed.",
    "2": "Wrong usage or settings; one line names file, key and remedy.",
    "3": "A needed part is missing (adapter, extra, broker refuses), with the remedy.",
    "130": "Interrupted.",
}
HEAD = (
    "sitbreak reads a small accelerometer on the body over Bluetooth LE, knows within seconds whether its wearer sits, "
    "lies, stands or walks, invites to a break when they have sat too long, and sees from the same sensor whether the "
    "break was taken. It speaks through MQTT, with Home Assistant first."
)


def manual(context: typer.Context) -> None:
    """Print the manual page, in the language of man(7)."""
    root: Any = context.find_root().command
    typer.echo("\n".join(page(root)))


def page(root: Any) -> Iterator[str]:
    """The page's lines; `root` is the program as typer has built it."""
    yield f'.TH SITBREAK 1 "" "sitbreak {__version__}" "User Commands"'
    yield from (".SH NAME", r"sitbreak \- notices long sitting and invites to a break")
    yield from (".SH SYNOPSIS", ".B sitbreak", r".I COMMAND", r"[\fIOPTIONS\fR]")
    yield from (".SH DESCRIPTION", _escaped(HEAD))
    yield ".SH COMMANDS"
    for name, command in root.commands.items():
        yield from _told(name, command)
    yield from (".SH ENVIRONMENT", ".TP", r"\fBSITBREAK_\fISECTION\fB__\fIKEY\fR")
    yield r"Any setting of the settings file, for example \fBSITBREAK_MQTT__HOST\fR."
    yield from (".TP", r"\fBSITBREAK_CONFIG\fR, \fBSITBREAK_STATE_DIR\fR")
    yield "The settings file; the folder of the history."
    yield from (".SH FILES", ".TP", ".I ~/.config/sitbreak/sitbreak.toml")
    yield r"The settings. \fBsitbreak config template\fR prints them all, with what each means."
    yield from (".TP", f".I ~/.local/state/sitbreak/{HISTORY_FILE}")
    yield "What has been seen. Nothing of it leaves the house."
    yield ".SH EXIT STATUS"
    for code, meaning in EXIT_CODES.items():
        yield from (".TP", rf"\fB{code}\fR", meaning)


def _told(name: str, command: Any) -> Iterator[str]:
    """One command with its options; a group by its own commands."""
    if command.hidden:
        return
    if hasattr(command, "commands"):
        for inner, each in command.commands.items():
            yield from _told(f"{name} {inner}", each)
        return
    arguments = " ".join(_escaped(_wanted(each)) for each in _of(command, "argument"))
    yield from (f".SS {_escaped(name)} {arguments}".rstrip(), _escaped(command.help or ""))
    for option in _of(command, "option"):
        names = ", ".join(rf"\fB{_escaped(each)}\fR" for each in (*option.opts, *option.secondary_opts))
        value = "" if option.is_flag else rf" \fI{_escaped(_metavar(option))}\fR"
        yield from (".TP", names + value, _escaped(option.help or ""))


def _wanted(argument: Any) -> str:
    return _metavar(argument) if argument.required else f"[{_metavar(argument)}]"


def _metavar(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name.strip("_").upper())


def _of(command: Any, kind: str) -> list[Any]:
    return [each for each in command.params if each.param_type_name == kind and not each.hidden and each.name != "help"]


def _escaped(text: str) -> str:
    """Text that troff takes literally, in lines of a decent length."""
    lines = wrap(text, 76, break_long_words=False, break_on_hyphens=False)
    plain = [line.replace("\\", r"\e").replace("-", r"\-") for line in lines]
    return "\n".join(rf"\&{line}" if line[0] in ".'" else line for line in plain)
