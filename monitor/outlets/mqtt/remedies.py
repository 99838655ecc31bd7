"""What is wrong with the broker, and what to do about it: a sentence for the log and for the end of the program."""

from __future__ import annotations

import socket
import ssl

from monitor.outlets.mqtt.signals import Lost, Refused

NOT_AUTHORISED = frozenset({133, 134, 135, 138, 140})
"""Client id, name or password, not authorised, banned, authentication method: nothing that waiting would mend."""
_EXPIRED, _NOT_YET_VALID, _OTHER_NAME = 10, 9, (62, 64)
"""OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED, _NOT_YET_VALID, _HOSTNAME_MISMATCH and _IP_ADDRESS_MISMATCH."""


def remedy(end: Refused | Lost) -> str:
    """What the user can do; empty where only waiting helps."""
    if isinstance(end, Refused):
        if end.code in NOT_AUTHORISED:
            return "Check mqtt.username and mqtt.password (or mqtt.password_file) against the broker's password file"
        return "The broker's own log says why"
    match end.problem:
        case ssl.SSLCertVerificationError() as problem:
            return _of_certificate(problem.verify_code)
        case ssl.SSLError():
            return 'Does mqtt.port speak TLS? Usually 8883 does, and 1883 wants mqtt.tls = "off"'
        case TimeoutError():  # SilentBroker among them
            return "Is the broker in reach, and mqtt.port its port, with mqtt.tls as it wants it? If so, restart it"
        case socket.gaierror():
            return "Check mqtt.host and the name server"
        case ConnectionRefusedError():
            return "Is the broker started, and mqtt.port its port?"
    return ""


def _of_certificate(code: int) -> str:
    if code == _EXPIRED:
        return "Renew the broker's certificate; if it is in date, the clock of this computer is wrong"
    if code == _NOT_YET_VALID:
        return "The clock of this computer is wrong, or the certificate is for later"
    if code in _OTHER_NAME:
        return "Set mqtt.server_name to the name in the certificate"
    return "Set mqtt.ca_file to the authority that signed it, and mqtt.server_name to the name in it"
