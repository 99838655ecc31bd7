"""Password and certificates: read from files at each connection, so that a renewed one needs no restart."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

from monitor.errors import MonitorError
from monitor.outlets.mqtt.rules import MqttRules


class MqttFileError(MonitorError):
    """A file named in the settings cannot be used."""

    def __init__(self, key: str, path: str, reason: str) -> None:
        super().__init__(f'[mqtt] {key} = "{path}": {reason}; check the path and who may read it')
        self.key, self.path = key, path


def password(rules: MqttRules) -> str:
    """The password from the settings or from the first line of its file."""
    if not rules.password_file:
        return rules.password.get_secret_value()
    try:
        return Path(rules.password_file).expanduser().read_text().partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as problem:
        raise MqttFileError("password_file", rules.password_file, str(problem)) from None


class BrokerContext(ssl.SSLContext):
    """Checks the certificate against ``server_name`` where it differs from the host, and knows the socket it made."""

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
    context.server_name = rules.server_name
    try:
        if rules.tls == "ca-file":
            context.load_verify_locations(rules.ca_file)
        else:
            context.load_default_certs()
    except (OSError, ssl.SSLError) as problem:
        raise MqttFileError("ca_file", rules.ca_file, str(problem)) from None
    try:
        if rules.client_cert_file:
            context.load_cert_chain(rules.client_cert_file, rules.client_key_file or None)
    except (OSError, ssl.SSLError) as problem:
        raise MqttFileError("client_cert_file", rules.client_cert_file, str(problem)) from None
    return context
