"""The walls of the house, read from the source itself."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from monitor.posture import PLACEMENTS
from monitor.wearables import WEARABLES

ROOT = Path(__file__).parent.parent
SOURCES = sorted(p for package in ("monitor", "firmware_sim") for p in (ROOT / package).rglob("*.py"))

WALLS = {
    "bleak": ["monitor/transport/"],
    "bleak_retry_connector": ["monitor/transport/"],
    "paho": ["monitor/outlets/mqtt/"],
    "sqlite3": ["monitor/history/"],
    "nicegui": ["monitor/web/"],
    "fastapi": ["monitor/web/"],
    "starlette": ["monitor/web/"],
    "uvicorn": ["monitor/web/server.py"],
    "bumble": ["firmware_sim/", "monitor/transport/bumble_"],
    "aioesphomeapi": ["monitor/transport/esphome.py"],
    "bleak_esphome": ["monitor/transport/esphome.py"],
    "cryptography": ["monitor/wearables/bthome/sealed.py"],
    "dbus_fast": ["monitor/transport/bluez.py"],
    "prometheus_client": ["monitor/outlets/metrics.py"],
    "apprise": ["monitor/outlets/push_service.py"],
    "iotcore": ["monitor/outlets/mqtt/broker.py"],
    "dask": ["monitor/study/spreading.py"],
    "distributed": ["monitor/study/spreading.py"],
    "skdh": ["monitor/transport/devices.py"],
    "pygt3x": ["monitor/transport/devices.py"],
    "pyarrow": ["monitor/transport/tables.py", "monitor/reporting/parquet.py"],
    "typer": ["monitor/cli/"],
    "matplotlib": ["monitor/evaluation/figure.py"],
    "actimotus": ["monitor/evaluation/peer.py"],
    "pandas": ["monitor/evaluation/peer.py"],
}
"""A library may be imported below these places only."""

PURE = [
    "monitor/accel/",
    "monitor/posture/",
    "monitor/coach/",
    "monitor/wearables/",
    "monitor/bouts/",
    "monitor/reading/",
    "monitor/pipeline.py",
    "monitor/replay/row_text.py",
    "monitor/backfill.py",
    "monitor/intake.py",
    "monitor/checkpoint.py",
    "monitor/evaluation/alerts.py",
    "monitor/evaluation/bars.py",
    "monitor/evaluation/calibration.py",
    "monitor/evaluation/days.py",
    "monitor/evaluation/invariants.py",
    "monitor/evaluation/scores.py",
    "monitor/evaluation/stretches.py",
    "monitor/evaluation/truth.py",
    "monitor/evaluation/wear.py",
    "monitor/model.py",
    "monitor/events.py",
    "monitor/event_ids.py",
    "monitor/exchange.py",
    "monitor/outlets/mqtt/messages.py",
    "monitor/outlets/mqtt/discovery.py",
    "monitor/outlets/mqtt/entities.py",
    "monitor/outlets/mqtt/leftovers.py",
    "monitor/outlets/mqtt/payloads.py",
    "monitor/outlets/mqtt/retained.py",
    "monitor/outlets/mqtt/sentences.py",
    "monitor/reporting/account.py",
    "monitor/reporting/charts.py",
    "monitor/reporting/drawing.py",
    "monitor/reporting/fhir.py",
    "monitor/reporting/figures.py",
    "monitor/reporting/ribbons.py",
    "monitor/reporting/tidy.py",
    "monitor/reporting/titles.py",
    "monitor/study/tables.py",
    "monitor/web/figures.py",
    "monitor/web/login.py",
    "monitor/web/passwords.py",
    "monitor/web/sessions.py",
    "monitor/web/telling.py",
]
IMPURE = {"asyncio", "time", "threading", "socket", "subprocess", "sqlite3", "requests"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def imports_of(path: Path) -> tuple[str, ...]:
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.append(node.module)
    return tuple(found)


def test_no_relative_imports_hide_a_wall() -> None:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.ImportFrom) and node.level), name_of(path)


def test_monitor_and_simulator_meet_only_on_the_air() -> None:
    for path in SOURCES:
        other = "firmware_sim" if name_of(path).startswith("monitor/") else "monitor"
        assert not [m for m in imports_of(path) if m.split(".")[0] == other], name_of(path)


@pytest.mark.parametrize("library", WALLS)
def test_a_library_stays_behind_its_wall(library: str) -> None:
    for path in SOURCES:
        if library in {m.split(".")[0] for m in imports_of(path)}:
            assert any(name_of(path).startswith(place) for place in WALLS[library]), name_of(path)


def test_pure_files_know_no_clock_no_thread_no_socket() -> None:
    for path in SOURCES:
        if any(name_of(path).startswith(place) for place in PURE):
            assert not IMPURE & {m.split(".")[0] for m in imports_of(path)}, name_of(path)
            opens = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Name) and n.id == "open"]
            assert not opens, name_of(path)


@pytest.mark.parametrize("table", [PLACEMENTS, WEARABLES], ids=["placements", "wearables"])
def test_brothers_never_import_each_other(table: dict[str, type]) -> None:
    package = next(iter(table.values())).__module__.split(".")[:2]
    homes = {".".join([*package, part.__module__.split(".")[2]]) for part in table.values()}
    for home in homes:
        place = ROOT / home.replace(".", "/")
        for path in [place.with_suffix(".py")] if not place.is_dir() else place.glob("*.py"):
            for module in imports_of(path):
                assert not any(module == other or module.startswith(f"{other}.") for other in homes - {home}), path


def test_the_contract_never_imports_the_table() -> None:
    for package in ("monitor.posture", "monitor.wearables", "monitor.outlets"):
        base = ROOT / package.replace(".", "/") / "base.py"
        assert package not in set(imports_of(base))


def test_no_file_is_a_drawer() -> None:
    for path in SOURCES:
        assert not {"util", "utils", "helpers", "common", "manager", "misc"} & set(path.stem.split("_")), name_of(path)
