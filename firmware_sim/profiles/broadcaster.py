"""What tags share that only advertise: a measurement now and then, numbered, heard or missed.

Time between measurements, chip and payload differ; a tag keeps no history and takes no connection.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
from bumble.device import Connection
from bumble.gatt import Service

from firmware_sim.profiles.base import Circumstances, Felt, Sampling
from firmware_sim.sensor import Samples

INTERVAL_US = 1_285_000
JITTER_US = 10_000
"""Random addition to each interval, as the Bluetooth specification asks for (Vol 6, Part B, 4.4.2.2.1)."""
ACTIVITY_G = 0.064
"""A change above this is a movement: default of Ruuvi's firmware."""
SETTLING_S = 0.5
"""Time constant of the high pass before the activity interrupt."""


@dataclass
class ActivityCounter:
    """The chip's activity interrupt: how often the acceleration has left its own running mean."""

    rate_hz: float
    count: int = 0
    active: bool = False
    """Whether it is away from the mean now."""
    _mean: np.ndarray | None = None

    def feed(self, xyz_g: np.ndarray) -> None:
        """Take consecutive (N, 3) samples in g."""
        share = 1.0 / (1.0 + SETTLING_S * self.rate_hz)
        for row in xyz_g:
            mean = row if self._mean is None else self._mean
            away = bool(np.abs(row - mean).max() > ACTIVITY_G)
            self.count += away and not self.active
            self.active = away
            self._mean = mean + share * (row - mean)


class Broadcaster:
    """One tag; `_payload` says what a measurement looks like on the air."""

    connectable = False
    max_mtu = 23

    def __init__(self, name: str, address: str, seed: int, drop_probability: float) -> None:
        self.name = name
        self.address = address
        self.drop_probability = drop_probability
        """Share of the measurements that nobody hears."""
        self.circumstances = Circumstances()
        self._random = random.Random(seed)
        self._boot()

    def _boot(self) -> None:
        self.number = 0
        """Measurements taken since boot."""
        self.activity = ActivityCounter(self.sampling().rate_hz)
        self._next_us = self._interval_us()
        self._told = b""

    def _interval_us(self) -> int:
        return INTERVAL_US + self._random.randint(0, JITTER_US)

    def sampling(self) -> Sampling:
        """Return how the chip is set."""
        raise NotImplementedError

    def _payload(self, counts: tuple[int, int, int]) -> bytes:
        """Return the advertising structures of a measurement, flags left out."""
        raise NotImplementedError

    # -- advertising -------------------------------------------------------------------------------------------------

    def advertising_data(self) -> bytes:
        """Return flags and the last measurement that went out; before the first, flags alone."""
        return bytes((2, 1, 6)) + self._told

    def services(self) -> list[Service]:
        """Return none."""
        return []

    async def serve(self, connection: Connection) -> None:
        """Say nothing to a host."""

    async def drained(self) -> None:
        """Return at once: nothing ever waits."""

    # -- the body's side ---------------------------------------------------------------------------------------------

    def feed(self, samples: Samples) -> None:
        """Take a measurement whenever one is due: the last sample before that moment."""
        begin = 0
        while len(samples.device_us) and self._next_us <= int(samples.device_us[-1]):
            end = max(1, int(np.searchsorted(samples.device_us, self._next_us, side="right")))
            self._count(samples.counts[begin:end])
            self._measure(samples.counts[end - 1])
            begin = end
            self._next_us += self._interval_us()
        self._count(samples.counts[begin:])

    def _count(self, counts: np.ndarray) -> None:
        self.activity.feed(counts / self.sampling().counts_per_g)

    def _measure(self, counts: np.ndarray) -> None:
        self.number += 1
        x, y, z = (int(value) for value in counts)
        payload = self._payload((x, y, z))
        if self._random.random() >= self.drop_probability:
            self._told = payload

    def notice(self, circumstances: Circumstances) -> None:
        """Feel the battery and the warmth."""
        self.circumstances = circumstances

    def tick(self, now_us: int) -> None:
        """Let time pass: the measurements have it from the samples."""

    def press(self, now_us: int, double: bool) -> None:
        """Feel a button; most tags have none."""

    def take_felt(self) -> list[Felt]:
        """Return nothing: a tag cannot be felt."""
        return []

    def reboot(self) -> None:
        """Lose the power for a moment: the counters begin again."""
        self._boot()
