"""A secret on the command line: wiped out of the list of processes, and advised against."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from monitor.cli.veil import secrets_in


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs Linux")
def test_a_secret_on_the_command_line_is_wiped_out_of_the_list_of_processes_and_advised_against() -> None:
    code = (
        "import sys; from pathlib import Path; from monitor.cli.veil import veil; veil(sys.argv[1:])\n"
        "print(Path('/proc/self/cmdline').read_bytes(), sys.argv[2])"
    )
    given = ["--set", "mqtt.password=hunter2", "--set=push.urls=json://hunter2", "--set", "coach.limit_s=1800"]
    done = subprocess.run([sys.executable, "-c", code, *given], capture_output=True, text=True, timeout=60, check=True)
    shown, _, kept = done.stdout.rpartition(" ")
    assert "hunter2" not in shown
    assert "coach.limit_s=1800" in shown
    assert kept.strip() == "mqtt.password=hunter2"  # the program itself still has it
    assert done.stderr.count("command line") == 2
    assert "SITBREAK_MQTT__PASSWORD" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        (["run"], []),
        (["run", "--set", "coach.limit_s=1"], []),
        (["run", "--set", "mqtt.password=x"], ["mqtt.password"]),
        (["run", "--set=bthome.bind_keys={}"], ["bthome.bind_keys"]),
        (["run", "--set=bthome.bind_keys.AA:BB=x"], ["bthome.bind_keys.AA:BB"]),
        (["run", "--set", "mqtt.password_file=x"], []),
        (["run", "--set", "mqtt.client_key_file=x"], []),
        (["run", "mqtt.password=x"], []),
        (["run", "--set"], []),
        (["run", "--set", "mqtt.password="], []),
    ],
)
def test_only_secret_values_are_wiped(arguments: list[str], keys: list[str]) -> None:
    assert [key for key, _ in secrets_in(arguments)] == keys
