"""Secrets given with ``--set`` are taken, said to be unwise, and wiped out of the list of processes."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from monitor.cli.translation import said_here

ADVICE = (
    "{key} came on the command line, where others on this computer may have read it; better a file"
    " (mqtt.password_file, push.urls_file), the settings file (chmod 600) or the environment ({name})"
)


def secrets_in(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Keys and values of the secret settings in a command line."""
    if any(argument.startswith("--set") for argument in arguments):
        from monitor.settings.faults import SECRET

        before = ["", *arguments]
        for previous, argument in zip(before, arguments, strict=False):
            given = argument.removeprefix("--set=") if argument.startswith("--set=") else argument
            key, _, value = given.partition("=")
            if (previous == "--set" or given is not argument) and value and SECRET.search(key) and "_file" not in key:
                yield key.strip(), value


def veil(arguments: Sequence[str]) -> None:
    """Wipe the secrets out of what ``ps`` shows of this process (Linux), and say once for each what is better."""
    for key, value in secrets_in(arguments):
        with suppress(OSError, ValueError, IndexError):  # another system, or no such right: the advice stays
            _wipe(value.encode(errors="surrogateescape"))
        name = f"SITBREAK_{key.replace('.', '__').upper()}"
        print(f"sitbreak: {said_here()(ADVICE.format(key=key, name=name))}", file=sys.stderr)


def _wipe(secret: bytes) -> None:
    start, end = _place_of_arguments()
    shown = ctypes.string_at(start, end - start)
    at = shown.find(secret)
    while at >= 0:
        ctypes.memset(start + at, ord("*"), len(secret))
        at = shown.find(secret, at + len(secret))


def _place_of_arguments() -> tuple[int, int]:
    """Where the kernel keeps this process's command line: fields 48 and 49 of proc(5) stat."""
    fields = Path("/proc/self/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    start, end = int(fields[48 - 3]), int(fields[49 - 3])
    if not 0 < start < end:
        raise ValueError("not told to this user")
    return start, end
