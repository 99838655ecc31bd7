"""Encrypted BTHome packets: AES-CCM with a tag of 4 bytes; the counter stands before the tag, at the end.

Nonce: address, service UUID, device information, counter (bthome.io/encryption). The cipher comes with the package
``cryptography``, which the extra ``bthome`` installs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from monitor.installing import install_line
from monitor.wearables.base import DecodeError

if TYPE_CHECKING:
    from monitor.wearables.bthome.codec import Frame

COUNTER_BYTES, TAG_BYTES = 4, 4


def counter_of(frame: Frame) -> int:
    """The number of an encrypted packet; it never goes back while a device has power. Raises DecodeError."""
    if len(frame.body) < COUNTER_BYTES + TAG_BYTES + 1:
        raise DecodeError("too short to be encrypted", frame.body)
    return int.from_bytes(frame.body[-8:-4], "little")


def opened(frame: Frame, keys: Mapping[bytes, bytes]) -> bytes:
    """The readable objects; ``keys`` by address, which a packet rarely tells. Raises DecodeError where none fits."""
    if not keys:
        raise DecodeError("encrypted: set bthome.bind_keys")
    try:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESCCM
    except ImportError:
        raise DecodeError(f"encrypted: {install_line('bthome')}") from None
    for address, key in keys.items():
        nonce = address + b"\xd2\xfc" + bytes([frame.info]) + frame.body[-8:-4]
        try:
            return AESCCM(key, tag_length=TAG_BYTES).decrypt(nonce, frame.body[:-8] + frame.body[-4:], None)
        except InvalidTag:
            continue
    raise DecodeError("cannot be decrypted: check the address and key in bthome.bind_keys", frame.body)
