"""The protocol page and the vectors say the same bytes."""

from __future__ import annotations

import re
from pathlib import Path

from firmware_sim.profiles.deskband_codec import PARAMETER_BYTES, ControlStatus, Op
from tests.support.vectors import vectors

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "firmware_sim" / "PROTOCOL.md").read_text(encoding="utf-8")
VECTORS = {vector["hex"] for vector in vectors("deskband")}


def test_every_vector_of_the_page_is_one_of_the_tests() -> None:
    section = PAGE.split("## Vectors")[1]
    shown = [cell.replace(" ", "").lower() for cell in re.findall(r"^\| \w+ \| `([^`]+)`", section, re.MULTILINE)]
    assert len(shown) > 20
    assert set(shown) <= VECTORS


def test_every_operation_and_status_is_on_the_page() -> None:
    for op in Op:
        assert f"| {op:02X} | {op.name} |" in PAGE
        assert op in PARAMETER_BYTES
    table = PAGE.split("| status | meaning |")[1].split("**REPLAY.**")[0]
    assert re.findall(r"^\| (\d) \|", table, re.MULTILINE) == [str(int(status)) for status in ControlStatus]
