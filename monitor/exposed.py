"""Files with secrets in them that everybody on this computer may read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from monitor.settings.faults import SECRET
from monitor.settings.loading import Loaded


def exposed(loaded: Loaded) -> list[str]:
    """A sentence with the remedy for each."""
    if os.name != "posix":  # elsewhere the mode says nothing of who may read
        return []
    return [
        f"{path}: everybody on this computer can read it, and it holds a secret: chmod 600 {path}"
        for path in dict.fromkeys(_with_secrets(loaded))
        if _is_open(path)
    ]


def _with_secrets(loaded: Loaded) -> Iterator[Path]:
    """Every file that holds one, as far as the settings tell."""
    mqtt, push, web = loaded.settings.mqtt, loaded.settings.push, loaded.settings.web
    for name in (mqtt.password_file, mqtt.client_key_file, push.urls_file, web.key_file):
        if name:
            yield Path(name).expanduser()
    for key, origin in loaded.sources.items():
        if SECRET.search(key) and not key.endswith("_file"):
            yield Path(origin)  # the environment's and --set's are no files


def _is_open(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return stat.S_ISREG(mode) and bool(mode & stat.S_IROTH)
