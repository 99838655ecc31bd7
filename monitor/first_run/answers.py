"""What has been answered so far: kept between two sittings, so that one can stop anywhere and go on there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import DecodeError, Struct, ValidationError, json

from monitor.settings.faults import SECRET

KEPT_AS = "setup.json"


class Answers(Struct, forbid_unknown_fields=True):
    """The answers; empty means not asked yet, or none. No secret is among them."""

    wearer: str = "me"
    shared: bool = False
    """Others have their settings in the same file: the language is this wearer's own."""
    language: str = ""
    wearable: str = ""
    address: str = ""
    name: str = ""
    placement: str = ""
    host: str | None = None
    """The broker; empty for none, None to leave it as the settings file has it."""
    port: int = 1883
    tls: str = "off"
    ca_file: str = ""
    username: str = ""
    password_file: str = ""
    seen: dict[str, bool] = {}
    """What the proof has shown, by the name of its task."""
    set_: list[str] = []
    """What ``--set`` said, but for what may be a secret."""
    done: list[str] = []
    """Steps that are behind us."""

    def settings(self) -> Iterator[tuple[str, Any]]:
        """The answers as settings: dotted key and value; only what was answered."""
        for key in ("wearable", "placement", "address", "name"):
            if value := getattr(self, key):
                yield f"wearers.{self.wearer}.{key}", value
        if self.language:
            yield f"wearers.{self.wearer}.coach.language" if self.shared else "coach.language", self.language
        if self.host is not None:
            if self.password_file:
                yield "mqtt.password", ""
            for key in ("host", "port", "tls", "ca_file", "username", "password_file"):
                yield f"mqtt.{key}", getattr(self, key)

    def overrides(self) -> list[str]:
        """The same as ``SECTION.KEY=VALUE``."""
        return [*(f"{key}={value}" for key, value in self.settings()), *self.set_]


def without_secrets(overrides: tuple[str, ...]) -> list[str]:
    """Those ``SECTION.KEY=VALUE`` that may be kept."""
    return [each for each in overrides if not SECRET.search(each.partition("=")[0].strip())]


def recall(state_dir: Path) -> Answers | None:
    """The answers of a sitting that was left; None where there are none that we understand."""
    try:
        return json.decode((state_dir / KEPT_AS).read_bytes(), type=Answers)
    except (OSError, DecodeError, ValidationError):
        return None


def keep(state_dir: Path, answers: Answers) -> None:
    """Write them down, for the user's eyes only."""
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_privately(state_dir / KEPT_AS, json.format(json.encode(answers)).decode() + "\n")


def forget(state_dir: Path) -> None:
    """The end is reached."""
    (state_dir / KEPT_AS).unlink(missing_ok=True)


def write_privately(path: Path, text: str) -> None:
    """Write a file that nobody else may read, never seen half written."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
