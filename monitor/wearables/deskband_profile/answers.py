"""What a DeskBand's answers mean, and what its silence means."""

from __future__ import annotations

from monitor.wearables.base import DecodeError, Packet, Reply
from monitor.wearables.deskband_profile import control
from monitor.wearables.deskband_profile.control import ControlStatus, Op
from monitor.wearables.deskband_profile.link import Band, Exchange, complete, leave
from monitor.wearables.deskband_profile.sessions import begin_change, finish_change, rate_of

STEP_OF = {Op.SET_CONFIG: "config", Op.TIME_SYNC: "sync", Op.GET_SESSION: "list", Op.START: "start"}
"""Which step of the agenda an answer settles."""


def heed_control(band: Band, packet: Packet) -> Reply:
    """Understand an indication of the control point."""
    message = control.decode_control(packet.data)
    if isinstance(message, control.ReplayDone):
        band.memory.backfill.done(message, packet.at_s, band.rules.hole_wait_s, band.rules.replay_tries)
        return list(band.memory.backfill.closed())
    if message is None:
        return []
    if message.op == Op.TIME_SYNC:
        _heed_device_clock(band, message, packet.at_s)
    request = band.link.control.take(message.op, message.tag)
    if request is None:
        return []
    try:
        return _answered(band, request.op, message, packet.at_s)
    except DecodeError:
        # An answer that cannot be read: do not hammer the band with the same question.
        band.link.pause_until_s = packet.at_s + band.rules.hole_wait_s
        band.memory.backfill.postpone(packet.at_s + band.rules.replay_stall_s)
        raise


def heed_exchange(band: Band, exchange: Exchange, now_s: float) -> None:
    """Feed the clock once both ends of an exchange are known, and plan the next."""
    link = band.link
    for sent_s, device_us, received_s in complete([exchange]):
        if link.change is None:
            band.memory.clock.synchronise(sent_s, device_us, received_s)
        link.sync_count += 1
        rough = band.memory.clock.host.uncertainty_s > band.rules.sync_goal_ms * 1e-3
        early_s = band.rules.early_sync_every_s if rough and link.sync_count < 30 else None
        pause_s = 0.0 if link.sync_count < 6 else early_s or band.rules.time_sync_every_s
        link.next_sync_s = now_s + pause_s


def _heed_device_clock(band: Band, answer: control.ControlAnswer, at_s: float) -> None:
    if answer.status != ControlStatus.OK:
        return
    for exchange in band.link.exchanges:
        if exchange.tag == answer.tag and exchange.device_us is None:
            exchange.device_us, exchange.received_s = control.decode_device_us(answer.params), at_s
            heed_exchange(band, exchange, at_s)


def _answered(band: Band, op: Op, answer: control.ControlAnswer, now_s: float) -> Reply:
    """What follows from the answer to a request."""
    fine = answer.status == ControlStatus.OK
    if op is Op.START:
        return _started(band, answer, now_s)
    if op is Op.REPLAY:
        ranged = answer.status in (ControlStatus.OK, ControlStatus.NOT_AVAILABLE)
        available = control.decode_replay_range(answer.params) if ranged else (0, 0)
        rules = band.rules
        band.memory.backfill.answered(answer.status, available, now_s, rules.hole_wait_s, rules.replay_tries)
        return list(band.memory.backfill.closed())
    if op is Op.GET_SESSION:
        return _listed(band, answer, now_s)
    _step_taken(band, op)
    if op is Op.SET_CONFIG:
        return _configured(band, answer) if fine else _keep_config(band)
    if op is Op.ACK and fine:
        band.memory.acknowledged(*band.link.asked_ack)
    if op is Op.TIME_SYNC and not fine:
        band.link.next_sync_s = now_s + band.rules.time_sync_every_s
    return []


def _step_taken(band: Band, op: Op) -> None:
    if band.link.agenda and band.link.agenda[0] == STEP_OF.get(op):
        band.link.agenda.pop(0)


def _started(band: Band, answer: control.ControlAnswer, now_s: float) -> Reply:
    if answer.status != ControlStatus.OK:
        band.link.refusals += 1
        band.link.pause_until_s = now_s + band.rules.hole_wait_s
        refused = band.link.refusals >= band.rules.request_tries
        return leave(band, f"START refused with status {answer.status}") if refused else []
    session, _ = control.decode_start(answer.params)
    _step_taken(band, Op.START)
    band.link.streaming_since_s = now_s
    if band.link.change is None and band.memory.is_newer(session):
        return begin_change(band, session, band.memory.rate_hz)
    return []


def _listed(band: Band, answer: control.ControlAnswer, now_s: float) -> Reply:
    """One retained session, or the end of the list."""
    change = band.link.change
    if change is not None and answer.status == ControlStatus.OK and len(change.listing) < 255:
        record = control.decode_session(answer.params)
        change.listing.append(record)
        if record.session != change.segment & 0xFFFF:
            return []
    _step_taken(band, Op.GET_SESSION)
    return finish_change(band, now_s)


def _configured(band: Band, answer: control.ControlAnswer) -> Reply:
    applied, session = control.decode_config(answer.params)
    band.memory.applied_config = applied
    current = band.memory.segment if band.link.change is None else band.link.change.segment
    if current is None or session == current & 0xFFFF:
        return []
    return begin_change(band, session, rate_of(band, applied[0]))


def _keep_config(band: Band) -> Reply:
    """The band takes no configuration: live with what it does."""
    if band.link.status is not None:
        band.memory.applied_config = (band.link.status.rate_code, band.link.status.range_code, 0, 0)
    return []


def unanswered(band: Band, op: Op, now_s: float) -> Reply:
    """A request was repeated in vain."""
    if op is Op.START:
        return leave(band, "no answer to START")
    if op is Op.REPLAY:
        band.memory.backfill.postpone(now_s + 2 * band.rules.replay_stall_s)
    if op is Op.TIME_SYNC:
        band.link.next_sync_s = now_s + band.rules.time_sync_every_s
    _step_taken(band, op)
    return finish_change(band, now_s) if op is Op.GET_SESSION else []
