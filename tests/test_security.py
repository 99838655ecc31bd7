"""What SECURITY.md and its pages promise is so: the service's cage, what is stored, and the commands to copy."""

from __future__ import annotations

import re
import shutil
import subprocess
from configparser import RawConfigParser
from pathlib import Path

import pytest

from monitor.history.database import packaged_scripts
from monitor.outlets.mqtt.client import Connection, connect
from monitor.outlets.mqtt.rules import MqttRules
from monitor.settings.loading import load
from monitor.settings.sections import walk
from tests.support.brokers import MOSQUITTO, Mosquitto

ROOT = Path(__file__).parent.parent
PAGES = {
    name: (ROOT / name).read_text(encoding="utf-8") for name in ("SECURITY.md", "docs/privacy.md", "docs/broker.md")
}
UNITS = {"system": "config/systemd/system/sitbreak.service", "user": "config/systemd/sitbreak.service"}
ANALYZE = shutil.which("systemd-analyze")


class Unit(dict[str, list[str]]):
    """The lines of a unit's [Service]; a key may stand several times."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        inside = False
        for line in path.read_text(encoding="utf-8").splitlines():
            inside = line == "[Service]" if line.startswith("[") else inside
            if inside and "=" in line and not line.startswith("#"):
                key, _, value = line.partition("=")
                self.setdefault(key, []).append(value)


@pytest.mark.parametrize("kind", UNITS)
def test_a_units_exposure_is_what_the_page_says(kind: str) -> None:
    (row,) = [line for line in PAGES["SECURITY.md"].splitlines() if line.startswith(f"| `{UNITS[kind]}`")]
    quoted = float(row.split("|")[2].split()[0])
    if ANALYZE is None:  # another system: what the lines below hold
        return
    done = subprocess.run(
        [ANALYZE, "security", "--offline=true", "--no-pager", str(ROOT / UNITS[kind])],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"Overall exposure level for sitbreak.service: ([\d.]+)", done.stdout)
    assert found, done.stderr
    assert float(found[1]) <= quoted + 0.5  # newer ones look for more


def test_both_units_are_in_a_cage_of_system_calls_and_the_systems_in_one_of_files_and_addresses() -> None:
    units = {kind: Unit(ROOT / path) for kind, path in UNITS.items()}
    for unit in units.values():
        assert unit["NoNewPrivileges"] == unit["MemoryDenyWriteExecute"] == unit["RestrictNamespaces"] == ["yes"]
        assert unit["SystemCallFilter"] == ["@system-service", "~@privileged @resources"]
        assert unit["UMask"] == ["0077"]
        assert unit["LimitCORE"] == ["0"]
        assert unit["Type"] == ["notify"]
        assert " run" in unit["ExecStart"][0]
    system = units["system"]
    assert system["DynamicUser"] == system["PrivateDevices"] == system["ProtectHome"] == ["yes"]
    assert system["ProtectSystem"] == ["strict"]
    assert system["IPAddressDeny"] == ["any"]
    assert system["StateDirectoryMode"] == ["0700"]
    assert system["LoadCredential"] == ["sitbreak.toml:/etc/sitbreak/sitbreak.toml"]


def test_a_users_unit_asks_for_nothing_that_a_users_manager_may_not_do() -> None:
    """Such lines end the start with 218/CAPABILITIES, or do nothing."""
    forbidden = "Protect|Private|Capability|Ambient|DynamicUser|IPAddress|Device|Supplementary|Keyring"
    assert not [key for key in Unit(ROOT / UNITS["user"]) if re.match(forbidden, key)]


@pytest.mark.parametrize("kind", UNITS)
def test_a_unit_can_be_read(kind: str) -> None:
    parser = RawConfigParser(strict=False)
    parser.read(ROOT / UNITS[kind])
    assert parser.sections() == ["Unit", "Service", "Install"]


def test_every_table_of_the_history_and_its_forgetting_is_on_the_page_about_privacy() -> None:
    tables = set(re.findall(r"CREATE TABLE (\w+)", "\n".join(packaged_scripts().values())))
    assert len(tables) > 8
    for table in tables:
        assert f"`{table}`" in PAGES["docs/privacy.md"], table
    for path, _ in walk():
        if path[0] == "history":
            assert ".".join(path) in PAGES["docs/privacy.md"]


def test_every_setting_file_and_command_that_the_pages_name_exists() -> None:
    known = {".".join(path) for path, _ in walk()}
    sections = {path[0] for path, _ in walk()}
    for page, text in PAGES.items():
        named = {name for name in re.findall(r"`([a-z]+\.[a-z_]+)`", text) if name.partition(".")[0] in sections}
        assert named <= known, page
        for place in re.findall(r"`((?:config|tests|docs)/[\w./-]+)`", text):
            assert (ROOT / place).exists(), place
        for target in re.findall(r"`make (\w+)`", text):
            assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE), target


def test_the_examples_of_the_page_about_brokers_are_settings(tmp_path: Path) -> None:
    examples = re.findall(r"```toml\n(.*?)```", PAGES["docs/broker.md"], re.DOTALL)
    assert len(examples) == 2
    for number, text in enumerate(examples):
        path = tmp_path / f"{number}.toml"
        path.write_text(text)
        assert load(path, (), {}).settings.mqtt.tls == "ca-file"


@pytest.mark.mosquitto
async def test_the_commands_of_the_page_make_certificates_that_mosquitto_and_we_take(tmp_path: Path) -> None:
    if MOSQUITTO is None or shutil.which("openssl") is None:
        pytest.skip("mosquitto or openssl is not installed")
    for commands in re.findall(r"```sh\n(.*?)```", PAGES["docs/broker.md"], re.DOTALL):
        _run(commands, tmp_path)
    here = f"certfile {tmp_path}/broker.crt\nkeyfile {tmp_path}/broker.key\ncafile {tmp_path}/authority.crt"
    broker = Mosquitto(tmp_path, f"{here}\nrequire_certificate true\nuse_identity_as_username true").start()
    try:
        files = {"ca_file": "authority.crt", "client_cert_file": "sitbreak.crt", "client_key_file": "sitbreak.key"}
        paths = {key: str(tmp_path / name) for key, name in files.items()}
        for name in ("", "broker.lan"):
            rules = MqttRules(host="127.0.0.1", port=broker.port, tls="ca-file", server_name=name, **paths)  # type: ignore
            answer = await connect(rules, "id")
            assert isinstance(answer, Connection), answer
            answer.close()
            await answer.signals.get()
    finally:
        broker.stop()


def _run(commands: str, folder: Path) -> None:
    subprocess.run(["sh", "-ec", commands], cwd=folder, check=True, capture_output=True)
