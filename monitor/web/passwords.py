"""Passwords, kept as scrypt hashes only."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

COST, BLOCK, PARALLEL = 2**15, 8, 1
"""scrypt with 32 MiB a try: half the least of the OWASP Password Storage Cheat Sheet (2^16), for a small computer."""
SHORTEST = 8
"""Characters of a new password at least (NIST SP 800-63B, 5.1.1.1)."""
MEMORY_MAX = 64 * 1024 * 1024
NOBODYS = f"scrypt:{COST}:{BLOCK}:{PARALLEL}:{'A' * 22}:{'A' * 43}"
"""A hash of no password that anybody knows, which takes as long to refuse as a real one."""
_HASH = re.compile(r"scrypt:32768:8:1:([\w-]{22}):([\w-]{43})", re.ASCII)


def hash_of(password: str) -> str:
    """A text that proves the password and does not tell it."""
    salt = secrets.token_bytes(16)
    return f"scrypt:{COST}:{BLOCK}:{PARALLEL}:{_text(salt)}:{_text(_derived(password, salt))}"


def is_hash(text: str) -> bool:
    """Whether ``text`` is what ``hash_of`` gives."""
    return _HASH.fullmatch(text) is not None


def matches(password: str, kept: str) -> bool:
    """Whether the password is the one that was hashed; takes as long when it is not."""
    found = _HASH.fullmatch(kept)
    return found is not None and hmac.compare_digest(_text(_derived(password, _bytes(found[1]))), found[2])


def _derived(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=COST, r=BLOCK, p=PARALLEL, maxmem=MEMORY_MAX, dklen=32)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
