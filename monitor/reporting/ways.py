"""What became of a call on each of its ways, in one sentence in the wearer's language. Pure."""

from __future__ import annotations

from monitor.civil import time_text
from monitor.history.receipts import CallRow
from monitor.outlets.receipts import Outcome, Receipt
from monitor.words import Words

_NAMES = {"mqtt": "MQTT"}


def ways_line(call: CallRow, buzzes: bool, said: Words, zone: str) -> str:
    """Who has taken the call, who refused it, and what is still to come; ``buzzes``: the wearable was asked, too.

    Whether the wearable could be felt nobody knows: it says nothing of it.
    """
    good = [said.ways.wearable] if buzzes and call.type != "day_summary" else []
    bad: list[str] = []
    for receipt in sorted(call.receipts, key=lambda each: each.way != "mqtt"):
        told = _told(receipt, said, zone)
        (good if receipt.outcome is Outcome.ACCEPTED else bad).append(told)
    known = {receipt.way for receipt in call.receipts}
    waits = [_NAMES.get(outlet, outlet) for outlet in call.waits_for if outlet not in known]
    if any(receipt.way != "mqtt" for receipt in call.receipts):
        waits = [way for way in waits if way != "push"]
    bad += [said.ways.waits.format(way=way) for way in waits]
    ways = "; ".join([", ".join(good), *bad] if good else bad) or said.ways.none
    return said.ways.told.format(time=time_text(call.at_s, zone), ways=ways)


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
