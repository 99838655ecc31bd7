"""Erasing as a user does it: says what goes, asks, refuses while the daemon runs, and leaves no byte in any file."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from monitor.cli import app
from monitor.erasing import Wish, files
from monitor.history import HISTORY_FILE
from monitor.history.queries import wearers
from monitor.history.store import Store
from monitor.lock import StateDirError, state_lock
from monitor.model import AccelBlock, Quality
from monitor.outlets.mqtt.leftovers import Announced
from monitor.transport.packet_log import PacketLog
from monitor.wrong_cases import RecentSamples
from tests.reporting.office import at, written

MONDAY = date(2024, 3, 4)
MARK = "xanthippe"


def block(start_s: float) -> AccelBlock:
    t_s = start_s + np.arange(50) / 10
    return AccelBlock(t_s, np.ones((50, 3), np.float32), 10.0, 0, 0, None, Quality(0))


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("SITBREAK_COACH__TIME_ZONE", "Europe/Berlin")
    folder = tmp_path / "state"
    folder.mkdir()
    for wearer in (MARK, f"{MARK}-too"):
        written(folder, MONDAY, 3, wearer=wearer)
        for hour in ("09:00", "15:00"):
            samples = RecentSamples(folder / "wrong", wearer)
            samples.add(block(at(date(2024, 3, 5), hour)))
            samples.save(at(date(2024, 3, 5), hour) + 5)
        log = PacketLog(tmp_path / "logs", {"wearer": wearer, "version": "0"})
        log.write("tick", at(date(2024, 3, 5), "10:00"))
        log.close()
    return folder


def erase(state: Path, *options: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["erase", "--state-dir", str(state), *options])
    return done.exit_code, done.output


def everything(folder: Path) -> str:
    found = [file for file in folder.rglob("*") if file.is_file()]
    return "\n".join(str(file.relative_to(folder)) + file.read_bytes().decode("latin-1") for file in found)


def test_a_person_goes_with_cases_and_recordings_and_their_namesake_stays(state: Path) -> None:
    code, said = erase(state, "--wearer", f"{MARK}-too", "--recordings", str(state.parent / "logs"), "--yes")
    assert code == 0, said
    assert f"{MARK}-too" not in everything(state) + everything(state.parent / "logs")
    assert [row.name for row in wearers(state / HISTORY_FILE)] == [MARK]
    assert len(list((state / "wrong").iterdir())) == 2
    code, said = erase(state, "--wearer", MARK, "--recordings", str(state.parent / "logs"), "--yes")
    assert code == 0, said
    assert MARK not in everything(state) + everything(state.parent / "logs")


def test_a_wearer_takes_no_files_of_one_whose_name_begins_the_same(state: Path) -> None:
    found = files(state, state.parent / "logs", Wish((MARK,)))
    assert len(found) == 3
    assert not [path for path in found if "too" in path.name]


def test_only_recordings_of_the_days_go(state: Path) -> None:
    day_s = at(date(2024, 3, 5), "00:00")
    assert files(state, state.parent / "logs", Wish((MARK,), day_s - 86400, day_s, ("2024-03-04",) * 2)) == []
    assert len(files(state, state.parent / "logs", Wish((MARK,), day_s, day_s + 86400, ("2024-03-05",) * 2))) == 3
    noon = at(date(2024, 3, 5), "12:00")
    assert len(files(state, None, Wish((MARK,), noon, noon + 86400, ("2024-03-05",) * 2))) == 1


def test_days_of_everybody_go(state: Path) -> None:
    code, said = erase(state, "--from", "2024-03-05", "--to", "2024-03-05", "--yes")
    assert code == 0, said
    assert "This will go, for good:" in said
    assert not list((state / "wrong").iterdir())
    for wearer in (MARK, f"{MARK}-too"):
        shown = CliRunner().invoke(
            app, ["report", "2024-03-05", "--json", "--wearer", wearer, "--state-dir", str(state)]
        )
        assert json.loads(shown.output)["days"][0]["state"] == "empty"
    assert "2024-03-05T" not in everything(state)


def test_everything_is_everything(state: Path) -> None:
    (state / "web").mkdir()
    (state / "web" / "storage.json").write_text(MARK)
    code, said = erase(state, "--everything", "--yes")
    assert code == 0, said
    assert "It is gone." in said
    assert MARK not in everything(state)
    assert {file.name for file in state.rglob("*") if file.is_file()} == {"lock"}


@pytest.mark.parametrize("options", [("--everything",), ("--wearer", MARK), ("--from", "2024-03-05")])
def test_a_damaged_history_that_was_moved_away_goes_too_and_is_named(state: Path, options: tuple[str, ...]) -> None:
    kept = state / f"{HISTORY_FILE}.damaged-20240305T100000Z"
    kept.write_text(MARK)
    code, said = erase(state, *options, "--yes")
    assert code == 0, said
    assert not kept.exists()
    assert options == ("--everything",) or kept.name in said.replace("\n", "")


def test_what_the_broker_keeps_can_still_be_taken_back(state: Path) -> None:
    with closing(Store(state / HISTORY_FILE)) as store:
        store.note_announced(Announced(store.node_id(MARK), "sitbreak", "homeassistant", "device"))
    code, said = erase(state, "--everything", "--yes")
    assert code == 0, said
    assert "taken back at the next" in said
    assert MARK not in everything(state)
    with closing(Store(state / HISTORY_FILE)) as store:
        assert len(store.announced()) == 1


def test_it_refuses_while_the_daemon_runs(state: Path) -> None:
    with state_lock(state):
        done = CliRunner().invoke(app, ["erase", "--everything", "--yes", "--state-dir", str(state)])
    assert isinstance(done.exception, StateDirError)
    assert "another sitbreak is using it" in str(done.exception)
    assert [row.name for row in wearers(state / HISTORY_FILE)] == [MARK, f"{MARK}-too"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "say what"),
        (("--everything", "--wearer", MARK), "say what"),
        (("--wearer", "zoe", "--yes"), "nobody is called 'zoe'"),
        (("--from", "2024-03-06", "--to", "2024-03-05", "--yes"), "lies before"),
        (("--from", "soon", "--yes"), "YYYY-MM-DD"),
        (("--wearer", MARK), "without a terminal, add --yes"),
    ],
)
def test_what_is_not_clear_is_not_erased(state: Path, options: tuple[str, ...], words: str) -> None:
    before = {row.name for row in wearers(state / HISTORY_FILE)}
    code, said = erase(state, *options)
    assert code == 2
    assert words in " ".join(said.replace("│", " ").split())
    assert {row.name for row in wearers(state / HISTORY_FILE)} == before
    assert (state / HISTORY_FILE).stat().st_size > 10_000


def test_a_case_is_known_by_the_moment_in_its_name(state: Path) -> None:
    at_s = at(date(2024, 3, 5), "09:00") + 5
    name = f"{MARK}-{datetime.fromtimestamp(at_s, UTC):%Y%m%dT%H%M%SZ}.npz"
    assert (state / "wrong" / name).exists()
