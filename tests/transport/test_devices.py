"""Research devices' own files: read by their libraries, in a process that may die of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from monitor.cli import app
from monitor.settings.loading import load
from monitor.study.one import Work, chosen, examine
from monitor.transport import devices
from monitor.transport.devices import ReaderMissingError, open_device
from monitor.transport.source import RecordingError
from tests.support.recorded import START_S, worked
from tests.transport.device_files import record, write_cwa, write_geneactiv, write_gt3x

Writer = Callable[[Path, float, Any, int], Path]
HAVE = {".cwa": "skdh", ".bin": "skdh", ".gt3x": "pygt3x"}
KINDS = [(".cwa", write_cwa), (".bin", write_geneactiv), (".gt3x", write_gt3x)]
RATE_HZ = 50
needs_pygt3x = pytest.mark.skipif(find_spec("pygt3x") is None, reason="needs the extra study-devices")
PERSON = worked(1, rate_hz=RATE_HZ)


@pytest.fixture(params=KINDS, ids=[ending for ending, _ in KINDS])
def kind(request: pytest.FixtureRequest) -> tuple[str, Writer]:
    ending, writer = request.param
    if find_spec(HAVE[ending]) is None:
        pytest.skip("needs the extra study-devices")
    return ending, writer


def test_the_samples_come_back_at_their_times_though_the_clock_knows_no_summer_time(
    kind: tuple[str, Writer], tmp_path: Path
) -> None:
    ending, write = kind
    begin_s = 1_792_893_600.0 - 300.0  # 2026-10-25T01:55 on the device: the clocks of Vienna go back at 03:00
    path = write(tmp_path / f"P01{ending}", begin_s, PERSON.xyz_g, RATE_HZ)
    recording = open_device(path, "Europe/Vienna")
    blocks = list(recording.blocks())
    t_s, xyz_g = (np.concatenate([getattr(block, name) for block in blocks]) for name in ("t_s", "xyz_g"))
    assert len(t_s) >= len(PERSON.t_s) - 300  # whole sectors and pages only
    assert recording.rate_hz == RATE_HZ
    np.testing.assert_allclose(t_s, PERSON.t_s[: len(t_s)] - START_S + begin_s - 7200.0, atol=1e-5)
    np.testing.assert_allclose(xyz_g, PERSON.xyz_g[: len(t_s)], atol=0.5 / 256 + 1e-6)  # half a count


def test_nonsense_is_a_recording_error(kind: tuple[str, Writer], tmp_path: Path) -> None:
    path = tmp_path / f"P01{kind[0]}"
    path.write_bytes(b"nothing that can be meant" * 1000)
    with pytest.raises(RecordingError):
        open_device(path, "UTC")


@needs_pygt3x
def test_a_study_takes_it_as_any_other_recording(tmp_path: Path) -> None:
    path = write_gt3x(tmp_path / "P01.gt3x", START_S, PERSON.xyz_g, RATE_HZ)
    part = examine(Work(str(path), "P01", chosen(load(None, (), {}).settings, "thigh")))
    assert not part.error
    assert len(part.bouts) == 2


def test_a_replay_takes_it_as_any_other_recording(kind: tuple[str, Writer], tmp_path: Path) -> None:
    ending, write = kind
    path, events = write(tmp_path / f"P01{ending}", START_S, PERSON.xyz_g, RATE_HZ), tmp_path / "events.jsonl"
    done = CliRunner().invoke(
        app, ["replay", str(path), "--events", str(events), "--set", "coach.time_zone=UTC"], catch_exceptions=False
    )
    assert done.exit_code == 0
    kinds = [json.loads(line)["type"] for line in events.read_text().splitlines()]
    assert kinds.count("bout_started") == 2


A_READER = """
import sys, types
import numpy as np

class ReadCwa:
    def __init__(self, **options): pass
    def predict(self, file): return dict(np.load(file), fs=50.0)

