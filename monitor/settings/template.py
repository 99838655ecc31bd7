"""The commented settings file, written from the settings themselves: ``config/sitbreak.toml`` is its output."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from typing import Any

from msgspec.structs import asdict

from monitor.rules import Rules, Secret, keys
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
    parts += [_section(name, key.kind) for name, key in keys(with_sections(*WEARABLES)).items() if name != "wearers"]
    return "\n".join(parts)


def _section(section: str, model: type[Rules], set_keys: frozenset[str] | set[str] = frozenset()) -> str:
    lines = [f"[{section}]", *_comment(_first_sentence(model.__doc__ or ""))]
    for name, key in keys(model).items():
        lines += ["", *_comment(f"{key.description}{_bounds(key.limits)}")]
        lines.append(f"{'' if name in set_keys else '# '}{name} = {toml_value(key.default)}")
    return "\n".join(lines) + "\n"


def _first_sentence(doc: str) -> str:
    return " ".join(doc.strip().split("\n\n")[0].split())


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, 110)]


def _bounds(limits: Mapping[str, float]) -> str:
    if "ge" in limits and "le" in limits:
        return f" ({toml_value(limits['ge'])} to {toml_value(limits['le'])})"
    return f" (at least {toml_value(limits['ge'])})" if "ge" in limits else ""


def toml_value(value: Any) -> str:
    """A default as TOML writes it."""
    if isinstance(value, Secret):
        return '""'
    if isinstance(value, Rules):
        value = asdict(value)
    if isinstance(value, dict):
        inner = ", ".join(f"{key} = {toml_value(item)}" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple | set | frozenset):
        return "[" + ", ".join(toml_value(item) for item in value) + "]"
    if value is None:
        return '""'
    return json.dumps(value, ensure_ascii=False)
