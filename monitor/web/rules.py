"""What a user may set of the web page."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator

from monitor.web.passwords import is_hash
from monitor.web.sessions import EVERYBODY

LOOPBACK = ("127.0.0.1", "localhost", "::1")
NO_HASH = "not a hash; `sitbreak config password` makes one, the password itself is never kept"


class WebRules(BaseModel, frozen=True, extra="forbid"):
    """The web page, and who may open it."""

    enabled: bool = Field(False, description='Serve the web page; needs the extra: pip install "sitbreak[web]".')
    host: str = Field(
        "127.0.0.1",
        max_length=253,
        pattern=r"^[^\s/]+$",
        description="Address to listen on; 127.0.0.1 is this computer only, 0.0.0.0 the network (with a password).",
    )
    port: int = Field(8321, ge=1, le=65535, description="Port of the page.")
    password_hash: SecretStr = Field(
        SecretStr(""),
        description="What `sitbreak config password` prints; who logs in with it sees every wearer. Beyond this"
        " computer a password is needed.",
    )
    password_hashes: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="Passwords of single wearers, from `sitbreak config password --wearer NAME`: who logs in with one"
        " sees and answers for that wearer only.",
    )
    cert_file: str = Field("", description="Certificate for https, as a PEM file; empty serves plain http.")
    key_file: str = Field("", description="Key of that certificate, as a PEM file.")
    behind_https: bool = Field(
        False,
        description="A reverse proxy before the page speaks https with browsers: the session's cookie then goes through"
        " https only.",
    )
    session_hours: float = Field(
        168.0, gt=0, le=8760, description="Hours for which a browser stays logged in; a restart logs everybody out."
    )

    @field_validator("password_hash")
    @classmethod
    def _a_hash(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not is_hash(value.get_secret_value()):
            raise ValueError(NO_HASH)
        return value

    @field_validator("password_hashes")
    @classmethod
    def _hashes(cls, value: dict[str, SecretStr]) -> dict[str, SecretStr]:
        if not all(is_hash(each.get_secret_value()) for each in value.values()):
            raise ValueError(NO_HASH)
        return value

    @property
    def hashes(self) -> dict[str, str]:
        """The hash of each one's password: ``EVERYBODY`` for who sees every wearer, else by wearer."""
        own = {name: each.get_secret_value() for name, each in self.password_hashes.items()}
        return own | ({EVERYBODY: common} if (common := self.password_hash.get_secret_value()) else {})

    @property
    def certificate(self) -> tuple[Path, Path] | None:
        """The files of the certificate and its key, where there is one; ``~`` is the home of who runs the page."""
        return (Path(self.cert_file).expanduser(), Path(self.key_file).expanduser()) if self.cert_file else None

    @property
    def secure(self) -> bool:
        """Browsers reach the page by https only."""
        return bool(self.cert_file) or self.behind_https

    @model_validator(mode="after")
    def _guarded(self) -> WebRules:
        if self.enabled and self.host not in LOOPBACK and not self.hashes:
            raise ValueError("beyond this computer the page needs password_hash; `sitbreak config password` makes it")
        if bool(self.cert_file) != bool(self.key_file):
            raise ValueError("cert_file and key_file go together")
        return self
