"""The accelerometer chip: looks at the body at its own pace, with its own faults, and counts in the unit asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol, Self

import numpy as np
from msgspec import Meta, Struct

ROOM_C = 23.0
"""At this temperature the offsets are what they are."""
NOISE_PAGE = 1024
"""Samples whose noise is drawn together; it depends on the sample's number, not on who asks how often."""


class SensorRules(Struct, frozen=True, forbid_unknown_fields=True):
    """How far the chip is from a perfect one; figures as data sheets of small MEMS accelerometers have them."""

    noise_mg: Annotated[float, Meta(ge=0, description="Standard deviation of each sample's noise.")] = 4.0
    gain_error: Annotated[float, Meta(ge=0, le=0.3, description="Standard deviation of the gain error of an axis.")] = (
        0.02
    )
    offset_mg: Annotated[float, Meta(ge=0, le=500, description="Standard deviation of the offset of an axis.")] = 20.0
    drift_ppm: Annotated[float, Meta(ge=-500, le=500, description="How much too fast the device's clock runs.")] = 30.0
    rate_error: Annotated[float, Meta(ge=-0.1, le=0.1, description="How much too fast the chip samples.")] = 0.004
    offset_mg_per_c: Annotated[
        float,
        Meta(ge=0, le=10, description="Standard deviation of how far the offset of an axis moves with each degree."),
    ] = 0.5
    warms_s: Annotated[
        float, Meta(gt=0, description="Time constant with which it takes on its surroundings' warmth.")
    ] = 600.0
    fifo_samples: Annotated[
        int, Meta(ge=1, le=512, description="How many samples it collects before they can be read.")
    ] = 1


class Body(Protocol):
    """What the sensor is fixed to."""

    def acceleration_g(self, elapsed_s: np.ndarray) -> np.ndarray:
        """Return the (N, 3) specific force at (N,) times since the day's origin, along the sensor's axes."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Consecutive samples on the device's clock."""

    device_us: np.ndarray
    """(N,) int64."""
    counts: np.ndarray
    """(N, 3) int16, in the unit that the chip was set to."""
    clipped: np.ndarray
    """(N,) bool: at least one axis was at its end."""

    def part(self, start: int, end: int | None = None) -> Samples:
        """Return the samples from `start` up to `end`."""
        return Samples(self.device_us[start:end], self.counts[start:end], self.clipped[start:end])

    @classmethod
    def joined(cls, parts: Sequence[Samples]) -> Self:
        """Return consecutive parts as one."""
        return cls(
            np.concatenate([part.device_us for part in parts]),
            np.concatenate([part.counts for part in parts]),
            np.concatenate([part.clipped for part in parts]),
        )

    def period_us(self, nominal_rate_hz: float) -> float:
        """Return the time between samples, by their stamps where there are several."""
        if len(self.device_us) < 2:
            return 1e6 / nominal_rate_hz
        return float(self.device_us[-1] - self.device_us[0]) / (len(self.device_us) - 1)


