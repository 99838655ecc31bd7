"""No secret comes out: not in logs, complaints, lists of processes, files, messages, pages or `config show`.

A recognisable text is planted in every secret setting; the daemon then lives through trouble, and all that it has said
and written is searched.
"""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.listening import free_port
from firmware_sim.air import Air
from firmware_sim.clock import ScaledClock
from firmware_sim.peripheral import virtual_band
from firmware_sim.profiles.deskband_state import DeskBandSettings
from monitor.rules import Secret, plain
from monitor.settings.faults import SECRET, SettingsError
from monitor.settings.loading import load
from monitor.settings.sections import walk
from monitor.web.passwords import hash_of
from tests.support.brokers import Listener
from tests.support.guarded_broker import change_password, guarded_broker, user
from tests.support.living_daemon import day
from tests.support.receiver import Receiver

PLANTED = {
    "mqtt.password": "canary-of-the-broker",
    "push.urls": "canary-of-the-push",
    "web.password_hash": "canary-of-the-page",
    "web.password_hashes": "canary-of-adas-page",
    "bthome.bind_keys": "ca4a4e0fb1dcafe0ca4a4e0fb1dcafe0",
    "radio.proxy_key": "Y2FuYXJ5LW9mLXRoZS1wcm94eS1pbi10aGUtaGFsbCE=",
}
"""By setting, what must not be found; for the page it is the password, and its hash beside it."""
WRONG_PASSWORD = "canary-mistyped-at-the-door"
HASHES = {name: hash_of(PLANTED[name]) for name in ("web.password_hash", "web.password_hashes")}


def secret_settings() -> set[str]:
    """Settings whose type says that they are secret."""
    return {".".join(path) for path, field in walk() if "Secret" in str(field.kind)}


def test_a_secret_is_planted_in_every_secret_setting_and_its_name_says_that_it_is_one() -> None:
    assert set(PLANTED) == secret_settings()
    for key in PLANTED:
        assert SECRET.search(key), key


def traces(text: bytes) -> list[str]:
    """What is found of the secrets, as they are or coded as HTTP, HTML and MQTT would."""
    planted = {**PLANTED, "a mistyped password": WRONG_PASSWORD}
    found = [name for name, secret in planted.items() for form in _forms(secret) if form in text]
    return found + [f"hash of {name}" for name, kept in HASHES.items() if kept.encode() in text]


def _forms(secret: str) -> set[bytes]:
    plain = secret.encode()
    return {plain, base64.b64encode(plain).rstrip(b"="), plain.hex().encode(), urllib.parse.quote_plus(secret).encode()}


# --- a daemon in trouble ------------------------------------------------------------------------------------


def settings_of(band: str, air: int, broker: int, page: int, phone: int) -> str:
    """Everything that has a secret, switched on."""
    push = f"json://ada:{PLANTED['push.urls']}@127.0.0.1:{phone}/{PLANTED['push.urls']}"
    return f"""
[wearers.ada]
name = "{band}"
[wearers.shelf]
wearable = "bthome"
name = "shelf"
[radio]
backend = "bumble:tcp-client:127.0.0.1:{air}"
proxy_key = "{PLANTED["radio.proxy_key"]}"
[bthome.bind_keys]
"AA:BB:CC:DD:EE:FF" = "{PLANTED["bthome.bind_keys"]}"
[mqtt]
host = "127.0.0.1"
port = {broker}
username = "sitbreak"
password = "{PLANTED["mqtt.password"]}"
[push]
urls = ["{push}"]
from_level = 1
[web]
enabled = true
port = {page}
password_hash = "{HASHES["web.password_hash"]}"
[web.password_hashes]
ada = "{HASHES["web.password_hashes"]}"
"""


@asynccontextmanager
async def a_band() -> AsyncIterator[tuple[str, int]]:
    """A virtual wearable: its name, and the port of the air."""
    async with Air() as air:
        own = DeskBandSettings(device_id=0x1111)
        band = virtual_band(
            air=air, radio_name="ada", scenario=day("sit"), seed=1, clock=ScaledClock(time.time(), 1.0), settings=own
        )
        async with band as worn:
            yield worn.name, await air.serve("127.0.0.1", 0)


