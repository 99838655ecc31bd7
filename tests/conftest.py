"""Fixtures for all: a broker, and a history."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from monitor.history.outbox import History
from tests.support.brokers import mosquitto

__all__ = ["mosquitto"]


@pytest.fixture
async def history(tmp_path: Path) -> AsyncIterator[History]:
    """An open one, and empty."""
    history = await History.open(tmp_path / "history.sqlite3")
    yield history
    await history.close()
