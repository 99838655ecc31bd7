"""What the commands answer in every language: English stands in the code, and none of it may lack its translation."""

from __future__ import annotations

import ast
import io
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from monitor.cli import app
from monitor.cli.scan import advice, picture
from monitor.cli.translation import said_here
from monitor.cli.what_if import FIGURES
from monitor.demo.profiles import PROFILES, header
from monitor.doctor.config import config
from monitor.doctor.finding import Verdict
from monitor.doctor.table import CHECKS
from monitor.first_run.talk import Talk
from monitor.in_reach import Neighbour, Survey
from monitor.logs import HumanLines, JsonLines
from monitor.outlets.panel import TITLES
from monitor.posture import PLACEMENTS
from monitor.reporting.day_tables import WEEKDAYS
from monitor.settings.faults import SettingsError
from monitor.settings.loading import load
from monitor.spoken import Phrases, phrases, sentences
from monitor.wearables import WEARABLES
from monitor.words import DEFAULT, languages
from tests.doctor.cases import case
from tests.reporting.office import written
from tests.support.terminal import terminal

ROOT = Path(__file__).parent.parent
OTHERS = pytest.mark.parametrize("language", [code for code in languages() if code != DEFAULT])
PARTS = (
    *("doctor", "scan", "what_if", "placements", "console", "report", "erase", "export", "config", "exercises", "run"),
    "faults",
)
FAULTS_IN = (
    *("transport/faults.py", "transport/radio.py", "outlets/mqtt/remedies.py", "outlets/mqtt/certificates.py"),
    *("outlets/mqtt/credentials.py", "outlets/mqtt/broker.py"),
    *("lock.py", "history/reading.py", "history/database.py", "demo/day.py", "demo/profiles.py", "exposed.py"),
    *("cli/demo.py", "cli/what_if.py", "cli/process.py", "cli/replay.py", "cli/report.py", "cli/scan.py"),
    *("cli/ready.py", "cli/exercises.py", "cli/why.py", "cli/setup.py", "cli/export.py", "cli/erase.py"),
    *("cli/config.py", "reporting/exporting.py", "reporting/parquet.py"),
    *("civil.py", "wearables/bthome/rules.py"),
    *("web/rules.py", "outlets/mqtt/rules.py", "coach/rules.py", "coach/exercises.py", "outlets/push_rules.py"),
    *("outlets/metrics_rules.py", "transport/radio_rules.py", "outlets/push.py", "web/server.py"),
    *(
        "erasing.py",
        "history/erasing.py",
        "app.py",
        "assembly/wearer.py",
        "outlets/mqtt/outlet.py",
        "assembly/outlets.py",
    ),
    *("first_run/broker.py", "first_run/connecting.py", "first_run/finding.py", "first_run/service.py"),
    "first_run/writing.py",
)
"""Files whose sentences a wearer may meet in a daily command."""
COMMANDS = re.compile(r"^(pip install|chmod|`?sudo|bluetoothctl pair|  mosquitto_sub| -u|PRAGMA|SELECT|BEGIN)\b")
"""Said the same in every language: what is typed, not read."""
FRAGMENTS = re.compile(
    # put into a sentence that is known whole, names, and what others say
    r"refuses us|in the broker's access list.*|allow topic .*|X X|X \(X\)|X: X|sitbreak X, Python X, X|demo X|one of X"
    r"|(Not Powered|Resource Not Ready|No such device|Host is down|adapter ')|first sample|the day begins|X: X; X"
    r"|# A user service:|utf-8|Value error, |reading \.parquet|\[\w+\] .*|^  X  X; X| ?\(X\)"
)


