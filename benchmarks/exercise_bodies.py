"""Bodies that do an exercise, more or less well: a thigh's angle over time, and what a sensor on it would read.

Written apart from the simulator and from the monitor. One draw of ``Style`` is one set by one person on one day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rng = np.random.Generator


@dataclass(frozen=True)
class Ranges:
    """From where styles are drawn; development and report use different ones, and different seeds."""

    repetitions: tuple[int, int]
    move_s: tuple[float, float]
    hold_s: tuple[float, float]
    pause_s: tuple[float, float]
    size: tuple[float, float]
    """Share of the full range of motion."""
    uneven: tuple[float, float]
    """Spread of size and pace from one repetition to the next."""
    drift_deg: tuple[float, float]
    sway_deg: tuple[float, float]
    talking: float
    """Chance that the wearer pauses in the middle to talk."""
    talk_s: tuple[float, float]
    rates_hz: tuple[float, ...]


DEVELOPMENT = Ranges(
    (4, 14), (0.8, 2.0), (0.0, 4.0), (0.4, 3.0), (0.6, 1.0), (0.02, 0.10), (-8, 8), (0.3, 2.0), 0.25, (3, 10),
    (12.5, 25.0, 50.0),
)  # fmt: skip
REPORTED = Ranges(
    (4, 16), (0.7, 2.6), (0.0, 6.0), (0.3, 4.0), (0.55, 1.05), (0.02, 0.12), (-10, 10), (0.3, 2.5), 0.3, (3, 14),
    (12.5, 20.0, 31.25, 52.0, 100.0),
)  # fmt: skip

FULL: dict[str, tuple[float, list[tuple[float, float]], list[tuple[float, float]]]] = {
    # rest angle; key points of the own leg (angle, share of a move's time; the first is held); of the other leg
    "standing_hip_flexion": (2.0, [(88.0, 1.0), (2.0, 1.0)], [(-3.0, 1.0), (2.0, 1.0)]),
    "lying_leg_raise": (92.0, [(165.0, 1.2), (100.0, 2.0)], []),
    "bird_dog": (2.0, [(-80.0, 1.5), (50.0, 1.5), (-80.0, 1.5), (2.0, 1.2)], [(5.0, 1.5), (-3.0, 3.0), (2.0, 1.2)]),
    "squat": (2.0, [(80.0, 1.0), (2.0, 1.0)], []),
    "lunge_stretch": (2.0, [(-16.0, 2.0), (2.0, 2.0)], [(85.0, 2.0), (2.0, 2.0)]),
    "boat_pose": (126.0, [(140.0, 2.0), (126.0, 2.0)], []),
    "sit_to_stand": (88.0, [(3.0, 1.0), (88.0, 1.2)], []),
}
MOTION_OF = {
    "standing_hip_flexion": "knee_lift",
    "lying_leg_raise": "leg_raise",
    "bird_dog": "bird_dog",
    "squat": "squat",
    "sit_to_stand": "sit_to_stand",
    "lunge_stretch": "lunge_hold",
    "boat_pose": "boat_hold",
}


STRETCHES = {"lunge_stretch": (20.0, 50.0), "boat_pose": (8.0, 25.0)}
"""Seconds held."""


@dataclass(frozen=True)
class SimulatedSet:
    """What the sensor reads, and the truth."""

    exercise: str
    t_s: Floats
    xyz_g: NDArray[np.float32]
    rate_hz: float
    repetitions: int
    held_s: float
    upright: tuple[float, float, float]
    seat: tuple[float, float, float]
    placement: str


def draw(exercise: str, rng: Rng, ranges: Ranges) -> SimulatedSet:
    """One set, from sitting down on the chair before it to sitting on it after it."""
    count = int(rng.integers(ranges.repetitions[0], ranges.repetitions[1] + 1))
    if exercise in STRETCHES:
        count = int(rng.integers(2, 5))
    knots, held_s = _knots(exercise, rng, ranges, count)
    rate_hz = float(rng.choice(ranges.rates_hz))
    t_s = np.arange(0.0, knots[-1][0], 1.0 / rate_hz)
    angle_deg = _between(t_s, knots)
    placement = str(rng.choice(["thigh", "pocket"]))
    angle_deg += _unrest(t_s, rng, ranges)
    across_deg = rng.normal(0, 4.0) + 2.0 * np.sin(2 * np.pi * t_s / rng.uniform(4, 20) + rng.uniform(0, 6))
    if placement == "pocket":  # a phone slides about, more so when the thigh moves
        turn = np.gradient(angle_deg, t_s)
        loose = np.convolve(turn, np.ones(9) / 9, "same") * rng.uniform(0.02, 0.07)
        angle_deg = angle_deg + loose + rng.uniform(-10, 10)
        across_deg = across_deg + 0.5 * loose + rng.uniform(-15, 15)
    rotation = _rotation(rng)
    force_g = _force(t_s, angle_deg, across_deg, rng.uniform(0.1, 0.3))
    read_g = force_g * (1.0 + rng.normal(0, 0.02, 3)) + rng.normal(0, 0.02, 3) + rng.normal(0, 0.006, force_g.shape)
    # what the mounting would know, learned from walking: a few degrees off
    upright = _direction(rng.normal(0, 5.0), rng.normal(0, 4.0)) @ rotation.T
    seat = _direction(88.0 + rng.normal(0, 6.0), rng.normal(0, 8.0)) @ rotation.T
    return SimulatedSet(
        exercise, 1000.0 + t_s, (read_g @ rotation.T).astype(np.float32), rate_hz, count, held_s,
        _tuple(upright), _tuple(seat), placement,
    )  # fmt: skip


def _knots(exercise: str, rng: Rng, ranges: Ranges, count: int) -> tuple[list[tuple[float, float]], float]:
    """(time, angle) of the key points, and the seconds held."""
    rest, own, other = FULL[exercise]
    size, uneven = rng.uniform(*ranges.size), rng.uniform(*ranges.uneven)
    move_s, hold_s, pause_s = (rng.uniform(*span) for span in (ranges.move_s, ranges.hold_s, ranges.pause_s))
    if exercise == "sit_to_stand":  # who does not come upright has not stood up
        size = max(size, 0.85)
    drift_deg = rng.uniform(*ranges.drift_deg)
    stretch_s = rng.uniform(*STRETCHES.get(exercise, (0.0, 1.0)))
    alternating = bool(other) and (exercise in STRETCHES or rng.random() < 0.6)
    talks_at = int(rng.integers(1, count)) if rng.random() < ranges.talking else -1
    at_s, knots, held_s = rng.uniform(4, 15), [(0.0, 88.0)], 0.0

    def go(angle: float, lasts_s: float) -> None:
        nonlocal at_s
        knots.append((at_s, knots[-1][1]))
        at_s += lasts_s
        knots.append((at_s, angle))

    go(rest, rng.uniform(1.5, 3.0))  # get up, get into position
    at_s += rng.uniform(2, 8)
    for number in range(count):
        here = rest + drift_deg * number / count
        grade, pace = size * (1 + rng.normal(0, uneven)), max(0.6, 1 + rng.normal(0, 1.5 * uneven))
        for place, (angle, share) in enumerate(own):
            go(here + (angle - rest) * grade if angle != rest else here, move_s * share * pace)
            if place == 0 and exercise in ("standing_hip_flexion", "lying_leg_raise", "bird_dog"):
                stays_s = hold_s * pace if exercise == "standing_hip_flexion" else rng.uniform(0.0, 1.0)
            elif place == 0 and exercise in STRETCHES:
                stays_s = stretch_s * pace
            else:
                stays_s = 0.0
            if stays_s:
                at_s += stays_s
                held_s += stays_s
        at_s += pause_s * pace
        if alternating:
            for angle, share in other:
                go(here + (angle - rest) * size, move_s * share)
                if angle == other[0][0]:
                    at_s += stretch_s if exercise in STRETCHES else hold_s * 0.5
                    held_s += stretch_s if exercise in STRETCHES else 0.0
            at_s += pause_s * pace
        if number == talks_at:
            at_s += rng.uniform(*ranges.talk_s)
    at_s += rng.uniform(3, 10)
    go(88.0, rng.uniform(1.5, 2.5))
    knots.append((at_s + rng.uniform(5, 20), 88.0))
    return knots, held_s


def _between(t_s: Floats, knots: list[tuple[float, float]]) -> Floats:
    """Minimum-jerk moves from knot to knot (Flash and Hogan 1985)."""
    times, angles = np.array([k[0] for k in knots]), np.array([k[1] for k in knots])
    place = np.clip(np.searchsorted(times, t_s, "right") - 1, 0, len(times) - 2)
    x = np.clip((t_s - times[place]) / np.maximum(times[place + 1] - times[place], 1e-6), 0, 1)
    smooth = x**3 * (10 + x * (6 * x - 15))
    return np.asarray(angles[place] + (angles[place + 1] - angles[place]) * smooth)


def _unrest(t_s: Floats, rng: Rng, ranges: Ranges) -> Floats:
    """Sway, tremor, and small corrections."""
    sway_deg = rng.uniform(*ranges.sway_deg)
    waves = sum(np.sin(2 * np.pi * t_s / rng.uniform(0.8, 9.0) + rng.uniform(0, 6.3)) for _ in range(5))
    fidgets = np.zeros_like(t_s)
    for at_s in rng.uniform(0, t_s[-1], rng.poisson(t_s[-1] / 20)):
        fidgets += rng.normal(0, 4) * np.exp(-(((t_s - at_s) / 0.6) ** 2))
    return np.asarray(sway_deg * waves / 2 + fidgets)


def _force(t_s: Floats, angle_deg: Floats, across_deg: Floats, lever_m: float) -> Floats:
    """(N, 3) gravity along the thigh, to its front and to the side, and what the turning itself adds."""
    angle, across = np.radians(angle_deg), np.radians(across_deg)
    turn = np.gradient(angle, t_s)
    along = np.cos(angle) * np.cos(across) + lever_m * turn**2 / 9.81
    front = np.sin(angle) * np.cos(across) + lever_m * np.gradient(turn, t_s) / 9.81
    return np.column_stack((along, front, np.sin(across)))


def _direction(angle_deg: float, across_deg: float) -> Floats:
    angle, across = np.radians(angle_deg), np.radians(across_deg)
    return np.array([np.cos(angle) * np.cos(across), np.sin(angle) * np.cos(across), np.sin(across)])


def _rotation(rng: Rng) -> Floats:
    """Any way round."""
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))
    return np.asarray(q if np.linalg.det(q) > 0 else -q)


def _tuple(vector: Floats) -> tuple[float, float, float]:
    x, y, z = (vector / np.linalg.norm(vector)).tolist()
    return x, y, z
