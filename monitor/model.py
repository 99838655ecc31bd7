"""The words of sensing: every record that flows from the air to the postures.

All are frozen, carry their units in their names, and know nobody. Times that end in ``_s`` are seconds
since the Unix epoch unless the field says otherwise; columns are equal-length numpy arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag, StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# --- what a wearable delivers -------------------------------------------------------------------------------


class Quality(IntFlag):
    """What is special about the samples of one block."""

    NONE = 0
    CLIPPED = 1
    REPLAYED = 2
    """Fetched later from the wearable's memory; never raises an alert, only corrects the books."""
    CHANGE_ONLY = 4
    """The wearable sends only when something changes; silence is stillness."""
    INTERPOLATED_TIME = 8
    LOW_RATE = 16
    """Too slow for cadence: posture from the mean direction only."""
    DEVICE_NOT_WORN = 32
    """The wearable itself says that it is not worn or is charging."""


@dataclass(frozen=True, slots=True, eq=False)
class AccelBlock:
    """Consecutive acceleration samples of one segment, as a driver delivers them."""

    t_s: Floats
    """(N,) float64, N >= 1, seconds since the Unix epoch, strictly increasing."""
    xyz_g: NDArray[np.float32]
    """(N, 3) float32, sensor axes, in g; at rest the norm is 1."""
    rate_hz: float
    segment: int
    """New after a reconnect without memory, a reboot, a change of rate or range."""
    first_index: int | None = None
    """Index of the first sample where the device counts its samples."""
    gap_before_s: float | None = None
    """Time known to be missing before this block; None where it cannot be known."""
    quality: Quality = Quality.NONE


@dataclass(frozen=True, slots=True)
class HoleOpened:
    """Samples [first_index, end_index) of a segment are missing; they may still come by replay."""

    segment: int
    first_index: int
    end_index: int


@dataclass(frozen=True, slots=True)
class HoleClosed:
    """A hole is over: filled as far as the wearable still had the samples, or given up."""

    segment: int
    first_index: int
    end_index: int
    filled: bool
    """False where at least one sample is lost for good."""


@dataclass(frozen=True, slots=True)
class BatteryLevel:
    """Battery of the wearable; None where it does not know."""

    percent: int | None
    at_s: float


class LinkState(StrEnum):
    """What the radio link is doing."""

    SEARCHING = "searching"
    CONNECTED = "connected"
    STREAMING = "streaming"
    LOST = "lost"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class LinkEvent:
    """The link changed, or its signal strength is known anew."""

    state: LinkState
    at_s: float
    rssi_dbm: int | None = None
    detail: str = ""


class AnswerKind(StrEnum):
    """What the wearer did on the wearable itself."""

    STARTED = "started"
    FINISHED = "finished"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """The wearable's word about an alert that it was given."""

    kind: AnswerKind
    alert_number: int
    """The 16-bit number the alert was sent with."""
    at_s: float


@dataclass(frozen=True, slots=True)
class WearableFacts:
    """What the wearable says of itself, once a connection."""

    model: str
    firmware: str = ""
    placement: str | None = None
    """The placement set on the device, in the words of ``PLACEMENTS``; None where it does not say."""
    can_alert: bool = False


@dataclass(frozen=True, slots=True)
class PacketRefused:
    """A packet that could not be decoded; counted and logged, never fatal."""

    at_s: float
    reason: str


Fact = AccelBlock | HoleOpened | HoleClosed | BatteryLevel | LinkEvent | Answer | WearableFacts | PacketRefused


@dataclass(frozen=True, slots=True)
class Nudge:
    """An alert for the wearable itself: buzz, light, text."""

    kind: str
    """``stop``, ``nudge``, ``stand_up``, ``urgent``, ``well_done`` or ``identify``."""
    alert_number: int
    """0..65535; comes back in the ``Answer``."""
    time_to_live_s: float
    title: str = ""
    message: str = ""


# --- epochs and postures ------------------------------------------------------------------------------------


class Posture(IntEnum):
    """What the body does in one second; ``word`` is the name used outside."""

    UNKNOWN = 0
    SITTING = 1
    LYING = 2
    STANDING = 3
    STEPPING = 4
    CYCLING = 5
    ACTIVE = 6
    VEHICLE = 7
    ASLEEP = 8
    NOT_WORN = 9

    @property
    def word(self) -> str:
        """Lower-case name as published."""
        return self.name.lower()


