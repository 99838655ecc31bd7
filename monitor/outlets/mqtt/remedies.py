"""What is wrong with the broker, and what to do about it: a sentence for the log and for the end of the program."""

from __future__ import annotations

import socket
import ssl

from monitor.outlets.mqtt.certificates import refused_by_broker, remedy_for_brokers
from monitor.outlets.mqtt.signals import ClosedUnheard, Lost, Refused

NOT_AUTHORISED = frozenset({133, 134, 135, 138, 140})
"""Client id, name or password, not authorised, banned, authentication method: nothing that waiting would mend."""


def remedy(end: Refused | Lost) -> str:
    """What the user can do; empty where only waiting helps."""
    if isinstance(end, Refused):
        if end.code in NOT_AUTHORISED:
            return "Check mqtt.username and mqtt.password (or mqtt.password_file) against the broker's password file"
        return "The broker's own log says why"
    match end.problem:
        case ssl.SSLCertVerificationError() as problem:
            return remedy_for_brokers(problem)
        case ssl.SSLError() as problem:
            if refused := refused_by_broker(problem):
                return refused[1]
            return 'Does mqtt.port speak TLS? Usually 8883 does, and 1883 wants mqtt.tls = "off"'
        case TimeoutError():  # SilentBroker among them
            return "Is the broker in reach, and mqtt.port its port, with mqtt.tls as it wants it? If so, restart it"
        case socket.gaierror():
            return "Check mqtt.host and the name server"
        case ConnectionResetError() | ClosedUnheard():
            return 'Is mqtt.tls as the port wants it? Usually 8883 speaks TLS, and 1883 wants mqtt.tls = "off"'
        case ConnectionRefusedError():
            return "Is the broker started, and mqtt.port its port?"
    return ""
