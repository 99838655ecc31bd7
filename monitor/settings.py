"""Settings: every part declares its frozen ``Rules``; here they are composed, loaded and explained.

Order, first wins: ``--set``, environment (``SITBREAK_COACH__LIMIT_S``), the TOML file, the default. The models
are the only source: the commented template, ``config show`` and the messages are all made from them.
"""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints, ValidationError, create_model, model_validator

from monitor.backfill import BackfillRules
from monitor.bouts.bookkeeping import BoutRules
from monitor.coach.exercises import ExerciseRules
from monitor.coach.rules import CoachRules
from monitor.history.retention import HistoryRules
from monitor.logs import LoggingRules
from monitor.outlets.metrics_rules import MetricsRules
from monitor.outlets.mqtt.rules import MqttRules
from monitor.outlets.push_rules import PushRules
from monitor.outlets.wearable import WearableRules
from monitor.posture import PLACEMENTS
from monitor.setting_faults import LISTS_ALL, explained, suggestion
from monitor.setting_faults import SettingsError as SettingsError  # of this file for all who load settings
from monitor.transport.radio_rules import RadioRules
from monitor.wearables import WEARABLES
from monitor.web.rules import WebRules

ENV_PREFIX = "SITBREAK_"
ENV_OUTSIDE = frozenset({"SITBREAK_CONFIG", "SITBREAK_STATE_DIR"})
"""Environment names that are command-line options, not settings."""

WearerName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]


class WearerSettings(BaseModel, frozen=True, extra="forbid"):
    """One person and the wearable they wear."""

    wearable: str = Field("deskband", description=f"Kind of wearable: {', '.join(WEARABLES)}.")
    placement: str = Field("thigh", description=f"Where it is worn: {', '.join(PLACEMENTS)}.")
    address: str = Field(
        "",
        pattern=r"^$|^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$|^[0-9A-Fa-f-]{36}$",
        description="Bluetooth address of the wearable; empty finds it by name or kind.",
    )
    name: str = Field("", description="Advertised Bluetooth name of the wearable; empty takes the first of its kind.")
    label: str = Field("Desk wearable", description="What Home Assistant calls the device.")
    coach: dict[str, Any] = Field(
        default_factory=dict, description="Any key of [coach] that is different for this wearer."
    )

    @model_validator(mode="after")
    def _known_parts(self) -> WearerSettings:
        for word, value, table in (("wearable", self.wearable, WEARABLES), ("placement", self.placement, PLACEMENTS)):
            if value not in table:
                raise ValueError(f'{word} = "{value[:40]}": not known; use one of {", ".join(table)}')
        return self


class Settings(BaseModel, frozen=True, extra="forbid"):
    """The sections that are always there; ``settings_of`` adds those of wearables."""

    wearers: dict[WearerName, WearerSettings] = Field(default_factory=lambda: {"me": WearerSettings()}, min_length=1)
    coach: CoachRules = CoachRules()
    exercises: ExerciseRules = ExerciseRules()
    bouts: BoutRules = BoutRules()
    backfill: BackfillRules = BackfillRules()
    mqtt: MqttRules = MqttRules()
    push: PushRules = PushRules()
    radio: RadioRules = RadioRules()
    buzz: WearableRules = WearableRules()
    history: HistoryRules = HistoryRules()
    web: WebRules = WebRules()
    logging: LoggingRules = LoggingRules()
    metrics: MetricsRules = MetricsRules()

    def coach_of(self, wearer: str) -> CoachRules:
        """The coach's rules for one wearer: the common ones with their own on top."""
        own = self.wearers[wearer].coach
        return CoachRules.model_validate(self.coach.model_dump(exclude_unset=True) | own) if own else self.coach

    def wearer_named(self, name: str) -> str:
        """The wearer of this name, or the first one where none is named; raises SettingsError."""
        if name and name not in self.wearers:
            raise SettingsError("--wearer", name, f"not a wearer; use {_listed(self)}")
        return name or next(iter(self.wearers))

    def rules_of(self, kind: str) -> Any:
        """The settings of a kind of wearable; its defaults where nobody wears it and no section names it."""
        own = getattr(self, kind, None)
        return WEARABLES[kind].RULES() if own is None else own

    @property
    def digest(self) -> str:
        """Twelve hexadecimal digits that change when any setting in use (secrets left out) changes."""
        unused = set(WEARABLES) - {plan.wearable for plan in self.wearers.values()}
        used = self.model_dump(mode="json", exclude=unused)
        return hashlib.sha256(json.dumps(used, sort_keys=True).encode()).hexdigest()[:12]