sys.modules["skdh.io"] = types.ModuleType("skdh.io")
sys.modules["skdh.io"].ReadCwa = ReadCwa
"""


def test_a_replay_reads_what_the_library_gives_by_the_clock_of_the_coachs_zone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, rows = with_library(tmp_path, monkeypatch, ".cwa", "skdh", A_READER), tmp_path / "rows.csv"
    with path.open("wb") as file:
        np.savez(file, time=PERSON.t_s, accel=PERSON.xyz_g)
    for zone, offset_s in ((), 0.0), (("--set", "coach.time_zone=Asia/Tokyo"), 9 * 3600.0):
        CliRunner().invoke(app, ["replay", str(path), "--epochs", str(rows), *zone], catch_exceptions=False)
        assert float(rows.read_text().splitlines()[1].split(",")[0]) == np.floor(PERSON.t_s[0]) - offset_s


@pytest.mark.parametrize(("ending", "library"), HAVE.items())
def test_a_replay_without_the_library_tells_the_remedy_with_exit_code_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, library: str
) -> None:
    path = with_library(tmp_path, monkeypatch, ending, library, "raise ImportError")
    with pytest.raises(ReaderMissingError, match="study-devices") as raised:
        CliRunner().invoke(app, ["replay", str(path)], catch_exceptions=False)
    assert raised.value.exit_code == 3


@pytest.mark.parametrize("nonsense", [np.nan, 1e300, -1e18])
def test_a_time_that_is_none_is_a_sample_left_out_and_not_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nonsense: float
) -> None:
    path, t_s = with_library(tmp_path, monkeypatch, ".cwa", "skdh", A_READER), PERSON.t_s.copy()
    t_s[[0, -1]] = nonsense
    with path.open("wb") as file:
        np.savez(file, time=t_s, accel=PERSON.xyz_g)
    recording = open_device(path, "Asia/Tokyo")
    assert sum(len(block.t_s) for block in recording.blocks()) == len(t_s) - 2
    assert (recording.start_s, recording.end_s) == (t_s[1] - 9 * 3600.0, t_s[-2] - 9 * 3600.0)


def test_a_file_without_any_time_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = with_library(tmp_path, monkeypatch, ".cwa", "skdh", A_READER)
    with path.open("wb") as file:
        np.savez(file, time=np.full(len(PERSON.t_s), np.nan), accel=PERSON.xyz_g)
    with pytest.raises(RecordingError, match="not a number"):
        open_device(path, "UTC")


@needs_pygt3x
def test_idle_sleep_of_an_actigraph_is_a_gap_and_not_samples(tmp_path: Path) -> None:
    import zipfile

    path = write_gt3x(tmp_path / "P01.gt3x", START_S, PERSON.xyz_g[: 120 * RATE_HZ], RATE_HZ)
    with zipfile.ZipFile(path) as archive:
        info, log = archive.read("info.txt"), archive.read("log.bin")
    size = len(log) // 120
    asleep = record(3, int(START_S) + 60, b"\x08") + record(3, int(START_S) + 90, b"\x09")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("info.txt", info)
        archive.writestr("log.bin", log[: 60 * size] + asleep + log[90 * size :])
    steps_s = np.diff(np.concatenate([block.t_s for block in open_device(path, "UTC").blocks()]))
    assert (steps_s > 1).sum() == 1
    assert steps_s.max() == pytest.approx(30.0, abs=1.5)


@pytest.mark.parametrize(
    ("ending", "library", "does", "said"),
    [
        (".bin", "skdh", "import os; os.abort()", "crashed"),
        (".cwa", "skdh", "import time; time.sleep(60)", "no end"),
        (".gt3x", "pygt3x", "raise ValueError('odd')", "odd"),
        (".gt3x", "pygt3x", "import sys; sys.exit(0)", "crashed"),
    ],
)
def test_a_reader_that_dies_or_never_ends_harms_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, library: str, does: str, said: str
) -> None:
    path = with_library(tmp_path, monkeypatch, ending, library, does)
    monkeypatch.setattr(devices, "READING_S", 3.0 if "sleep" in does else 60.0)
    with pytest.raises(RecordingError, match=said):
        open_device(path, "UTC")


def with_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, library: str, does: str) -> Path:
    """A recording, and in the place of its library one that does as told when it is imported."""
    (tmp_path / "libraries" / library).mkdir(parents=True)
    (tmp_path / "libraries" / library / "__init__.py").write_text(does)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "libraries"))
    path = tmp_path / f"P01{ending}"
    path.write_bytes(b"anything")
    return path


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="not there"):
        open_device(tmp_path / "P01.cwa", "UTC")
