"""The sections of the settings, composed of the frozen ``Rules`` that every part declares.

These models are the only source: the commented template, ``config show`` and the messages are all made from them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Annotated, Any

from msgspec import Meta, defstruct, field

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
from monitor.rules import Key, Rules, WrongValueError, check, keys, plain
from monitor.settings.faults import SettingsError
from monitor.transport.radio_rules import RadioRules
from monitor.wearables import WEARABLES
from monitor.web.rules import WebRules

WearerName = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}\Z")]


class WearerSettings(Rules, frozen=True):
    """One person and the wearable they wear."""

    wearable: Annotated[str, Meta(description=f"Kind of wearable: {', '.join(WEARABLES)}.")] = "deskband"
    placement: Annotated[str, Meta(description=f"Where it is worn: {', '.join(PLACEMENTS)}.")] = "thigh"
    address: Annotated[
        str,
        Meta(
            pattern=r"^\Z|^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}\Z|^[0-9A-Fa-f-]{36}\Z",
            description="Bluetooth address of the wearable; empty finds it by name or kind.",
        ),
    ] = ""
    name: Annotated[
        str, Meta(description="Advertised Bluetooth name of the wearable; empty takes the first of its kind.")
    ] = ""
    label: Annotated[str, Meta(description="What Home Assistant calls the device.")] = "Desk wearable"
    coach: Annotated[dict[str, Any], Meta(description="Any key of [coach] that is different for this wearer.")] = field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        for word, value, table in (("wearable", self.wearable, WEARABLES), ("placement", self.placement, PLACEMENTS)):
            if value not in table:
                raise WrongValueError(word, f"not known; use one of {', '.join(table)}")


class Settings(Rules, frozen=True):
    """The sections that are always there; ``settings_of`` adds those of wearables."""

    wearers: Annotated[dict[WearerName, WearerSettings], Meta(min_length=1)] = field(
        default_factory=lambda: {"me": WearerSettings()}
    )
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
        return self.coach.with_own(own) if own else self.coach

    def wearer_named(self, name: str) -> str:
        """The wearer of this name, or the first one where none is named; raises SettingsError."""
        if name and name not in self.wearers:
            raise SettingsError("--wearer", name, f"not a wearer; use {self.wearers_listed}")
        return name or next(iter(self.wearers))

    @property
    def wearers_listed(self) -> str:
        """Their names, as part of a sentence."""
        return f"one of {', '.join(self.wearers)}"

    def rules_of(self, kind: str) -> Any:
        """The settings of a kind of wearable; its defaults where nobody wears it and no section names it."""
        own = getattr(self, kind, None)
        return WEARABLES[kind].RULES() if own is None else own

    @property
    def digest(self) -> str:
        """Twelve hexadecimal digits that change when any setting in use (secrets left out) changes."""
        unused = set(WEARABLES) - {plan.wearable for plan in self.wearers.values()}
        used = {section: rules for section, rules in plain(self).items() if section not in unused}
        return hashlib.sha256(json.dumps(used, sort_keys=True).encode()).hexdigest()[:12]


def settings_of(values: Mapping[str, Any]) -> Settings:
    """The settings with these values; a section for each wearable that is worn or set. Raises FaultsError."""
    said = {section: value for section, value in values.items() if value != {} or section not in WEARABLES}
    wearers = said.get("wearers", {"me": {}})
    plans = wearers.values() if isinstance(wearers, Mapping) else ()  # what is no table is refused by the model
    worn = [{"wearable": "deskband", **plan}["wearable"] for plan in plans if isinstance(plan, Mapping)]
    return check(with_sections(*(kind for kind in WEARABLES if kind in said or kind in worn)), said)


@cache
def with_sections(*kinds: str) -> type[Settings]:
    """The model of settings with a section for each of these kinds of wearable."""
    sections = [(kind, WEARABLES[kind].RULES, WEARABLES[kind].RULES()) for kind in kinds]
    made = defstruct("Settings", sections, bases=(Settings,), module=__name__, frozen=True, kw_only=True)
    assert issubclass(made, Settings)
    return made


def walk(kinds: Iterable[str] = WEARABLES) -> Iterator[tuple[tuple[str, ...], Key]]:
    """Every setting: its path (``*`` for a wearer's name) and what is said of it.

    ``kinds``: the wearables whose settings are wanted; those of all unless told.
    """
    for section, told in keys(with_sections(*kinds)).items():
        if section == "wearers":
            for key, field in keys(WearerSettings).items():
                yield ("wearers", "*", key), field
        else:
            for key, field in keys(told.kind).items():
                yield (section, key), field


def described() -> dict[str, str]:
    """Every setting, dotted, with its sentence."""
    return {".".join(path): field.description for path, field in walk()}