def settings_of(values: Mapping[str, Any]) -> Settings:
    """The settings with these values; a section for each wearable that is worn or set. Raises ValidationError."""
    said = {section: value for section, value in values.items() if value != {} or section not in WEARABLES}
    wearers = said.get("wearers", {"me": {}})
    plans = wearers.values() if isinstance(wearers, Mapping) else ()  # what is no table is refused by the model
    worn = [{"wearable": "deskband", **plan}["wearable"] for plan in plans if isinstance(plan, Mapping)]
    return with_sections(*(kind for kind in WEARABLES if kind in said or kind in worn))(**said)


@cache
def with_sections(*kinds: str) -> type[Settings]:
    """The model of settings with a section for each of these kinds of wearable."""
    sections: Any = {kind: (WEARABLES[kind].RULES, WEARABLES[kind].RULES()) for kind in kinds}
    return create_model("Settings", __base__=Settings, **sections)


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
    except ValidationError as error:
        raise explained(error, sources, str(config or "settings"), _described()) from None
    for wearer in settings.wearers:
        try:
            settings.coach_of(wearer)
        except ValidationError as error:
            table = f"wearers.{wearer}.coach"
            raise explained(error, sources, str(config or "settings"), _described(), table) from None
    for name in settings.web.password_hashes:
        if name not in settings.wearers:
            origin = sources.get(f"web.password_hashes.{name}", sources.get("web.password_hashes", "settings"))
            raise SettingsError(origin, f"[web.password_hashes] {name}", f"not a wearer; use {_listed(settings)}")
    own = _own_exercises(settings.exercises.file, config, sources.get("exercises.file", "settings"))
    exercises = settings.exercises.model_copy(update={"file": own})
    return Loaded(settings.model_copy(update={"exercises": exercises}), sources)


def _listed(settings: Settings) -> str:
    return f"one of {', '.join(settings.wearers)}"


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
        return tomllib.loads(path.read_text(encoding="utf-8"))
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
        raise SettingsError(shown, "", f"no such setting{suggestion(asked, _described())}; {LISTS_ALL}")


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


# --- what there is -------------------------------------------------------------------------------------------


def walk(kinds: Iterable[str] = WEARABLES) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every setting: its path (``*`` for a wearer's name) and pydantic's description of the field.

    ``kinds``: the wearables whose settings are wanted; those of all unless told.
    """
    for section, info in with_sections(*kinds).model_fields.items():
        if section == "wearers":
            for key, field in WearerSettings.model_fields.items():
                yield ("wearers", "*", key), field
        else:
            assert isinstance(info.annotation, type)
            assert issubclass(info.annotation, BaseModel)
            for key, field in info.annotation.model_fields.items():
                yield (section, key), field


def _described() -> dict[str, str]:
    """Every setting, dotted, with its sentence."""
    return {".".join(keys): field.description or "" for keys, field in walk()}


def in_force(loaded: Loaded) -> Iterator[tuple[str, str, str]]:
    """Every setting: dotted key, value as text (secrets hidden), and where it comes from."""
    shown = with_sections(*WEARABLES)(**dict(loaded.settings)).model_dump(mode="json")
    for section, values in shown.items():
        rows = [(f"{section}.{key}", value) for key, value in values.items()]
        if section == "wearers":
            rows = [(f"wearers.{name}.{key}", value) for name, plan in values.items() for key, value in plan.items()]
        for dotted, value in rows:
            source = loaded.sources.get(dotted) or next(
                (origin for key, origin in loaded.sources.items() if key.startswith(f"{dotted}.")), "default"
            )
            yield dotted, json.dumps(value, ensure_ascii=False), source