class Sensor:
    """Samples a body from boot on; `start` begins a new run of samples at another rate or range."""

    def __init__(self, body: Body, seed: int, rules: SensorRules | None = None) -> None:
        self.body = body
        """What it is fixed to; a benchmark fixes it to something whose readings tell the time."""
        self._rules = rules or SensorRules()
        self._seed = seed
        rng = np.random.default_rng([seed, 0x5E])
        self._gain = 1.0 + rng.normal(0.0, self._rules.gain_error, 3)
        self._offset_g = rng.normal(0.0, self._rules.offset_mg / 1000.0, 3)
        self._offset_g_per_c = rng.normal(0.0, self._rules.offset_mg_per_c / 1000.0, 3)
        self.stuck = False
        """A fault: it gives its last reading again and again."""
        self._last_counts: np.ndarray | None = None
        self._from_c, self._to_c, self._warms_from_s = ROOM_C, ROOM_C, 0.0
        self._boot_s = 0.0
        self._taken = 0
        self.start(0.0, 25.0, 8.0)

    def boot(self, elapsed_s: float) -> None:
        """Restart the device's clock at this time since the day's origin."""
        self._boot_s = elapsed_s

    def start(self, elapsed_s: float, rate_hz: float, range_g: float, counts_per_g: int = 4096, step: int = 1) -> None:
        """Begin a new run of samples; the first one comes a period later. Readings are multiples of `step` counts."""
        self._start_s = elapsed_s
        self._period_s = 1.0 / (rate_hz * (1.0 + self._rules.rate_error))
        self._range_g, self._counts_per_g, self._step = range_g, counts_per_g, step
        self._run_taken = 0

    def warm(self, elapsed_s: float, surroundings_c: float) -> None:
        """Begin to take on another temperature."""
        if surroundings_c != self._to_c:
            self._from_c = float(self._temperature_c(np.asarray(elapsed_s)))
            self._to_c, self._warms_from_s = surroundings_c, elapsed_s

    def _temperature_c(self, elapsed_s: np.ndarray) -> np.ndarray:
        fading = np.exp(-np.maximum(elapsed_s - self._warms_from_s, 0.0) / self._rules.warms_s)
        return np.asarray(self._to_c + (self._from_c - self._to_c) * fading)

    def device_us(self, elapsed_s: float) -> int:
        """Return the device's clock at a time since the day's origin."""
        return int(self._to_device_us(np.asarray(elapsed_s)))

    def _to_device_us(self, elapsed_s: np.ndarray) -> np.ndarray:
        seconds = (elapsed_s - self._boot_s) * (1.0 + self._rules.drift_ppm * 1e-6)
        return np.rint(seconds * 1e6).astype(np.int64)

    def read(self, until_s: float) -> Samples:
        """Return the samples of this run up to a time since the day's origin that were not read yet."""
        last = int(np.floor((until_s - self._start_s) / self._period_s + 1e-9))
        last -= last % self._rules.fifo_samples
        number = max(0, last - self._run_taken)
        elapsed_s = self._start_s + np.arange(self._run_taken + 1, self._run_taken + number + 1) * self._period_s
        self._run_taken += number
        true_g = self.body.acceleration_g(elapsed_s)
        offset_g = self._offset_g + np.outer(self._temperature_c(elapsed_s) - ROOM_C, self._offset_g_per_c)
        read_g = true_g * self._gain + offset_g + self._noise_g(number)
        clipped = np.abs(read_g) >= self._range_g
        steps = np.clip(np.rint(read_g * (self._counts_per_g / self._step)), *self._step_limits())
        counts = self._as_it_may_hang((steps * self._step).astype(np.int16))
        return Samples(self._to_device_us(elapsed_s), counts, clipped.any(axis=1))

    def _as_it_may_hang(self, counts: np.ndarray) -> np.ndarray:
        if self.stuck and len(counts):
            last = counts[0] if self._last_counts is None else self._last_counts
            return np.tile(last, (len(counts), 1))
        self._last_counts = counts[-1] if len(counts) else self._last_counts
        return counts

    def _step_limits(self) -> tuple[int, int]:
        highest = round(self._range_g * self._counts_per_g / self._step)
        return -highest, highest - 1

    def _noise_g(self, number: int) -> np.ndarray:
        first, self._taken = self._taken, self._taken + number
        pages = range(first // NOISE_PAGE, (first + number - 1) // NOISE_PAGE + 1)
        drawn = [np.random.default_rng([self._seed, 0x20, page]).normal(size=(NOISE_PAGE, 3)) for page in pages]
        noise = np.concatenate(drawn) if drawn else np.empty((0, 3))
        skip = first - (first // NOISE_PAGE) * NOISE_PAGE
        return np.asarray(noise[skip : skip + number] * (self._rules.noise_mg / 1000.0))
