"""docs/settings.md: every setting of every ``Rules`` model, with its unit, default, range and sentence."""

from __future__ import annotations

from typing import Any, get_args

from monitor.rules import Key, Rules, choices, keys
from monitor.settings.sections import WearerSettings, with_sections
from monitor.settings.template import toml_value
from monitor.wearables import WEARABLES

UNITS = {
    "_s": "seconds",
    "_ms": "milliseconds",
    "_min": "minutes",
    "_hours": "hours",
    "_days": "days",
    "_hz": "Hz",
    "_mg": "milli-g",
    "_g": "g",
    "_deg": "degrees",
    "_mv": "millivolts",
    "_pct": "%",
}
"""What the end of a name says."""
NO_UNIT = frozenset({"agree_min"})
"""Where the end of a name means something else: the least agreement."""
_LOW, _HIGH = ("ge", "gt"), ("le", "lt")
_WORDS = {"ge": "", "gt": "above ", "le": "", "lt": "below "}
INTRO = """\
# Every setting

Written by `python docs/generate` from the program's own models: what stands here is what it accepts.

Settings are written into a TOML file; `sitbreak config template > sitbreak.toml` writes all of them with their
defaults, commented, and `sitbreak config check --config sitbreak.toml` says what is wrong with file, key and remedy.
Only what you want different has to be in it. A value is looked for in four places, and the first one wins:

1. the command line: `--set coach.limit_s=1500`
2. the environment: `SITBREAK_COACH__LIMIT_S=1500`
3. the file
4. the default below

`sitbreak config show` prints every value in force and where it comes from; secrets are never shown. An empty default is
written `""`. A key of a wearer stands below that wearer's name: `[wearers.me]`, or `--set wearers.me.placement=chest`.
"""


def page() -> str:
    """The whole page."""
    parts = [INTRO, _table_of_sections(), _section("wearers.NAME", WearerSettings)]
    parts += [_section(name, model) for name, model in sections().items()]
    return "\n".join(parts)


def sections() -> dict[str, type[Rules]]:
    """Every section but the wearers', in the order of the settings file."""
    return {name: key.kind for name, key in keys(with_sections(*WEARABLES)).items() if name != "wearers"}


def _table_of_sections() -> str:
    rows = ["| section | what it is about |", "| --- | --- |"]
    for name, model in {"wearers.NAME": WearerSettings, **sections()}.items():
        rows.append(f"| [`[{name}]`](#{name.lower().replace('.', '')}) | {_first_sentence(model)} |")
    return "\n".join(rows) + "\n"


def _section(name: str, model: type[Rules]) -> str:
    lines = [f"## `[{name}]`", "", _first_sentence(model)]
    if name in WEARABLES:
        lines[-1] += f" The device itself: [{WEARABLES[name].ABOUT.title}](wearables/{name}.md)."
    if not keys(model):
        return "\n".join([*lines, "There is nothing to set.", ""])
    lines += ["", "| key | what it does | default | unit | range |", "| --- | --- | --- | --- | --- |"]
    lines += [_row(name, key) for name, key in keys(model).items()]
    return "\n".join([*lines, ""])


def _row(name: str, key: Key) -> str:
    cells = (f"`{name}`", _cell(key.description), f"`{toml_value(key.default)}`", unit(name, key), allowed(key))
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    """Text that a table's cell can hold."""
    return text.replace("|", "\\|").replace("<", "&lt;")


def unit(name: str, key: Key) -> str:
    """What a number is counted in, by the end of its name; empty where it has no unit."""
    numbers = {int, float} & {key.kind, *get_args(key.kind)}
    if not numbers or name in NO_UNIT:
        return ""
    return next((word for ending, word in UNITS.items() if name.endswith(ending)), "")


def allowed(key: Key) -> str:
    """What the value may be, in words."""
    if usable := _choices(key.kind):
        return ", ".join(f"`{toml_value(choice)}`" for choice in usable)
    if key.kind is bool:
        return "`true`, `false`"
    limits = key.limits
    low, high = (next((_number(limits[name], name) for name in pair if name in limits), "") for pair in (_LOW, _HIGH))
    if low and high:
        return f"{low} to {high}"
    return f"at least {low}" if low else f"at most {high}" if high else ""


def _number(value: float, rule: str) -> str:
    return _WORDS[rule] + (str(int(value)) if float(value).is_integer() else str(value))


def _choices(kind: Any) -> tuple[Any, ...]:
    """Among which values a setting is one, or each of its list is."""
    return choices(kind) or next((found for part in get_args(kind) if (found := _choices(part))), ())


def _first_sentence(model: type[Rules]) -> str:
    return " ".join((model.__doc__ or "").strip().split("\n\n")[0].split())
