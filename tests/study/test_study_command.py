"""``sitbreak study`` as a user gives it: a process of its own, killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.cli import app
from tests.support.recorded import worked, write_npz

ROOT = Path(__file__).parents[2]
TABLES = ("bouts.parquet", "days.parquet", "recordings.parquet")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for seed in range(4):
        write_npz(folder / f"P{seed:02d}.npz", worked(seed))
    return folder


def command(*arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "monitor", "study", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(out: Path) -> int:
    return len(list((out / "parts").glob("*.json"))) if (out / "parts").is_dir() else 0


def when_begun(process: subprocess.Popen[str], out: Path) -> None:
    """Until the first recording is finished; the process ends the waiting, too."""
    while not finished(out) and process.poll() is None:
        time.sleep(0.01)


@pytest.mark.parametrize(("with_what", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_a_killed_study_goes_on_where_it_was_and_ends_with_the_same_bytes(
    data: Path, tmp_path: Path, with_what: signal.Signals, code: int
) -> None:
    cut, whole = tmp_path / "cut", tmp_path / "whole"
    with command(str(data), "--out", str(cut), "--workers", "2") as process:
        when_begun(process, cut)
        process.send_signal(with_what)
        process.communicate(timeout=30)
    assert process.returncode == code
    already = finished(cut)
    assert already >= 1
    assert not (cut / "bouts.parquet").exists()
    for out, before in ((cut, f" ({already} from before)"), (whole, "")):
        result = CliRunner().invoke(app, ["study", str(data), "--out", str(out), "--workers", "0"])
        assert result.exit_code == 0
        assert f"4 of 4 recordings{before} are" in result.stdout
    for table in TABLES:
        assert (cut / table).read_bytes() == (whole / table).read_bytes()


def test_broken_recordings_are_listed_at_the_end_with_exit_code_1(data: Path, tmp_path: Path) -> None:
    broken = tmp_path / "P99.npz"
    broken.write_bytes(b"nothing")
    result = CliRunner().invoke(
        app, ["study", str(data / "P00.npz"), str(broken), "--out", str(tmp_path / "out"), "--workers", "0"]
    )
    assert result.exit_code == 1
    assert "1 of 2 recordings" in result.stdout
    assert result.stderr.count("P99.npz: cannot be read") == 1
    assert (tmp_path / "out" / "bouts.parquet").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--placement", "elbow"], "not a placement"),
        (["--workers", "2", "--scheduler", "tcp://127.0.0.1:1"], "this machine"),
        (["--wearer-from", "("], "--wearer-from"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(data: Path, tmp_path: Path, arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(app, ["study", str(data), "--out", str(tmp_path), *arguments], terminal_width=200)
    assert result.exit_code == 2
    assert said in result.output


@pytest.mark.parametrize(("library", "remedy"), [("distributed", "--workers 0"), ("pyarrow", "pip install")])
def test_without_the_extra_the_remedy_is_told_with_exit_code_3(
    data: Path, tmp_path: Path, library: str, remedy: str
) -> None:
    hidden = f"import sys; sys.modules[{library!r}] = None; from monitor.cli import main; main()"
    arguments = ["study", str(data / "P00.npz"), "--out", str(tmp_path / "out"), "--workers", "1"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-c", hidden, *arguments], env=environment, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 3
    assert remedy in ran.stderr
    assert "sitbreak[" in ran.stderr
