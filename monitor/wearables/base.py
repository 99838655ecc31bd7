"""The contract of a wearable's driver: sans-io, told what came, answering with what it wants and what it knows.

A driver never sees a clock, a socket or bleak. The transport carries out its actions one after the other,
reports each by ``done``, and hands every notification to ``receive``. All times are given from outside.
Its whole memory is plain data (dataclass fields), so that it can be stored and taken up again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, Protocol

from monitor.errors import MonitorError
from monitor.model import Fact, Nudge
from monitor.rules import Rules

G_MS2 = 9.80665
"""Of devices that tell m/s^2: standard gravity (3rd CGPM, 1901)."""


class DecodeError(MonitorError):
    """A packet breaks the protocol. ``packet`` is what came; the message names the field."""

    def __init__(self, reason: str, packet: bytes = b"") -> None:
        super().__init__(f"{reason} [{packet[:32].hex()}{'…' if len(packet) > 32 else ''}]" if packet else reason)
        self.reason = reason
        self.packet = packet


@dataclass(frozen=True, slots=True)
class Packet:
    """Bytes of one notification, indication, advertisement or message."""

    characteristic: str
    """Where they came by, lower case: the 128-bit UUID of a characteristic; of an advertisement the UUID of its service
    data or ``company:0499`` (hexadecimal company id) of its manufacturer data; the topic of a message."""
    data: bytes
    at_s: float
    """Arrival, on the daemon's clock."""


@dataclass(frozen=True, slots=True)
class Read:
    """Read a characteristic; the bytes come back by ``done``."""

    characteristic: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Write:
    """Write a characteristic."""

    characteristic: str
    data: bytes
    response: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Turn notifications or indications on."""

    characteristic: str


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Turn them off."""

    characteristic: str


@dataclass(frozen=True, slots=True)
class Reconnect:
    """Drop the link and connect anew: the device is in a state that only this heals."""

    reason: str


Action = Read | Write | Subscribe | Unsubscribe | Reconnect


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an action."""

    at_s: float
    sent_at_s: float
    """When it was handed to the radio: with ``at_s`` the round trip, which time synchronisation needs."""
    value: bytes | None = None
    """The bytes read; None for the other actions."""
    error: str | None = None
    att_error: int | None = None
    """ATT error code where the device refused."""


@dataclass(frozen=True, slots=True)
class Advertised:
    """By what a kind of wearable is recognised on the air; one of them is enough."""

    service_uuids: tuple[str, ...] = ()
    """128-bit UUIDs, lower case, of services listed in the advertisement or bearing service data in it."""
    name_prefixes: tuple[str, ...] = ()
    company_ids: tuple[int, ...] = ()
    """Of manufacturer data."""


class Reach(Enum):
    """How a wearable's bytes get here."""

    LINK = "link"
    """Over a connection of our own: read, write, subscribe."""
    ADVERTISEMENT = "advertisement"
    """It tells everybody, unasked; ``start`` may ask for nothing, and ``receive`` gets its advertisements."""
    TOPIC = "topic"
    """It publishes to our MQTT broker; ``receive`` gets its messages."""


@dataclass(frozen=True, slots=True)
class About:
    """A kind of wearable in words: what `sitbreak scan`, the settings and its page in the documentation say of it."""

    title: str
    """As a shop would name it."""
    products: tuple[str, ...]
    """Models known to speak this."""
    placements: tuple[str, ...]
    """Where it can be worn, the best first; names of ``PLACEMENTS``."""
    rate: str
    """Samples a second, for example "25, 50, 100 or 200 Hz"."""
    clock: str
    """What is known of sample times and of loss."""
    alert: str
    """What it can do to call its wearer; empty where nothing."""
    pairing: str
    """What to do before the first connection; empty where nothing."""
    battery: str
    """How long it lasts, and what it lives on."""
    wearing: tuple[str, ...]
    """How to wear it: sentences."""
    limits: tuple[str, ...] = ()
    """What it cannot do, or what to beware of: sentences."""


Resume = dict[str, Any]
"""What a driver wants to remember over a crash: JSON-ready plain data, understood by the same driver only."""

Reply = list[Action | Fact]


class Wearable(Protocol):
    """One connected device. Each link calls ``start`` on this object; after a crash, on a new one with ``resume``."""

    @property
    def ADVERTISED(self) -> Advertised:  # noqa: N802  a constant of every driver
        """By what it is recognised on the air."""
        ...

    @property
    def REACH(self) -> Reach:  # noqa: N802
        """How its bytes get here."""
        ...

    @property
    def SILENCE_IS_LEGAL(self) -> bool:  # noqa: N802
        """True where the device sends only on change, so that no data is no fault by itself."""
        ...

    @property
    def MAY_PAIR(self) -> bool:  # noqa: N802
        """True where the device may demand a paired link, and pairs without a code."""
        ...

    def start(self, resume: Resume | None, now_s: float) -> Reply:
        """A link is up. ``resume``: what ``resume()`` returned before a crash; None on a later link of this object."""
        ...

    def receive(self, packet: Packet) -> Reply:
        """Decode one notification. Raises DecodeError; the driver stays usable."""
        ...

    def done(self, action: Action, outcome: Outcome) -> Reply:
        """An action was carried out or failed."""
        ...

    def tick(self, now_s: float) -> Reply:
        """Time passes; called about once a second while the link is up."""
        ...

    def stored(self, segment: int, upto_index: int) -> Reply:
        """Everything before ``upto_index`` is safe on disk."""
        ...

    def alert(self, nudge: Nudge, now_s: float) -> Reply:
        """Buzz, light or say something on the wearable; empty where it cannot."""
        ...

    def lost(self, now_s: float) -> Reply:
        """The link is gone; facts only (nothing can be sent)."""
        ...

    def stop(self) -> Reply:
        """Actions for a clean end, before the transport disconnects."""
        ...

    def resume(self) -> Resume:
        """The memory worth keeping, as of the facts delivered so far."""
        ...


class Driver(Wearable, Protocol):
    """What stands in the table: a class that can be built from its settings and described to people."""

    ABOUT: ClassVar[About]
    RULES: ClassVar[type[Rules]]
    """Its settings: the section of the file that is named like its entry in the table."""

    def __init__(self, rules: Any = ...) -> None:
        """Without rules, the defaults."""
