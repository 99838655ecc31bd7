"""Samples that come in order without an index of their own: counted, given times, delivered as blocks.

A driver hands over the samples of each packet with its arrival and, where the device stamps them, the stamp of the last
sample. What is missing is known from the stamps, or else presumed when arrivals run late for good. Over a lost link the
index goes on, with a gap; no sample is ever invented. Only for devices that send on change (``on_change``) the last
value is repeated, because there silence means that nothing changed.

    stream = Stream(rate_hz=50.0, range_g=8.0)
    stream.begin(rate_hz, range_g)                    # the device was told to stream, or streams so
    blocks = stream.add(xyz_g, packet.at_s, stamp_us)  # or without a stamp
    stream.lost()                                     # the link is gone
    stream.resume(), stream.remember(memory)          # over a crash
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from monitor.model import AccelBlock, Quality
from monitor.rules import Rules
from monitor.wearables.clock_lines import FEW
from monitor.wearables.kept import Kept
from monitor.wearables.lateness import Lateness
from monitor.wearables.stream_past import COUNTED, STAMPED, Past, fresh_clock, renew_clock

CLOCK_SET_S = 10.0
"""Arrivals later than this for good: one of the clocks was set."""
EARLY_S = 1.0
"""Nothing arrives before it was taken: so far a known line may err.

