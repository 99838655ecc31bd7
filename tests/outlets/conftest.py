"""What the tests of several outlets begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.phones import impatient

__all__ = ["impatient"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Of a history."""
    return tmp_path / "history.sqlite3"
