"""Work over processes and over a cluster."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.listening import free_port
from monitor.settings.loading import load
from monitor.study.conduct import conduct
from monitor.study.one import chosen
from monitor.study.recordings import recordings_in
from monitor.study.spreading import SchedulerError, spread
from tests.support.recorded import worked, write_npz

ROOT = Path(__file__).parents[2]


def halved(number: int) -> int:
    if number % 2:
        raise ValueError(f"{number} is odd")
    return number // 2


def fallen(number: int) -> int:
    """The worker that has the third work dies of it, as by the system's memory killer."""
    if number == 2:
        os.kill(os.getpid(), 9)
    return number


@pytest.mark.parametrize("workers", [0, 2])
def test_every_work_comes_back_with_its_number_and_what_it_raised(workers: int) -> None:
    came = dict(spread(halved, [4, 5, 6], workers))
    assert (came[0], came[2]) == (2, 3)
    assert isinstance(came[1], ValueError)
    assert str(came[1]) == "5 is odd"


def test_a_work_that_kills_its_workers_is_given_up_and_the_rest_goes_on() -> None:
    came = dict(spread(fallen, list(range(5)), 2))
    assert isinstance(came.pop(2), Exception)
    assert came == {0: 0, 1: 1, 3: 3, 4: 4}


def test_two_studies_at_once_do_not_get_in_each_others_way() -> None:
    other = spread(halved, [2], 1)
    assert next(other) == (0, 1)
    # its scheduler runs until it is asked again, and a port taken twice would be a warning
    assert dict(spread(halved, [4], 1)) == {0: 2}
    assert not list(other)


def test_a_scheduler_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.study.spreading.TAKES_S", 0.5)
    with pytest.raises(SchedulerError, match="dask scheduler"):
        list(spread(halved, [2], 0, f"tcp://127.0.0.1:{free_port()}"))
    with pytest.raises(SchedulerError):
        list(spread(halved, [2], 0, "nonsense://"))


@contextmanager
def started(*arguments: str) -> Iterator[None]:
    """A process of Dask's own command line, ended with the block."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "dask", *arguments]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
def cluster() -> Iterator[str]:
    """A real scheduler and a real worker on loopback."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    scheduler = ("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--dashboard-address", ":0")
    worker = ("worker", address, "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--no-dashboard")
    with started(*scheduler), started(*worker):
        yield address


def test_a_cluster_needs_nothing_but_the_address_of_its_scheduler(cluster: str, tmp_path: Path) -> None:
    for seed in range(2):
        write_npz(tmp_path / "data" / f"P{seed:02d}.npz", worked(seed))
    settings = chosen(load(None, (), {}).settings, "thigh")
    for out, scheduler in (("here", ""), ("there", cluster)):
        done = conduct(recordings_in([tmp_path / "data"], tmp_path / out), settings, tmp_path / out, 0, scheduler)
        assert not done.errors
    for name in ("bouts", "days", "recordings"):
        file = f"{name}.parquet"
        assert (tmp_path / "here" / file).read_bytes() == (tmp_path / "there" / file).read_bytes()
