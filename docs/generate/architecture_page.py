"""The pictures of docs/architecture.md, drawn from the program's own tables and the walls of pyproject.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, get_args, get_type_hints

from drawing import Box, picture

from monitor.accel.epochs import EpochBuilder
from monitor.coach.catalogue import load_catalogue
from monitor.outlets import OUTLETS
from monitor.outlets.base import Outlet
from monitor.posture import PLACEMENTS
from monitor.posture.base import Placement
from monitor.wearables import WEARABLES
from monitor.wearables.base import Reach, Wearable

PYPROJECT = Path(__file__).parent.parent.parent / "pyproject.toml"


def pages() -> dict[str, str]:
    """Both pictures, by path below ``docs``."""
    return {
        "images/flow.svg": picture(flow(), "How acceleration becomes a call, stage by stage"),
        "images/layers.svg": picture(stack(), "Which part may know which: each knows only what is below"),
    }


def flow() -> list[Box]:
    """The stages in order, what stands in the table of each, and the record it hands on."""
    packet = _name(get_type_hints(Wearable.receive)["packet"])
    block, epochs = (_name(get_type_hints(EpochBuilder.feed)[key]) for key in ("block", "return"))
    postures = _name(get_type_hints(Placement.advance)["return"])
    (update,) = get_args(get_type_hints(Outlet.run)["updates"])
    return [
        Box("transport", "the air", tuple(reach.value for reach in Reach), packet),
        Box("wearables", "bytes become samples; one file a device", tuple(WEARABLES), block),
        Box("accel", "samples become seconds", (), epochs),
        Box("posture", "seconds become postures; one file a place", tuple(PLACEMENTS), postures),
        Box(
            "bouts, coach", "postures become bouts, breaks and calls", tuple(load_catalogue().exercises), _name(update)
        ),
        Box("outlets", "calls reach people", tuple(OUTLETS)),
    ]


def _name(kind: Any) -> str:
    return str(kind.__name__)


def stack() -> list[Box]:
    """The layers that import-linter holds, top to bottom."""
    return [Box("", "", tuple(part.removeprefix("monitor.") for part in layer.split(" | "))) for layer in layers()]


def layers() -> list[str]:
    """As they stand in pyproject.toml."""
    contracts = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    (found,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    return list(found)
