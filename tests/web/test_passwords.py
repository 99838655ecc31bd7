"""Passwords are kept as hashes that prove them and do not tell them."""

from __future__ import annotations

import pytest

from monitor.web.passwords import hash_of, is_hash, matches


def test_the_password_matches_its_hash_and_another_does_not() -> None:
    kept = hash_of("Grüße vom Stuhl")
    assert is_hash(kept)
    assert matches("Grüße vom Stuhl", kept)
    assert not matches("grüße vom stuhl", kept)
    assert not matches("", kept)


def test_the_same_password_never_gives_the_same_hash_and_is_not_in_it() -> None:
    first, second = hash_of("secret word"), hash_of("secret word")
    assert first != second
    assert "secret" not in first


@pytest.mark.parametrize("text", ["", "secret", "scrypt:1:1:1:a:b", "scrypt:32768:8:1::", "$2b$12$abc"])
def test_what_is_no_hash_lets_nobody_in(text: str) -> None:
    assert not is_hash(text)
    assert not matches("", text)
    assert not matches(text, text)
