"""What a user may set of the web page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta, field

from monitor.rules import Rules, Secret, WrongValueError
from monitor.web.passwords import is_hash
from monitor.web.sessions import EVERYBODY

LOOPBACK = ("127.0.0.1", "localhost", "::1")
NO_HASH = "not a hash; `sitbreak config password` makes one, the password itself is never kept"


class WebRules(Rules, frozen=True):
    """The web page, and who may open it."""

    enabled: Annotated[bool, Meta(description='Serve the web page; needs the extra: pip install "sitbreak[web]".')] = (
        False
    )
    host: Annotated[
        str,
        Meta(
            max_length=253,
            pattern=r"^[^\s/]+\Z",
            description="Address to listen on; 127.0.0.1 is this computer only, 0.0.0.0 the network (with a password).",
        ),
    ] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535, description="Port of the page.")] = 8321
    password_hash: Annotated[
        Secret,
        Meta(
            description="What `sitbreak config password` prints; who logs in with it sees every wearer. Beyond this"
            " computer a password is needed."
        ),
    ] = Secret("")
    password_hashes: Annotated[
        dict[str, Secret],
        Meta(
            description="Passwords of single wearers, from `sitbreak config password --wearer NAME`: who logs in with"
            " one sees and answers for that wearer only."
        ),
    ] = field(default_factory=dict)
    cert_file: Annotated[str, Meta(description="Certificate for https, as a PEM file; empty serves plain http.")] = ""
    key_file: Annotated[str, Meta(description="Key of that certificate, as a PEM file.")] = ""
    behind_https: Annotated[
        bool,
        Meta(
            description="A reverse proxy before the page speaks https with browsers: the session's cookie then goes"
            " through https only."
        ),
    ] = False
    session_hours: Annotated[
        float,
        Meta(gt=0, le=8760, description="Hours for which a browser stays logged in; a restart logs everybody out."),
    ] = 168.0

    @property
    def hashes(self) -> dict[str, str]:
        """The hash of each one's password: ``EVERYBODY`` for who sees every wearer, else by wearer."""
        own = {name: each.text for name, each in self.password_hashes.items()}
        return own | ({EVERYBODY: common} if (common := self.password_hash.text) else {})

    @property
    def certificate(self) -> tuple[Path, Path] | None:
        """The files of the certificate and its key, where there is one; ``~`` is the home of who runs the page."""
        return (Path(self.cert_file).expanduser(), Path(self.key_file).expanduser()) if self.cert_file else None

    @property
    def secure(self) -> bool:
        """Browsers reach the page by https only."""
        return bool(self.cert_file) or self.behind_https

    def __post_init__(self) -> None:
        if self.password_hash.text and not is_hash(self.password_hash.text):
            raise WrongValueError("password_hash", NO_HASH)
        if not all(is_hash(each.text) for each in self.password_hashes.values()):
            raise WrongValueError("password_hashes", NO_HASH)
        if self.enabled and self.host not in LOOPBACK and not self.hashes:
            raise WrongValueError(
                "", "beyond this computer the page needs password_hash; `sitbreak config password` makes it"
            )
        if bool(self.cert_file) != bool(self.key_file):
            raise WrongValueError("", "cert_file and key_file go together")
