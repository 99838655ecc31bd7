"""What a DeskBand driver knows: of the link that is up, forgotten when it is lost, and of the band, kept."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.wearables.base import Reconnect, Reply
from monitor.wearables.deskband_profile.codec import Block, Info, Status
from monitor.wearables.deskband_profile.control import ControlPoint, SessionRecord
from monitor.wearables.deskband_profile.merge import Memory
from monitor.wearables.deskband_profile.rules import DeskBandRules


@dataclass
class Exchange:
    """One TIME_SYNC: our clock before and after, the device's in between."""

    tag: int
    sent_s: float | None = None
    device_us: int | None = None
    received_s: float | None = None


@dataclass
class Held:
    """A live block that waits until its session or its index is confirmed."""

    block: Block
    at_s: float


@dataclass
class Change:
    """The device runs a new session; what the old ones still hold is being listed."""

    segment: int
    rate_hz: float
    listing: list[SessionRecord] = field(default_factory=list)


@dataclass
class Link:
    """One link from ``start`` to ``lost``."""

    control: ControlPoint
    up: bool = False
    """False before the first start and after a loss."""
    leaving: bool = False
    """A reconnect was asked for; nothing more is sent."""
    awaited: list[str] = field(default_factory=list)
    """First reads and subscriptions that have not been reported yet."""
    subscribed: list[str] = field(default_factory=list)
    agenda: list[str] = field(default_factory=list)
    """Steps still to be taken in order: ``config``, ``sync``, ``list``, ``start``."""
    pause_until_s: float = 0.0
    refusals: int = 0
    info: Info | None = None
    status: Status | None = None
    asked_status: bool = False
    battery: int | None = None
    """Last level told."""
    change: Change | None = None
    held: list[Held] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    sync_count: int = 0
    next_sync_s: float = 0.0
    streaming_since_s: float | None = None
    live: bool = False
    """True once a live block of this link was delivered."""
    ack_due_s: float = 0.0
    asked_ack: tuple[int, int] = (0, 0)


def complete(exchanges: list[Exchange]) -> list[tuple[float, int, float]]:
    """The exchanges of which all three times are known: sent, device, received."""
    return [
        (each.sent_s, each.device_us, each.received_s)
        for each in exchanges
        if each.sent_s is not None and each.device_us is not None and each.received_s is not None
    ]


@dataclass
class Band:
    """All that the parts of the driver share."""

    rules: DeskBandRules
    memory: Memory
    link: Link


def leave(band: Band, reason: str) -> Reply:
    """Only a new link can help."""
    if band.link.leaving:
        return []
    band.link.leaving = True
    return [Reconnect(reason)]
