"""A disk that takes nothing more: the system's own limit on the size of files, for this process and for a while."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def full_disk(room_bytes: int = 0, path: Path | None = None) -> Iterator[None]:
    """No file grows beyond ``room_bytes`` (beyond what ``path`` has, where it is given)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = path.stat().st_size if path is not None and path.exists() else 0
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + room_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
