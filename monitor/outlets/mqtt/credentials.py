"""Password and certificates: read from files at each connection, so that a renewed one needs no restart."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

from monitor.errors import MonitorError
from monitor.outlets.mqtt.rules import MqttRules


class MqttFileError(MonitorError):
    """A file named in the settings cannot be used."""

    def __init__(self, key: str, path: str, reason: str, remedy: str = "check the path and who may read it") -> None:
        super().__init__(f'[mqtt] {key} = "{path}": {reason}; {remedy}')
        self.key, self.path = key, path


def password(rules: MqttRules) -> str:
    """The password from the settings or from the first line of its file."""
    if not rules.password_file:
        return rules.password.text
    try:
        text = _content("password_file", rules.password_file).decode()
    except UnicodeDecodeError:
        raise MqttFileError("password_file", rules.password_file, "is no text in UTF-8", "write it anew") from None
    return text.partition("\n")[0].rstrip("\r")


class TellingSocket(ssl.SSLSocket):
    """Remembers why it was cut off: a broker says what it has against our certificate, and paho forgets it."""

    trouble: ssl.SSLError | None = None

    def recv(self, *args: Any, **options: Any) -> bytes:
        """As the base class."""
        try:
            return super().recv(*args, **options)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise
        except ssl.SSLError as trouble:
            self.trouble = trouble
            raise


class BrokerContext(ssl.SSLContext):
    """Checks the certificate against ``server_name`` where it differs from the host, and knows the socket it made."""

    sslsocket_class = TellingSocket
    server_name = ""
    made: ssl.SSLSocket | None = None

    def wrap_socket(self, *args: Any, **options: Any) -> ssl.SSLSocket:
        """As the base class, under the name that the user gave."""
        if self.server_name:
            options["server_hostname"] = self.server_name
        self.made = super().wrap_socket(*args, **options)
        return self.made


def tls_context(rules: MqttRules) -> BrokerContext:
    """Verification is always on: there is no setting to switch it off."""
    context = BrokerContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # whatever this computer's OpenSSL would stoop to
    context.server_name = rules.server_name
    try:
        if rules.tls == "ca-file":
            context.load_verify_locations(Path(rules.ca_file).expanduser())
        else:
            context.load_default_certs()
    except ssl.SSLError:
        remedy = "name the authority's certificate, a file that begins with -----BEGIN CERTIFICATE-----"
        raise MqttFileError("ca_file", rules.ca_file, "holds no certificate", remedy) from None
    except OSError as problem:
        raise MqttFileError("ca_file", rules.ca_file, str(problem)) from None
    if rules.client_cert_file:
        _show(context, rules.client_cert_file, rules.client_key_file)
    return context


class _LockedKey(Exception):  # noqa: N818  never leaves this file
    """The key opens with a pass phrase only."""


def _no_phrase() -> str:
    """In the place of OpenSSL, which would ask at the terminal, and wait there for ever."""
    raise _LockedKey


def _show(context: ssl.SSLContext, certificate: str, key: str) -> None:
    """The certificate that this program shows; its key may stand in the same file."""
    if b"-----BEGIN CERTIFICATE-----" not in _content("client_cert_file", certificate):
        remedy = "name this program's certificate, a file that begins with -----BEGIN CERTIFICATE-----"
        raise MqttFileError("client_cert_file", certificate, "holds no certificate", remedy)
    if key:
        _content("client_key_file", key)  # OpenSSL does not say which of the two it cannot read
    try:
        context.load_cert_chain(
            Path(certificate).expanduser(), Path(key).expanduser() if key else None, password=_no_phrase
        )
    except _LockedKey:
        remedy = "take one without, which only you may read (chmod 600)"
        raise MqttFileError("client_key_file", key or certificate, "has a pass phrase", remedy) from None
    except ssl.SSLError:
        reason, remedy = "does not fit the certificate", "name the key that belongs to mqtt.client_cert_file"
        raise MqttFileError("client_key_file", key or certificate, reason, remedy) from None


def _content(setting: str, path: str) -> bytes:
    try:
        return Path(path).expanduser().read_bytes()
    except OSError as problem:
        raise MqttFileError(setting, path, str(problem)) from None
