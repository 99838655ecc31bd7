"""The log: for people on a terminal, for machines in the journal, always with whose it is."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.cli import app
from monitor.logs import HumanLines, JsonLines, LoggingRules, into_the_journal, of_wearer, part_of

SPEAKS = """
import logging
from monitor.cli.process import set_up_logging
from monitor.logs import LoggingRules, of_wearer
set_up_logging({verbose}, {quiet}, LoggingRules(format={form!r}, level={level!r}))
log = logging.getLogger("monitor.transport.session")
with of_wearer("me"):
    log.warning("%s: link lost", "me")
log.info("connected")
log.debug("details")
log.error("broken")
logging.getLogger("bleak").info("chatter")
"""


def spoken(
    form: str = "auto", level: str = "warning", verbose: bool = False, quiet: bool = False, after: str = "", **more: str
) -> subprocess.CompletedProcess[str]:
    code = SPEAKS.format(form=form, level=level, verbose=verbose, quiet=quiet) + after
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **more}, check=False
    )


@pytest.fixture
def record() -> Iterator[logging.LogRecord]:
    return logging.LogRecord(
        "monitor.outlets.mqtt.session", logging.WARNING, "", 1, "the broker is %s", ("away",), None
    )


def test_a_json_line_has_every_key_and_the_wearer_and_the_part_as_fields(record: logging.LogRecord) -> None:
    with of_wearer("me"):
        line = json.loads(JsonLines().format(record))
    assert set(line) == {"ts", "level", "part", "wearer", "message", "logger", "error"}
    assert (line["level"], line["part"], line["wearer"], line["message"]) == (
        "warning",
        "mqtt",
        "me",
        "the broker is away",
    )
    assert line["ts"].endswith("Z")
    assert json.loads(JsonLines().format(record))["wearer"] is None


def test_a_line_for_people_says_whose_it_is_once(record: logging.LogRecord) -> None:
    lines = HumanLines("%(message)s")
    assert lines.format(record) == "the broker is away"
    with of_wearer("me"):
        assert lines.format(record) == "me: the broker is away"
        record.msg = "me: the broker is %s"
        assert lines.format(record) == "me: the broker is away"


async def test_a_task_begun_for_a_wearer_speaks_of_them_and_its_neighbour_does_not(record: logging.LogRecord) -> None:
    async def speak() -> str | None:
        await asyncio.sleep(0)
        return json.loads(JsonLines().format(record))["wearer"]  # type: ignore[no-any-return]

    async with asyncio.TaskGroup() as group:
        with of_wearer("ann"):
            ann = group.create_task(speak())
        with of_wearer("ben"):
            ben = group.create_task(speak())
        nobody = group.create_task(speak())
    assert (ann.result(), ben.result(), nobody.result()) == ("ann", "ben", None)


def test_a_trace_stays_within_its_line() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        failed = logging.LogRecord("monitor.live", logging.ERROR, "", 1, "fault", (), sys.exc_info())
    text = JsonLines().format(failed)
    assert "\n" not in text
    assert "two\nlines" in json.loads(text)["error"]


@pytest.mark.parametrize(
    ("logger", "part"),
    [
        ("monitor.transport.session", "transport"),
        ("monitor.outlets.push", "push"),
        ("monitor.outlets.mqtt.client", "mqtt"),
        ("monitor.live", "live"),
        ("monitor", "monitor"),
        ("bleak.backends", "bleak"),
    ],
)
def test_the_part_is_told_by_the_loggers_name(logger: str, part: str) -> None:
    assert part_of(logger) == part


def test_json_is_written_to_standard_error_alone_one_object_a_line() -> None:
    done = spoken("json", "info")
    assert done.stdout == ""
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["message"] for line in lines] == ["link lost", "connected", "broken"]
    assert [line["wearer"] for line in lines] == ["me", None, None]


def test_without_a_terminal_and_without_a_journal_the_lines_are_plain_words() -> None:
    assert spoken().stderr.splitlines() == [
        "WARNING monitor.transport.session: me: link lost",
        "ERROR monitor.transport.session: broken",
    ]


def test_verbose_says_everything_of_ours_and_quiet_only_what_failed() -> None:
    assert "details" in spoken(verbose=True).stderr
    assert "chatter" not in spoken(verbose=True).stderr
    assert spoken(quiet=True, level="debug").stderr.splitlines() == ["ERROR monitor.transport.session: broken"]


def test_verbose_and_quiet_together_are_wrong_usage(tmp_path: Path) -> None:
    asked = ["run", "--verbose", "--quiet", "--state-dir", str(tmp_path), "--set", "radio.backend=bumble:none"]
    assert CliRunner().invoke(app, asked).exit_code == 2


def test_on_a_terminal_the_lines_are_short_and_for_people() -> None:
    ours, theirs = pty.openpty()
    code = SPEAKS.format(form="auto", level="warning", verbose=False, quiet=False)
    subprocess.run([sys.executable, "-c", code], stderr=theirs, env={**os.environ, "TERM": "xterm"}, check=True)
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert "me: link lost" in shown
    assert "monitor.transport" not in shown


def test_the_journal_gets_json_with_priorities() -> None:
    with subprocess.Popen([sys.executable, "-c", "pass"], stderr=subprocess.PIPE) as pipe:
        assert pipe.stderr is not None
        found = os.fstat(pipe.stderr.fileno())
    assert not into_the_journal({"JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino}"})
    code = SPEAKS.format(form="auto", level="warning", verbose=False, quiet=False)
    named = "import os; s=os.fstat(2); os.environ['JOURNAL_STREAM']=f'{s.st_dev}:{s.st_ino}'"
    done = subprocess.run([sys.executable, "-c", f"{named}\n{code}"], capture_output=True, text=True, check=True)
    first, second = done.stderr.splitlines()
    assert first.startswith("<4>{")
    assert second.startswith("<3>{")
    assert json.loads(second[3:])["message"] == "broken"


def test_where_objects_are_expected_a_fault_of_the_program_is_one_too() -> None:
    last = spoken("json", after="\nraise RuntimeError('unforeseen')").stderr.splitlines()[-1]
    line = json.loads(last)
    assert line["message"] == "a fault of the program: unforeseen"
    assert "RuntimeError" in line["error"]


def test_the_default_is_quiet_and_chooses_by_itself() -> None:
    assert LoggingRules() == LoggingRules(format="auto", level="warning")
