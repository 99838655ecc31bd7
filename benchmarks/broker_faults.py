"""What may be wrong with a broker, one object a fault: how it is set up, how it begins and how it ends."""

from __future__ import annotations

import asyncio
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from benchmarks.ledger import Broker, Ledger
from benchmarks.wire import Mode, Wire


@dataclass(frozen=True)
class Scene:
    """What a fault may touch."""

    folder: Path
    broker: Broker
    ledger: Ledger
    wire: Wire


@dataclass(frozen=True)
class Made:
    """How broker and daemon are set up for a fault."""

    guard: str = "allow_anonymous true"
    limits: str = ""
    settings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fault:
    """Nothing is wrong; the others are made from it."""

    name: str
    said: str = ""
    """Words that the log must say before the fault ends."""
    lines: int = 2
    """How many different lines it may say: that it is lost, and why it does not come back."""
    passes: bool = False
    """Something still gets through: the tape goes on no faster than it does."""

    def prepare(self, folder: Path) -> Made:
        """Write the files that are needed."""
        return Made()

    async def on(self, scene: Scene) -> None:
        """From now on it is wrong."""

    async def off(self, scene: Scene) -> None:
        """All is well again."""


@dataclass(frozen=True)
class Turned(Fault):
    """The line to the broker behaves badly."""

    mode: Mode = Mode.OPEN
    cut: bool = True
    keepalive_s: int = 20

    def prepare(self, folder: Path) -> Made:
        """A short keepalive where the connection looks alive."""
        return Made(settings=(f"mqtt.keepalive_s={self.keepalive_s}",))

    async def on(self, scene: Scene) -> None:
        """Turn it."""
        await scene.wire.turn(self.mode, cut=self.cut)

    async def off(self, scene: Scene) -> None:
        """Turn it back; what is half on its way is lost."""
        await scene.wire.turn(Mode.OPEN, cut=self.mode is not Mode.FULL)


@dataclass(frozen=True)
class Restarted(Fault):
    """The broker goes away for a while, and comes back with an empty memory."""

    async def on(self, scene: Scene) -> None:
        """Stop it."""
        await scene.wire.turn(Mode.REFUSING)
        await asyncio.to_thread(scene.broker.stop)

    async def off(self, scene: Scene) -> None:
        """Start it; the daemon gets through once the ledger listens."""
        await asyncio.to_thread(scene.broker.start)
        await asyncio.to_thread(scene.ledger.listening)
        await scene.wire.turn(Mode.OPEN)


@dataclass(frozen=True)
class Dropping(Fault):
    """Each connection is cut soon after it was made."""

    every_s: float = 0.3
    _cutting: list[asyncio.Task[None]] = field(default_factory=list)

    async def on(self, scene: Scene) -> None:
        """Begin to cut."""
        self._cutting.append(asyncio.create_task(self._cut(scene.wire), name="cutting"))

    async def _cut(self, wire: Wire) -> None:
        while True:
            await wire.cut()
            await asyncio.sleep(self.every_s)

    async def off(self, scene: Scene) -> None:
        """Stop cutting."""
        cutting = self._cutting.pop()
        cutting.cancel()
        await asyncio.wait({cutting})


@dataclass(frozen=True)
class Narrow(Fault):
    """A broker with the smallest limits there are, all the time."""

    def prepare(self, folder: Path) -> Made:
        """Two messages under way at most."""
        return Made(limits="max_inflight_messages 2")


@dataclass(frozen=True)
class PasswordChanged(Restarted):
    """The broker has a new password; later the user writes it down for the daemon too."""

    def prepare(self, folder: Path) -> Made:
        """A password file on either side."""
        self._set(folder, "first")
        (folder / "secret").write_text("first\n")
        secret = f"mqtt.password_file={folder / 'secret'}"
        guard = f"allow_anonymous false\npassword_file {folder / 'passwords'}"
        return Made(guard, settings=("mqtt.username=sitbreak", secret))

    def _set(self, folder: Path, password: str) -> None:
        command = ["mosquitto_passwd", "-b", "-c", str(folder / "passwords"), "sitbreak", password]
        subprocess.run(command, check=True, capture_output=True)

    async def on(self, scene: Scene) -> None:
        """Change it at the broker."""
        self._set(scene.folder, "second")
        await super().on(scene)
        await super().off(scene)

    async def off(self, scene: Scene) -> None:
        """Tell the daemon."""
        (scene.folder / "secret").write_text("second\n")


@dataclass(frozen=True)
class CertificateExpired(Restarted):
    """The broker's certificate runs out, and is renewed later."""

    def prepare(self, folder: Path) -> Made:
        """A certificate that is in date."""
        certify(folder, days=30)
        guard = f"certfile {folder}/broker.pem\nkeyfile {folder}/broker.key\nallow_anonymous true"
        settings = ("mqtt.tls=ca-file", f"mqtt.ca_file={folder}/authority.pem", "mqtt.server_name=localhost")
        return Made(guard, settings=settings)

    async def on(self, scene: Scene) -> None:
        """The broker is started with one that is not."""
        certify(scene.folder, days=-1)
        await super().on(scene)
        await super().off(scene)

    async def off(self, scene: Scene) -> None:
        """It is renewed, by the same authority."""
        certify(scene.folder, days=30)
        await super().on(scene)
        await super().off(scene)


def certify(folder: Path, days: int) -> None:
    """Write ``broker.pem`` and ``broker.key`` for localhost, in date for so many days, signed by ``authority.pem``."""
    authority_key, authority = _authority(folder)
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    certificate = (
        _begun("localhost", authority.subject, key, now - timedelta(days=60), now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    _write(folder / "broker.key", _pem_of(key))
    _write(folder / "broker.pem", certificate.public_bytes(serialization.Encoding.PEM))


def _authority(folder: Path) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key_file, file = folder / "authority.key", folder / "authority.pem"
    if not file.exists():
        key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
        begun = _begun("authority", name, key, now - timedelta(days=90), now + timedelta(days=90))
        made = begun.add_extension(x509.BasicConstraints(True, None), critical=True).sign(key, hashes.SHA256())
        _write(key_file, _pem_of(key))
        _write(file, made.public_bytes(serialization.Encoding.PEM))
    key_read = serialization.load_pem_private_key(key_file.read_bytes(), None)
    assert isinstance(key_read, ec.EllipticCurvePrivateKey)
    return key_read, x509.load_pem_x509_certificate(file.read_bytes())


def _begun(
    name: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, since: datetime, until: datetime
) -> x509.CertificateBuilder:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    return builder.serial_number(x509.random_serial_number()).not_valid_before(since).not_valid_after(until)


def _pem_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    path.chmod(0o600)


FAULTS: dict[str, Fault] = {
    "away": Restarted("away, and empty when it is back", said="is away"),
    "refusing": Turned("refuses the connection", said="is away", mode=Mode.REFUSING),
    "silent": Turned("takes the connection and says nothing", said="nothing is said", mode=Mode.SILENT),
    "held": Turned(
        "hangs in the middle of a connection, and is restarted",
        said="is away",
        mode=Mode.HELD,
        cut=False,
        keepalive_s=5,
    ),
    "slow": Turned("slow: 2000 bytes a second", mode=Mode.SLOW, cut=False, passes=True),
    "narrow": Narrow("takes two messages at a time", passes=True),
    "full": Turned("full: quota exceeded", said="is full", mode=Mode.FULL, cut=False),
    "dropping": Dropping("drops the session again and again", said="is away", passes=True),
    "expired": CertificateExpired("has a certificate that is out of date", said="expired", lines=5),
    "password": PasswordChanged("has a new password", said="refuses", lines=5),
}