Over a lost link a device may have lost its power, and its clock begins at nought. That is a step back, but for a clock
that was to wrap within the next seconds: it seems to have leapt ahead by those.
"""
PACED = 1.25
"""Samples that come at most so many times as fast as they are taken are not made up for."""
LATE_SLACK_S = 0.2
"""Jitter of a radio that works."""


class StreamRules(Rules, frozen=True):
    """When samples count as missing."""

    low_rate_hz: Annotated[float, Meta(gt=0, description="Below this rate steps cannot be counted.")] = 5.0
    stamp_slack: Annotated[
        float,
        Meta(
            gt=0, le=1, description="Share of a packet by which stamps may exceed its samples before some are missing."
        ),
    ] = 0.25
    silence_s: Annotated[
        float,
        Meta(gt=0, description="After a longer silence of a device without stamps, what it took meanwhile is lost."),
    ] = 2.0
    estimate_s: Annotated[
        float,
        Meta(
            gt=0, description="In a longer gap the number of missing samples is an estimate; the stamp says the time."
        ),
    ] = 2.0
    quiet_s: Annotated[
        float, Meta(gt=0, description="After a longer silence it is looked whether samples are late, or missing.")
    ] = 0.25
    hold_s: Annotated[float, Meta(gt=0, description="A value that did not change is repeated for so long at most.")] = (
        60.0
    )


_PAST = Kept(Past)


@dataclass
class Stream:
    """The samples of one device."""

    rate_hz: float
    """As the device is set; the true rate is learned."""
    range_g: float | None = None
    """What reaches it is clipped; None: unknown."""
    stamped: bool = True
    """False: times rest on counting and on arrivals."""
    on_change: bool = False
    rules: StreamRules = field(default_factory=StreamRules)
    past: Past = field(init=False)
    lateness: Lateness = field(default_factory=Lateness)
    renew: bool = True
    """The next samples begin a new segment."""
    relinked: bool = False
    """The next samples are the first after a lost link."""
    held_g: tuple[float, float, float] | None = None
    """The newest sample."""

    def __post_init__(self) -> None:
        self.past = Past(self.rate_hz, self.range_g, fresh_clock(self.rate_hz, self.stamped))

    # --- what the driver says -------------------------------------------------------------------------------

    def begin(self, rate_hz: float, range_g: float | None = None) -> None:
        """The device streams at this setting from now on; another one than before begins a new segment."""
        if (rate_hz, range_g) != (self.past.rate_hz, self.past.range_g):
            self.past.rate_hz, self.past.range_g = rate_hz, range_g
            self.renew = True

    def lost(self) -> None:
        """The link is gone."""
        self.relinked = True
        self.lateness.forget()

    def add(
        self,
        xyz_g: NDArray[Any],
        at_s: float,
        stamp_us: int | None = None,
        quality: Quality = Quality.NONE,
        arrivals: Sequence[tuple[int, float]] = (),
    ) -> list[AccelBlock]:
        """Deliver the samples of one packet, or of some that came one after the other.

        Parameters
        ----------
        xyz_g : (N, 3) acceleration in g; nothing is delivered where N is 0.
        at_s : arrival.
        stamp_us : device clock at the last sample, never wrapping; must be given where the stream is stamped.
        quality : what the driver knows of them.
        arrivals : of each of several packets, how many samples there were with it, and when it came.

        Returns
        -------
        One block, or none where the packet was there already.
        """
        count = len(xyz_g)
        if not count or (stamp_us is not None and stamp_us == self.past.stamp_us and not self.renew):
            return []
        if self._is_set_anew(stamp_us, at_s):
            self.renew = True
        if self.renew:
            self._begin_segment()
        missing = self._missing(at_s, stamp_us, arrivals or [(count, at_s)])
        if self.on_change and missing and self.held_g is not None and not self.relinked:
            held = min(missing, int(self.rules.hold_s * self.past.rate_hz))
            xyz_g = np.concatenate((np.repeat([self.held_g], held, axis=0), xyz_g))
            missing -= held
        block = self._block(xyz_g, at_s, stamp_us, missing, quality)
        self.relinked = False
        return [block]

    def hold(self, until_s: float) -> list[AccelBlock]:
        """Repeat the last value up to ``until_s``: for a device that sends on change, and is known to be there."""
        last, rate_hz = self.past.clock.last, self.past.rate_hz
        if last is None or self.held_g is None or self.renew or self.relinked:
            return []
        count = min(int((until_s - last.at_s) * rate_hz), int(self.rules.hold_s * rate_hz))
        if count < 1:
            return []
        believed_s = self._believed_s(self.past.next_index + count - 1)
        return [self._block(np.repeat([self.held_g], count, axis=0), believed_s, None, 0, Quality.NONE)]

    def resume(self) -> dict[str, Any]:
        """The memory worth keeping, JSON-ready."""
        return _PAST.written(self.past)

    def remember(self, memory: object) -> bool:
        """Go on after a crash, in a new segment; False where the memory is not understood, and nothing is changed."""
        past = _PAST.read(memory)
        if past is None:
            return False
        past.clock.rules = STAMPED if self.stamped else COUNTED
        self.past, self.renew = past, True
        return True

    # --- what follows from it -------------------------------------------------------------------------------

    @property
    def period_s(self) -> float:
        """Seconds a sample, as learned so far; as set where the next samples begin anew."""
        return 1 / self.past.rate_hz if self.renew else self.past.clock.period_s

    def _begin_segment(self) -> None:
        past = self.past
        renew_clock(past, self.stamped)
        past.segment, past.next_index = past.segment + 1, 0
        past.stamp_us = None
        self.held_g = None
        self.renew = False
        self.lateness.forget()

    def _is_set_anew(self, stamp_us: int | None, at_s: float) -> bool:
        """Whether the device's clock went back, or leapt farther than time has passed here."""
        past = self.past
        if stamp_us is None or past.stamp_us is None or past.arrived_s is None:
            return False
        passed_s = (stamp_us - past.stamp_us) * 1e-6
        away_s = at_s - past.arrived_s
        if passed_s < 0 or passed_s > away_s + CLOCK_SET_S:
            return True
        if not self.relinked or len(past.clock.host.latest) < FEW:
            return False
        early_s = past.clock.host.at(stamp_us * 1e-6) - at_s
        return early_s > EARLY_S + away_s * past.clock.rules.max_drift_ppm * 1e-6

    def _believed_s(self, index: int) -> float:
        """Host time of a sample by the lines known so far."""
        return self.past.clock.host.at(self.past.clock.line.at(index) * 1e-6)

    def _missing(self, at_s: float, stamp_us: int | None, arrivals: Sequence[tuple[int, float]]) -> int | None:
        """Samples missing before these; None where it cannot be known."""
        past, count = self.past, arrivals[-1][0]
        if past.clock.last is None or past.arrived_s is None:
            return None
        if stamp_us is not None:
            return self._missing_by_stamp(count, at_s, stamp_us)
        late_s = at_s - past.clock.last.at_s - count * self.period_s
        steps = max(0, round(late_s / self.period_s))
        silent_s = at_s - past.arrived_s - count * self.period_s
        if self.relinked or silent_s > self.rules.silence_s + count * self.period_s:
            return steps
        if self.on_change:
            return steps if steps > 1 else 0
        late = [(each_s, each_s - past.clock.last.at_s - number * self.period_s) for number, each_s in arrivals]
        if len(arrivals) > 1 and (late_s := self._goes_on_late(count, late)) > 0:
            return round(late_s / self.period_s)
        return round(max(self.lateness.heard(*each) for each in late) / self.period_s)

    def _goes_on_late(self, count: int, late: list[tuple[float, float]]) -> float:
        """By how much samples are late for good after a silence; 0 where they are not, or it is not yet known.

        What a radio held back comes at once when it can: samples that come at their usual pace were not held back.
        (Packets are handed over together after a quarter of a second at least; what came at once is among them.)
        Later by more than the silence: that is no loss in it.
        """
        assert self.past.arrived_s is not None
        began_s, took_s = late[0][0], late[-1][0] - late[0][0]
        silent_s, late_s = began_s - self.past.arrived_s - self.period_s, min(each for _, each in late)
        paced = (count - 1) * self.period_s < PACED * max(took_s, self.rules.quiet_s)
        stays = self.rules.quiet_s / 2 < late_s < self.lateness.newest_late_s + silent_s + LATE_SLACK_S
        return late_s if paced and silent_s > self.rules.quiet_s and stays else 0.0

    def _missing_by_stamp(self, count: int, at_s: float, stamp_us: int) -> int | None:
        past = self.past
        if past.stamp_us is None:
            return None
        if self.lateness.heard(at_s, at_s - past.clock.host.at(stamp_us * 1e-6)) > CLOCK_SET_S:
            past.clock.host.forget()
            self.lateness.forget()
        taken = (stamp_us - past.stamp_us) / past.clock.line.period_us
        excess = taken - count
        return round(excess) if excess > self.rules.stamp_slack * count + 1 else 0

    def _block(
        self, xyz_g: NDArray[Any], at_s: float, stamp_us: int | None, missing: int | None, quality: Quality
    ) -> AccelBlock:
        past, count = self.past, len(xyz_g)
        lost = missing or 0
        first_index = past.next_index + lost
        estimated = lost > 0 and (stamp_us is None or lost > self.rules.estimate_s * past.rate_hz)
        t_s = past.clock.place(first_index, count, stamp_us, at_s, discontinuity=estimated)
        if lost and stamp_us is None:
            self.lateness.forget()
            past.clock.settled_s = float(t_s[-1]) + past.clock.rules.settle_s
        past.next_index, past.stamp_us, past.arrived_s = first_index + count, stamp_us, at_s
        x_g, y_g, z_g = xyz_g[-1]
        self.held_g = (float(x_g), float(y_g), float(z_g))
        gap_s = None if missing is None else missing * self.period_s
        return AccelBlock(
            t_s,
            xyz_g.astype(np.float32),
            past.rate_hz,
            past.segment,
            first_index,
            gap_s,
            quality | self._quality(xyz_g, stamp_us),
        )

    def _quality(self, xyz_g: NDArray[Any], stamp_us: int | None) -> Quality:
        past, quality = self.past, Quality.NONE
        if past.range_g is not None and float(np.abs(xyz_g).max()) >= past.range_g * 0.999:
            quality |= Quality.CLIPPED
        if self.on_change:
            quality |= Quality.CHANGE_ONLY
        if stamp_us is None:
            quality |= Quality.INTERPOLATED_TIME
        if past.rate_hz < self.rules.low_rate_hz:
            quality |= Quality.LOW_RATE
        return quality
