"""What a TLS handshake says when it fails, and what to do about it; both sides may refuse the other's certificate."""

from __future__ import annotations

import ssl

_EXPIRED, _NOT_YET_VALID, _OTHER_NAME = 10, 9, (62, 64)
"""OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED, _NOT_YET_VALID, _HOSTNAME_MISMATCH and _IP_ADDRESS_MISMATCH."""
_SHOW = "Set mqtt.client_cert_file and mqtt.client_key_file to a certificate that the broker knows"
_REFUSED = {
    "CERTIFICATE_REQUIRED": ("it wants a certificate of this program", _SHOW),
    "CERTIFICATE_EXPIRED": ("this program's certificate has expired", "Renew mqtt.client_cert_file"),
    "CERTIFICATE_REVOKED": ("this program's certificate has been revoked", "Renew mqtt.client_cert_file"),
    "UNKNOWN_CA": ("this program's certificate is of an authority that it does not know", _SHOW),
    "BAD_CERTIFICATE": ("it does not take this program's certificate", _SHOW),
    "CERTIFICATE_UNKNOWN": ("it does not take this program's certificate", _SHOW),
    "UNSUPPORTED_CERTIFICATE": ("this program's certificate is not one for clients", _SHOW),
    "HANDSHAKE_FAILURE": ("it wants a certificate of this program, or another kind of TLS", _SHOW),
}
"""By the alert that the broker sends (RFC 8446, 6.2), as OpenSSL names it: what is wrong, and what to do."""


def refused_by_broker(problem: object) -> tuple[str, str] | None:
    """What the broker has against this program's certificate, and the remedy; None where it is something else."""
    if not isinstance(problem, ssl.SSLError) or isinstance(problem, ssl.SSLCertVerificationError):
        return None
    return _REFUSED.get((getattr(problem, "reason", "") or "").partition("_ALERT_")[2])


def remedy_for_brokers(problem: ssl.SSLCertVerificationError) -> str:
    """What to do where we do not take the broker's certificate."""
    if problem.verify_code == _EXPIRED:
        return "Renew the broker's certificate; if it is in date, the clock of this computer is wrong"
    if problem.verify_code == _NOT_YET_VALID:
        return "The clock of this computer is wrong, or the certificate is for later"
    if problem.verify_code in _OTHER_NAME:
        return "Set mqtt.server_name to the name in the certificate, or mqtt.host if it should be that"
    return 'Set mqtt.ca_file to the authority that signed it (mqtt.tls = "ca-file")'
