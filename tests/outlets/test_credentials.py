"""Passwords from files and trust in certificates, against the real mosquitto."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.outlets.mqtt.client import BrokerRefused, Connection, connect
from monitor.outlets.mqtt.credentials import MqttFileError, password
from monitor.outlets.mqtt.signals import Lost
from tests.support.brokers import MOSQUITTO, Mosquitto
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


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for ``localhost`` that signs itself, and a foreign one."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("authority")
    for name in ("broker", "foreign"):
        subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        files = ["-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.pem")]
        kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        subprocess.run(["openssl", "req", *kind, *files, *subject], check=True, capture_output=True)
    return folder


@pytest.fixture
def encrypted(tmp_path: Path, authority: Path) -> Iterator[Mosquitto]:
    """A broker with TLS."""
    if MOSQUITTO is None:
        pytest.skip("mosquitto is not installed")
    settings = f"certfile {authority}/broker.pem\nkeyfile {authority}/broker.key\nallow_anonymous true"
    broker = Mosquitto(tmp_path, settings).start()
    yield broker
    broker.stop()


@pytest.mark.mosquitto
async def test_a_known_authority_is_trusted_under_the_name_in_the_certificate(
    encrypted: Mosquitto, authority: Path
) -> None:
    known = {"tls": "ca-file", "ca_file": f"{authority}/broker.pem"}
    connection = await connect(rules_at(encrypted.port, server_name="localhost", **known), "id")
    assert isinstance(connection, Connection)
    connection.close()
    assert isinstance(await connection.signals.get(), Lost)
    unnamed = await connect(rules_at(encrypted.port, **known), "id")
    assert isinstance(unnamed, Lost)
    assert isinstance(unnamed.problem, ssl.SSLCertVerificationError)


@pytest.mark.mosquitto
@pytest.mark.parametrize("trust", [{"tls": "ca-file", "ca_file": "foreign.pem"}, {"tls": "system"}])
async def test_a_foreign_authority_is_refused_with_the_remedy(
    encrypted: Mosquitto, authority: Path, trust: dict[str, str]
) -> None:
    files = {key: str(authority / value) for key, value in trust.items() if key == "ca_file"}
    outlet = outlet_of(rules_at(encrypted.port, server_name="localhost", **{**trust, **files}))
    with pytest.raises(BrokerRefused, match=r"not trusted .*mqtt\.ca_file"):
        await outlet.probe()
