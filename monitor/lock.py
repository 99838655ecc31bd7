"""One daemon a state directory: two would send everything twice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from monitor.errors import MonitorError

try:
    import fcntl
except ImportError:  # Windows has no flock; there two daemons are not kept apart
    fcntl = None  # type: ignore[assignment]


class StateDirError(MonitorError):
    """The state directory cannot be used; ``path`` is the directory."""

    exit_code = 3

    def __init__(self, path: Path, problem: str, remedy: str) -> None:
        super().__init__(f"{path}: {problem}; {remedy}")
        self.path = path


def is_held(state_dir: Path) -> bool:
    """Whether a daemon uses the directory now; asked without making it, and let go of at once."""
    if fcntl is None:
        return False
    try:
        descriptor = os.open(state_dir / "lock", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


@contextmanager
def state_lock(state_dir: Path) -> Iterator[None]:
    """Hold the directory as long as the context lasts; the system lets go of it even after kill -9."""
    try:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(state_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StateDirError(state_dir, f"cannot be used ({error.strerror})", "give another --state-dir") from None
    try:
        _take(descriptor, state_dir)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, state_dir: Path) -> None:
    if fcntl is None:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        remedy = "stop it, or give another --state-dir"
        raise StateDirError(state_dir, "another sitbreak is using it", remedy) from None
    except OSError as error:  # a network share that knows no locks
        remedy = "give a --state-dir on a disk of this computer"
        raise StateDirError(state_dir, f"cannot be locked ({error.strerror})", remedy) from None
