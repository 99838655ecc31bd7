"""Exercises as line figures, drawn from the joint angles of ``motions.toml``: moving ones (SVG) and stills.

One drawing for all: eight limb segments, a trunk and a head, held so that the body's lowest point touches the floor.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

LENGTHS = {"trunk": 0.52, "thigh": 0.44, "shank": 0.44, "arm": 0.30, "forearm": 0.27}
"""Of body segments in metres, for a person of 1.75 m (after Winter 2009, Biomechanics and Motor Control, table 4.1)."""
HEAD_M, NECK_M = 0.11, 0.08
FRAMES = 24
"""Positions drawn of a repetition."""
SHOWN_HOLD_S = 3.0
"""How long a hold lasts in the picture."""
PIXELS_PER_M = 110
MARGIN_M = 0.18
Point = tuple[float, float]
SIDES = ("far", "near")


@dataclass(frozen=True, slots=True)
class Posed:
    """One position of the body: where its joints are, in metres, the floor at y = 0."""

    joints: dict[str, Point]
    """``hip``, ``neck``, ``head``, and of each side ``knee``, ``foot``, ``elbow``, ``hand``."""


@dataclass(frozen=True, slots=True)
class MovingBody:
    """One exercise over the time of a repetition."""

    view: str
    """``side``, or ``above`` where the body lies and moves along the floor."""
    columns: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]
    hold: tuple[int, int]
    """The rows between which the position is held."""

    @property
    def lasts_s(self) -> float:
        """Length of a repetition."""
        return self.rows[-1][0]

    @property
    def held_s(self) -> float:
        """The moment that shows the exercise best."""
        return self.rows[self.hold[0]][0]

    @property
    def positions(self) -> list[Posed]:
        """A repetition in ``FRAMES`` steps, the first position twice."""
        return [self.posed(self.lasts_s * number / FRAMES) for number in range(FRAMES + 1)]

    def angles_deg(self, at_s: float) -> dict[str, float]:
        """The angle of every segment at a moment of the repetition."""
        at_s = min(max(at_s, 0.0), self.lasts_s)
        for before, after in pairwise(self.rows):
            if at_s <= after[0]:
                x = (at_s - before[0]) / (after[0] - before[0])
                share = x**3 * (10 + x * (6 * x - 15))  # minimum jerk, Flash and Hogan (1985)
                values = (a + (b - a) * share for a, b in zip(before, after, strict=True))
                return dict(zip(self.columns[1:], list(values)[1:], strict=True))
        raise AssertionError("the last row ends the repetition")

    def posed(self, at_s: float) -> Posed:
        """Where the joints are at a moment."""
        angles, joints = self.angles_deg(at_s), {"hip": (0.0, 0.0)}
        lean = math.radians(angles["trunk"])
        up = (math.sin(lean), math.cos(lean))
        joints["neck"] = (LENGTHS["trunk"] * up[0], LENGTHS["trunk"] * up[1])
        reach = LENGTHS["trunk"] + NECK_M + HEAD_M
        joints["head"] = (reach * up[0], reach * up[1])
        for side in SIDES:
            joints[f"{side}_knee"] = _hung(joints["hip"], "thigh", angles[f"{side}_thigh"])
            joints[f"{side}_foot"] = _hung(joints[f"{side}_knee"], "shank", angles[f"{side}_shank"])
            joints[f"{side}_elbow"] = _hung(joints["neck"], "arm", angles[f"{side}_arm"])
            joints[f"{side}_hand"] = _hung(joints[f"{side}_elbow"], "forearm", angles[f"{side}_forearm"])
        if self.view == "above":
            return Posed(joints)
        floor = min(y - (HEAD_M if name == "head" else 0.0) for name, (_, y) in joints.items())
        return Posed({name: (x, y - floor) for name, (x, y) in joints.items()})


def _hung(joint: Point, segment: str, angle_deg: float) -> Point:
    angle = math.radians(angle_deg)
    return joint[0] + LENGTHS[segment] * math.sin(angle), joint[1] - LENGTHS[segment] * math.cos(angle)


@cache
def moving_bodies() -> dict[str, MovingBody]:
    """Every exercise that can be drawn, by its id."""
    text = resources.files("monitor.coach").joinpath("motions.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    return {name: _moving(exercise, tables["poses"]) for name, exercise in tables["exercises"].items()}


def _moving(exercise: dict[str, Any], poses: dict[str, Any]) -> MovingBody:
    """The first side of an exercise; its hold lasts ``SHOWN_HOLD_S``."""
    start = _joints(poses[exercise.get("shown_from", exercise["from"])], {})
    rows, joints, late_s, hold = [(0.0, start)], start, 0.0, (0, 0)
    for keyframe in exercise["sides"][0]["keyframes"]:
        joints = _joints(keyframe, joints)
        rows.append((keyframe["at_s"] + late_s, joints))
        if keyframe.get("hold"):
            hold, late_s = (len(rows) - 1, len(rows)), SHOWN_HOLD_S
            rows.append((keyframe["at_s"] + late_s, joints))
    back_s = rows[-1][0] + exercise["back_s"]
    rows += [(back_s, start), (back_s + exercise["rest_s"], start)]
    columns = ("t_s", *start)
    return MovingBody(exercise.get("view", "side"), columns, tuple((at_s, *each.values()) for at_s, each in rows), hold)


def _joints(told: dict[str, Any], before: dict[str, float]) -> dict[str, float]:
    """The angles of all segments as drawn: those told for the body, those told for the picture over them.

    The table's trunk grows as it leans back; here it grows as it leans forward, like the limbs.
    """
    body = {f"near_{limb}": told[f"{limb}_deg"] for limb in ("thigh", "arm") if f"{limb}_deg" in told}
    body |= {"trunk": -told["trunk_deg"]} if "trunk_deg" in told else {}
    drawn: dict[str, float] = {}
    for name, angle in told.get("figure", {}).items():
        if name == "trunk":
            drawn["trunk"] = -angle
        else:
            drawn[name.replace("other_", "far_") if name.startswith("other_") else f"near_{name}"] = angle
    return {**before, **body, **drawn}


LINES = (
    ("far_arm", ("neck", "far_elbow", "far_hand"), 0.45),
    ("far_leg", ("hip", "far_knee", "far_foot"), 0.45),
    ("trunk", ("hip", "neck"), 1.0),
    ("near_leg", ("hip", "near_knee", "near_foot"), 1.0),
    ("near_arm", ("neck", "near_elbow", "near_hand"), 1.0),
)
"""What is drawn, the farthest first: name, joints, opacity."""


# --- SVG --------------------------------------------------------------------------------------------------------


def svg(body: MovingBody, title: str, mirrored: bool = False, still: bool = False) -> str:
    """The exercise as an SVG that moves by itself (unless ``still``); colours come from the page it stands on.

    ``mirrored`` faces to the left: the other side's turn.
    """
    positions = [body.posed(body.held_s)] if still else body.positions
    box = _Box.around(body.positions)
    parts = [_floor(box)] if body.view == "side" else []
    for name, path, opacity in LINES:
        points = [" ".join(box.shown(posed.joints[joint]) for joint in path) for posed in positions]
        parts.append(_line(name, points, opacity, body.lasts_s))
    parts.append(_head([box.at(posed.joints["head"]) for posed in positions], body.lasts_s))
    flip = f' transform="translate({box.width} 0) scale(-1 1)"' if mirrored else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {box.width} {box.height}" role="img"'
        f' fill="none" stroke="currentColor" stroke-width="7" stroke-linecap="round" stroke-linejoin="round">'
        f"<title>{_escaped(title)}</title><g{flip}>{''.join(parts)}</g></svg>"
    )


def _line(name: str, points: list[str], opacity: float, lasts_s: float) -> str:
    moves = _animation("points", points, lasts_s)
    return f'<polyline class="{name}" points="{points[0]}" opacity="{opacity}">{moves}</polyline>'


def _head(points: list[Point], lasts_s: float) -> str:
    moves = "".join(
        _animation(key, [f"{point[axis]:.1f}" for point in points], lasts_s) for axis, key in enumerate(("cx", "cy"))
    )
    radius = HEAD_M * PIXELS_PER_M
    return f'<circle cx="{points[0][0]:.1f}" cy="{points[0][1]:.1f}" r="{radius:.1f}">{moves}</circle>'


def _animation(attribute: str, values: list[str], lasts_s: float) -> str:
    if len(values) < 2:
        return ""
    frames = ";".join(values)
    return f'<animate attributeName="{attribute}" dur="{lasts_s:g}s" repeatCount="indefinite" values="{frames}"/>'


def _floor(box: _Box) -> str:
    y = box.at((0.0, 0.0))[1] + 4
    return f'<line x1="0" y1="{y:.1f}" x2="{box.width}" y2="{y:.1f}" stroke-width="2" opacity="0.35"/>'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@dataclass(frozen=True, slots=True)
class _Box:
    """What part of the plane is shown, in metres, and how it lies on the picture."""

    left_m: float
    right_m: float
    bottom_m: float
    top_m: float

    @classmethod
    def around(cls, positions: list[Posed]) -> _Box:
        points = [point for posed in positions for point in posed.joints.values()]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        room = MARGIN_M + HEAD_M
        return cls(min(xs) - room, max(xs) + room, min(ys) - MARGIN_M, max(ys) + room)

    @property
    def width(self) -> int:
        return round((self.right_m - self.left_m) * PIXELS_PER_M)

    @property
    def height(self) -> int:
        return round((self.top_m - self.bottom_m) * PIXELS_PER_M)

    def at(self, point: Point) -> Point:
        return (point[0] - self.left_m) * PIXELS_PER_M, (self.top_m - point[1]) * PIXELS_PER_M

    def shown(self, point: Point) -> str:
        x, y = self.at(point)
        return f"{x:.1f},{y:.1f}"


# --- terminal ---------------------------------------------------------------------------------------------------

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""Bits of a braille character, by row and column."""


