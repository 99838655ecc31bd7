"""The band's buzzer: one alert at a time, the others wait their turn or grow stale, and the wearer may answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from firmware_sim.profiles.deskband_codec import Alert, AlertEvent, AlertKind

ANSWER_WINDOW_US = 600_000_000
"""A press answers the last alert for ten minutes; later it means something else."""

IMMEDIATE_KINDS = {0: AlertKind.STOP, 1: AlertKind.NUDGE, 2: AlertKind.URGENT}
"""Alert Level of the Immediate Alert service (0x2A06) as an alert of ours."""


@dataclass(frozen=True, slots=True)
class Happening:
    """What became of an alert, and when on the device's clock."""

    event: AlertEvent
    alert: Alert
    device_us: int


@dataclass
class Buzzer:
    """Plays alerts in order of arrival."""

    available_channels: int
    """Bits of Alert.channels that this device has: 0 haptic, 1 LED, 2 buzzer, 3 display."""
    playing: Alert | None = None
    ends_us: int = 0
    waiting: list[tuple[Alert, int]] = field(default_factory=list)
    last: Alert | None = None
    """The alert that a press would answer."""
    last_us: int = 0

    def write(self, alert: Alert, now_us: int) -> list[Happening]:
        """Take an alert from the host; it starts now if nothing else plays."""
        happened = self.tick(now_us)
        if alert.kind == AlertKind.STOP:
            return happened + self._stop(now_us)
        if alert.kind not in list(AlertKind) or not alert.channels & self.available_channels:
            return [*happened, Happening(AlertEvent.REFUSED, alert, now_us)]
        self.waiting.append((alert, now_us))
        return happened + self._start_next(now_us)

    def tick(self, now_us: int) -> list[Happening]:
        """End what is over and start what waits, each at its own time."""
        happened: list[Happening] = []
        while self.playing is not None and now_us >= self.ends_us:
            happened.append(Happening(AlertEvent.FINISHED, self.playing, self.ends_us))
            self.playing = None
            happened += self._start_next(self.ends_us)
        return happened

    def answer(self, now_us: int, event: AlertEvent) -> list[Happening]:
        """Let the wearer acknowledge or snooze the latest alert; nothing happens when there is none."""
        happened = self.tick(now_us)
        answered = self.last
        if answered is None or now_us - self.last_us > ANSWER_WINDOW_US:
            return happened
        self.last = None
        return [*happened, Happening(event, answered, now_us), *self._stop(now_us)]

    def _stop(self, now_us: int) -> list[Happening]:
        self.waiting.clear()
        stopped, self.playing = self.playing, None
        return [Happening(AlertEvent.FINISHED, stopped, now_us)] if stopped else []

    def _start_next(self, now_us: int) -> list[Happening]:
        while self.playing is None and self.waiting:
            alert, written_us = self.waiting.pop(0)
            if now_us - written_us > alert.time_to_live_s * 1_000_000:
                continue
            self.playing, self.ends_us = alert, now_us + alert.duration_us
            self.last, self.last_us = alert, now_us
            return [Happening(AlertEvent.STARTED, alert, now_us)]
        return []
