"""What is shipped for Node-RED and openHAB names only topics, keys and commands that there are, and itself rightly."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from monitor.exchange import WearerState
from monitor.outlets.mqtt.commands import read_command
from monitor.outlets.mqtt.payloads import ALERTS, EVENT_TYPES, PROFILES, state_payload

ROOT = Path(__file__).parents[2]
OPENHAB = {path.suffix[1:]: path.read_text(encoding="utf-8") for path in (ROOT / "config" / "openhab").iterdir()}
FLOW = json.loads((ROOT / "config" / "node_red" / "flows.json").read_text(encoding="utf-8"))
DOCS = (ROOT / "docs" / "dashboards.md").read_text(encoding="utf-8")
NODE = "3f9c0a51d2e7"
KINDS = {"state", "event", "log", "text", "availability", "link", "day", "info", "diagnostics"}
STATE = set(state_payload(WearerState(at_s=0.0)))
CORE = {"tab", "mqtt in", "mqtt out", "mqtt-broker", "function"}
"""Of Node-RED itself; all else is of the dashboard."""

CHANNELS = {
    name: {key: quoted or plain for key, quoted, plain in re.findall(r'(\w+)=(?:"([^"]*)"|([^",\s]+))', options)}
    for name, options in re.findall(r'Type \w+\s*: (\w+)\s+"[^"]+"\s+\[ (.*) \]', OPENHAB["things"])
}


def test_every_channel_of_openhab_reads_a_topic_and_a_key_that_there_are() -> None:
    assert len(CHANNELS) == OPENHAB["things"].count("Type ")
    for name, options in CHANNELS.items():
        base, node, kind = (options.get("stateTopic") or f"sitbreak/{NODE}/state").split("/")
        assert (base, node) == ("sitbreak", NODE), name
        assert kind in KINDS
        key = re.search(r"JSONPATH:\$\.(\w+)", options.get("transformationPattern", ""))
        assert key is None or key[1] in STATE | {"event_type"}


@pytest.mark.parametrize("name", [name for name, options in CHANNELS.items() if "commandTopic" in options])
def test_every_command_of_openhab_is_one(name: str) -> None:
    options = CHANNELS[name]
    command = options["commandTopic"].removeprefix(f"sitbreak/{NODE}/cmd/")
    values = options.get("allowedStates", "").split(",") if "allowedStates" in options else ["30"]
    for value in values:
        assert read_command(command, value.encode()) is not None
    if name == "profile":
        assert tuple(values) == PROFILES


def test_items_sitemap_and_rule_of_openhab_name_what_the_things_have() -> None:
    channels = re.findall(r'channel="mqtt:topic:sitbreak:wearer:(\w+)"', OPENHAB["items"])
    assert set(channels) | {"event"} == set(CHANNELS)
    items = set(re.findall(r"^\w+\s+(Sitbreak_\w+)", OPENHAB["items"], re.MULTILINE))
    assert set(re.findall(r"Sitbreak_\w+", OPENHAB["sitemap"])) == items
    assert set(re.findall(r"triggered (\w+)", OPENHAB["rules"])) <= set(EVENT_TYPES)
    assert set(re.findall(r'Sitbreak_Alert=="(\w+)"', OPENHAB["sitemap"])) <= set(ALERTS)
    assert all(text.count("{") == text.count("}") for text in OPENHAB.values())


def test_the_flow_is_of_core_nodes_and_of_the_dashboards() -> None:
    assert all(node["type"] in CORE or node["type"].startswith("ui-") for node in FLOW)
    known = {node["id"] for node in FLOW}
    assert len(known) == len(FLOW)
    for node in FLOW:
        references = [node[key] for key in ("z", "group", "page", "ui", "theme", "broker") if key in node]
        wired = [to for wires in node.get("wires", []) for to in wires]
        assert set(wired) <= known
        assert node["type"] == "mqtt-broker" or set(references) <= known, node["name"]


def test_the_flow_reads_topics_and_keys_that_there_are_and_sends_commands_that_are() -> None:
    for node in FLOW:
        if node["type"] == "mqtt in":
            assert re.fullmatch(rf"sitbreak/\+/({'|'.join(KINDS)}|cmd/\+/result)", node["topic"])
        if node["type"] == "ui-button":
            told = json.dumps({"value": node["payload"], "id": "0" * 26})
            assert read_command(node["topic"], told.encode()) is not None
        if node["type"] == "function" and node["name"] == "what is now":
            assert set(re.findall(r"\bnow\.(\w+)", node["func"])) <= STATE


def test_the_flow_holds_no_password() -> None:
    assert not [node["name"] for node in FLOW if "credentials" in node or "password" in node]


def test_the_page_names_every_file_that_is_shipped() -> None:
    for folder in ("node_red", "openhab", "grafana"):
        for path in (ROOT / "config" / folder).iterdir():
            assert path.name in DOCS, path
