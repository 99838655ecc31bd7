"""Bangle.js: what differs from other speakers of the profile."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np

from monitor.model import AccelBlock
from monitor.wearables.bangle import Bangle, BangleRules
from monitor.wearables.base import DecodeError
from monitor.wearables.deskband_profile import codec
from tests.support.vectors import each, named, vectors
from tests.wearables.linked import Talk


@each(vectors("bangle", "block"))
def test_block_vectors(vector: dict[str, Any]) -> None:
    block, expect = codec.decode_block(bytes.fromhex(vector["hex"])), vector["expect"]
    assert (block.session, block.first_index, block.stamp_us, block.flags) == (
        expect["session"],
        expect["index"],
        expect["t_us"],
        expect["flags"],
    )
    assert block.counts.tolist() == expect["samples"]


@each(vectors("bangle", "info"))
def test_info_vectors(vector: dict[str, Any]) -> None:
    info, expect = codec.decode_info(bytes.fromhex(vector["hex"])), vector["expect"]
    assert [info.features, info.rates, info.ranges, info.capacity_bytes, info.device_id] == [
        expect[name] for name in ("features", "rates", "ranges", "capacity", "deviceId")
    ]


@each(vectors("bangle", "status"))
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
    good, info, status = (
        bytes.fromhex(v["hex"]) for v in named("bangle", "full-block-at-mtu-131", "info-lite", "status-lite")
    )
    values = {codec.INFO: info, codec.STATUS: status}
    talk = Talk(Bangle(), values).link()
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
