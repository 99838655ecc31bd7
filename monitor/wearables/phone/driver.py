"""A phone in the trouser pocket: Sensor Logger's messages become blocks."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from monitor.model import AccelBlock, Quality
from monitor.rules import Rules
from monitor.wearables.base import About, Advertised, DecodeError, Packet, Reach, Reply, Resume
from monitor.wearables.kept import Kept
from monitor.wearables.phone import codec
from monitor.wearables.phone.rules import PhoneRules
from monitor.wearables.told import ToldDriver

FUTURE_S = 1.0
"""A sample may seem this far ahead of its arrival before the phone's clock is called wrong."""
SAMPLES_FOR_A_RATE = 10
RATE_SHARE = 0.25
"""A rate that differs by more is another one."""
SLOW_HZ = 5.0
"""Below this the cadence of steps (up to 2.5 Hz) cannot be seen."""
GAP_SAMPLES = 3.0
LONGEST_S, FASTEST_HZ = 60.0, 2000.0
"""What reaches further back, or comes faster, is nothing that a sensor has measured."""
FIRST_GUESS_HZ = 50.0


@dataclass
class Memory:
    """Where the stream stands."""

    device: str = ""
    session: str = ""
    number: int = -1
    heard_s: float = 0.0
    last_s: float | None = None
    """Time of the newest sample delivered."""
    shift_s: float | None = None
    """Added to the phone's clock; 0 while it is right."""
    rate_hz: float | None = None
    segment: int = 1


_MEMORY = Kept(Memory)


@dataclass
class Phone(ToldDriver):
    """Driver of one phone."""

    ADVERTISED: ClassVar[Advertised] = Advertised()
    REACH: ClassVar[Reach] = Reach.TOPIC
    RULES: ClassVar[type[Rules]] = PhoneRules
    MODEL: ClassVar[str] = "Phone with Sensor Logger"
    ABOUT: ClassVar[About] = About(
        title=MODEL,
        products=("any Android phone or iPhone with the app Sensor Logger",),
        placements=("pocket", "thigh"),
        rate="50 to 100 Hz",
        clock="every sample has its time, every message its number",
        alert="",
        pairing="in the app: MQTT push to your broker, the topic of [phone], a batch period of 1 s",
        battery="the phone's own; it lasts a working day",
        wearing=(
            "Carry it in a front trouser pocket.",
            "Log the accelerometer and gravity, and turn on standardised units and frames.",
        ),
        limits=(
            "It needs [mqtt] host: the phone speaks to the broker, not to Bluetooth.",
            "Batches longer than five seconds come too late for a posture.",
            "iOS may suspend a long recording in the background.",
        ),
    )

    rules: PhoneRules = field(default_factory=PhoneRules)
    memory: Memory = field(default_factory=Memory)

    def receive(self, packet: Packet) -> Reply:
        """One message; one that came before says nothing new."""
        message, memory = codec.decode(packet.data), self.memory
        if memory.device and message.device != memory.device and packet.at_s - memory.heard_s < self.rules.hold_s:
            raise DecodeError("another phone publishes here: give each a topic of its own by {wearer} in phone.topic")
        if (message.device, message.session) == (memory.device, memory.session):
            if message.number <= memory.number:
                return []
        elif memory.session:
            memory.segment, memory.shift_s, memory.rate_hz = memory.segment + 1, None, None
        memory.device, memory.session, memory.number = message.device, message.session, message.number
        memory.heard_s = packet.at_s
        reply = self._introduction() + self._tell_battery(message.battery_pct, packet.at_s)
        return reply + self._block(message, packet.at_s)

    def resume(self) -> Resume:
        """Which message and which sample came last."""
        return _MEMORY.written(self.memory)

    def _remember(self, resume: Resume) -> None:
        self.memory = _MEMORY.read(resume) or Memory()

    def _block(self, message: codec.Message, at_s: float) -> Reply:
        memory = self.memory
        if not len(message.t_s):
            return []
        t_s = message.t_s + self._shift_s(float(message.t_s[-1]), at_s)
        new = t_s > max(float(t_s[-1]) - LONGEST_S, -math.inf if memory.last_s is None else memory.last_s)
        new &= np.diff(t_s, prepend=-math.inf) > 1.0 / FASTEST_HZ
        t_s, xyz_g = t_s[new], message.xyz_g[new]
        if not len(t_s):
            return []
        rate_hz = self._rate_hz(t_s)
        gap_s = None if memory.last_s is None else float(t_s[0]) - memory.last_s - 1.0 / rate_hz
        memory.last_s = float(t_s[-1])
        return [
            AccelBlock(
                t_s=t_s,
                xyz_g=xyz_g,
                rate_hz=rate_hz,
                segment=memory.segment,
                gap_before_s=gap_s if gap_s is None or gap_s > GAP_SAMPLES / rate_hz else 0.0,
                quality=Quality.LOW_RATE if rate_hz < SLOW_HZ else Quality.NONE,
            )
        ]

    def _shift_s(self, newest_s: float, at_s: float) -> float:
        """What the phone's clock must be corrected by: nothing as long as it is plausible.

        Messages that come late keep their times, for the phone may have been out of the house with them.
        """
        memory, lag_s = self.memory, at_s - newest_s
        is_right = -FUTURE_S <= lag_s <= self.rules.clock_slack_s
        if memory.shift_s is None or self._was_set(newest_s + memory.shift_s, at_s, is_right):
            memory.segment += memory.shift_s is not None
            memory.shift_s = 0.0 if is_right else lag_s
        return memory.shift_s

    def _was_set(self, newest_s: float, at_s: float, is_right: bool) -> bool:
        """Whether one of the two clocks was set since: the phone's forward or back, or ours to what the phone's was."""
        slack_s, last_s = self.rules.clock_slack_s, self.memory.last_s
        is_back = last_s is not None and newest_s < last_s - slack_s
        return newest_s > at_s + FUTURE_S or is_back or (is_right and newest_s < at_s - slack_s)

    def _rate_hz(self, t_s: np.ndarray) -> float:
        """The rate in force; it follows the phone when that has changed its mind."""
        memory = self.memory
        if len(t_s) >= SAMPLES_FOR_A_RATE:
            seen_hz = float(round((len(t_s) - 1) / (t_s[-1] - t_s[0]), 1)) or 0.1
            if memory.rate_hz is None:
                memory.rate_hz = seen_hz
            elif abs(seen_hz / memory.rate_hz - 1.0) > RATE_SHARE:
                memory.rate_hz, memory.segment = seen_hz, memory.segment + 1
        return memory.rate_hz or FIRST_GUESS_HZ
