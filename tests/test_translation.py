"""What the commands answer in every language: English stands in the code, and none of it may lack its translation."""

from __future__ import annotations

import ast
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from rich.console import Console

from monitor.cli.scan import advice, picture
from monitor.cli.what_if import FIGURES
from monitor.demo.profiles import PROFILES, header
from monitor.doctor.config import config
from monitor.doctor.finding import Verdict
from monitor.doctor.table import CHECKS
from monitor.in_reach import Neighbour, Survey
from monitor.outlets.panel import TITLES
from monitor.posture import PLACEMENTS
from monitor.settings.faults import SettingsError
from monitor.settings.loading import load
from monitor.spoken import Phrases, phrases, sentences
from monitor.wearables import WEARABLES
from monitor.words import DEFAULT, languages
from tests.doctor.cases import case

ROOT = Path(__file__).parent.parent
OTHERS = pytest.mark.parametrize("language", [code for code in languages() if code != DEFAULT])
PARTS = ("doctor", "scan", "what_if", "placements", "console", "faults")
FAULTS_IN = (
    *("transport/faults.py", "transport/radio.py", "outlets/mqtt/remedies.py", "outlets/mqtt/certificates.py"),
    *("lock.py", "history/reading.py", "history/database.py", "demo/day.py", "demo/profiles.py", "exposed.py"),
    *("cli/demo.py", "cli/what_if.py", "cli/process.py", "cli/replay.py", "cli/report.py", "cli/scan.py"),
)
"""Files whose sentences a wearer may meet in a daily command."""
COMMANDS = re.compile(r"^(pip install|chmod|`?sudo|bluetoothctl pair|  mosquitto_sub| -u|PRAGMA|SELECT|BEGIN)\b")
"""Said the same in every language: what is typed, not read."""
FRAGMENTS = re.compile(
    # put into a sentence that is known whole, names, and what others say
    r"refuses us|in the broker's access list.*|allow topic .*|X X|X \(X\)|X: X|sitbreak X, Python X, X|demo X|one of X"
    r"|(Not Powered|Resource Not Ready|No such device|Host is down|adapter ')|first sample|the day begins|X: X; X"
    r"|utf-8|Value error, |reading \.parquet|X is written\.|\[\w+\] .*|^  X  X; X| ?\(X\)"
)


