"""How an optional part is added to this installation: every remedy that names one is made here."""

from __future__ import annotations

import sys
from pathlib import Path


def install_line(extras: str, home: str = sys.prefix) -> str:
    """The command that adds extras (``web``, ``sim,broker``) to the environment at ``home``.

    pipx and uv keep an environment that the user's own ``pip`` does not reach; each marks it by a file of its own.
    """
    wanted, place = f'"sitbreak[{extras}]"', Path(home)
    if (place / "pipx_metadata.json").exists():
        return f"pipx runpip {place.name} install {wanted}"
    if (place / "uv-receipt.toml").exists():
        return f"uv pip install --python {place} {wanted}"
    return f"pip install {wanted}"
