"""`sitbreak --version`: the version, and what somebody who is asked for help wants to know next."""

from __future__ import annotations

import platform

from monitor import __version__
from monitor.cli.process import default_config, default_state_dir
from monitor.doctor.extras import CORE, EXTRAS, installed


def version_lines() -> list[str]:
    """The version alone on the first line; then Python and machine, libraries, extras, and where things are."""
    return [
        f"sitbreak {__version__}",
        f"Python {platform.python_version()} on {platform.platform()}",
        "with " + ", ".join(f"{name} {installed(name) or 'missing'}" for name in CORE),
        "extras: " + ", ".join(f"{name} {'yes' if extra.is_here else 'no'}" for name, extra in EXTRAS.items()),
        f"settings {default_config() or 'none yet: sitbreak config template'}",
        f"state {default_state_dir()}",
    ]
