"""Step: which wearable; looks around with the same engine as ``sitbreak scan``."""

from __future__ import annotations

import asyncio

from rich.live import Live
from rich.table import Table
from rich.text import Text

from monitor.errors import MonitorError
from monitor.first_run.guide import Guide
from monitor.first_run.keys import typed_lines
from monitor.in_reach import KINDS, Neighbour, Survey, look_around
from monitor.wearables import WEARABLES
from monitor.wearables.base import Reach

AGAIN, BY_HAND = "wearable.again", "wearable.by_hand"


def find(guide: Guide) -> None:
    """Settle kind and address of the wearable."""
    flags = guide.flags
    if flags.wearable:
        guide.answers.wearable, guide.answers.address = flags.wearable, flags.address
        return
    guide.answers.wearable = guide.answers.address = guide.answers.name = ""
    while not guide.answers.wearable:
        survey = _looked(guide)
        if flags.address:
            survey = Survey(tuple(each for each in survey.known if each.address.casefold() == flags.address.casefold()))
        if guide.talk.asks:
            _choose(guide, survey)
        elif len(survey.known) == 1:
            _take(guide, survey.known[0])
        else:
            sentence = "wearable.which_of_them" if survey.known else "wearable.none"
            raise guide.demand(sentence, "--wearable, --address")


def _looked(guide: Guide) -> Survey:
    talk = guide.talk
    talk.say("wearable.looking", seconds=f"{guide.flags.look_s:g}")
    if talk.asks:
        talk.say("wearable.enter_ends", style="dim")
    try:
        return guide.wait_for(_watched(guide))
    except MonitorError as error:
        if not talk.asks:
            raise
        talk.problem(str(error))
        return Survey()


async def _watched(guide: Guide) -> Survey:
    """Look around, showing who is heard, until the time is over or Enter is pressed."""
    latest = [Survey()]
    with Live(console=guide.talk.console, refresh_per_second=4, transient=True) as live:

        def show(survey: Survey) -> None:
            latest[0] = survey
            live.update(picture(guide, survey))

        async with typed_lines(guide.talk.asks) as lines:
            looking = asyncio.create_task(look_around(guide.settings(), guide.flags.look_s, show), name="look around")
            enough = asyncio.create_task(lines.get(), name="enough")
            try:
                await asyncio.wait({looking, enough}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (looking, enough):
                    task.cancel()
                await asyncio.wait({looking, enough})
    return latest[0] if looking.cancelled() else looking.result()


def picture(guide: Guide, survey: Survey) -> Table:
    """Who is in reach."""
    heads = ("wearable.signal", "wearable.device", "wearable.what")
    table = Table("", *(guide.talk.words(head) for head in heads), box=None, header_style="dim")
    for number, neighbour in enumerate(survey.known, 1):
        name = f"{neighbour.name} {neighbour.address}".strip()
        title = guide.talk.told(WEARABLES[neighbour.kind].ABOUT.title)
        table.add_row(*map(Text, (str(number), neighbour.bars, name, title)))
    return table


def _choose(guide: Guide, survey: Survey) -> None:
    talk = guide.talk
    if not survey.known:
        talk.problem(talk.words("wearable.none"))
    labels = [label(guide, each) for each in survey.known]
    number = talk.choose("wearable.which", [*labels, talk.words(AGAIN), talk.words(BY_HAND)])
    if number < len(survey.known):
        _take(guide, survey.known[number])
    elif number == len(survey.known) + 1:
        _by_hand(guide)


def label(guide: Guide, neighbour: Neighbour) -> str:
    """One line of the choice."""
    whose = guide.talk.words("wearable.worn_by", wearer=neighbour.wearer) if neighbour.wearer else ""
    parts = (
        neighbour.name or neighbour.address,
        guide.talk.told(WEARABLES[neighbour.kind].ABOUT.title),
        neighbour.bars,
        whose,
    )
    return ", ".join(part for part in parts if part)


def _take(guide: Guide, neighbour: Neighbour) -> None:
    guide.answers.wearable, guide.answers.address = neighbour.kind, neighbour.address
    guide.talk.good("wearable.taken", name=neighbour.name or neighbour.address)
    if pairing := WEARABLES[neighbour.kind].ABOUT.pairing:
        guide.talk.say("wearable.first", what=guide.talk.told(pairing))


def _by_hand(guide: Guide) -> None:
    kinds = list(WEARABLES)
    kind = kinds[guide.talk.choose("wearable.kind", [guide.talk.told(WEARABLES[each].ABOUT.title) for each in kinds])]
    address = ""
    if KINDS[kind].REACH is not Reach.TOPIC:
        address = guide.talk.ask("wearable.address", check=lambda text: _address_fault(guide, text))
    guide.answers.wearable, guide.answers.address = kind, address


def _address_fault(guide: Guide, text: str) -> str | None:
    try:
        guide.settings(f"wearers.{guide.answers.wearer}.address={text}")
    except MonitorError:
        return guide.talk.words("wearable.address_fault")
    return None