def texts_in(path: Path) -> Iterator[str]:
    """Every text of several words in a file that is no docstring and no description of a setting, its holes as X."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            silent |= {id(part) for part in node.values}
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in (
            *("Field", "Option", "Argument", "debug", "info", "warning", "error", "execute", "strftime", "create_task"),
        ):
            silent |= {id(part) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) not in silent and (text := as_text(node)) and re.search(r"[a-z]{2,} [a-z]", text):
            yield text


def as_text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def unsaid(say: Phrases, texts: Iterator[str]) -> list[str]:
    """The texts that stay English."""
    return [t for t in texts if say(t) == t and not COMMANDS.search(t) and not FRAGMENTS.fullmatch(t)]


@OTHERS
def test_every_finding_of_the_doctor_can_be_said(language: str) -> None:
    say = phrases(language, "doctor", "faults", "scan")
    for path in (ROOT / "monitor" / "doctor").glob("*.py"):
        assert unsaid(say, texts_in(path)) == [], path.name
    for word in (*(check.subject for check in CHECKS), *Verdict):
        assert word in sentences("doctor", language)


@OTHERS
@pytest.mark.parametrize("file", FAULTS_IN)
def test_every_fault_of_a_daily_command_can_be_said(language: str, file: str) -> None:
    say = phrases(language, "scan", "what_if", "console", "faults", "doctor")
    assert unsaid(say, texts_in(ROOT / "monitor" / file)) == []


@OTHERS
def test_what_wearables_and_placements_say_of_themselves_can_be_said(language: str) -> None:
    scan, placements = sentences("scan", language), sentences("placements", language)
    for wearable in WEARABLES.values():
        about = wearable.ABOUT
        assert {about.rate, about.alert, about.pairing} - {""} <= set(scan)
    for placement in PLACEMENTS.values():
        assert {placement.KNOWS, placement.CANNOT} <= set(placements)


@OTHERS
def test_the_headings_of_tables_can_be_said(language: str) -> None:
    assert set(FIGURES) <= set(sentences("what_if", language))
    assert set(TITLES) <= set(sentences("console", language))


@OTHERS
@pytest.mark.parametrize("profile", PROFILES)
def test_the_demo_begins_without_an_english_line(language: str, profile: str) -> None:
    say = phrases(language, "scan", "console", "faults")
    for placement in PLACEMENTS:
        for line in header(profile, placement, 60.0):
            assert not re.search(r"\b(the|its|of|on|at|times)\b", say(line)), say(line)


@cache
def the_code() -> str:
    """All texts of the program in one."""
    paths = (ROOT / "monitor").rglob("*.py")
    found = (as_text(node) for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    return "\n".join(found) + (ROOT / "monitor" / "events.py").read_text(encoding="utf-8")


@OTHERS
@pytest.mark.parametrize("part", [part for part in PARTS if part != "faults"])
def test_no_translation_is_left_of_a_sentence_that_is_gone(language: str, part: str) -> None:
    for english in sentences(part, language):
        longest = max(re.split(r"\{\w*\}", english), key=len)
        camel = english.title().replace("_", "")  # events are named after their classes
        assert longest.strip() in the_code() or camel in the_code(), english


@OTHERS
@pytest.mark.parametrize("part", PARTS)
def test_a_translation_keeps_the_holes_of_its_sentence(language: str, part: str) -> None:
    for english, said in sentences(part, language).items():
        assert set(re.findall(r"\{(\w*)\}", english)) == set(re.findall(r"\{(\w*)\}", said)), english
        assert "{}" not in said


# --- as a German reads it -------------------------------------------------------------------------------------


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["sitbreak"])


@pytest.mark.usefixtures("german")
def test_the_table_of_a_scan_is_german() -> None:
    found = Survey(tuple(Neighbour("C0:00", kind, -50, kind, "ada", 80) for kind in WEARABLES if kind != "phone"))
    console = Console(width=400, record=True, file=io.StringIO())
    console.print(picture(found, everybody=True))
    text = console.export_text()
    assert all(words in text for words in ("was es ist", "üblich 25", "getragen von ada", "Batterie 80 %"))
    assert not re.search(r"\b(the|and|unless|needs|none)\b", text)
    assert advice(Survey())[0].startswith("Kein Sensor")


def test_each_oddity_of_settings_is_german(tmp_path: Path) -> None:
    say = phrases("de", "doctor", "faults")
    odd = ("mqtt.host=broker.lan", "wearers.ann.label=Ann", "wearers.ben.label=Ben", "metrics.enabled=true")
    for finding in config(case(tmp_path, *odd, "metrics.host=0.0.0.0")):
        for text in filter(None, (finding.told, finding.remedy)):
            assert say(text) != text


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("coach.limit_s=5", "möglich ist 60 und mehr"),
        ("coach.limit_s=x", "das ist keine Zahl"),
        ("coach.limits=5", "diese Einstellung gibt es nicht (gemeint war vielleicht „coach.limit_s“?)"),
        ("coach.profile=hart", "möglich: 'gentle', 'normal' oder 'strict'"),
        ("coach.recipe=cake", "kein Rezept; möglich: "),
        ("wearers.me.placement=ear", "nicht bekannt; möglich: "),
        ("mqtt.enabled", "als SECTION.KEY=VALUE schreiben"),
    ],
)
def test_a_wrong_setting_is_told_in_german(override: str, said: str) -> None:
    with pytest.raises(SettingsError) as fault:
        load(None, [override], environment={})
    assert said in phrases("de", "faults")(str(fault.value))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["doctor", "--set", "mqtt.port=x"], "das ist keine ganze Zahl -> berichtigen"),
        (["placements"], "sieht nicht"),
        (["what-if"], "was soll anders sein?"),
        (["what-if", "--limit", "20"], "ist nicht da; erst sitbreak starten"),
        (["scan", "--duration", "0"], "möglich ist 1 und mehr"),
        (["run", "-c", "/none.toml"], "diese Datei gibt es nicht"),
        (["demo", "--profile", "spoon"], "nicht bekannt; möglich: deskband"),
        (["replay", "/none.csv"], "ist nicht da; bitte den Namen ansehen"),
        (["why", "--nothing"], "Keine solche Option"),
    ],
)
def test_the_commands_answer_in_the_language_of_the_system(arguments: list[str], said: str, tmp_path: Path) -> None:
    own = {"LC_ALL": "de_DE.UTF-8", "COLUMNS": "200", "XDG_CONFIG_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "monitor", *arguments]
    done = subprocess.run(command, env=os.environ | own, capture_output=True, text=True, timeout=60, check=False)
    assert said in " ".join((done.stdout + done.stderr).split()), done


def test_json_stays_english(tmp_path: Path) -> None:
    own = {"LC_ALL": "de_DE.UTF-8", "XDG_CONFIG_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "monitor", "doctor", "--json"]
    done = subprocess.run(command, env=os.environ | own, capture_output=True, text=True, timeout=60, check=False)
    assert '"verdict": "note", "told": "does not run with' in done.stdout
