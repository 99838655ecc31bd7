"""A DeskBand peer for the driver's tests: it keeps its samples in memory and answers from the profile's text.

Every sample carries its own index and session in its axes, so that a test can tell which samples were delivered.
"""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass, field
from itertools import pairwise

from monitor.wearables.deskband_profile import codec as uuid

RATES_HZ = (12.5, 25.0, 50.0, 100.0, 6.25)


def counts_of(session: int, index: int) -> tuple[int, int, int]:
    """What sample ``index`` of a session reads, 1/4096 g."""
    return index % 4096 - 2048, index // 4096 % 4096 - 2048, session % 4096


def index_of(counts: tuple[int, int, int]) -> tuple[int, int]:
    """Session (modulo 4096) and index that a sample tells."""
    return counts[2], (counts[1] + 2048) * 4096 + counts[0] + 2048


@dataclass
class Recorded:
    """One session in the band's memory."""

    session: int
    started_s: float
    rate_code: int
    rate_hz: float
    """True rate."""
    boot_s: float
    made: int = 0
    oldest: int = 0
    sent: int = 0

    def true_s(self, index: int) -> float:
        return self.started_s + index / self.rate_hz


@dataclass
class FakeBand:
    """The other end of the air."""

    seed: int = 0
    now_s: float = 1.8e9
    payload: int = 242
    rate_error: float = 0.0
    drift: float = 0.0
    capacity: int = 10**9
    """Samples kept in all."""
    replay_per_step: int = 100
    lose: float = 0.0
    """Share of notifications that never arrive."""
    repeat: int = 1
    delta: bool = False
    flags: int = 0x11
    features: int = 0x27
    battery: int = 80
    device_id: int = 0x1A2B3C4D
    deaf: bool = False
    lite: bool = False
    rate_code: int = 1
    range_code: int = 2
    sessions: list[Recorded] = field(default_factory=list)
    live: bool = False
    latency_s: float = 1.0
    replaying: tuple[int, int, int, int, int] | None = None
    """Tag, session, next, end, blocks."""
    acked: dict[int, int] = field(default_factory=dict)
    written: list[bytes] = field(default_factory=list)
    alerts: list[bytes] = field(default_factory=list)
    out: list[tuple[str, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.boot(7)

    # --- the body -------------------------------------------------------------------------------------------

    @property
    def current(self) -> Recorded:
        return self.sessions[-1]

    def boot(self, session: int | None = None) -> None:
        number = self.current.session + 1 if session is None else session
        self._begin(number % 65536, self.now_s)
        self.live, self.replaying, self.out = False, None, []

    def _begin(self, number: int, boot_s: float) -> None:
        rate_hz = RATES_HZ[self.rate_code] * (1 + self.rate_error)
        self.sessions.append(Recorded(number, self.now_s, self.rate_code, rate_hz, boot_s))

    def device_us(self, at_s: float, session: Recorded | None = None) -> int:
        since_s = at_s - (session or self.current).boot_s
        return round(since_s * (1 + self.drift) * 1e6) % (1 << 48)

    def pass_time(self, now_s: float) -> None:
        """Make samples up to now; send live and replay blocks."""
        self.now_s = now_s
        current = self.current
        current.made = max(current.made, int((now_s - current.started_s) * current.rate_hz))
        self._overwrite()
        while current.made - current.sent >= min(self._batch(), max(1, int(self.latency_s * current.rate_hz))):
            end = self._end_of_block(current.sent, current.made)
            if self.live:
                self._notify(uuid.LIVE, self.block(current, current.sent, end, 0))
            current.sent = end
        for _ in range(self.replay_per_step):
            self._replay_block()

    def _overwrite(self) -> None:
        excess = sum(each.made - each.oldest for each in self.sessions) - self.capacity
        for each in self.sessions:
            gone = min(max(excess, 0), each.made - each.oldest)
            each.oldest += gone
            excess -= gone
        self.sessions = [each for each in self.sessions if each.oldest < each.made or each is self.current]

    def _batch(self) -> int:
        return max(1, (self.payload - 14) // 6)

    def _stamped(self, first: int) -> bool:
        """At MTU 23 once a second and alone in its block, else always."""
        return self.payload >= 64 or first % 25 == 0

    def _end_of_block(self, first: int, limit: int) -> int:
        return min(limit, first + (self._batch() if self._stamped(first) else 2))

    def block(self, session: Recorded, first: int, end: int, flags: int) -> bytes:
        """A motion block."""
        stamped = self._stamped(first)
        last_s = session.true_s(end - 1)
        stamp = self.device_us(last_s, session).to_bytes(6, "little") if stamped else b""
        counts = [counts_of(session.session, index) for index in range(first, end)]
        body = b"".join(struct.pack("<hhh", *each) for each in counts)
        if self.delta and len(counts) > 1:
            body = struct.pack("<hhh", *counts[0]) + pack_delta(counts)
        head = struct.pack("<BBHI", 0x10 | (self.delta and len(counts) > 1), flags | stamped, session.session, first)
        return head + stamp + body

    def _notify(self, characteristic: str, data: bytes) -> None:
        if self.random.random() >= self.lose:
            self.out += [(characteristic, data)] * self.repeat

    def _indicate(self, data: bytes) -> None:
        self.out += [(uuid.CONTROL, data)] * self.repeat

    def _replay_block(self) -> None:
        if self.replaying is None:
            return
        tag, number, at, end, blocks = self.replaying
        session = self._session(number)
        at = end if session is None else max(at, session.oldest)
        if session is None or at >= end:
            self.replaying = None
            self._indicate(struct.pack("<BBBHIH", 0xC3, tag, 0, number, end, blocks & 0xFFFF))
            return
        # Stored blocks have borders of their own: what is asked for is sent in whole blocks.
        batch = self._batch() if self.payload >= 64 else 1
        first = max(session.oldest, at // batch * batch)
        stop = self._end_of_block(first, session.made)
        self._notify(uuid.REPLAY, self.block(session, first, stop, 2))
        self.replaying = (tag, number, stop, end, blocks + 1)

    def _session(self, number: int) -> Recorded | None:
        return next((each for each in self.sessions if each.session == number), None)

    # --- the conversation -----------------------------------------------------------------------------------

    def read(self, characteristic: str) -> bytes | None:
        """The value of a characteristic."""
        if characteristic == uuid.INFO:
            head = (1, 0, self.features, 0x0F, 0x07, 1, 2 << 20, 1, 100, self.device_id)
            return struct.pack("<BBHHBBIHHI", *head)
        return self.status() if characteristic == uuid.STATUS else None

    def status(self) -> bytes:
        """The Status value."""
        current, oldest = self.current, self.sessions[0]
        head = (current.session, current.made, current.oldest, oldest.session, self.battery, self.flags, 0)
        return struct.pack("<HIIHBBHBBbB", *head, self.rate_code, self.range_code, 31, 0)

    def write(self, characteristic: str, data: bytes) -> None:
        """A write by the host."""
        if characteristic == uuid.ALERT:
            self.alerts.append(data)
        if characteristic != uuid.CONTROL:
            return
        self.written.append(data)
        if not self.deaf:
            self._answer(data[0], data[1], data[2:])

    def _answer(self, op: int, tag: int, params: bytes) -> None:
        answer = {
            1: self._start,
            2: self._stop,
            3: self._replay,
            4: self._abort,
            5: self._ack,
            6: self._time_sync,
            7: self._set_config,
            11: self._get_session,
        }.get(op)
        if answer is None or (self.lite and op > 6):
            self._indicate(bytes((0x80 | op, tag, 1)))
            return
        status, result = answer(params)
        if op == 3 and status == 0:
            number, _, _ = struct.unpack("<HII", params)
            self.replaying = (tag, number, *struct.unpack("<II", result), 0)
        self._indicate(bytes((0x80 | op, tag, status)) + result)

    def _start(self, params: bytes) -> tuple[int, bytes]:
        self.live = True
        return 0, struct.pack("<HI", self.current.session, self.current.made)

    def _stop(self, params: bytes) -> tuple[int, bytes]:
        self.live = False
        return 0, b""

    def _replay(self, params: bytes) -> tuple[int, bytes]:
        if self.replaying is not None:
            return 7, b""
        number, first, end = struct.unpack("<HII", params)
        session = self._session(number)
        if session is None:
            return 5, b""
        low, high = max(first, session.oldest), min(end, session.made)
        if low >= high:
            return 6, struct.pack("<II", session.made, session.made)
        return (0 if low == first and high == end else 6), struct.pack("<II", low, high)

    def _abort(self, params: bytes) -> tuple[int, bytes]:
        if self.replaying is not None:
            tag, number, at, _, blocks = self.replaying
            self._indicate(struct.pack("<BBBHIH", 0xC3, tag, 9, number, at, blocks & 0xFFFF))
        self.replaying = None
        return 0, b""

    def _ack(self, params: bytes) -> tuple[int, bytes]:
        number, upto = struct.unpack("<HI", params)
        self.acked[number] = upto
        return 0, b""

    def _time_sync(self, params: bytes) -> tuple[int, bytes]:
        return 0, self.device_us(self.now_s).to_bytes(6, "little")

    def _set_config(self, params: bytes) -> tuple[int, bytes]:
        rate, span, latency, _ = params
        self.latency_s = latency / 10
        if (rate, span) != (self.rate_code, self.range_code):
            self.rate_code, self.range_code = rate, span
            self._begin((self.current.session + 1) % 65536, self.current.boot_s)
        return 0, params + struct.pack("<H", self.current.session)

    def _get_session(self, params: bytes) -> tuple[int, bytes]:
        if params[0] >= len(self.sessions):
            return 6, b""
        each = self.sessions[params[0]]
        return 0, struct.pack("<HIIB", each.session, each.oldest, each.made, each.rate_code) + bytes(6)


def pack_delta(counts: list[tuple[int, int, int]]) -> bytes:
    """The delta blocks after the reference sample, one for every 255 samples at most."""
    steps = [b - a for before, after in pairwise(counts) for a, b in zip(before, after, strict=True)]
    width = max(max(abs(2 * step + 1).bit_length() for step in steps), 2)
    packed = sum((step % (1 << width)) << (width * place) for place, step in enumerate(steps))
    return bytes((width, len(steps) // 3)) + packed.to_bytes((len(steps) * width + 7) // 8, "little")
