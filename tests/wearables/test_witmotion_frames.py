"""WitMotion's stream: the published frames, found again after anything."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from monitor.wearables.witmotion import frames
from monitor.wearables.witmotion.frames import Framer
from tests.support.vectors import each, vectors

FRAME = bytes.fromhex(vectors("witmotion")[0]["hex"])


def numbered(count: int) -> bytes:
    """Frames that bear their number as the angle of roll."""
    return b"".join(FRAME[:14] + number.to_bytes(2, "little") + FRAME[16:] for number in range(count))


@each(vectors("witmotion", "motion"))
def test_motion_decodes_to_its_published_values(vector: dict[str, Any]) -> None:
    frame, expect = bytes.fromhex(vector["hex"]), vector["expect"]
    (xyz_g,) = frames.decode_motion([frame])
    assert np.allclose(xyz_g, expect["g"], atol=5e-5)


@each(vectors("witmotion", "battery"))
def test_the_battery_is_told_by_its_voltage(vector: dict[str, Any]) -> None:
    assert frames.decode_battery(bytes.fromhex(vector["hex"])) == vector["expect"]["percent"]


@each(vectors("witmotion", "command"))
def test_commands_are_the_published_ones(vector: dict[str, Any]) -> None:
    expect = vector["expect"]
    known = {"unlock": frames.UNLOCK, "save": frames.SAVE, "read battery": frames.READ_BATTERY}
    command = known.get(expect["command"]) or frames.encode_register(
        frames.RATE_REGISTER, frames.RATE_CODES[expect["hz"]]
    )
    assert command.hex() == vector["hex"]


@given(st.lists(st.integers(1, 70), min_size=1, max_size=40))
def test_however_the_stream_is_cut_every_frame_comes_once(lengths: list[int]) -> None:
    framer, data, found = Framer(), numbered(30), []
    while data:
        length = lengths[len(found) % len(lengths)]
        found += framer.take(data[:length])
        data = data[length:]
    assert b"".join(found) == numbered(30)


@given(garbage=st.binary(max_size=100), cut=st.integers(1, 19))
def test_after_garbage_the_frames_are_found_again(garbage: bytes, cut: int) -> None:
    framer = Framer()
    framer.take(numbered(2))
    framer.take(garbage)
    framer.take(FRAME[cut:])
    found = framer.take(numbered(12))
    assert found[-8:] == [numbered(12)[20 * place : 20 * place + 20] for place in range(4, 12)]


def test_a_lost_notification_costs_its_own_frames_only() -> None:
    stream, framer = numbered(30), Framer()
    parts = [stream[start : start + 33] for start in range(0, len(stream), 33)]
    del parts[4]
    found = [frame for part in parts for frame in framer.take(part)]
    assert len(found) >= 27
    assert all(frame in [stream[s : s + 20] for s in range(0, len(stream), 20)] for frame in found)


def test_frames_of_a_vibration_sensor_are_counted_apart() -> None:
    framer = Framer()
    for _ in range(5):
        assert framer.take(b"\x55\x61" + bytes(range(100, 128))) == []
    assert framer.longer == 5


@given(st.lists(st.binary(max_size=80), max_size=20))
def test_garbage_never_piles_up(parts: list[bytes]) -> None:
    framer = Framer()
    for part in parts:
        found = framer.take(part)
        frames.decode_motion(found)
        assert len(framer.buffer) < 2 * frames.FRAME_BYTES
        assert all(percent is None or 0 <= percent <= 100 for percent in map(frames.decode_battery, found))
