"""The real mosquitto with the files that are shipped for it: only the port and the folders are the test's."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.brokers import MOSQUITTO, Mosquitto

SHIPPED = Path(__file__).parents[2] / "config" / "mosquitto"


def user(name: str) -> tuple[str, str]:
    """Name and password."""
    return name, f"pw-{name}"


def change_password(folder: Path, name: str, password: str) -> None:
    """Give a user a password; the broker knows it from its next start on."""
    subprocess.run(["mosquitto_passwd", "-b", str(folder / "sitbreak.passwd"), name, password], check=True)


@contextmanager
def guarded_broker(folder: Path, *users: str, tls: tuple[Path, Path] | None = None, **own: str) -> Iterator[Mosquitto]:
    """A running broker that knows these users; with a certificate and its key as the commented lines have it.

    ``own``: users with another password than ``user`` says.
    """
    if MOSQUITTO is None or shutil.which("mosquitto_passwd") is None:
        pytest.skip("mosquitto is not installed")
    passwords = folder / "sitbreak.passwd"
    passwords.touch(mode=0o600)
    for name, word in [*map(user, users), *own.items()]:
        change_password(folder, name, word)
    shutil.copy(SHIPPED / "sitbreak.acl", folder)
    text = (SHIPPED / "sitbreak.conf").read_text()
    text = text.replace("/etc/mosquitto", str(folder)).replace("/var/lib/mosquitto/", f"{folder}/")
    text = text.replace("listener 1883 127.0.0.1\n", "")
    if tls:
        for setting, path in zip(("certfile", "keyfile"), tls, strict=True):
            text = re.sub(rf"^# {setting} .*$", f"{setting} {path}", text, flags=re.MULTILINE)
        text = text.replace("# tls_version", "tls_version")
    broker = Mosquitto(folder, text).start()
    try:
        yield broker
    finally:
        broker.stop()
