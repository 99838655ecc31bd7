"""Bodies that do an exercise, more or less well: a thigh's angle over time, and what a sensor on it would read.

Written apart from the simulator and from the monitor. One draw of ``Style`` is one set by one person on one day.
"""

from __future__ import annotations

from dataclasses import dataclass, field

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
    course = _course(exercise, rng, ranges, Style.drawn(exercise, rng, ranges, count))
    rate_hz = float(rng.choice(ranges.rates_hz))
    t_s = np.arange(0.0, course.knots[-1][0], 1.0 / rate_hz)
    angle_deg = _between(t_s, course.knots)
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
        exercise, 1000.0 + t_s, (read_g @ rotation.T).astype(np.float32), rate_hz, count, course.held_s,
        _tuple(upright), _tuple(seat), placement,
    )  # fmt: skip


@dataclass(frozen=True)
class Style:
    """How somebody does a set."""

    count: int
    size: float
    """Share of the full range of motion."""
    uneven: float
    move_s: float
    hold_s: float
    pause_s: float
    drift_deg: float
    stretch_s: float
    """How long a stretch is held."""
    alternates: bool
    """One leg, and then the other."""
    talks_at: int
    """After which repetition the wearer pauses to talk; -1 for none."""

    @classmethod
    def drawn(cls, exercise: str, rng: Rng, ranges: Ranges, count: int) -> Style:
        """A person and a day."""
        size, uneven = rng.uniform(*ranges.size), rng.uniform(*ranges.uneven)
        move_s, hold_s, pause_s = (rng.uniform(*span) for span in (ranges.move_s, ranges.hold_s, ranges.pause_s))
        if exercise == "sit_to_stand":  # who does not come upright has not stood up
            size = max(size, 0.85)
        drift_deg = rng.uniform(*ranges.drift_deg)
        stretch_s = rng.uniform(*STRETCHES.get(exercise, (0.0, 1.0)))
        alternates = bool(FULL[exercise][2]) and (exercise in STRETCHES or rng.random() < 0.6)
        talks_at = int(rng.integers(1, count)) if rng.random() < ranges.talking else -1
        return cls(count, size, uneven, move_s, hold_s, pause_s, drift_deg, stretch_s, alternates, talks_at)


@dataclass
class Course:
    """Where the thigh goes, from sitting on a chair on."""

    at_s: float
    knots: list[tuple[float, float]] = field(default_factory=lambda: [(0.0, 88.0)])
    """(time, angle) of the key points."""
    held_s: float = 0.0

    def go(self, angle_deg: float, lasts_s: float) -> None:
        """From where it is to there."""
        self.knots.append((self.at_s, self.knots[-1][1]))
        self.at_s += lasts_s
        self.knots.append((self.at_s, angle_deg))

    def hold(self, lasts_s: float) -> None:
        """Stay there, and mean it."""
        self.at_s += lasts_s
        self.held_s += lasts_s


def _course(exercise: str, rng: Rng, ranges: Ranges, style: Style) -> Course:
    """The whole set, and the chair before and after it."""
    rest_deg = FULL[exercise][0]
    course = Course(rng.uniform(4, 15))
    course.go(rest_deg, rng.uniform(1.5, 3.0))  # get up, get into position
    course.at_s += rng.uniform(2, 8)
    for number in range(style.count):
        here_deg = rest_deg + style.drift_deg * number / style.count
        pace = _own_leg(course, exercise, rng, style, here_deg)
        if style.alternates:
            _other_leg(course, exercise, style, here_deg)
            course.at_s += style.pause_s * pace
        if number == style.talks_at:
            course.at_s += rng.uniform(*ranges.talk_s)
    course.at_s += rng.uniform(3, 10)
    course.go(88.0, rng.uniform(1.5, 2.5))
    course.knots.append((course.at_s + rng.uniform(5, 20), 88.0))
    return course


def _own_leg(course: Course, exercise: str, rng: Rng, style: Style, here_deg: float) -> float:
    """One repetition, and the pause after it; its pace, 1 being the usual one."""
    rest_deg, keys, _ = FULL[exercise]
    grade, pace = style.size * (1 + rng.normal(0, style.uneven)), max(0.6, 1 + rng.normal(0, 1.5 * style.uneven))
    for place, (angle_deg, share) in enumerate(keys):
        course.go(here_deg + (angle_deg - rest_deg) * grade, style.move_s * share * pace)
        if place == 0 and exercise == "standing_hip_flexion":
            course.hold(style.hold_s * pace)
        elif place == 0 and exercise in ("lying_leg_raise", "bird_dog"):
            course.hold(rng.uniform(0.0, 1.0))
        elif place == 0 and exercise in STRETCHES:
            course.hold(style.stretch_s * pace)
    course.at_s += style.pause_s * pace
    return pace


def _other_leg(course: Course, exercise: str, style: Style, here_deg: float) -> None:
    """What the sensor's leg does meanwhile."""
    rest_deg, _, keys = FULL[exercise]
    for angle_deg, share in keys:
        course.go(here_deg + (angle_deg - rest_deg) * style.size, style.move_s * share)
        if angle_deg == keys[0][0] and exercise in STRETCHES:
            course.hold(style.stretch_s)
        elif angle_deg == keys[0][0]:
            course.at_s += style.hold_s * 0.5


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
