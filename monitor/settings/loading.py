"""The settings loaded: each value from where it is set first, and known by where it comes from.

Order, first wins: ``--set``, environment (``SITBREAK_COACH__LIMIT_S``), the TOML file, the default.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from monitor.rules import FaultsError, changed, plain
from monitor.settings.faults import LISTS_ALL, SettingsError, explained, suggestion
from monitor.settings.sections import Settings, described, settings_of, walk, with_sections
from monitor.wearables import WEARABLES

ENV_PREFIX = "SITBREAK_"
ENV_OUTSIDE = frozenset({"SITBREAK_CONFIG", "SITBREAK_STATE_DIR"})
"""Environment names that are command-line options, not settings."""


@dataclass(frozen=True)
class Loaded:
    """The settings, and where each value came from."""

    settings: Settings
    sources: dict[str, str]
    """Dotted key -> ``--set``, ``environment`` or the file's path; absent for a default."""


def load(config: Path | None, overrides: Sequence[str] = (), environment: Mapping[str, str] | None = None) -> Loaded:
    """Read the file, the environment and ``SECTION.KEY=VALUE`` overrides. Raises SettingsError."""
    environment = os.environ if environment is None else environment
    layers = [
        (str(config), _read_toml(config) if config is not None else {}),
        ("environment", _read_environment(environment)),
        ("--set", _read_overrides(overrides)),
    ]
    sources: dict[str, str] = {}
    merged: dict[str, Any] = {}
    for origin, values in layers:
        _merge(merged, values)
        sources.update(dict.fromkeys(_leaves(values), origin))
    try:
        settings = settings_of(merged)
    except FaultsError as error:
        raise explained(error, sources, str(config or "settings"), described()) from None
    for wearer in settings.wearers:
        try:
            settings.coach_of(wearer)
        except FaultsError as error:
            table = f"wearers.{wearer}.coach"
            raise explained(error, sources, str(config or "settings"), described(), table) from None
    for name in settings.web.password_hashes:
        if name not in settings.wearers:
            origin = sources.get(f"web.password_hashes.{name}", sources.get("web.password_hashes", "settings"))
            raise SettingsError(origin, f"[web.password_hashes] {name}", f"not a wearer; use {settings.wearers_listed}")
    own = _own_exercises(settings.exercises.file, config, sources.get("exercises.file", "settings"))
    exercises = changed(settings.exercises, file=own)
    return Loaded(changed(settings, exercises=exercises), sources)


def in_force(loaded: Loaded) -> Iterator[tuple[str, str, str]]:
    """Every setting: dotted key, value as text (secrets hidden), and where it comes from."""
    shown = plain(with_sections(*WEARABLES)(**asdict(loaded.settings)))
    for section, values in shown.items():
        rows = [(f"{section}.{key}", value) for key, value in values.items()]
        if section == "wearers":
            rows = [(f"wearers.{name}.{key}", value) for name, plan in values.items() for key, value in plan.items()]
        for dotted, value in rows:
            source = loaded.sources.get(dotted) or next(
                (origin for key, origin in loaded.sources.items() if key.startswith(f"{dotted}.")), "default"
            )
            yield dotted, json.dumps(value, ensure_ascii=False), source


def _own_exercises(named: str, config: Path | None, origin: str) -> str:
    """Where the user's own exercises are: the file named, or ``exercises.toml`` beside the settings; "" for none."""
    if not named and config is None:
        return ""
    folder = config.parent if config is not None else Path()
    path = folder / (named or "exercises.toml")
    try:
        path = folder / Path(named or "exercises.toml").expanduser()
        found = path.is_file()
    except (OSError, ValueError, RuntimeError):  # too long, a NUL in it, the home of nobody
        found = False
    if found:
        return str(path)
    if named:
        raise SettingsError(origin, f"[exercises] file = {json.dumps(named)}", f"no such file ({path})")
    return ""


# --- where values come from ---------------------------------------------------------------------------------


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))  # editors of Windows begin with a mark
    except FileNotFoundError:
        raise SettingsError(str(path), "", "no such file; `sitbreak config template > FILE` writes one") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(str(path), "", f"cannot be read ({error}); check its name and permissions") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(str(path), "", f"is not TOML: {error}") from None


def _read_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, text in environment.items():
        if name.upper().startswith(ENV_PREFIX) and name.upper() not in ENV_OUTSIDE:
            path = name[len(ENV_PREFIX) :].lower().split("__")
            _check_path(path, name)
            _merge(values, _nested(path, _parsed(text)))
    return values


def _read_overrides(overrides: Sequence[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for override in overrides:
        key, equals, text = override.partition("=")
        if not equals or "." not in key:
            shown = key if equals else ""  # without "=" it may be a secret that a shell has cut off
            raise SettingsError("--set", shown, "write it as SECTION.KEY=VALUE, for example coach.limit_s=1800")
        path = key.strip().split(".")
        _check_path(path, f"--set {key}")
        _merge(values, _nested(path, _parsed(text.strip())))
    return values


def _check_path(path: list[str], shown: str) -> None:
    known = {".".join(keys) for keys, _ in walk(WEARABLES.keys() & path)}
    generic = ["*" if index == 1 and path[0] == "wearers" else part for index, part in enumerate(path)]
    asked = ".".join(generic[:3] if generic[:1] == ["wearers"] else generic)
    if asked not in known:
        raise SettingsError(shown, "", f"no such setting{suggestion(asked, described())}; {LISTS_ALL}")


def _parsed(text: str) -> Any:
    """Lists and tables as in JSON; everything else stays text, which the models turn into what they need."""
    if text[:1] in "[{" and text:
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _nested(path: list[str], value: Any) -> dict[str, Any]:
    for part in reversed(path):
        value = {part: value}
    return dict(value)


def _merge(into: dict[str, Any], values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = dict(value) if isinstance(value, Mapping) else value


def _leaves(values: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"