def visit(page: int) -> bytes:
    """Log in with a wrong password and with the right one; what the page said."""
    said = b""
    for password in (WRONG_PASSWORD, PLANTED["web.password_hash"]):
        asked = urllib.request.Request(
            f"http://127.0.0.1:{page}/login",
            data=urllib.parse.urlencode({"name": "", "password": password}).encode(),
            headers={"Origin": f"http://127.0.0.1:{page}"},
        )
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        try:
            with opener.open(asked, timeout=10) as answer:
                said += str(answer.headers).encode() + answer.read()
        except urllib.error.HTTPError as refusal:
            said += str(refusal.headers).encode() + refusal.read()
    return said


def environment(folder: Path) -> dict[str, str]:
    """Nothing of the user's own, and everything temporary inside the folder."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith("SITBREAK_")}
    places = {name: str(folder / name.lower()) for name in ("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME")}
    for place in places.values():
        Path(place).mkdir(exist_ok=True)
    return clean | places


def command_lines() -> bytes:
    return b"\n".join(_read(path) for path in Path("/proc").glob("[0-9]*/cmdline") if path.parent.name.isdigit())


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


async def until_said(process: asyncio.subprocess.Process, words: bytes) -> bytes:
    """All that it says until then."""
    assert process.stdout is not None
    said = b""
    async with asyncio.timeout(30):
        while words not in said:
            line = await process.stdout.readline()
            assert line, said.decode()
            said += line
    return said


@dataclass
class Life:
    """What came of a daemon in trouble."""

    house: Path
    settings: Path
    said: bytes
    """By the daemon, on its standard output and error."""
    shown: bytes
    """By the page."""
    heard: bytes
    """At the broker."""
    processes: bytes
    """All command lines while it ran."""


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Life:
    """Pushes are refused, somebody mistypes the page's password, and the broker gets another one."""
    pytest.importorskip("apprise", reason="needs the extra push")
    pytest.importorskip("nicegui", reason="needs the extra web")
    if sys.platform == "win32":
        pytest.skip("needs signals and modes of POSIX")
    return asyncio.run(live(tmp_path_factory.mktemp("house"), tmp_path_factory.mktemp("broker")))


async def live(house: Path, broker_folder: Path) -> Life:
    page = free_port()
    with guarded_broker(broker_folder, "dashboard", sitbreak=PLANTED["mqtt.password"]) as broker:
        async with a_band() as (band, air), Receiver() as phone:
            phone.answers.extend([500] * 100)
            path = house / "sitbreak.toml"
            path.write_text(settings_of(band, air, broker.port, page, phone.port))
            path.chmod(0o644)
            async with a_daemon(house, path) as process:
                async with Listener(broker.port, "#", user=user("dashboard")) as listener:
                    state = await listener.until(lambda heard: heard.topic.endswith("/state"), within_s=30)
                    root = state.topic.rpartition("/")[0]
                    shown = await asyncio.to_thread(visit, page)
                    listener.publish(f"{root}/cmd/test", "PRESS")
                    await phone.until(1, asked=True)
                    processes = command_lines()
                    heard = b"\n".join(f"{each.topic} {each.text}".encode() for each in listener.heard)
                broker.stop()  # and it comes back with another password
                change_password(broker_folder, "sitbreak", "another")
                broker.start()
                said = await until_said(process, b"refuses the connection")
                process.send_signal(signal.SIGTERM)
                said += (await process.communicate())[0]
    return Life(house, path, said, shown, heard, processes)


