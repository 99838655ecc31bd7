"""`sitbreak --version`: the version, and what somebody who is asked for help wants to know next."""

from __future__ import annotations

import platform
import re
from importlib import metadata

from monitor import __version__
from monitor.cli.process import default_config, default_state_dir

LIBRARIES = ("bleak", "paho-mqtt", "numpy", "pydantic")
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def version_lines() -> list[str]:
    """The version alone on the first line; then Python and machine, libraries, extras, and where things are."""
    return [
        f"sitbreak {__version__}",
        f"Python {platform.python_version()} on {platform.platform()}",
        "with " + ", ".join(f"{name} {_installed(name) or 'missing'}" for name in LIBRARIES),
        "extras: " + ", ".join(f"{name} {'yes' if here else 'no'}" for name, here in extras().items()),
        f"settings {default_config() or 'none yet: sitbreak config template'}",
        f"state {default_state_dir()}",
    ]


def extras() -> dict[str, bool]:
    """Each extra that users may install, and whether everything it brings is here."""
    try:
        required = metadata.requires("sitbreak") or []
    except metadata.PackageNotFoundError:  # run from a source tree that was never installed
        return {}
    found: dict[str, bool] = {}
    for line in required:
        requirement, _, marker = line.partition(";")
        extra = re.search(r"extra == ['\"]([\w-]+)['\"]", marker)
        name = _NAME.match(requirement)
        if extra and name and name[0] != "sitbreak" and extra[1] not in ("test", "dev", "all"):
            found[extra[1]] = found.get(extra[1], True) and _installed(name[0]) is not None
    return found


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
