"""The sections of the settings, composed of the frozen ``Rules`` that every part declares.

These models are the only source: the commented template, ``config show`` and the messages are all made from them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints, create_model, model_validator

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
from monitor.settings.faults import SettingsError
from monitor.transport.radio_rules import RadioRules
from monitor.wearables import WEARABLES
from monitor.web.rules import WebRules

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


def described() -> dict[str, str]:
    """Every setting, dotted, with its sentence."""
    return {".".join(keys): field.description or "" for keys, field in walk()}
