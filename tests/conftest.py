"""For all: a broker, a history, logging that each test finds as the first one did, and properties without a clock."""

from __future__ import annotations

import logging
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from monitor.history.outbox import History
from tests.support.brokers import mosquitto

__all__ = ["mosquitto"]

settings.register_profile("no clock", deadline=None)  # what a busy machine takes for an example is no property
settings.load_profile("no clock")


@pytest.fixture
async def history(tmp_path: Path) -> AsyncIterator[History]:
    """An open one, and empty."""
    history = await History.open(tmp_path / "history.sqlite3")
    yield history
    await history.close()


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    """A command that runs in this process sets up logging for a process of its own."""
    root, hook = logging.getLogger(), sys.excepthook
    loggers = [root, logging.getLogger("monitor"), logging.getLogger("bumble")]
    before, levels = list(root.handlers), [logger.level for logger in loggers]
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
    for handler in [each for each in root.handlers if each not in before]:
        root.removeHandler(handler)
    sys.excepthook = hook
