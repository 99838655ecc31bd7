"""Telegraf's rules and Grafana's queries fit what is published; a real InfluxDB answers the queries where there is one.

Telegraf's rules are restated from its own pages: of the format "json" numbers become floats, text and truth values are
kept only where ``json_string_fields`` names them, inner keys are joined by "_", null is left out (plugins/parsers/json
and plugins/inputs/mqtt_consumer of Telegraf 1).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
import tomllib
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from benchmarks.listening import free_port
from monitor.diagnostics import Diagnostics, Pushed
from monitor.event_ids import event_id
from monitor.events import BreakTaken, DayEnded, Event
from monitor.exchange import WearerState
from monitor.outlets.mqtt.messages import Phrasebook, Topics
from tests.support.living_outlet import ME, break_due

FOLDER = Path(__file__).parents[2] / "config" / "grafana"
TELEGRAF = tomllib.loads((FOLDER / "telegraf.conf").read_text(encoding="utf-8"))
INPUTS = TELEGRAF["inputs"]["mqtt_consumer"]
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))
NOW_S = 1_795_343_250.0
Point = tuple[str, dict[str, str], dict[str, Any], int]


def queries() -> list[str]:
    """All that Grafana asks, with its own words filled in."""
    asked = [target["query"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
    asked += [variable["query"] for variable in DASHBOARD["templating"]["list"] if variable["type"] == "query"]
    asked += [each["query"] for each in DASHBOARD["annotations"]["list"]]
    filled = {"$timeFilter": f"time > {int(NOW_S - 3600)}s", "$__interval": "1m", "$wearer": ME.node}
    for word, meaning in filled.items():
        asked = [query.replace(word, meaning) for query in asked]
    return asked


def published() -> Iterator[tuple[str, str]]:
    """Topic and payload of an alert, a break, the state, and the end of a day."""
    book = Phrasebook(ME, Topics("sitbreak", ME.node))
    state = WearerState(at_s=NOW_S, posture="sitting", sedentary=True, bout_s=1234.0, battery_pct=80, breaks=2)
    break_taken = BreakTaken(
        id=event_id(NOW_S, "break_taken"),
        at_s=NOW_S,
        bout_id="01",
        break_start_s=NOW_S - 90,
        upright_s=90.0,
        sedentary_s=1800.0,
    )
    day = DayEnded(
        id=event_id(NOW_S, "day"),
        at_s=NOW_S,
        date="2026-11-22",
        sedentary_min=300.0,
        longest_min=55.0,
        breaks=9,
        alerts=4,
    )
    events: list[Event] = [break_due(NOW_S - 60), break_taken, day]
    pushed = Pushed("ntfy (push address 1)", "accepted", "", NOW_S)
    well = Diagnostics(NOW_S, 0.2, 1, 0, 0.5, 0.8, 7, 0, (pushed,))
    for message in [
        *(each for event in events for each in book.news(event)),
        book.state(state),
        book.diagnostics(well),
    ]:
        yield message.topic, message.payload


def flat(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(inner, dict | list):
            yield from flat(inner, f"{prefix}{key}_")
        elif inner is not None:
            yield f"{prefix}{key}", inner


def telegraf(topic: str, payload: str) -> list[Point]:
    """What Telegraf would write of a message."""
    points = []
    for rules in INPUTS:
        (wanted,) = rules["topics"]
        if not fnmatch(topic, wanted.replace("+", "*")) or topic.count("/") != wanted.count("/"):
            continue
        (parsing,) = rules["topic_parsing"]
        tags = {
            name: part for name, part in zip(parsing["tags"].split("/"), topic.split("/"), strict=True) if name != "_"
        }
        fields: dict[str, Any] = {}
        for key, value in flat(json.loads(payload)):
            if key in rules.get("tag_keys", ()):
                tags[key] = str(value)
            elif isinstance(value, bool | str):
                fields |= {key: value} if key in rules["json_string_fields"] else {}
            else:
                fields[key] = float(value)
        at_s = datetime.fromisoformat(json.loads(payload)[rules["json_time_key"]]).timestamp()
        points.append((rules["name_override"], tags, fields, int(at_s)))
    return points


def test_its_user_may_read_all_that_it_asks_for_and_no_more() -> None:
    access = (FOLDER.parent / "mosquitto" / "sitbreak.acl").read_text(encoding="utf-8")
    _, _, own = access.partition("user telegraf\n")
    granted = re.findall(r"^topic read (\S+)$", own.partition("\nuser ")[0], re.MULTILINE)
    assert sorted(granted) == sorted(topic for rules in INPUTS for topic in rules["topics"])


def points() -> list[Point]:
    return [point for message in published() for point in telegraf(*message)]


def test_each_rule_finds_its_message_and_every_field_it_names_is_there() -> None:
    found = {name: (tags, fields) for name, tags, fields, _ in points()}
    assert set(found) == {rules["name_override"] for rules in INPUTS}
    assert all(tags["wearer"] == ME.node for tags, _ in found.values())
    (due,) = [fields for _, tags, fields, _ in points() if tags.get("event_type") == "break_due"]
    for rules in INPUTS:
        name = rules["name_override"]
        fields = due if name == "sitbreak_event" else found[name][1]
        assert set(rules["json_string_fields"]) <= set(fields)


def test_what_grafana_asks_for_is_what_telegraf_writes() -> None:
    known = {name: {"wearer", "event_type", *fields} for name, _, fields, _ in points()}
    for query in queries():
        (source,) = re.findall(r'FROM "(\w+)"', query)
        quoted = set(re.findall(r'"(\w+)"', query)) - {source} - set(re.findall(r'AS "(\w+)"', query))
        assert quoted <= known[source], query


def line(point: Point) -> str:
    """InfluxDB's line protocol."""
    name, tags, fields, at_s = point
    keys = "".join(f",{key}={value}" for key, value in tags.items())
    told = ",".join(f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in fields.items())
    return f"{name}{keys} {told} {at_s}"


