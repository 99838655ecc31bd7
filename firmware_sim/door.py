"""The console script: says what is missing where bumble is, and lets in otherwise."""

from __future__ import annotations

import sys
from importlib.util import find_spec


def main() -> None:
    """Run ``firmware-sim``."""
    if find_spec("bumble") is None:
        print('firmware-sim: the Bluetooth stack is missing; pip install "sitbreak[sim]"', file=sys.stderr)
        sys.exit(3)
    from firmware_sim.__main__ import main as simulate

    simulate()