SEDENTARY = frozenset({Posture.SITTING, Posture.LYING})
"""Lying or sitting while awake (SBRN 2017)."""
UPRIGHT = frozenset({Posture.STANDING, Posture.STEPPING, Posture.CYCLING})
"""What interrupts a sedentary bout."""
NO_STATEMENT = frozenset({Posture.UNKNOWN, Posture.VEHICLE, Posture.ASLEEP, Posture.NOT_WORN})
"""Freezes the clock: unknown is never sitting."""

AHEAD_S = 4
"""So many seconds after a row can be shown in its ``ahead`` columns."""


@dataclass(frozen=True, slots=True, eq=False)
class Epochs:
    """One row a second, n >= 0 rows in time order; a second without a sample has no row.

    Row k describes [start_s, start_s + 1); the ``window_*`` columns look at the 4 s around it,
    [start_s - 1, start_s + 3), and so the row is final at ``decided_s`` = start_s + 3; start_s + 4 or 5 for a
    placement that looks further ahead.
    """

    start_s: Floats
    decided_s: Floats
    sample_count: NDArray[np.int32]
    rate_hz: NDArray[np.float32]
    segment: NDArray[np.int64]
    quality: NDArray[np.int32]
    mean_g: Floats
    """(n, 3) mean vector of the second."""
    spread_g: Floats
    """Standard deviation of the vector magnitude within the second."""
    jitter_g: Floats
    """Root of the summed variances of the three axes within the second; 0 only where nothing changed at all."""
    magnitude_g: Floats
    """Mean of the vector magnitude within the second."""
    magnitude_moment: Floats
    """First moment of the vector magnitude about the middle of the second, g s: how much it grows meanwhile."""
    window_mean_g: Floats
    """(n, 3) mean vector of the window."""
    window_spread_g: Floats
    """Standard deviation of the vector magnitude; this and the columns below on a 12.5 Hz grid."""
    along_g: Floats
    """Standard deviation along gravity (the window's mean direction)."""
    across_g: Floats
    """Root of the summed variances across gravity."""
    rhythm_known: Bools
    """False where the rate is too low or too much of the window is missing; the columns below are then NaN."""
    jerk_g: Floats
    """Mean change of the vector from one cell of 0.08 s to the next."""
    skewness: Floats
    """Of the vector magnitude: impacts pull it up, pedalling down."""
    slow_power: Floats
    """Variance of the vector magnitude at 0.2 to 1.3 Hz, g^2."""
    step_power: Floats
    """The same at 1.3 to 6.3 Hz."""
    cadence_hz: Floats
    """Rate of the strongest beat of the vector magnitude between 1.3 and 3.6 Hz; a rate of steps only in stepping."""
    sway_rhythm: Floats
    """Highest autocorrelation across gravity at 0.5 to 1.7 Hz: 1 where the limb swings like a pendulum."""
    ahead_mean_g: Floats
    """(n, AHEAD_S, 3) mean vectors of the next seconds; NaN where there is no sample, or at ``decided_s`` and later."""
    ahead_jitter_g: Floats
    """(n, AHEAD_S) the same for ``jitter_g``."""

    def __len__(self) -> int:
        return len(self.start_s)


@dataclass(frozen=True, slots=True, eq=False)
class PostureEpochs:
    """One row a second: what the body does, and how sure we are."""

    start_s: Floats
    decided_s: Floats
    """Stream time from which the row depends on nothing later; at most start_s + 5."""
    posture: NDArray[np.uint8]
    """``Posture`` codes."""
    worn: Bools
    confidence: NDArray[np.float32]
    """0..1; of the rows said with 0.9, nine in ten are right."""
    movement_mg: NDArray[np.float32]
    """Spread (standard deviation) of the vector magnitude within the second, milli-g: tells a shift from rest."""
    cadence_hz: NDArray[np.float32]
    """Steps a second while stepping, 0 elsewhere."""

    def __len__(self) -> int:
        return len(self.start_s)

    @property
    def sedentary(self) -> Bools:
        """(n,) true where the row is sitting or lying."""
        return np.isin(self.posture, [int(p) for p in SEDENTARY])
