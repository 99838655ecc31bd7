"""The steps in their order, and the way through them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from monitor.first_run.answers import Answers, forget, keep, recall, without_secrets
from monitor.first_run.connecting import join
from monitor.first_run.finding import find
from monitor.first_run.guide import Flags, Guide
from monitor.first_run.placing import place
from monitor.first_run.proof import show_it
from monitor.first_run.service import serve
from monitor.first_run.speaking import speak
from monitor.first_run.talk import Talk
from monitor.first_run.writing import write
from monitor.settings.loading import load
from monitor.settings.sections import WearerSettings


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, what it does, and the flags that ask for it anew."""

    name: str
    take: Callable[[Guide], None]
    flags: tuple[str, ...] = ()


STEPS = (
    Step("language", speak, ("language",)),
    Step("wearable", find, ("wearable", "address")),
    Step("placement", place, ("placement",)),
    Step("broker", join, ("broker", "username", "password_file", "tls", "ca_file")),
    Step("proof", show_it, ("proof",)),
    Step("file", write, ("set_",)),
    Step("unit", serve, ("unit",)),
)
"""The broker comes before the proof, for a phone is heard through it."""


NOTHING_SAID = Flags()


def take_up(guide: Guide) -> None:
    """Go on where the last sitting was left, if the user wants that."""
    kept = recall(guide.state_dir)
    if kept is None or not kept.done or not guide.talk.asks or guide.answers.done:
        return
    if guide.flags.wearer not in ("", kept.wearer):
        return
    left = next((step.name for step in STEPS if step.name not in kept.done), STEPS[-1].name)
    if kept.language:
        guide.talk.language = kept.language
    if guide.talk.agree("resume", step=guide.talk.words(f"{left}.title")):
        kept.set_ = list(dict.fromkeys([*kept.set_, *guide.answers.set_]))
        guide.answers = kept


def go_through(guide: Guide) -> None:
    """Take every step that is still to be taken; each is kept as soon as it is done."""
    guide.talk.say("welcome", style="bold")
    if guide.talk.asks:
        guide.talk.say("leave", style="dim")
    take_up(guide)
    for number, step in enumerate(STEPS, 1):
        if step.name in guide.answers.done and not _asked_for(step, guide.flags):
            continue
        guide.talk.title(number, len(STEPS), f"{step.name}.title")
        step.take(guide)
        guide.answers.done = [*(name for name in guide.answers.done if name != step.name), step.name]
        keep(guide.state_dir, guide.answers)
    forget(guide.state_dir)
    guide.talk.console.print()
    guide.talk.say("end", style="bold")
    for key in ("end_ready", "end_config"):
        guide.talk.say(key)


def _leave_as_it_is(guide: Guide, plan: WearerSettings) -> None:
    """Who is set up already and names a step wants that one, and nothing else but the file."""
    answers = guide.answers
    answers.wearable, answers.address, answers.name = plan.wearable, plan.address, plan.name
    answers.placement = plan.placement
    if any(_asked_for(step, guide.flags) for step in STEPS if step.name != "file"):
        answers.done = [step.name for step in STEPS if step.name != "file"]


def _asked_for(step: Step, flags: Flags) -> bool:
    """Whether the command line names this step; that it shall be left out is no such wish."""
    said = ((getattr(flags, flag), getattr(NOTHING_SAID, flag)) for flag in step.flags)
    return any(value != default and value is not False for value, default in said)


def new_guide(talk: Talk, flags: Flags, config: Path, state_dir: Path) -> Guide:
    """Nothing answered yet; what the settings file says already are the defaults. Raises SettingsError."""
    known = load(config if config.exists() else None).settings
    wearer = flags.wearer or next(iter(known.wearers))
    shared = config.exists() and bool(set(known.wearers) - {wearer})
    answers = Answers(wearer=wearer, shared=shared, set_=without_secrets(flags.set_))
    guide = Guide(talk, flags, answers, config, state_dir)
    if config.exists() and wearer in known.wearers:
        _leave_as_it_is(guide, known.wearers[wearer])
    said = [(key, getattr(flags, key)) for key in ("wearable", "placement", "address")]
    language = [f"coach.language={flags.language}"] if flags.language else []
    named = [("label", "checked only"), *((key, value) for key, value in said if value)]
    guide.settings(*(f"wearers.{guide.answers.wearer}.{key}={value}" for key, value in named), *language)
    return guide
