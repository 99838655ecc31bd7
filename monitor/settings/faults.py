"""What is wrong with a setting, in one line: where it stands, which it is, what it holds, and what it should."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from monitor.errors import MonitorError
from monitor.rules import FaultsError

LISTS_ALL = "`sitbreak config template` lists all"
SHOWN = 60
"""Characters of a wrong value that are said back."""
SECRET = re.compile(r"password|secret|token|urls|_keys?(\.|$)")
"""What must not be said back; a test holds it against the types of all settings."""


class SettingsError(MonitorError):
    """A setting is wrong. ``origin`` is the file or surface, ``key`` the dotted key."""

    exit_code = 2

    def __init__(self, origin: str, key: str, problem: str) -> None:
        text = f"{origin}: {key}: {problem}" if key else f"{origin}: {problem}"
        super().__init__("".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text))
        self.origin, self.key = origin, key


def explained(
    error: FaultsError, sources: Mapping[str, str], fallback: str, known: Mapping[str, str], within: str = ""
) -> SettingsError:
    """The first fault in one line: origin, section, key, value, remedy.

    ``known`` are all settings with their descriptions; ``within`` is the table that was checked, if not the whole.
    """
    first = error.faults[0]
    path = [*filter(None, within.split(".")), *map(str, first.place)]
    dotted = ".".join(path)
    origin = sources.get(dotted) or next((o for k, o in sources.items() if k.startswith(f"{dotted}.")), fallback)
    generic = ".".join("*" if index == 1 and path[0] == "wearers" else part for index, part in enumerate(path))
    if within:  # a wearer's own keys of another section, as that section has them
        generic = ".".join([within.rpartition(".")[2], *path[len(within.split(".")) :]])
    if first.sort == "unknown":
        section, key = _place(path)
        return SettingsError(origin, f"{section}{key}", f"unknown setting{suggestion(generic, known)}; {LISTS_ALL}")
    if isinstance(first.value, Mapping):  # the fault is in how the keys of a table go together
        return SettingsError(origin, f"[{dotted}]", first.problem)
    section, key = _place(path)
    shown = "" if SECRET.search(dotted) or len(path) < 2 else _shown(first.value)  # a whole table may hold secrets
    problem = first.problem.removeprefix(f'"{first.value}": ')  # it stands before
    about = f". {known[generic]}" if first.sort == "form" and known.get(generic) else ""
    return SettingsError(origin, f"{section}{key}{shown}", problem + about)


def suggestion(asked: str, known: Iterable[str]) -> str:
    """What was meant, perhaps."""
    close = difflib.get_close_matches(asked, known, n=1, cutoff=0.6)
    return f' (did you mean "{close[0]}"?)' if close else ""


def _place(path: list[str]) -> tuple[str, str]:
    return f"[{'.'.join(path[:-1])}] " if path[:-1] else "", path[-1] if path else ""


def _shown(value: Any) -> str:
    return f" = {json.dumps(value, default=str)[:SHOWN]}" if value is not None else ""
