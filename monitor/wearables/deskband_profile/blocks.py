"""What a DeskBand's motion blocks are worth: believed, held until the status confirms them, or skipped."""

from __future__ import annotations

from monitor.model import Fact
from monitor.wearables.asking import key_of
from monitor.wearables.base import Packet, Read, Reply
from monitor.wearables.deskband_profile import codec, merge
from monitor.wearables.deskband_profile.link import Band, Held
from monitor.wearables.sample_clock import STEP_S


def heed_block(band: Band, packet: Packet) -> Reply:
    """Understand a motion block, live or replayed."""
    block = codec.decode_block(packet.data)
    if packet.characteristic == codec.REPLAY or block.flags & codec.BlockFlag.REPLAYED:
        return _heed_replayed(band, block, packet.at_s)
    if block.format == codec.Format.HEARTBEAT:
        if block.stamp_us is not None and block.session == band.memory.session and band.memory.clock.last:
            band.memory.clock.heard(block.stamp_us, packet.at_s)
        return []
    if not len(block.counts):  # of a reserved format
        return []
    return _heed_live(band, Held(block, packet.at_s))


def _heed_live(band: Band, held: Held) -> Reply:
    link = band.link
    if link.held or link.change is not None or not _believed(band, held):
        return _hold(band, held)
    return _take_live(band, held)


def _believed(band: Band, held: Held) -> bool:
    """False for a block of another session or far ahead of time, unless the status agrees."""
    if held.block.session != band.memory.session:
        return band.memory.session is not None and not band.memory.is_newer(held.block.session)
    status = band.link.status
    if status is not None and status.session == held.block.session and held.block.end_index <= status.next_index:
        return True
    return band.memory.plausible(held.block, held.at_s, band.rules.jump_slack_s)


def _hold(band: Band, held: Held) -> Reply:
    """Keep a block until the status has been read; bounded, for what is dropped here comes back as a hole."""
    if len(band.link.held) < 1000:
        band.link.held.append(held)
    read = Read(codec.STATUS, note="an unexpected block")
    coming = band.link.asked_status or key_of(read) in band.link.awaited
    if coming or band.link.leaving or band.link.change is not None:
        return []
    band.link.asked_status = True
    return [read]


def release(band: Band, now_s: float) -> Reply:
    """The status is known now: take what it confirms, drop the rest."""
    if band.link.change is not None:
        return []
    held, band.link.held = band.link.held, []
    return [fact for each in held if _believed(band, each) for fact in _take_live(band, each)]


def _take_live(band: Band, held: Held) -> Reply:
    block, memory = held.block, band.memory
    if block.session != memory.session:
        return list(_late(band, block))
    wait_s = band.rules.hole_wait_s if band.link.live else 0.0
    band.link.live = True
    facts = merge.take_live(memory, block, held.at_s, _says_not_worn(band), held.at_s + wait_s)
    _doubt_clock(band, held.at_s)
    return list(facts)


def _doubt_clock(band: Band, at_s: float) -> None:
    """What comes far too late may have come in time, and our clock was set: compare the clocks soon."""
    newest, link, rules = band.memory.clock.last, band.link, band.rules
    if newest is not None and at_s - newest.at_s > rules.latency_s + STEP_S:
        link.next_sync_s = min(link.next_sync_s, at_s + rules.early_sync_every_s)


def _says_not_worn(band: Band) -> bool:
    status, info = band.link.status, band.link.info
    if status is None:
        return False
    detects = info is not None and info.features & codec.Feature.WEAR_DETECTION
    off = detects and not status.flags & codec.StatusFlag.WORN
    return bool(off or status.flags & codec.StatusFlag.CHARGING)


def _heed_replayed(band: Band, block: codec.Block, at_s: float) -> Reply:
    replay = band.memory.backfill.replay
    if replay is not None:
        replay.heard(block, at_s)
    return list(_late(band, block))


def _late(band: Band, block: codec.Block) -> list[Fact]:
    segments = {hole.segment for hole in band.memory.backfill.holes if hole.segment & 0xFFFF == block.session}
    return [fact for segment in sorted(segments) for fact in merge.take_late(band.memory, segment, block)]
