"""What the page says in words: the facts of now, the log of decisions (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from html import escape
from typing import Any

from monitor.exchange import WearerState
from monitor.history.day import EventRow
from monitor.words import Words

LOGGED = (
    "break_due",
    "alert_cleared",
    "alert_withheld",
    "snoozed",
    "break_taken",
    "exercise_seen",
    "standing_long",
    "wrong_reported",
    "command_answered",
)
"""Events that tell why, and why not."""

OPEN = ("due", "overdue")
"""What ``WearerState.alert`` says while a call waits for its answer."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true now, ready to be read."""

    posture: str
    standing: str
    sat: str
    next: str
    sure: str
    battery: str
    link: str
    today: str


def facts(state: WearerState | None, said: Words, zone: tzinfo) -> Facts:
    """The facts of now; what is not known is said to be so."""
    page = said.page
    if state is None:
        return Facts(page.waiting, "", *("–",) * 5, "–")
    return Facts(
        posture=page.postures.get(state.posture, state.posture),
        standing=page.silent if state.alert == "none" and _has_passed(state) else said.standing.get(state.alert, ""),
        sat=said.duration(state.bout_s) if state.bout_start_s is not None else "–",
        next=_next(state, said, zone),
        sure=f"{100 * state.confidence:.0f} %" if state.posture not in ("unknown", "gap") else "–",
        battery=f"{state.battery_pct} %" if state.battery_pct is not None else page.unknown,
        link=_link(state, said),
        today=page.totals.format(
            sat=said.duration(state.today_s), breaks=state.breaks, longest=said.duration(state.longest_s)
        ),
    )


def _next(state: WearerState, said: Words, zone: tzinfo) -> str:
    """When the next call is, or since when one is open."""
    if state.next_break_s is None or (_has_passed(state) and state.alert not in OPEN):
        return "–"
    form = said.page.passed if _has_passed(state) else said.page.at
    return form.format(time=clock_text(state.next_break_s, zone))


def _has_passed(state: WearerState) -> bool:
    """The limit is reached; where no alert is open that was answered, or something speaks against it."""
    return state.next_break_s is not None and state.next_break_s <= state.at_s


def _link(state: WearerState, said: Words) -> str:
    word = said.page.linked if state.link_fresh else said.page.unlinked
    return f"{word} ({state.rssi_dbm} dBm)" if state.link_fresh and state.rssi_dbm is not None else word


def progress(state: WearerState | None) -> tuple[str, str]:
    """The exercise that is being watched, by its id, and how far it is in words; empty where none is."""
    watched = state.exercise if state is not None else None
    return (watched.exercise_id, watched.sentence) if watched is not None else ("", "")


def log_html(rows: Sequence[EventRow], said: Words, zone: tzinfo, ways: Mapping[str, str] | None = None) -> str:
    """The decisions, newest first; calls with what became of them."""
    lines = [(row.at_s, line + _went(row, ways or {})) for row in rows if (line := sentence(row, said))]
    if not lines:
        return f'<p class="soft">{escape(said.why.nothing_yet)}</p>'
    items = (f"<li><time>{clock_text(at_s, zone)}</time>{escape(line)}</li>" for at_s, line in lines)
    return f'<ul class="log">{"".join(items)}</ul>'


def _went(row: EventRow, ways: Mapping[str, str]) -> str:
    told = ways.get(str(row.body.get("id", "")))
    return f": {told}" if told else ""


def sentence(row: EventRow, said: Words) -> str:
    """One decision; empty for what tells nothing."""
    body: dict[str, Any] = row.body
    match row.type:
        case "break_due":
            reason = said.noted.reasons.get(str(body["why_now"]), str(body["why_now"]))
            return said.noted.called.format(reason=reason, sat=said.duration(body["sedentary_s"]))
        case "alert_cleared":
            return said.cleared.get(str(body["by"]), "")
        case "alert_withheld":
            reason = str(body["reason"])
            return said.noted.silent.format(reason=said.silences.get(reason, reason.replace("_", " ")))
        case "snoozed":
            return said.news.snoozed.format(length=said.duration(body["until_s"] - row.at_s))
        case "break_taken":
            up, sat = said.duration(body["upright_s"]), said.duration(body["sedentary_s"])
            return said.news.break_taken.format(up=up, sat=sat)
        case "standing_long":
            return said.noted.standing.format(length=said.duration(body["standing_s"]))
        case "exercise_seen":
            return f"{body['title']}: {_seen(body, said)}"
        case "command_answered" if body["command"] not in ("why", "test"):
            value = body["value"] if isinstance(body["value"], str | float | int) else ""
            told = said.noted.you_said.format(what=f"{body['command']} {value}".strip())
            return told if body["ok"] else f"{told}: {said.page.refused.format(error=body['error'])}"
    return ""


def _seen(body: dict[str, Any], said: Words) -> str:
    count, hold_s = int(body["repetitions"]), float(body["hold_s"])
    told = [said.page.counted.format(count=count)] if count else []
    told += [said.page.held.format(length=said.duration(hold_s))] if hold_s >= 1 else []
    return ", ".join(told) or said.page.on_your_word


def clock_text(at_s: float, zone: tzinfo) -> str:
    """Time of day."""
    return datetime.fromtimestamp(at_s, zone).strftime("%H:%M")