def texts_in(path: Path) -> Iterator[str]:
    """Every text of several words in a file that is no docstring and no description of a setting, its holes as X."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            silent |= {id(part) for part in node.values}
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in (
            *(
                "Meta",
                "Option",
                "Typer",
                "Argument",
                "debug",
                "info",
                "warning",
                "error",
                "execute",
                "strftime",
                "create_task",
            ),
        ):
            silent |= {id(part) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) not in silent and (text := as_text(node)) and re.search(r"[a-z]{2,} [a-z]", text):
            yield text


def as_text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def logged_in(path: Path) -> Iterator[str]:
    """What a file warns of while the program runs, its holes as X."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("warning", "error") and node.args:
            text = re.sub(r"%[.\d]*[sdfr]", "X", as_text(node.args[0]))
            if re.search(r"[a-z]{2,} [a-z]", text):
                yield text


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
    say = phrases(language, *(part for part in PARTS if part != "report"))
    assert unsaid(say, texts_in(ROOT / "monitor" / file)) == []


@OTHERS
@pytest.mark.parametrize("file", ["reporting/day_tables.py", "reporting/terminal.py"])
def test_every_sentence_of_a_report_can_be_said(language: str, file: str) -> None:
    say = phrases(language, "report")
    assert unsaid(say, texts_in(ROOT / "monitor" / file)) == []
    words = ("Sitting", "Exercises", "from", "to", "sat", "upright", "steps", "counts", "at", "after", "calls", "yes")
    for word in (*WEEKDAYS, *(day[:3] for day in WEEKDAYS), *words):
        assert word in sentences("report", language)


