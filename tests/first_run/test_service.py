"""The systemd user unit."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from monitor.first_run.guide import Flags
from monitor.first_run.service import command_line, serve, shipped_unit, unit_text
from tests.support.scripted_talk import ScriptedTalk, guide_of


def test_the_unit_is_the_shipped_one_with_the_command_of_this_installation(tmp_path: Path) -> None:
    guide = guide_of(ScriptedTalk(), tmp_path)
    text = unit_text(shipped_unit(), command_line(guide))
    (start,) = [line for line in text.splitlines() if line.startswith("ExecStart=")]
    assert start.endswith(f"run --config {guide.config} --state-dir {guide.state_dir}")
    assert start.startswith(f"ExecStart={Path(sys.executable).parent}/")
    others = [line for line in shipped_unit().splitlines()[1:] if not line.startswith("ExecStart=")]
    assert [line for line in text.splitlines() if not line.startswith("ExecStart=")] == others


def test_strange_paths_are_written_as_systemd_reads_them() -> None:
    text = unit_text("ExecStart=x\n", ["/a b/run", "50%", "$HOME"])
    assert text == 'ExecStart="/a b/run" 50%% $$HOME\n'


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="systemd is on Linux")
def test_nothing_is_run_but_on_yes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    log, tools = tmp_path / "log", tmp_path / "bin"
    tools.mkdir()
    for name in ("systemctl", "loginctl"):
        (tools / name).write_text(f'#!/bin/sh\necho {name} "$@" >> {log}\n')
        (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:/bin:/usr/bin")
    unit = tmp_path / "xdg" / "systemd" / "user" / "sitbreak.service"
    serve(guide_of(ScriptedTalk("n"), tmp_path))
    assert not unit.exists()
    serve(guide_of(ScriptedTalk("y", "n"), tmp_path))
    assert unit.exists()
    assert not log.exists()
    serve(guide_of(ScriptedTalk("y"), tmp_path, Flags(unit=True)))
    assert log.read_text().splitlines() == [
        "systemctl --user daemon-reload",
        "systemctl --user enable --now sitbreak.service",
        "loginctl enable-linger",
    ]


def test_what_systemd_refuses_is_said_and_not_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "systemctl").write_text("#!/bin/sh\necho no bus >&2\nexit 1\n")
    (tools / "systemctl").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:/bin")
    guide = guide_of(ScriptedTalk("y"), tmp_path, Flags(unit=True))
    serve(guide)
    assert guide.failed == ["unit"]
    assert isinstance(guide.talk, ScriptedTalk)
    assert "systemctl --user daemon-reload: no bus" in guide.talk.said
