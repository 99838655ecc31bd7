"""Bangle.js: what differs from other speakers of the profile."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from monitor.model import AccelBlock
from monitor.wearables.bangle import Bangle, BangleRules
from monitor.wearables.base import DecodeError
from monitor.wearables.deskband_profile import codec
from tests.wearables.linked import Talk

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parent.parent / "vectors" / "bangle.json").read_text())


def of_kind(kind: str) -> Any:
    chosen = [v for v in VECTORS if v["kind"] == kind]
    return pytest.mark.parametrize("vector", chosen, ids=[v["id"] for v in chosen])


@of_kind("block")
def test_block_vectors(vector: dict[str, Any]) -> None:
    block, expect = codec.decode_block(bytes.fromhex(vector["hex"])), vector["expect"]
    assert (block.session, block.first_index, block.stamp_us, block.flags) == (
        expect["session"],
        expect["index"],
        expect["t_us"],
        expect["flags"],
    )
    assert block.counts.tolist() == expect["samples"]


@of_kind("info")
def test_info_vectors(vector: dict[str, Any]) -> None:
    info, expect = codec.decode_info(bytes.fromhex(vector["hex"])), vector["expect"]
    assert [info.features, info.rates, info.ranges, info.capacity_bytes, info.device_id] == [
        expect[name] for name in ("features", "rates", "ranges", "capacity", "deviceId")
    ]


@of_kind("status")
def test_status_vectors(vector: dict[str, Any]) -> None:
    status, expect = codec.decode_status(bytes.fromhex(vector["hex"])), vector["expect"]
    assert [status.session, status.next_index, status.flags, status.rate_code, status.range_code] == [
        expect[name] for name in ("session", "nextIndex", "flags", "rateCode", "rangeCode")
    ]
    assert status.battery == (expect["battery"] if expect["battery"] <= 100 else None)


def test_a_watch_without_the_app_is_given_up_with_a_remedy() -> None:
    talk = Talk(Bangle(), {}).link()
    assert len(talk.reconnects) == 1
    assert "config/bangle/README.md" in talk.reconnects[0]


def test_the_readme_that_the_remedy_names_is_there() -> None:
    root = Path(__file__).parent.parent.parent
    text = (root / "config" / "bangle" / "README.md").read_text()
    assert all(file.name in text for file in (root / "config" / "bangle").glob("*.js"))


def test_its_settings_ask_for_what_the_firmware_does_anyway() -> None:
    rules = BangleRules()
    assert (rules.rate_hz, rules.range_g, rules.allow_delta) == (12.5, 4, False)


def test_a_long_run_of_garbage_never_raises_anything_else() -> None:
    dice = random.Random(14)
    values = {codec.INFO: bytes.fromhex(VECTORS[3]["hex"]), codec.STATUS: bytes.fromhex(VECTORS[4]["hex"])}
    talk = Talk(Bangle(), values).link()
    good = bytes.fromhex(VECTORS[0]["hex"])
    for turn in range(10_000):
        talk.now_s += dice.random()
        data = bytearray(good if dice.random() < 0.5 else dice.randbytes(dice.choice([0, 5, 9, 14, 20, 128])))
        if data:
            data[dice.randrange(len(data))] = dice.randrange(256)
        uuid = dice.choice([codec.LIVE, codec.LIVE, codec.REPLAY, codec.CONTROL, codec.STATUS, codec.ALERT])
        try:
            talk.hear(uuid, bytes(data))
        except DecodeError:
            continue
        if turn % 10 == 0:
            talk.tick(1.0)
    live = [block for block in talk.of(AccelBlock) if block.first_index is not None]
    assert all(np.all(np.diff(block.t_s) > 0) for block in live)