@OTHERS
def test_what_a_daemon_warns_of_on_a_terminal_can_be_said(language: str) -> None:
    say, apart = phrases(language, "run", "faults"), ("evaluation", "study", "doctor")
    files = [path for path in (ROOT / "monitor").rglob("*.py") if not set(apart) & set(path.parts)]
    texts = {text for path in files for text in logged_in(path)}
    assert len(texts) > 20
    assert [text for text in texts if say(text) == text] == []


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
def test_a_word_of_a_command_goes_before_the_same_word_in_a_fault() -> None:
    for part in PARTS:
        say = said_here(part)
        for english, said in sentences(part, "de").items():
            assert "{" in english or say(english) == said, (part, english)


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
        ("coach.profile=hart", 'möglich: "gentle", "normal", "strict"'),
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
        (["scan", "--duration", "0"], "0.0 ist nicht im Bereich x>=1."),
        (["scan", "--duration", "x"], "'x' ist keine Zahl."),
        (["run", "-c", "/none.toml"], "diese Datei gibt es nicht"),
        (["demo", "--profile", "spoon"], "nicht bekannt; möglich: deskband"),
        (["replay", "/none.csv"], "ist nicht da; bitte den Namen ansehen"),
        (["why", "--nothing"], "Keine solche Option"),
        (["erase"], "was soll gelöscht werden?"),
        (["export", "--out", "x", "--format", "pdf"], "--format kann sein: csv, parquet, fhir"),
        (["config", "check"], "Die Einstellungen stimmen"),
        (["config", "show"], "Vorgabe"),
        (["exercises"], "vorgeschlagen?"),
        (["exercises", "--set", "coach.language=en"], "suggested?"),
        (["ready", "--none"], "Notiert, nur in der Verlaufsdatei."),
        (["run", "--set", "mqtt.password=x"], "zu einem Passwort gehört ein Benutzername"),
        (["report"], "ist nicht da; erst sitbreak starten"),
        (["export"], "Es fehlt die Option '--out'."),
        (["ready", "--condition", "wheelchair"], "'wheelchair' gibt es nicht; möglich: hip_replacement"),
        (["config", "check", "--set", "coach.summary_at=25:00"], "keine Uhrzeit (HH:MM)"),
        (["config", "check", "--set", "coach.time_zone=Mars"], "keine Zeitzone (ein Name wie"),
        (["config", "check", "--set", "mqtt.password=x"], "kam auf der Befehlszeile"),
    ],
)
def test_the_commands_answer_in_the_language_of_the_system(arguments: list[str], said: str, tmp_path: Path) -> None:
    own = {"LC_ALL": "de_DE.UTF-8", "COLUMNS": "200", "XDG_CONFIG_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "monitor", *arguments]
    done = subprocess.run(command, env=os.environ | own, capture_output=True, text=True, timeout=60, check=False)
    assert said in " ".join((done.stdout + done.stderr).split()), done


@pytest.mark.usefixtures("german")
def test_a_report_is_german_and_its_json_stays_english(tmp_path: Path) -> None:
    written(tmp_path, date(2024, 3, 4), 5)
    for kind in ("--day", "--week", "--month"):
        told = CliRunner().invoke(app, ["report", "2024-03-05", kind, "--state-dir", str(tmp_path)]).output
        assert "Die Hälfte" in told or "die Hälfte der Sitzzeit" in told
        assert not re.search(r"\b(the|and|of|to|bouts?|breaks?|worn|seen|Mon|Tuesday)\b", told), told
    told = CliRunner().invoke(app, ["report", "2024-03-05", "--json", "--state-dir", str(tmp_path)]).output
    assert '"wearer":"me"' in told
    assert "Sitz" not in told


@pytest.mark.usefixtures("german")
def test_a_password_is_asked_for_until_it_was_typed_twice_in_german() -> None:
    typed = "a long word\nanother word\na long word\na long word\n"
    told = CliRunner().invoke(app, ["config", "password"], input=typed)
    assert told.exit_code == 0, told.output
    assert told.stderr.count("Das war zweimal nicht dasselbe.") == 1
    assert "match" not in told.output


@pytest.mark.parametrize(("answer", "gone"), [("vielleicht\nnein\n", False), ("\n", False), ("ja\n", True)])
async def test_who_erases_is_asked_in_german(tmp_path: Path, answer: str, gone: bool) -> None:
    written(tmp_path, date(2024, 3, 4), 1)
    own = {"LC_ALL": "de_DE.UTF-8", "XDG_CONFIG_HOME": str(tmp_path), "TERM": "dumb"}
    arguments = ["erase", "--wearer", "me", "--state-dir", str(tmp_path)]
    async with terminal(*arguments, environment=os.environ | own) as screen:
        await screen.shows("Löschen? [ja/NEIN]")
        screen.type(answer)
        await screen.shows("Es ist gelöscht." if gone else "Abgebrochen.")
        assert await screen.ends() == (0 if gone else 1)


def test_what_a_part_in_brackets_says_ends_with_the_bracket() -> None:
    say = Phrases({"{what} fails ({why})": "{what} fehlt ({why})", "use it (or {other})": "nimm es (oder {other})"})
    assert say("A fails (no B): use it (or C)") == "A fehlt (no B): nimm es (oder C)"


def test_a_broker_that_is_away_is_told_with_the_remedy() -> None:
    away = "me: the MQTT broker 10.0.0.1:1883 is away: [Errno 111] Connection refused."
    told = phrases("de", "faults", "run")(f"{away} Is the broker started, and mqtt.port its port?; next try in 2 s")
    assert told == (
        "me: der MQTT-Broker 10.0.0.1:1883 ist weg: [Errno 111] die Verbindung wird abgelehnt."
        " Läuft der Broker, und ist mqtt.port sein Port?; nächster Versuch in 2 s"
    )


def test_only_a_terminal_reads_the_log_translated() -> None:
    record = logging.makeLogRecord({"name": "monitor", "msg": "Bluetooth works again", "levelname": "WARNING"})
    assert HumanLines("%(message)s", phrases("de", "run")).format(record) == "Bluetooth geht wieder"
    assert HumanLines("%(message)s").format(record) == "Bluetooth works again"
    assert json.loads(JsonLines().format(record))["message"] == "Bluetooth works again"


def test_setup_says_in_german_what_a_wearable_wants_first() -> None:
    talk = Talk(Console(), "de", asks=False)
    for wearable in WEARABLES.values():
        for text in filter(None, (wearable.ABOUT.pairing, wearable.ABOUT.rate, wearable.ABOUT.alert)):
            assert talk.told(text) == phrases("de", "scan")(text)
    assert talk.told("the broker does not answer") == "der Broker antwortet nicht"


def test_json_stays_english(tmp_path: Path) -> None:
    own = {"LC_ALL": "de_DE.UTF-8", "XDG_CONFIG_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "monitor", "doctor", "--json"]
    done = subprocess.run(command, env=os.environ | own, capture_output=True, text=True, timeout=60, check=False)
    assert '"verdict": "note", "told": "does not run with' in done.stdout
