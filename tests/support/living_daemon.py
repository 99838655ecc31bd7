"""The daemon in a process of its own, at a speed of its own.

python -m tests.support.living_daemon SETTINGS STATE_DIR ORIGIN_S SPEED
"""

from __future__ import annotations

import sys
from pathlib import Path

from monitor.app import App
from monitor.cli.process import run_until_signal
from monitor.clock import Clock
from monitor.settings import load


def main(settings: Path, state_dir: Path, origin_s: float, speed: float) -> None:
    """Serve until told to end."""
    run_until_signal(App(load(settings, (), {}).settings, state_dir, Clock(origin_s, speed)).run())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))
