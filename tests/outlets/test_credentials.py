"""Passwords from files; certificates are tried in test_tls.py, against a real broker."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.outlets.mqtt.credentials import MqttFileError, password
from tests.support.living_outlet import outlet_of, rules_at


@pytest.mark.parametrize(
    ("content", "read"),
    [(b"right\nand nothing else\n", "right"), ("schön\r\n".encode(), "schön"), (b" a b ", " a b ")],
)
def test_the_first_line_of_a_file_is_the_password(tmp_path: Path, content: bytes, read: str) -> None:
    path = tmp_path / "secret"
    path.write_bytes(content)
    assert password(rules_at(1, username="sitbreak", password_file=str(path))) == read


def test_a_password_file_that_is_no_text_is_said_without_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"hush\xffhush")
    with pytest.raises(MqttFileError, match="is no text in UTF-8") as refused:
        password(rules_at(1, username="sitbreak", password_file=str(path)))
    assert "hush" not in str(refused.value)


async def test_a_password_file_that_is_missing_is_named() -> None:
    outlet = outlet_of(rules_at(1, username="sitbreak", password_file="/nowhere/secret"))
    with pytest.raises(MqttFileError, match=r'\[mqtt\] password_file = "/nowhere/secret"'):
        await outlet.probe()
