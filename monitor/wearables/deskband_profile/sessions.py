"""A DeskBand's status, and what follows when it runs a new session.

The session id grows at every boot and every change of rate. What the old sessions still hold is listed first, so that
their holes are announced before the first block of the new one.
"""

from __future__ import annotations

from monitor.model import BatteryLevel, Fact
from monitor.wearables.base import Read, Reply, Subscribe
from monitor.wearables.deskband_profile import codec, merge
from monitor.wearables.deskband_profile.blocks import release
from monitor.wearables.deskband_profile.link import Band, Change, complete
from monitor.wearables.sample_clock import Anchor
from monitor.wearables.standard import BATTERY_LEVEL


def heed_status(band: Band, status: codec.Status, at_s: float, read: bool) -> Reply:
    """Take a status in; one that was read, not notified, also settles what was held for it."""
    opening = band.link.status is None
    band.link.status = status
    reply = tell_battery(band, status.battery, at_s)
    if opening and status.battery is None:
        reply += [Read(BATTERY_LEVEL), Subscribe(BATTERY_LEVEL)]
    rate_hz = rate_of(band, status.rate_code)
    if band.memory.segment is None:
        band.memory.enter(status.session, rate_hz)
    elif band.link.change is None and _is_new_session(band, status, opening):
        reply += begin_change(band, status.session, rate_hz)
    return reply + (release(band, at_s) if read else [])


def tell_battery(band: Band, percent: int | None, at_s: float) -> Reply:
    """Say the battery level if it is news."""
    if percent is None or percent == band.link.battery:
        return []
    band.link.battery = percent
    return [BatteryLevel(percent, at_s)]


def rate_of(band: Band, code: int) -> float:
    """The sampling rate of a rate code."""
    return codec.RATES_HZ[code] if code < len(codec.RATES_HZ) else band.rules.rate_hz


def _is_new_session(band: Band, status: codec.Status, opening: bool) -> bool:
    if opening and status.session == band.memory.session:
        # The same number with fewer samples: the band forgot its counter, too.
        return status.next_index < (band.memory.next_index or 0)
    return band.memory.is_newer(status.session) or (opening and status.session != band.memory.session)


def begin_change(band: Band, session: int, rate_hz: float) -> Reply:
    """Another session runs: first list what the old ones hold, then go on with the new."""
    base = band.memory.segment if band.link.change is None else band.link.change.segment
    segment = ((base or 0) & ~0xFFFF) | session
    segment += 65536 if base is not None and segment <= base else 0
    if not band.memory.known:
        band.memory.enter(segment, rate_hz)
        return []
    if band.link.streaming_since_s is not None:
        # The clock may have begun anew with the session: earlier exchanges say nothing of it.
        band.link.exchanges, band.link.next_sync_s = [], 0.0
    band.link.change = Change(segment, rate_hz)
    kept = [step for step in band.link.agenda if step == "config"]
    last = [step for step in band.link.agenda if step == "start"]
    band.link.agenda = [*kept, "sync", "list", *last]
    return []


def finish_change(band: Band, now_s: float) -> Reply:
    """The list is complete: open the holes of the old sessions, enter the new one."""
    change = band.link.change
    if change is None:
        return []
    band.link.change = None
    facts: Reply = list(_open_tails(band, change, now_s))
    band.memory.enter(change.segment, change.rate_hz)
    for sent_s, device_us, received_s in complete(band.link.exchanges):
        band.memory.clock.synchronise(sent_s, device_us, received_s)
    return facts + release(band, now_s)


def _open_tails(band: Band, change: Change, now_s: float) -> list[Fact]:
    """Holes for what the old sessions hold beyond what was delivered, the oldest first."""
    memory, segment = band.memory, band.memory.segment or 0
    spans: list[tuple[int, int, int, float, float]] = []
    for record in change.listing:
        ahead = (record.session - segment) % 65536
        first = (memory.next_index or 0) if ahead == 0 else 0
        if ahead < (change.segment - segment) % 65536 and record.end_index > first:
            rate_hz = rate_of(band, record.rate_code)
            spans.append((segment + ahead, first, record.end_index, rate_hz, record.started_utc_ms * 1e-3))
    facts: list[Fact] = []
    before = merge.newest_anchor(memory, now_s)
    for place, (number, first, end, rate_hz, _) in enumerate(spans):
        if number != memory.segment:
            before = Anchor(-1, before.at_s)  # another session's indices and clock: a limit, no more
        end_s = before.at_s + (end - before.index) * merge.period_of(memory, rate_hz)
        after = None
        if place + 1 < len(spans):
            # Where the next session began nobody saw: after this one, unless the band itself knows better.
            after = Anchor(end, max(end_s, spans[place + 1][4]))
        facts.append(merge.open_tail(memory, number, (first, end), rate_hz, (before, after)))
        before = after or before
    return facts
