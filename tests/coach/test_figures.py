"""The exercises as moving figures."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree
from importlib import resources
from itertools import pairwise

import pytest

from monitor.coach.catalogue import load_catalogue
from monitor.coach.figures import FRAMES, HEAD_M, LENGTHS, braille, moving_bodies, svg

BODIES = pytest.mark.parametrize("name", list(moving_bodies()))
SVG = "{http://www.w3.org/2000/svg}"
BONES = [("hip", "neck", "trunk")] + [
    (start, end, bone)
    for side in ("near", "far")
    for start, end, bone in (
        ("hip", f"{side}_knee", "thigh"), (f"{side}_knee", f"{side}_foot", "shank"),
        ("neck", f"{side}_elbow", "arm"), (f"{side}_elbow", f"{side}_hand", "forearm"),
    )
]  # fmt: skip


def test_the_simulated_body_moves_by_the_same_table() -> None:
    ours, theirs = (resources.files(package).joinpath("motions.toml") for package in ("monitor.coach", "firmware_sim"))
    assert ours.read_bytes() == theirs.read_bytes()


def test_every_exercise_has_its_figure() -> None:
    assert set(moving_bodies()) == set(load_catalogue().exercises)


@BODIES
def test_bones_keep_their_length_and_nothing_sinks_into_the_floor(name: str) -> None:
    body = moving_bodies()[name]
    for posed in body.positions:
        for start, end, bone in BONES:
            assert math.dist(posed.joints[start], posed.joints[end]) == pytest.approx(LENGTHS[bone])
        if body.view == "side":
            lowest = min(y - (HEAD_M if joint == "head" else 0) for joint, (_, y) in posed.joints.items())
            assert lowest == pytest.approx(0, abs=1e-9)


@BODIES
def test_it_ends_where_it_began_and_moves_without_a_jump(name: str) -> None:
    body = moving_bodies()[name]
    assert body.rows[0][1:] == body.rows[-1][1:]
    steps = [body.angles_deg(body.lasts_s * number / 400) for number in range(401)]
    assert max(abs(b[key] - a[key]) for a, b in pairwise(steps) for key in a) < 6
    first, last = (body.angles_deg(body.rows[row][0]) for row in body.hold)
    assert first == last


@pytest.mark.parametrize(
    ("name", "joint", "held"),
    [
        ("standing_hip_flexion", "near_thigh", 90),
        ("lunge_stretch", "near_thigh", -22),
        ("bird_dog", "near_thigh", -88),
        ("boat_pose", "trunk", -42),
    ],
)
def test_the_held_position_is_that_of_the_exercise(name: str, joint: str, held: float) -> None:
    body = moving_bodies()[name]
    assert body.angles_deg(body.held_s)[joint] == held


@BODIES
def test_the_picture_is_valid_and_moves(name: str) -> None:
    root = ElementTree.fromstring(svg(moving_bodies()[name], "A & B <title>"))
    assert root.find(f"{SVG}title").text == "A & B <title>"  # type: ignore[union-attr]
    lines = root.findall(f".//{SVG}polyline")
    assert len(lines) == 5
    for line in lines:
        values = line.find(f"{SVG}animate").get("values").split(";")  # type: ignore[union-attr]
        assert len(values) == FRAMES + 1
        assert values[0] == values[-1] == line.get("points")
    _, _, width, height = map(float, str(root.get("viewBox")).split())
    points = [pair.split(",") for line in lines for pair in str(line.get("points")).split()]
    assert all(0 < float(x) < width and 0 < float(y) < height for x, y in points)


@BODIES
def test_a_still_stands_and_the_other_side_is_mirrored(name: str) -> None:
    body = moving_bodies()[name]
    assert "<animate" not in svg(body, "still", still=True)
    assert "scale(-1 1)" in svg(body, "mirrored", mirrored=True)


@BODIES
def test_a_terminal_shows_it_in_braille(name: str) -> None:
    body = moving_bodies()[name]
    lines = braille(body, body.held_s, 30)
    assert 2 < len(lines) < 40
    assert all(len(line) <= 30 for line in lines)
    assert all(0x2800 <= ord(sign) < 0x2900 for line in lines for sign in line)
