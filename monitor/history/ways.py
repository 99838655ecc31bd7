"""What became of a call on each of its ways, in one sentence in the wearer's language."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from pathlib import Path

from monitor.civil import last_minute, time_text
from monitor.history.receipts import CallRow, calls
from monitor.outlets.receipts import Outcome, Receipt
from monitor.words import Words

DAY_S = 86400.0
MOST = 20
"""Calls told at once."""
ACCOUNT = "day_summary"
"""The day so far goes the ways of a call and is none."""
_NAMES = {"mqtt": "MQTT"}


@dataclass(frozen=True)
class Ways:
    """Reads of one wearer's calls, for whoever asks why."""

    history: Path
    wearer: str
    buzzes: bool
    """Whether the wearable is asked to call, too."""
    said: Words
    zone: str

    def told(self, now_s: float, at: str = "") -> list[str]:
        """The last call of a day, or those in the minute ``at`` (``HH:MM``). Raises HistoryError, ValueError."""
        from_s, until_s = now_s - DAY_S, now_s + 1.0
        if at:
            from_s, until_s = last_minute(at, now_s, self.zone) or (0.0, 0.0)
        found = [call for call in calls(self.history, self.wearer, until_s, MOST) if call.at_s >= from_s]
        if not at:
            found = [call for call in found if call.type != ACCOUNT][:1]
        return [ways_line(call, self.buzzes, self.said, self.zone) for call in reversed(found)]

    def lately(self) -> dict[str, str]:
        """What became of the last calls, by their event's id. Raises HistoryError; blocks."""
        found = calls(self.history, self.wearer, inf, MOST)
        return {call.event_id: went(call, self.buzzes, self.said, self.zone) for call in found}


def ways_line(call: CallRow, buzzes: bool, said: Words, zone: str) -> str:
    """When it was called, or the day's account given, and what became of it."""
    sentence = said.ways.account if call.type == ACCOUNT else said.ways.told
    return sentence.format(time=time_text(call.at_s, zone), ways=went(call, buzzes, said, zone))


def went(call: CallRow, buzzes: bool, said: Words, zone: str) -> str:
    """Who has taken the call, who refused it, and what is still to come; ``buzzes``: the wearable was asked, too.

    Whether the wearable could be felt nobody knows: it says nothing of it.
    """
    good = [said.ways.wearable] if buzzes and call.type != ACCOUNT else []
    bad: list[str] = []
    for receipt in sorted(call.receipts, key=lambda each: each.way != "mqtt"):
        told = _told(receipt, said, zone)
        (good if receipt.outcome is Outcome.ACCEPTED else bad).append(told)
    known = {receipt.way for receipt in call.receipts}
    waits = [_NAMES.get(outlet, outlet) for outlet in call.waits_for if outlet not in known]
    if any(receipt.way != "mqtt" for receipt in call.receipts):
        waits = [way for way in waits if way != "push"]
    bad += [said.ways.waits.format(way=way) for way in waits]
    return "; ".join([", ".join(good), *bad] if good else bad) or said.ways.none


def _told(receipt: Receipt, said: Words, zone: str) -> str:
    words = said.ways
    way = _NAMES.get(receipt.way, receipt.way)
    if receipt.outcome is not Outcome.ACCEPTED:
        failed: str = getattr(words, str(receipt.outcome))
        return failed.format(way=way, reason=_reason(receipt.reason, said))
    if receipt.way == "mqtt":
        return words.mqtt
    for pattern, at_s in ((words.seen, receipt.seen_s), (words.taken_back, receipt.taken_back_s)):
        if at_s is not None:
            return pattern.format(way=way, time=time_text(at_s, zone))
    return words.accepted.format(way=way)


def _reason(code: str, said: Words) -> str:
    if code.startswith("http:"):
        return said.ways.http.format(code=code.removeprefix("http:"))
    return said.ways.reasons.get(code, code)
