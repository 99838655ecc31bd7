"""What to ask a DeskBand next. There is no queue: whenever the control point is free, the most urgent need is asked.

So a lost link or a crash leaves nothing half done: what is still needed then is asked again.
"""

from __future__ import annotations

from monitor.wearables.base import Reply, Write
from monitor.wearables.deskband_profile import codec, control
from monitor.wearables.deskband_profile.control import Op
from monitor.wearables.deskband_profile.link import Band, Exchange


def next_request(band: Band, now_s: float) -> Reply:
    """The most urgent request, if one may be sent now."""
    link = band.link
    ready = link.up and not link.leaving and not link.awaited and link.control.request is None
    if not ready or now_s < link.pause_until_s:
        return []
    while link.agenda:
        asked = _take_step(band, link.agenda[0], now_s)
        if asked is not None:
            return [asked]
        link.agenda.pop(0)
    asked = _ask_abort(band, now_s) or _ask_sync(band, now_s) or _ask_replay(band, now_s) or _ask_ack(band, now_s)
    return [] if asked is None else [asked]


def _ask(band: Band, op: Op, params: bytes, now_s: float) -> Write:
    return note_exchange(band, band.link.control.ask(op, params, now_s))


def note_exchange(band: Band, write: Write) -> Write:
    """Remember a TIME_SYNC: its times come by ``done`` and by the answer, in either order."""
    if write.data[0] == Op.TIME_SYNC:
        band.link.exchanges = [*band.link.exchanges[-15:], Exchange(write.data[1])]
    return write


def _take_step(band: Band, step: str, now_s: float) -> Write | None:
    """The request of one step of the agenda; None where the step is not needed."""
    if step == "config":
        wanted = _wanted_config(band)
        return None if wanted is None else _ask(band, Op.SET_CONFIG, bytes(wanted), now_s)
    if step == "sync":
        return _ask(band, Op.TIME_SYNC, b"", now_s)
    if step == "list" and band.link.change is not None:
        return _ask(band, Op.GET_SESSION, bytes((len(band.link.change.listing),)), now_s)
    return _ask(band, Op.START, b"", now_s) if step == "start" else None


def _wanted_config(band: Band) -> tuple[int, int, int, int] | None:
    """Rate code, range code, latency, options; None where the band runs so already."""
    info, status, rules = band.link.info, band.link.status, band.rules
    if status is None:
        return None
    rates = info.rates if info is not None else 0b111
    ranges = info.ranges if info is not None else 0b111
    features = codec.Feature(info.features) if info is not None else codec.Feature(0)
    rate = _nearest([hz if rates >> code & 1 else None for code, hz in enumerate(codec.RATES_HZ)], rules.rate_hz)
    span = _nearest([g if ranges >> code & 1 else None for code, g in enumerate(codec.RANGES_G)], rules.range_g)
    delta = rules.allow_delta and codec.Feature.DELTA in features
    options = int(delta) | (codec.Feature.FLASH in features) << 1
    latency = round(rules.latency_s * 10)
    running = (status.rate_code, status.range_code)
    wanted = (running[0] if rate is None else rate, running[1] if span is None else span, latency, options)
    applied = band.memory.applied_config
    if band.memory.asked_config == wanted and applied is not None and applied[:2] == running:
        return None
    band.memory.asked_config = wanted
    return wanted


def _ask_abort(band: Band, now_s: float) -> Write | None:
    if not band.memory.backfill.abort:
        return None
    band.memory.backfill.abort = False
    return _ask(band, Op.ABORT, b"", now_s)


def _ask_sync(band: Band, now_s: float) -> Write | None:
    if now_s < band.link.next_sync_s:
        return None
    band.link.next_sync_s = now_s + band.rules.request_timeout_s
    return _ask(band, Op.TIME_SYNC, b"", now_s)


def _ask_replay(band: Band, now_s: float) -> Write | None:
    """The oldest hole; after the first live block, so that nothing more is missed meanwhile."""
    link, backfill = band.link, band.memory.backfill
    if link.streaming_since_s is None or backfill.replay is not None:
        return None
    late = now_s - link.streaming_since_s > band.rules.request_timeout_s
    found = backfill.next_part(now_s) if link.live or late else None
    if found is None:
        return None
    replay = backfill.begin(*found, now_s, band.rules.replay_stall_s)
    params = control.replay_params(replay.segment & 0xFFFF, replay.first_index, replay.end_index)
    write = _ask(band, Op.REPLAY, params, now_s)
    if link.control.request is not None:
        replay.tags = link.control.request.tags
    return write


def _ask_ack(band: Band, now_s: float) -> Write | None:
    """Tell the band what is safe: only up to the first hole, and nothing behind an older session's hole."""
    link, memory = band.link, band.memory
    for segment in sorted(memory.stored):
        holes = [hole for hole in memory.backfill.holes if hole.segment <= segment]
        if any(hole.segment < segment for hole in holes):
            break
        firsts = [hole.missing[0].first_index for hole in holes]
        upto = min([memory.stored[segment], *firsts])
        new = upto - memory.acked.get(segment, 0)
        if new >= band.rules.ack_samples or (new > 0 and now_s >= link.ack_due_s):
            link.ack_due_s, link.asked_ack = now_s + band.rules.ack_every_s, (segment, upto)
            return _ask(band, Op.ACK, control.ack_params(segment & 0xFFFF, upto), now_s)
    return None


def _nearest(offers: list[float | None] | list[int | None], wanted: float) -> int | None:
    """Code of the least offer that reaches ``wanted``, else of the greatest; None without an offer."""
    ranked = sorted((offer, code) for code, offer in enumerate(offers) if offer is not None)
    enough = [code for offer, code in ranked if offer >= wanted]
    return enough[0] if enough else (ranked[-1][1] if ranked else None)
