"""One daemon a state directory."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

import pytest

from monitor.lock import StateDirError, state_lock


def test_a_second_daemon_on_the_same_directory_is_refused_until_the_first_has_gone(tmp_path: Path) -> None:
    with (
        state_lock(tmp_path / "state"),
        pytest.raises(StateDirError, match="another sitbreak"),
        state_lock(tmp_path / "state"),
    ):
        raise AssertionError
    with state_lock(tmp_path / "state"):
        assert (tmp_path / "state" / "lock").stat().st_mode & 0o777 == 0o600


def test_what_goes_wrong_while_it_is_held_is_not_mistaken_for_another_daemon(tmp_path: Path) -> None:
    with pytest.raises(BlockingIOError, match="a pipe is full"), state_lock(tmp_path):
        raise BlockingIOError("a pipe is full")


def test_a_directory_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StateDirError, match="cannot be used"), state_lock(tmp_path / "file" / "state"):
        raise AssertionError


def test_a_share_that_knows_no_locks_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(StateDirError, match="on a disk of this computer"), state_lock(tmp_path):
        raise AssertionError
