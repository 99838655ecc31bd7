"""The commented settings file, written from the settings' own models: ``config/sitbreak.toml`` is its output."""

from __future__ import annotations

import json
import textwrap
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from monitor.settings.sections import WearerSettings, with_sections
from monitor.wearables import WEARABLES

HEADER = """\
# sitbreak: every setting with its default. A line that begins with "# " and a key is the default:
# remove the "# " to change it. The end of a name is its unit: _s seconds, _min minutes, _hz, _g, _mg.
# The same from the environment: SITBREAK_COACH__LIMIT_S=1500, or on the command line: --set coach.limit_s=1500.
"""


def settings_template() -> str:
    """The whole file as text; valid TOML, with nothing set but one wearer."""
    parts = [HEADER, _section("wearers.me", WearerSettings, set_keys={"wearable", "placement"})]
    for section, info in with_sections(*WEARABLES).model_fields.items():
        if section != "wearers" and isinstance(info.annotation, type):
            parts.append(_section(section, info.annotation))
    return "\n".join(parts)


def _section(name: str, model: type[BaseModel], set_keys: frozenset[str] | set[str] = frozenset()) -> str:
    lines = [f"[{name}]", *_comment(_first_sentence(model.__doc__ or ""))]
    for key, field in model.model_fields.items():
        lines += ["", *_comment(f"{field.description or ''}{_bounds(field)}")]
        value = field.get_default(call_default_factory=True)
        lines.append(f"{'' if key in set_keys else '# '}{key} = {toml_value(value)}")
    return "\n".join(lines) + "\n"


def _first_sentence(doc: str) -> str:
    return " ".join(doc.strip().split("\n\n")[0].split())


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, 110)]


def _bounds(field: FieldInfo) -> str:
    limits = {name: getattr(rule, name) for rule in field.metadata for name in ("ge", "le") if hasattr(rule, name)}
    if "ge" in limits and "le" in limits:
        return f" ({toml_value(limits['ge'])} to {toml_value(limits['le'])})"
    return f" (at least {toml_value(limits['ge'])})" if "ge" in limits else ""


def toml_value(value: Any) -> str:
    """A default as TOML writes it."""
    if isinstance(value, SecretStr):
        return '""'
    if isinstance(value, BaseModel):
        value = value.model_dump()
    if isinstance(value, dict):
        inner = ", ".join(f"{key} = {toml_value(item)}" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple | set | frozenset):
        return "[" + ", ".join(toml_value(item) for item in value) + "]"
    if value is None:
        return '""'
    return json.dumps(value, ensure_ascii=False)
