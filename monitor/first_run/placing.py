"""Step: where it is worn, with a picture."""

from __future__ import annotations

from monitor.first_run.guide import Guide
from monitor.first_run.talk import Talk
from monitor.posture import PLACEMENTS
from monitor.spoken import sentences
from monitor.wearables import WEARABLES

BODY = r"""
         .---.
         |   |
         '-.-'
       .---'---.
      / |     | \
     /  |  {chest}  |  \
    /   |     |   \
   {wrist}    |-{waist}-{lower_back}-|    '
        | {pocket}|  |
        |  |  |
        |{thigh} |  |
        |  |  |
        |  |  |
       _|__|__|_
"""
"""A body from the front, the digit of each placement where it sits; the lower back shines through."""


def place(guide: Guide) -> None:
    """Ask where it is worn; the first is what suits the wearable best."""
    talk, flags = guide.talk, guide.flags
    suited = WEARABLES[guide.answers.wearable].ABOUT.placements
    names = [*suited, *(name for name in PLACEMENTS if name not in suited)]
    chosen = flags.placement
    if not chosen:
        if talk.asks:
            talk.show(body(names))
        chosen = names[talk.choose("placement.which", [_label(guide, name, suited) for name in names])]
    guide.answers.placement = chosen
    talk.good("placement.taken", name=told(talk, chosen, "name"))
    talk.show(told(talk, chosen, "wear"), wraps=True)
    talk.show(told(talk, chosen, "knows"), style="dim", wraps=True)


def body(names: list[str]) -> str:
    """The picture, with the number of each placement in the order of the choice."""
    return BODY.strip("\n").format(**{name: number for number, name in enumerate(names, 1)})


def told(talk: Talk, name: str, key: str) -> str:
    """What there is to say of a placement; a new one that has no words here yet speaks for itself."""
    own = {"name": name, "wear": "", "knows": PLACEMENTS[name].KNOWS}
    return sentences("setup", talk.language).get(f"placement.{name}.{key}", own[key])


def _label(guide: Guide, name: str, suited: tuple[str, ...]) -> str:
    called = told(guide.talk, name, "name")
    return called if name in suited else f"{called} ({guide.talk.words('placement.unusual')})"
