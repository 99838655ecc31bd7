"""What a user may set about pushes to the phone, and the addresses that come out of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from monitor.errors import MonitorError
from monitor.rules import Rules, Secret

_FOR_ONE = re.compile(r"(?:(?P<wearer>[a-z0-9][a-z0-9_-]{0,31})=)?(?P<url>[A-Za-z][A-Za-z0-9+.-]*://.+)")


class PushFileError(MonitorError):
    """The file with the addresses cannot be used."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f'[push] urls_file = "{path}": {reason}; check the path and who may read it')
        self.path = path


class AddressError(MonitorError):
    """An address is none; named by its number, because the address itself is a secret."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(f"[push] address {number}: {reason}; write it as SERVICE://... (see docs/phone.md)")
        self.number = number


class PushRules(Rules, frozen=True):
    """Pushes to the phone without Home Assistant: ntfy, Pushover, Telegram, Gotify, e-mail and many more."""

    urls: Annotated[
        tuple[Secret, ...],
        Meta(
            description='Addresses as apprise writes them, such as "ntfy://your-topic"; empty switches pushes off.'
            " They are secrets: better kept in urls_file."
        ),
    ] = ()
    urls_file: Annotated[
        str,
        Meta(description="File with one address a line; a line that begins with # is a comment. Read at the start."),
    ] = ""
    from_level: Annotated[
        int,
        Meta(
            ge=1,
            le=3,
            description="First calls carry level 1 (wearable), unanswered ones climb to 2 (phone) and 3 (room): pushed"
            " from this level on; with a wearable that cannot call the first carries 2. 1 pushes every call.",
        ),
    ] = 2
    per_hour: Annotated[int, Meta(ge=1, le=60, description="So many pushes an hour to one address and no more.")] = 12
    take_back: Annotated[
        bool,
        Meta(
            description="Take a call off the phone when the break is seen or it is answered, where the service lets one"
            " (ntfy, Telegram; Pushover ends its repetition)."
        ),
    ] = True
    timeout_s: Annotated[
        float,
        Meta(ge=1, le=120, description="Seconds after which a service that does not answer is given up for a while."),
    ] = 20.0

    @property
    def enabled(self) -> bool:
        """An address has been named."""
        return bool(self.urls or self.urls_file)


@dataclass(frozen=True, slots=True)
class Address:
    """Where one push goes."""

    number: int
    """Counted from 1, in the order of the settings: what a message may say of it."""
    url: Secret
    wearer: str
    """Whose alerts go there; empty for everybody's."""


def addresses(rules: PushRules) -> list[Address]:
    """All addresses of the settings, then those of the file. Raises PushFileError, AddressError."""
    found = []
    for number, text in enumerate([url.text for url in rules.urls] + _of_file(rules.urls_file), start=1):
        if (parts := _FOR_ONE.fullmatch(text.strip())) is None:
            raise AddressError(number, "not an address")
        found.append(Address(number, Secret(parts["url"]), parts["wearer"] or ""))
    if not found:
        raise PushFileError(rules.urls_file, "has no address in it")
    return found


def _of_file(path: str) -> list[str]:
    if not path:
        return []
    try:
        lines = Path(path).expanduser().read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else "cannot be read"
        raise PushFileError(path, reason[0].lower() + reason[1:]) from None
    return [line for line in map(str.strip, lines) if line and not line.startswith("#")]
