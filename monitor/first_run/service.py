"""Step: the systemd user unit, so that it runs from now on."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from monitor.errors import MonitorError
from monitor.first_run.answers import write_privately
from monitor.first_run.guide import Guide

UNIT = "sitbreak.service"
COMMANDS = (
    ("systemctl", "--user", "daemon-reload"),
    ("systemctl", "--user", "enable", "--now", UNIT),
    ("loginctl", "enable-linger"),
)
"""Read it, start it now and at every log-in, and let it run without anybody logged in."""
LIMIT_S = 30.0


class UnitMissingError(MonitorError):
    """The unit that is shipped cannot be found."""

    exit_code = 3

    def __init__(self, looked: list[Path]) -> None:
        super().__init__(f"no {UNIT} at {' or '.join(map(str, looked))}: install sitbreak again")


def serve(guide: Guide) -> None:
    """Offer to write the unit and to switch it on."""
    talk, flags = guide.talk, guide.flags
    if flags.unit is False or not sys.platform.startswith("linux"):
        talk.say("unit.by_hand", command=shlex.join(command_line(guide)))
        return
    if flags.unit is None and not (talk.asks and talk.agree("unit.wanted")):
        talk.say("unit.by_hand", command=shlex.join(command_line(guide)))
        return
    path = _folder() / UNIT
    text = unit_text(shipped_unit(), command_line(guide))
    if path.exists() and path.read_text(encoding="utf-8") != text:
        if not talk.agree("unit.replace", path=path):
            return
        shutil.copy2(path, path.with_name(f"{UNIT}.old"))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_privately(path, text)
    talk.good("unit.written", path=path)
    talk.say("unit.commands")
    for command in COMMANDS:
        talk.show(f"  {shlex.join(command)}")
    # With --yes alone nothing is started: that takes --unit, which was said
    if talk.agree("unit.run_them"):
        _run(guide)


def _folder() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "systemd" / "user"


def shipped_unit() -> str:
    """The unit of ``config/systemd``, from the clone or the installation."""
    clone = Path(__file__).resolve().parents[2] / "config"
    looked = [folder / "systemd" / UNIT for folder in (clone, Path(sys.prefix) / "share" / "sitbreak")]
    for path in looked:
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise UnitMissingError(looked)


def command_line(guide: Guide) -> list[str]:
    """How this installation is started with these settings."""
    script = Path(sys.executable).with_name("sitbreak")
    program = [str(script)] if script.exists() else [sys.executable, "-m", "monitor"]
    return [*program, "run", "--config", str(guide.config), "--state-dir", str(guide.state_dir)]


def unit_text(shipped: str, command: list[str]) -> str:
    """The shipped unit with this command; its first line (how to install it) has had its day."""
    lines = [line for line in shipped.splitlines() if not line.startswith("# A user service:")]
    started = f"ExecStart={' '.join(map(_quoted, command))}"
    return "\n".join(started if line.startswith("ExecStart=") else line for line in lines) + "\n"


def _quoted(word: str) -> str:
    """As systemd.service(5) has it: specifiers and variables doubled, spaces within quotes."""
    word = word.replace("%", "%%").replace("$", "$$").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{word}"' if " " in word or '"' in word else word


def _run(guide: Guide) -> None:
    for command in COMMANDS:
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
            problem = "" if done.returncode == 0 else (done.stderr.strip() or f"exit {done.returncode}")
        except (OSError, subprocess.TimeoutExpired) as error:
            problem = str(error)
        if problem:
            guide.failed.append("unit")
            guide.talk.problem(f"{shlex.join(command)}: {problem}")
            guide.talk.say("unit.failed")
            return
    guide.talk.good("unit.runs")