@pytest.fixture
def influx(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """A real InfluxDB 1 with the database that Telegraf makes."""
    program = shutil.which("influxd")
    if program is None:
        pytest.skip("needs InfluxDB 1 (Debian: apt-get install influxdb)")
    ports = free_port(), free_port()
    environment = {
        "INFLUXDB_META_DIR": f"{tmp_path}/meta",
        "INFLUXDB_DATA_DIR": f"{tmp_path}/data",
        "INFLUXDB_DATA_WAL_DIR": f"{tmp_path}/wal",
        "INFLUXDB_REPORTING_DISABLED": "true",
        "INFLUXDB_BIND_ADDRESS": f"127.0.0.1:{ports[0]}",
        "INFLUXDB_HTTP_BIND_ADDRESS": f"127.0.0.1:{ports[1]}",
        "INFLUXDB_HTTP_LOG_ENABLED": "false",
    }
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen([program], env={**os.environ, **environment}, **quiet)  # type: ignore[call-overload]

    def ask(path: str, body: bytes | None = None, **query: str) -> Any:
        url = f"http://127.0.0.1:{ports[1]}/{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(urllib.request.Request(url, body), timeout=10) as answer:
            return json.loads(answer.read() or "null")

    try:
        deadline_s = time.monotonic() + 20
        while time.monotonic() < deadline_s:
            try:
                ask("ping")
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
        yield ask
    finally:
        server.terminate()
        server.wait(10)


def test_a_real_influxdb_answers_every_question_of_the_dashboard(influx: Callable[..., Any]) -> None:
    (output,) = TELEGRAF["outputs"]["influxdb"]
    influx("query", b"", q=f"CREATE DATABASE {output['database']}")
    influx("write", "\n".join(map(line, points())).encode(), db=output["database"], precision="s")
    for query in queries():
        (result,) = influx("query", db=output["database"], q=query)["results"]
        assert "error" not in result, query
        assert result["series"][0]["values"], query
