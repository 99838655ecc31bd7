"""Writes the pages of the wearables from what their drivers say of themselves; a test compares them with the tree.

python docs/wearables/generate.py
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

from monitor.demo.profiles import PROFILES
from monitor.rules import Rules, keys
from monitor.settings.template import toml_value
from monitor.wearables import WEARABLES
from monitor.wearables.base import About, Driver, Reach

FOLDER = Path(__file__).parent
PLACES = {"thigh": "thigh", "pocket": "trouser pocket", "waist": "waist", "lower_back": "lower back", "chest": "chest"}
HOW = {
    Reach.LINK: "It is connected to over Bluetooth, by one program at a time.",
    Reach.ADVERTISEMENT: "It tells everybody in reach, without a connection; nothing has to be paired.",
    Reach.TOPIC: "It publishes to the MQTT broker of the settings; Bluetooth is not needed.",
}
TELL = (
    "To say that you stand: send `PRESS` to `sitbreak/<node>/cmd/standing`, and stand upright for ten seconds. Say it "
    "again when the sensor was put on another way round."
)
INDEX = """\
# Wearables

Written by `python docs/wearables/generate.py` from what the drivers say of themselves.

`sitbreak scan` shows which of these are in reach, and prints the lines for the settings. Each can be tried without
the device: `sitbreak demo --profile NAME`.

| wearable | worn on | samples | can call you | before the first connection |
| --- | --- | --- | --- | --- |
"""


def pages() -> dict[str, str]:
    """Every page by its file's name."""
    return {"README.md": index(), **{f"{kind}.md": page(kind, driver) for kind, driver in WEARABLES.items()}}


def index() -> str:
    """The table of all."""
    return INDEX + "".join(_row(kind, driver.ABOUT) for kind, driver in WEARABLES.items())


def _row(kind: str, about: About) -> str:
    cells = (
        f"[{about.title}]({kind}.md)",
        ", ".join(map(place, about.placements)),
        about.rate,
        about.alert or "no",
        about.pairing or "nothing",
    )
    return f"| {' | '.join(cells)} |\n"


def page(kind: str, driver: type[Driver]) -> str:
    """One wearable's page."""
    about = driver.ABOUT
    parts = [
        f"# {about.title}",
        _paragraph(f"Works with: {'; '.join(about.products)}."),
        "## Wear it",
        *(_paragraph(sentence) for sentence in about.wearing),
        *((_paragraph(TELL),) if driver().REACH is Reach.ADVERTISEMENT else ()),
        _paragraph(f"Places: {', '.join(map(place, about.placements))}."),
        "## Connect it",
        _paragraph(HOW[driver().REACH]),
        _paragraph(f"Before the first connection: {about.pairing or 'nothing to do'}."),
        "```toml\n" + settings_example(kind, about) + "```",
        "## What it can do",
        _bullets(
            f"Samples: {about.rate}.",
            f"Times and losses: {about.clock}.",
            f"Calling you: {about.alert or 'it cannot; the phone, the desktop or a lamp does it'}.",
            f"Battery: {about.battery}.",
        ),
        *(("## What to beware of", _bullets(*about.limits)) if about.limits else ()),
        f"## Settings: `[{kind}]`",
        *_settings(driver.RULES),
        "## Try it without the device",
        *_simulated(kind),
    ]
    return "\n\n".join(parts) + "\n"


def place(name: str) -> str:
    """A placement in words."""
    return PLACES.get(name, name)


def settings_example(kind: str, about: About) -> str:
    """What to write for a wearer."""
    return f'[wearers.me]\nwearable = "{kind}"\nplacement = "{about.placements[0]}"\n'


def _settings(rules: type[Rules]) -> Iterator[str]:
    if not keys(rules):
        yield "There is nothing to set."
        return
    rows = ["| key | default | meaning |", "| --- | --- | --- |"]
    for name, key in keys(rules).items():
        rows.append(f"| `{name}` | `{toml_value(key.default)}` | {key.description} |")
    yield "\n".join(rows)


def _simulated(kind: str) -> Iterator[str]:
    names = [profile for profile, simulated in PROFILES.items() if simulated.kind == kind]
    if not names:
        yield _paragraph("There is no simulated one: publish from a phone, or play a recording with `sitbreak replay`.")
        return
    yield "```sh\n" + "".join(f"sitbreak demo --profile {name}\n" for name in names) + "```"
    if PROFILES[names[0]].must_be_told:
        yield _paragraph(
            "The simulated wearer says once, at the start, that they stand; at this rate no steps are seen."
        )
    if any(PROFILES[name].usual != "thigh" for name in names):
        usual = next(PROFILES[name].usual for name in names if PROFILES[name].usual != "thigh")
        yield _paragraph(
            "The demo wears it on the thigh, where it tells sitting from standing; "
            f"`--set wearers.me.placement={usual}` wears it on the {place(usual)}."
        )


def _paragraph(text: str) -> str:
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False)


def _bullets(*lines: str) -> str:
    filled = (textwrap.fill(line, 118, break_long_words=False, break_on_hyphens=False) for line in lines)
    return "\n".join("* " + text.replace("\n", "\n  ") for text in filled)


def main() -> None:
    """Write them all."""
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
