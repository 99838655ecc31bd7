"""MQTT over TLS against the real mosquitto: who is trusted, who is let in, and what is said when it does not work."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("cryptography", reason="needs the extra bthome")

from monitor.clock import Clock
from monitor.errors import MonitorError
from monitor.outlets.mqtt.client import Connection, connect
from monitor.outlets.mqtt.outlet import MqttOutlet
from monitor.outlets.mqtt.remedies import remedy
from monitor.outlets.mqtt.rules import MqttRules
from monitor.outlets.mqtt.signals import Lost
from tests.support.authority import Authority
from tests.support.brokers import MOSQUITTO, Listener, Mosquitto
from tests.support.guarded_broker import SHIPPED, guarded_broker, user
from tests.support.living_outlet import ME, LivingOutlet, break_due, rules_at
from tests.support.outboxes import MemoryOutbox

pytestmark = pytest.mark.mosquitto

ROOT = "sitbreak/a1b2c3"
IN_DATE, PAST, FUTURE = (-1, 30), (-60, -1), (5, 30)


@dataclass
class Pki:
    """Two authorities, one of them trusted, and what they have signed."""

    ours: Authority
    foreign: Authority
    files: dict[str, tuple[Path, Path]] = field(default_factory=dict)

    def mine(self, name: str) -> dict[str, str]:
        """Settings that show this client certificate."""
        certificate, key = self.files[name]
        return {"client_cert_file": str(certificate), "client_key_file": str(key)}


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    folder = tmp_path_factory.mktemp("pki")
    made = Pki(Authority(folder, "ours"), Authority(folder, "foreign"))
    for name, days in {"good": IN_DATE, "expired": PAST, "early": FUTURE}.items():
        made.files[name] = made.ours.sign(name, days=days)
    made.files["elsewhere"] = made.ours.sign("elsewhere", hosts=["broker.lan"])
    made.files["me"] = made.ours.sign("sitbreak", hosts=())
    made.files["me expired"] = made.ours.sign("late", hosts=(), days=PAST)
    made.files["me foreign"] = made.foreign.sign("sitbreak", hosts=())
    return made


Start = Callable[..., Mosquitto]


@pytest.fixture
def start(tmp_path: Path, pki: Pki) -> Iterator[Start]:
    """Starts a broker with one of the certificates."""
    if MOSQUITTO is None:
        pytest.skip("mosquitto is not installed")
    started: list[Mosquitto] = []

    def starting(certificate: str = "good", *settings: str) -> Mosquitto:
        pem, key = pki.files[certificate]
        lines = [f"certfile {pem}", f"keyfile {key}", *(settings or ["allow_anonymous true"])]
        started.append(Mosquitto(tmp_path, "\n".join(lines)).start())
        return started[-1]

    yield starting
    for broker in started:
        broker.stop()


def demanding(pki: Pki) -> tuple[str, ...]:
    """A broker that lets in who shows a certificate of our authority, under the name in it."""
    return f"cafile {pki.ours.ca_file}", "require_certificate true", "use_identity_as_username true"


def trusting(pki: Pki, port: int, **changed: Any) -> MqttRules:
    return rules_at(port, **{"tls": "ca-file", "ca_file": str(pki.ours.ca_file)} | changed)


async def why_not(rules: MqttRules) -> str:
    """The line that ends the program."""
    with pytest.raises(MonitorError) as refused:
        await MqttOutlet(rules, [ME], MemoryOutbox(), lambda *_: None, Clock()).probe()
    assert refused.value.exit_code in (2, 3)
    return str(refused.value)


@pytest.mark.parametrize("version", ["auto", "5", "3.1.1"])
async def test_everything_arrives_through_tls(start: Start, pki: Pki, version: str) -> None:
    broker = start()
    async with (
        Listener(broker.port, "sitbreak/#", trust=pki.ours.ca_file) as listener,
        LivingOutlet(broker.port, tls="ca-file", ca_file=str(pki.ours.ca_file), protocol=version) as daemon,
    ):
        daemon.tell(break_due(time.time()))
        await listener.topic(f"{ROOT}/event")
        listener.publish(f"{ROOT}/cmd/done", "PRESS")
        assert (await daemon.command()).name == "done"


@pytest.mark.parametrize(
    ("certificate", "changed", "reason", "remedy"),
    [
        ("good", {"ca_file": "foreign"}, "unable to get local issuer", "Set mqtt.ca_file"),
        ("good", {"tls": "system", "ca_file": ""}, "certificate", "Set mqtt.ca_file"),
        ("expired", {}, "certificate has expired", "Renew the broker's certificate"),
        ("early", {}, "not yet valid", "The clock of this computer is wrong"),
        ("elsewhere", {}, "IP address mismatch", "Set mqtt.server_name"),
        ("good", {"server_name": "broker.lan"}, "Hostname mismatch", "Set mqtt.server_name"),
    ],
)
async def test_a_broker_that_is_not_trusted_is_said_in_one_line_with_the_remedy(
    start: Start, pki: Pki, certificate: str, changed: dict[str, str], reason: str, remedy: str
) -> None:
    if changed.get("ca_file") == "foreign":
        changed = {"ca_file": str(pki.foreign.ca_file)}
    said = await why_not(trusting(pki, start(certificate).port, **changed))
    assert "certificate is not trusted" in said
    assert reason in said
    assert remedy in said
    assert "\n" not in said


async def test_a_name_in_the_certificate_that_differs_from_the_host_may_be_set(start: Start, pki: Pki) -> None:
    rules = trusting(pki, start("elsewhere").port, server_name="broker.lan")
    assert await lets_in(rules)


async def test_the_users_home_may_be_written_as_a_tilde(
    start: Start, pki: Pki, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(pki.ours.ca_file.parent))
    files = {"ca_file": str(pki.ours.ca_file), **pki.mine("me")}
    short = {setting: f"~/{Path(path).name}" for setting, path in files.items()}
    assert await lets_in(trusting(pki, start("good", *demanding(pki)).port, **short))


async def test_a_client_certificate_lets_in_under_the_name_in_it(start: Start, pki: Pki, tmp_path: Path) -> None:
    access = tmp_path / "acl"
    access.write_text("user sitbreak\ntopic readwrite sitbreak/#\ntopic write homeassistant/#\n")
    access.chmod(0o600)
    broker = start("good", *demanding(pki), f"acl_file {access}")
    trust = {"tls": "ca-file", "ca_file": str(pki.ours.ca_file)}
    async with (
        Listener(broker.port, "sitbreak/#", trust=pki.ours.ca_file, shows=pki.files["me"]) as listener,
        LivingOutlet(broker.port, **trust, **pki.mine("me")) as daemon,
    ):
        daemon.tell()
        await listener.topic(f"{ROOT}/state")


@pytest.mark.parametrize(
    ("mine", "reason", "remedy"),
    [
        ("", "it wants a certificate of this program", "Set mqtt.client_cert_file"),
        ("me foreign", "an authority that it does not know", "Set mqtt.client_cert_file"),
        ("me expired", "this program's certificate has expired", "Renew mqtt.client_cert_file"),
    ],
)
@pytest.mark.parametrize("version", ["tlsv1.2", "tlsv1.3"])
async def test_a_client_certificate_that_is_not_taken_is_said_in_one_line_with_the_remedy(
    start: Start, pki: Pki, version: str, mine: str, reason: str, remedy: str
) -> None:
    broker = start("good", *demanding(pki), f"tls_version {version}")
    said = await why_not(trusting(pki, broker.port, **(pki.mine(mine) if mine else {})))
    assert reason in said
    assert remedy in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"client_cert_file": "me", "client_key_file": "me foreign"}, "does not fit the certificate"),
        ({"client_cert_file": "me", "client_key_file": "locked"}, "has a pass phrase"),
        ({"client_cert_file": "nowhere"}, "No such file"),
        ({"client_cert_file": "me", "client_key_file": "nowhere"}, "No such file"),
        ({"client_cert_file": "key of me"}, "holds no certificate"),
        ({"ca_file": "key of me"}, "holds no certificate"),
        ({"ca_file": "nowhere"}, "No such file"),
    ],
)
async def test_a_file_that_is_no_good_is_named_and_nothing_is_asked_at_the_terminal(
    start: Start, pki: Pki, files: dict[str, str], said: str
) -> None:
    keys = {name: str(key) for name, (_, key) in pki.files.items()}
    keys |= {"locked": str(pki.ours.lock(pki.files["me"][1], "a phrase")), "key of me": keys["me"], "nowhere": "/no"}
    certificates = {name: str(certificate) for name, (certificate, _) in pki.files.items()}
    paths = {key: (certificates if "cert" in key else keys).get(name, keys[name]) for key, name in files.items()}
    told = await why_not(trusting(pki, start().port, **paths))
    assert said in told
    assert f"[mqtt] {list(files)[-1]}" in told


async def test_a_password_goes_through_tls_and_a_wrong_one_is_refused(pki: Pki, tmp_path: Path) -> None:
    """The files that are shipped, with their TLS listener switched on."""
    with guarded_broker(tmp_path, "sitbreak", "dashboard", tls=pki.files["good"]) as broker:
        trust = {"tls": "ca-file", "ca_file": str(pki.ours.ca_file)}
        async with (
            Listener(broker.port, "sitbreak/#", user=user("dashboard"), trust=pki.ours.ca_file) as dashboard,
            LivingOutlet(broker.port, username="sitbreak", password="pw-sitbreak", **trust) as daemon,
        ):
            daemon.tell()
            await dashboard.topic(f"{ROOT}/state")
        wrong = trusting(pki, broker.port, username="sitbreak", password="guessed")
        assert "mqtt.password" in await why_not(wrong)
    assert "tls_version" in (SHIPPED / "sitbreak.conf").read_text()


@pytest.mark.parametrize("tls", ["off", "ca-file"])
async def test_tls_on_one_side_only_is_said_with_the_remedy(start: Start, pki: Pki, tmp_path: Path, tls: str) -> None:
    plain = Mosquitto(tmp_path, "allow_anonymous true").start()
    try:
        port = start().port if tls == "off" else plain.port
        rules = trusting(pki, port, tls=tls, ca_file=str(pki.ours.ca_file) if tls != "off" else "")
        end = await connect(rules, "id")
    finally:
        plain.stop()
    assert isinstance(end, Lost)
    assert "mqtt.tls" in remedy(end)


def test_the_daemon_ends_with_that_one_line_and_exit_code_3(start: Start, pki: Pki, tmp_path: Path) -> None:
    broker, environment = start("expired"), {k: v for k, v in os.environ.items() if not k.startswith("SITBREAK_")}
    settings = {"host": "127.0.0.1", "port": broker.port, "tls": "ca-file", "ca_file": pki.ours.ca_file}
    overrides = [part for key, value in settings.items() for part in ("--set", f"mqtt.{key}={value}")]
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "run", "--state-dir", str(tmp_path / "state"), *overrides],
        env=environment | {"XDG_CONFIG_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 3
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"sitbreak: the MQTT broker 127.0.0.1:{broker.port} refuses the connection: ")
    assert "has expired" in line


async def lets_in(rules: MqttRules) -> bool:
    """Whether the broker takes the connection."""
    answer = await connect(rules, "id")
    if isinstance(answer, Connection):
        answer.close()
        await answer.signals.get()
    return isinstance(answer, Connection)