def braille(body: MovingBody, at_s: float, columns: int = 36) -> list[str]:
    """One position for a terminal: lines of braille characters, two dots wide and four high each."""
    posed, box = body.posed(at_s), _Box.around(body.positions)
    scale = 2 * columns / (box.right_m - box.left_m)
    height = math.ceil((box.top_m - box.bottom_m) * scale / 4)
    cells = [[0x2800] * columns for _ in range(height)]

    def dot(x_m: float, y_m: float) -> None:
        x, y = int((x_m - box.left_m) * scale), int((box.top_m - y_m) * scale)
        if 0 <= x < 2 * columns and 0 <= y < 4 * height:
            cells[y // 4][x // 2] |= _DOTS[y % 4][x % 2]

    for _, path, _ in LINES:
        for start, end in pairwise(path):
            _stroke(posed.joints[start], posed.joints[end], dot, scale)
    head = posed.joints["head"]
    for number in range(60):
        turn = 2 * math.pi * number / 60
        dot(head[0] + HEAD_M * math.cos(turn), head[1] + HEAD_M * math.sin(turn))
    lines = ["".join(map(chr, row)).rstrip(chr(0x2800)) for row in cells]
    return lines[next((i for i, line in enumerate(lines) if line), 0) :]


def _stroke(start: Point, end: Point, dot: Callable[[float, float], None], scale: float) -> None:
    steps = max(2, int(math.dist(start, end) * scale * 1.5))
    for number in range(steps + 1):
        share = number / steps
        dot(start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
