"""The simulated micro:bit over the air, against its protocol page."""

from __future__ import annotations

import asyncio
import struct
from functools import partial

import numpy as np
import pytest
from bumble.att import ATT_Error

from firmware_sim.profiles.microbit import BOARDS, microbit
from tests.firmware.any_host import DEFAULT_MTU, linked, worn
from tests.firmware.host import advertisement_of
from tests.support.patience import PATIENCE_S


def uuid(number: int) -> str:
    return f"e95d{number:04x}-251d-470a-a062-fa1922dfa9a8"


DATA, PERIOD, PICTURE, TEXT, SCROLL, BUTTON_A, BUTTON_B = (
    uuid(number) for number in (0xCA4B, 0xFB24, 0x7B77, 0x93EE, 0x0D2D, 0xDA90, 0xDA91)
)

board_and_host = partial(linked, "microbit", mtu=DEFAULT_MTU)


async def test_it_advertises_its_name_and_no_service() -> None:
    async with worn("microbit") as (board, device):
        heard = await advertisement_of(device, board.address)
    assert heard == {0x01: b"\x06", 0x09: b"BBC micro:bit"}


async def test_there_is_no_battery_service_and_the_first_board_has_room_for_one_extra() -> None:
    async with board_and_host() as (_board, host):
        assert "180f" not in host.services
        assert len([name for name in host.services if name.startswith("e95d")]) == 3
    async with board_and_host(board="v1") as (_board, host):
        assert [name[4:8] for name in host.services if name.startswith("e95d")] == ["0753", "d91d"]
    with pytest.raises(ValueError, match="memory for 1"):
        microbit(lambda: 0, 1, "thigh", board="v1", extras="led,button")


@pytest.mark.parametrize(
    ("board", "asked_ms", "reported_ms"),
    [("v1", 1, 1), ("v1", 20, 20), ("v1", 30, 80), ("v1", 40, 80), ("v1", 100, 160), ("v1", 2000, 640),
     ("v2", 1, 2), ("v2", 20, 20), ("v2", 30, 40), ("v2", 40, 40), ("v2", 100, 100), ("v2", 2000, 1000)],
)  # fmt: skip
def test_a_period_that_the_chip_has_not_becomes_the_next_longer_one(
    board: str, asked_ms: int, reported_ms: int
) -> None:
    assert BOARDS[board].period_us(asked_ms) // 1000 == reported_ms


@pytest.mark.parametrize(("board", "step", "written_ms", "rate_hz"), [("v1", 16, 20, 50.0), ("v2", 2, 40, 25.0)])
async def test_samples_come_at_the_period_in_the_steps_of_the_chip(
    board: str, step: int, written_ms: int, rate_hz: float
) -> None:
    async with board_and_host(board=board) as (wearable, host):
        await host.write(PERIOD, struct.pack("<H", written_ms))
        assert await host.read(PERIOD) == struct.pack("<H", written_ms)
        heard = await host.subscribe(DATA)
        await wearable.advance(2.0)
        heard.clear()
        await wearable.advance(20.0)
        counts = np.array([struct.unpack("<hhh", value) for value in heard])
        assert abs(len(counts) - 20 * rate_hz) < 6
        assert (counts % step == 0).all()
        assert (counts % (2 * step) != 0).any()
        assert np.median(np.linalg.norm(counts, axis=1)) == pytest.approx(1024, rel=0.06)
        assert await host.read(DATA) == heard[-1]


async def test_notifications_come_in_bursts_of_two_or_three_some_45_ms_apart() -> None:
    async with board_and_host() as (board, host):
        heard = await host.subscribe(DATA)
        sizes, gaps_ms = [], []
        quiet_ms = 0
        for _ in range(3000):
            before = len(heard)
            await board.advance(0.001)
            quiet_ms += 1
            if len(heard) > before:
                sizes.append(len(heard) - before)
                gaps_ms.append(quiet_ms)
                quiet_ms = 0
    assert set(sizes[1:]) == {2, 3}
    assert set(gaps_ms[1:]) <= set(range(42, 50))


async def test_what_the_lamps_show_is_seen() -> None:
    async with board_and_host() as (board, host):
        await host.write(SCROLL, bytes.fromhex("5000"))
        await host.write(TEXT, bytes.fromhex("5354414e44205550"))
        await host.write(PICTURE, bytes.fromhex("040e1f0404"))
        felt = board.profile.take_felt()
        assert [(one.what, one.calls) for one in felt] == [("text_shown", True), ("picture_shown", False)]
        assert felt[0].details == {"text": "STAND UP"}
        assert await host.read(PICTURE) == bytes.fromhex("040e1f0404")
        assert await host.read(SCROLL) == bytes.fromhex("5000")
        with pytest.raises(ATT_Error):
            await host.write(PICTURE, bytes(4))


async def test_the_buttons_go_down_and_up() -> None:
    async with board_and_host() as (board, host):
        first, second = await host.subscribe(BUTTON_A), await host.subscribe(BUTTON_B)
        board.press_button()
        board.press_button(double=True)
        await board.advance(1.0)
        assert (first, second) == ([b"\x01", b"\x00"], [b"\x01", b"\x00"])


async def test_a_reboot_brings_the_default_period_back() -> None:
    async with board_and_host() as (board, host):
        await host.write(PERIOD, struct.pack("<H", 100))
        board.reboot()
        async with asyncio.timeout(PATIENCE_S):
            await host.lost.wait()
        assert board.profile.sampling().rate_hz == pytest.approx(50.0)
