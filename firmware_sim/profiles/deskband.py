"""The DeskBand's firmware without its radio: samples come in; blocks, status and alert events go out.

Sampling and storing never stop for the radio: a block is stored first and then offered to the host. The caller brings
the time (the device's clock in microseconds since boot), the samples and the host's requests, and takes what is to be
sent from the outbox. Requests are answered in `deskband_control`.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

import numpy as np

from firmware_sim.profiles.deskband_alert import IMMEDIATE_KINDS, Buzzer, Happening
from firmware_sim.profiles.deskband_codec import (
    COUNTS_PER_G,
    AlertEvent,
    BlockFlag,
    ControlStatus,
    Feature,
    Info,
    Status,
    StatusFlag,
    decode_alert,
    encode_alert_event,
    encode_heartbeat,
)
from firmware_sim.profiles.deskband_state import Configuration, DeskBandSettings, Session
from firmware_sim.profiles.recorder import Recorder
from firmware_sim.profiles.replay import Replay
from firmware_sim.profiles.ring_buffer import RingBuffer
from firmware_sim.sensor import Samples

STATUS_EVERY_US = 60_000_000
HEARTBEAT_EVERY_US = 10_000_000
WAKING_MOTION_G = 0.25
"""A band that sleeps until it is moved wakes at this change on any axis."""


class Channel(Enum):
    """The characteristic that a message leaves by."""

    CONTROL = "control"
    LIVE = "live"
    STATUS = "status"
    ALERT = "alert"


class DeskBandFirmware:
    """One band: its ring buffer, its sessions and what it has to say."""

    def __init__(self, settings: DeskBandSettings | None = None) -> None:
        self.settings = settings or DeskBandSettings()
        self.configuration = Configuration()
        self.placement = self.settings.placement
        self.ring = RingBuffer(self.settings.buffer_bytes)
        self.battery_pct: int | None = self.settings.battery_pct
        self.temperature_c: int | None = 31
        self.charging = False
        self.worn = True
        self.sessions: list[Session] = []
        self.recorder = Recorder(self.settings.first_session, self.configuration, self.ring)
        self._boot(self.settings.first_session)

    # -- sessions ----------------------------------------------------------------------------------------------------

    def _boot(self, number: int) -> None:
        self.outbox: list[tuple[Channel, bytes]] = []
        self.happenings: list[Happening] = []
        self.buzzer = Buzzer(available_channels=self._alert_channels())
        self.utc_offset_us: int | None = None
        self.connected = self.live = self.replay_heard = False
        self.payload_bytes = 20
        """Size of the largest notification on the link."""
        self.replay: Replay | None = None
        self.asleep_until_us: int | None = None
        """Device time until which nothing is sampled; 0 for until it is moved; None while awake."""
        self._resting_counts: np.ndarray | None = None
        """(3,) reading in which a band lies that sleeps until it is moved."""
        self._last_status_us = self._last_live_us = 0
        self._live_offered = False
        self._last_status = b""
        self._begin(number & 0xFFFF)

    def _alert_channels(self) -> int:
        kinds = (Feature.HAPTIC, Feature.RGB_LED, Feature.BUZZER, Feature.DISPLAY)
        return sum(1 << bit for bit, feature in enumerate(kinds) if self.settings.features & feature)

    def _begin(self, number: int) -> None:
        self.sessions.append(Session(number, self.configuration.rate_code, None, self.utc_offset_us))
        overwrote, payload_bytes = self.recorder.overwrote, self.recorder.payload_bytes
        synced = self.utc_offset_us is not None
        self.recorder = Recorder(
            number, self.configuration, self.ring, payload_bytes, synced=synced, overwrote=overwrote
        )
        held = set(self.ring.sessions())
        self.sessions = [one for one in self.sessions[:-1] if one.number in held] + self.sessions[-1:]

    def reboot(self) -> None:
        """Start again: a new session and a clock from zero; what was not yet a block is lost, the flash is not."""
        self._boot(self.session.number + 1)

    def begin_session(self) -> None:
        """Count from zero in a new session."""
        self._begin((self.session.number + 1) & 0xFFFF)

    def erase(self) -> None:
        """Forget all samples and count from zero."""
        self.ring.erase()
        self.recorder.overwrote = False
        self.begin_session()

    @property
    def session(self) -> Session:
        """The running session."""
        return self.sessions[-1]

    # -- samples -----------------------------------------------------------------------------------------------------

    def feed(self, samples: Samples) -> None:
        """Take consecutive samples from the sensor; count and skip them while asleep."""
        skipped = self._slept_through(samples)
        if skipped:
            self._offer(self.recorder.skip(skipped))
        awake = samples.part(skipped)
        if self.session.first_us is None and len(awake.counts):
            before_us = round(self.recorder.next_index * 1e6 / self.configuration.rate_hz)
            self.session.first_us = int(awake.device_us[0]) - before_us
        self.recorder.not_worn = self.charging or (self._detects_wear() and not self.worn)
        self._offer(self.recorder.feed(awake))

    def store_pending(self) -> None:
        """Make blocks of the samples that still wait for one."""
        self._offer(self.recorder.flush())

    def _detects_wear(self) -> bool:
        return bool(self.settings.features & Feature.WEAR_DETECTION)

    def _slept_through(self, samples: Samples) -> int:
        if self.asleep_until_us is None or len(samples.counts) == 0:
            return 0
        awake = samples.device_us >= self.asleep_until_us if self.asleep_until_us else self._moved(samples.counts)
        if not awake.any():
            return len(samples.counts)
        self._wake()
        return int(np.argmax(awake))

    def _moved(self, counts: np.ndarray) -> np.ndarray:
        """Mark the samples that differ from the first one asleep by more than a band at rest ever would."""
        if self._resting_counts is None:
            self._resting_counts = counts[0].astype(np.int32)
        return np.asarray(np.abs(counts - self._resting_counts).max(axis=1) > WAKING_MOTION_G * COUNTS_PER_G)

    def _wake(self) -> None:
        self.asleep_until_us = self._resting_counts = None

    def _offer(self, blocks: list[bytes]) -> None:
        """Hand blocks that are stored already to the host, if it listens."""
        if self.live and blocks:
            self.outbox += [(Channel.LIVE, block) for block in blocks]
            self._live_offered = True

    # -- the link ----------------------------------------------------------------------------------------------------

    def linked(self, payload_bytes: int) -> None:
        """A host has connected, or has agreed on another size of notifications."""
        self.connected = True
        self.payload_bytes = payload_bytes
        if self.live:
            self.recorder.payload_bytes = payload_bytes

    def listen_to_replay(self, heard: bool) -> None:
        """The host has switched notifications of replayed blocks on or off."""
        self.replay_heard = heard

    def disconnected(self) -> None:
        """The link is gone: live data and a replay end; sampling and storing go on."""
        self.connected = self.live = self.replay_heard = False
        self.replay = None
        self.outbox.clear()
        self._last_status = b""

    def start_live(self) -> None:
        """Offer every block from here on; the first one carries a stamp."""
        self.store_pending()
        # Blocks keep the last link's size while nobody listens: the 23 bytes before the exchange would waste flash.
        self.recorder.payload_bytes = self.payload_bytes
        self.recorder.stamp_next()
        self.live = True

    def take_outbox(self) -> list[tuple[Channel, bytes]]:
        """Remove and return what is to be sent, in order."""
        taken, self.outbox = self.outbox, []
        return taken

    def take_replay_block(self) -> bytes | None:
        """Return the next block of the running replay; at its end the host is told through the outbox."""
        if self.replay is None:
            return None
        block = self.replay.next_block(self.payload_bytes)
        if block is None:
            self.end_replay()
        return block

    def end_replay(self, status: ControlStatus | None = None) -> None:
        """Tell the host how the running replay ended."""
        if self.replay is not None:
            self.outbox.append((Channel.CONTROL, self.replay.finished(status)))
            self.replay = None

    # -- what it says ------------------------------------------------------------------------------------------------

    def tick(self, now_us: int) -> None:
        """Let time pass: alerts end, status and heartbeat fall due."""
        self._tell(self.buzzer.tick(now_us))
        if self._live_offered or not self.live:
            self._last_live_us, self._live_offered = now_us, False
        if now_us - self._last_live_us >= HEARTBEAT_EVERY_US:
            flags = BlockFlag.SYNCED if self.recorder.synced else BlockFlag(0)
            beat = encode_heartbeat(self.session.number, self.recorder.next_index, now_us, flags)
            self.outbox.append((Channel.LIVE, beat))
            self._last_live_us = now_us
        if self.connected and self._status_due(now_us):
            self.outbox.append((Channel.STATUS, self.status().encode()))
            self._last_status_us = now_us

    def _status_due(self, now_us: int) -> bool:
        shown = replace(self.status(), next_index=0, oldest_index=0, overwritten_blocks=0, temperature_c=None).encode()
        changed, self._last_status = shown != self._last_status, shown
        return changed or now_us - self._last_status_us >= STATUS_EVERY_US

    def info(self) -> Info:
        """Describe the device."""
        own = self.settings
        return Info(own.features, own.rates, own.ranges, self.placement, own.buffer_bytes, 1, 100, own.device_id)

    def status(self) -> Status:
        """Describe its state."""
        held = self.ring.oldest_index(self.session.number)
        return Status(
            session=self.session.number,
            next_index=self.recorder.next_index,
            oldest_index=self.recorder.stored_index if held is None else held,
            oldest_session=self.ring.blocks[0].session if self.ring.blocks else self.session.number,
            battery_pct=self.battery_pct,
            flags=self._status_flags(),
            overwritten_blocks=self.ring.overwritten_blocks,
            rate_code=self.configuration.rate_code,
            range_code=self.configuration.range_code,
            temperature_c=self.temperature_c,
        )

    def _status_flags(self) -> StatusFlag:
        flags = StatusFlag(0)
        for raised, flag in (
            (self.asleep_until_us is None, StatusFlag.SAMPLING),
            (self.replay is not None, StatusFlag.REPLAYING),
            (self.charging, StatusFlag.CHARGING),
            (self._detects_wear() and self.worn, StatusFlag.WORN),
            (self.recorder.synced, StatusFlag.SYNCED),
            (self.recorder.overwrote, StatusFlag.OVERWRITTEN),
        ):
            flags |= flag if raised else StatusFlag(0)
        return flags

    # -- alerts ------------------------------------------------------------------------------------------------------

    def write_alert(self, value: bytes, now_us: int) -> None:
        """Take an alert from the host."""
        self._tell(self.buzzer.write(decode_alert(value), now_us))

    def write_alert_level(self, level: int, now_us: int) -> None:
        """Take an Alert Level of the Immediate Alert service; other levels are reserved and ignored."""
        if level in IMMEDIATE_KINDS:
            self.write_alert(bytes((IMMEDIATE_KINDS[level],)), now_us)

    def press(self, now_us: int, double: bool = False) -> None:
        """Press the button: it wakes the band, marks the block and answers an alert (double: snoozes it)."""
        self._wake()
        self.recorder.user_event = True
        self._tell(self.buzzer.answer(now_us, AlertEvent.SNOOZED if double else AlertEvent.ACKNOWLEDGED))

    def _tell(self, happenings: list[Happening]) -> None:
        self.happenings += happenings
        for one in happenings:
            self.outbox.append((Channel.ALERT, encode_alert_event(one.event, one.alert.alert_id, one.device_us)))

    def take_happenings(self) -> list[Happening]:
        """Remove and return what became of alerts: what the wearer feels and does."""
        taken, self.happenings = self.happenings, []
        return taken
