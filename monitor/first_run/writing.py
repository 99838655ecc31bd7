"""Step: the settings file, with what differs from the defaults and a sentence to each."""

from __future__ import annotations

import json
import shutil
import textwrap
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.first_run.answers import write_privately
from monitor.first_run.guide import Guide
from monitor.rules import Secret, plain
from monitor.settings.loading import load
from monitor.settings.sections import Settings, walk
from monitor.settings.template import toml_value

ALWAYS = ("wearable", "placement")
"""Keys of a wearer that are written even where they are the default: they are the point of the file."""


def write(guide: Guide) -> None:
    """Write the file; one that is there is kept beside it, and never replaced unasked."""
    talk, path = guide.talk, guide.config
    existing = _read(path)
    text = settings_text(merged(existing, chosen(guide)), talk.words("file.header"))
    if existing is not None and path.read_text(encoding="utf-8") == text:
        talk.good("file.unchanged", path=path)
        return
    talk.show(text, style="dim")
    question = "file.replace" if existing is not None else "file.write"
    if not talk.agree(question, path=path):
        talk.say("file.left", path=path)
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if existing is not None:
        talk.say("file.backup", path=_backed_up(path))
    write_privately(path, text)
    load(path, (), {})  # what was written is read as the daemon will read it
    talk.good("file.written", path=path)


def _read(path: Path) -> dict[str, Any] | None:
    return tomllib.loads(path.read_text(encoding="utf-8-sig")) if path.exists() else None


def _backed_up(path: Path) -> Path:
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    backup = path.with_name(f"{path.name}.{stamp}")
    shutil.copy2(path, backup)
    return backup


def chosen(guide: Guide) -> dict[str, Any]:
    """Dotted key -> value of all that was answered or set on the command line."""
    values = dict(guide.answers.settings())
    settings = guide.settings()
    for override in [*guide.answers.set_, *guide.flags.set_]:
        key = override.partition("=")[0].strip()
        values[key] = _value_at(settings, key.split("."))
    return values


def _value_at(settings: Settings, path: list[str]) -> Any:
    """A setting as it is in force; a secret in the clear, for the user wants it in their file."""
    value: Any = settings
    for part in path:
        value = value[part] if isinstance(value, Mapping) else getattr(value, part)
    return _opened(value)


def _opened(value: Any) -> Any:
    if isinstance(value, Secret):
        return value.text
    return [_opened(each) for each in value] if isinstance(value, list | tuple) else value


def merged(existing: Mapping[str, Any] | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the file holds already, with the new values on top."""
    tree = json.loads(json.dumps(existing or {}, default=str))
    for key, value in values.items():
        *folders, last = key.split(".")
        table = tree
        for folder in folders:
            table = table.setdefault(folder, {})
        table[last] = value
    return dict(tree)


def settings_text(tree: Mapping[str, Any], header: str) -> str:
    """The file: a section for each that has something to say, a sentence above each key."""
    fields = dict(walk())
    parts = ["\n".join(_comment(header)) + "\n"]
    for section, table in tree.items():
        named = table.items() if section == "wearers" else [("", table)]
        for name, values in named:
            lines = []
            for key, value in values.items():
                field = fields[(section, "*", key) if name else (section, key)]
                if (key in ALWAYS and name) or _plain(value) != _plain(field.default):
                    lines += ["", *_comment(field.description), f"{key} = {toml_value(value)}"]
            if lines:
                parts.append("\n".join([f"[{section}.{name}]" if name else f"[{section}]", *lines[1:]]) + "\n")
    return "\n".join(parts)


def _plain(value: Any) -> Any:
    """As JSON would have it, so that a tuple and a list are the same."""
    return plain(_opened(value))


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, 110)]