@asynccontextmanager
async def a_daemon(house: Path, settings: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Verbose and recording, where a file is open to all unless it is closed."""
    folders = [str(house / "log"), "--state-dir", str(house / "state")]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "monitor", "record", *folders, "--config", str(settings), "-v"),
        env=environment(house),
        cwd=house,
        umask=0,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.mosquitto
@pytest.mark.parametrize("surface", ["said", "shown", "heard", "processes"])
def test_a_daemon_in_trouble_tells_no_secret(life: Life, surface: str) -> None:
    assert b"push address 1" in life.said  # there was trouble
    assert not traces(getattr(life, surface))


@pytest.mark.mosquitto
def test_history_recordings_and_every_other_file_are_without_secrets(life: Life) -> None:
    files = [path for path in life.house.rglob("*") if path.is_file() and path != life.settings]
    assert any(path.suffix == ".jsonl" for path in files)
    assert any(path.name == "history.sqlite3" for path in files)
    assert not {str(path): found for path in files if (found := traces(path.read_bytes()))}


@pytest.mark.mosquitto
def test_a_settings_file_that_all_can_read_is_named_with_the_remedy(life: Life) -> None:
    assert f"chmod 600 {life.settings}".encode() in life.said


@pytest.mark.mosquitto
def test_whatever_the_umask_all_that_is_written_is_the_owners_alone(life: Life) -> None:
    out, html = life.house / "out", life.house / "day.html"
    for command in (
        ["export", "--out", str(out)],
        ["report", "--wearer", "ada", "--html", str(html)],
    ):
        subprocess.run(
            [sys.executable, "-m", "monitor", *command, "--state-dir", str(life.house / "state")],
            env=environment(life.house),
            check=True,
            capture_output=True,
            timeout=60,
            umask=0,
        )
    written = [html, *(path for name in ("state", "log", "out") for path in tree(life.house / name))]
    assert len(written) > 8
    modes = {str(path): oct(path.stat().st_mode & 0o777) for path in written}
    wanted = {str(path): oct(0o700 if path.is_dir() else 0o600) for path in written}
    assert modes == wanted


def tree(folder: Path) -> list[Path]:
    """A folder and all in it."""
    return [folder, *folder.rglob("*")]


def test_config_show_and_check_hide_them(tmp_path: Path) -> None:
    path = tmp_path / "sitbreak.toml"
    path.write_text(settings_of("band", 1, 2, 3, 4))
    for command in ("show", "check"):
        arguments = ["config", command, "--config", str(path)]
        done = subprocess.run(
            [sys.executable, "-m", "monitor", *arguments],
            env=environment(tmp_path) | {"COLUMNS": "400"},
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert not traces(done.stdout + done.stderr), command


@pytest.mark.parametrize("key", sorted(PLANTED))
def test_a_secret_that_is_wrong_is_not_said_back_whatever_way_it_came(key: str, tmp_path: Path) -> None:
    section, _, name = key.partition(".")
    path, wrong = tmp_path / "sitbreak.toml", "canary, and nothing that could be right\u0007"
    ways: list[tuple[str, list[str], dict[str, str]]] = [
        (f'[{section}]\n{name} = "canary \\u0007"\n', [], {}),
        (f'[{section}]\n{name} = [["canary"]]\n', [], {}),
        (f'[{section}]\n{name} = {{ ada = "canary" }}\n', [], {}),
        (f'[{section}]\n{name}s = "canary"\n', [], {}),
        (f'{section} = "canary"\n', [], {}),
        (f'[{section}]\n{name} = "canary\n', [], {}),
        ("", [f"{key}={wrong}"], {}),
        ("", [f"{section}{name}=canary"], {}),
        ("", ["canary"], {}),
        ("", [], {f"SITBREAK_{section}__{name}".upper(): wrong}),
        ("", [], {f"SITBREAK_{section}_{name}".upper(): "canary"}),
    ]
    complaints = []
    for text, overrides, names in ways:
        path.write_text(text, encoding="utf-8")
        try:
            load(path, overrides, names)
        except SettingsError as error:
            complaints.append(str(error))
    assert len(complaints) >= 7
    assert not [said for said in complaints if "canary" in said]


def test_a_bug_prints_no_values_of_variables(tmp_path: Path) -> None:
    """Tracebacks show code, not what the variables held."""
    path = tmp_path / "sitbreak.toml"
    path.write_text(settings_of("band", 1, 2, 3, 4))
    code = (
        "import sys, monitor.app as app\n"
        "async def broken(self):\n"
        "    password, settings = self.settings.mqtt.password.text, self.settings\n"
        "    raise RuntimeError(f'a bug in {settings}')\n"
        "app.App.run = broken\n"
        f"sys.argv = ['sitbreak', 'run', '--config', {str(path)!r}, '--state-dir', {str(tmp_path)!r}]\n"
        "from monitor.cli import main; main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(tmp_path), capture_output=True, timeout=60, check=False
    )
    assert b"RuntimeError: a bug in" in done.stderr
    assert not traces(done.stderr + done.stdout)


def test_what_is_secret_is_hidden_by_its_type() -> None:
    assert "canary" not in repr(Secret("canary"))
    settings = load(None, ["mqtt.username=me", "mqtt.password=canary"], {}).settings
    assert "canary" not in repr(settings) + str(plain(settings))
