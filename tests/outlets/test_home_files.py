"""What users copy into Home Assistant or into their settings names only what there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from apprise import Apprise

from monitor.outlets.mqtt.commands import NAMES, PAYLOAD_LIMIT_BYTES, read_command
from monitor.outlets.mqtt.entities import ENTITIES
from monitor.outlets.mqtt.payloads import ALERTS, EVENT_TYPES
from monitor.settings.loading import load
from monitor.settings.sections import walk

ROOT = Path(__file__).parents[2]
HOME = ROOT / "config" / "home_assistant"
DOCS = {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("home-assistant.md", "phone.md")}
CORE_CARDS = {"heading", "tile", "gauge", "conditional", "markdown", "button", "history-graph", "statistics-graph"} | {
    "entities"
}


class _Blueprint(yaml.SafeLoader):
    """YAML with Home Assistant's ``!input``."""


_Blueprint.add_constructor("!input", lambda loader, node: f"<{loader.construct_scalar(node)}>")


def _blueprint() -> dict[str, Any]:
    loaded = yaml.load((HOME / "break_alert.yaml").read_text(encoding="utf-8"), _Blueprint)
    assert isinstance(loaded, dict)
    return loaded


def _within(part: Any) -> list[Any]:
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return [part, *(found for value in inner for found in _within(value))]


def test_the_dashboard_is_of_core_cards_and_of_our_entities() -> None:
    text = (HOME / "dashboard.yaml").read_text(encoding="utf-8")
    names = {f"{e.platform}.desk_wearable_{re.sub(r'[^a-z]+', '_', e.name.lower())}" for e in ENTITIES}
    assert set(re.findall(r"[a-z_]+\.desk_wearable_\w+", text)) <= names
    (view,) = yaml.safe_load(text)["views"]
    cards = [
        part for part in _within(view["sections"]) if isinstance(part, dict) and ("entity" in part or "type" in part)
    ]
    assert {card["type"] for card in cards if "type" in card} <= CORE_CARDS | {"grid"}
    states = {state for card in cards if card.get("condition") == "state" for state in card["state"]}
    assert states <= set(ALERTS)


def test_every_input_of_the_blueprint_is_used_and_every_used_one_is_asked_for() -> None:
    loaded = _blueprint()
    asked: dict[str, Any] = {}
    for name, field in loaded["blueprint"]["input"].items():
        asked |= field.get("input", {name: field})
    used = {p[1:-1] for p in _within({k: v for k, v in loaded.items() if k != "blueprint"}) if _is_input(p)}
    assert used == set(asked)
    assert {name for name, field in asked.items() if "default" not in field} == {"alert", "alert_state", "phone"}


def _is_input(part: Any) -> bool:
    return isinstance(part, str) and bool(re.fullmatch(r"<\w+>", part))


def test_the_blueprint_knows_our_events_states_and_commands() -> None:
    text = (HOME / "break_alert.yaml").read_text(encoding="utf-8")
    loaded = _blueprint()
    over = next(trigger for trigger in loaded["triggers"] if trigger["id"] == "over")
    assert set(over["from"]) | set(over["to"]) == set(ALERTS)
    assert set(re.findall(r"'(break_\w+|test)'", text)) <= set(EVENT_TYPES)
    third = loaded["blueprint"]["input"]["third"]["selector"]["select"]["options"]
    assert {option["value"] for option in third} - {"none"} | {"done", "snooze"} <= NAMES


@pytest.mark.parametrize(("name", "value"), [("done", '"PRESS"'), ("snooze", "120"), ("busy", "30")])
def test_an_answer_with_the_alerts_id_is_short_enough_to_be_heard(name: str, value: str) -> None:
    payload = f'{{"value":{value},"id":"01M81GDYAAVY850P6XCYJ0KZQR"}}'.encode()
    assert len(payload) <= PAYLOAD_LIMIT_BYTES
    command = read_command(name, payload)
    assert command is not None
    assert command.alert_id == "01M81GDYAAVY850P6XCYJ0KZQR"


@pytest.mark.parametrize("page", DOCS)
def test_every_setting_on_the_page_exists(page: str, tmp_path: Path) -> None:
    known = {".".join(path) for path, _ in walk()}
    named = set(re.findall(r"`((?:mqtt|push|coach)\.\w+)", DOCS[page]))
    assert named
    assert named <= known
    for text in re.findall(r"```toml\n(.*?)```", DOCS[page], re.DOTALL):
        (tmp_path / "example.toml").write_text(text)
        load(tmp_path / "example.toml", (), {})


def test_every_address_on_the_page_is_one_that_apprise_knows() -> None:
    addresses = re.findall(r"\| `(\w+://[^`]+)`", DOCS["phone.md"])
    assert len(addresses) == 5
    real = {"TOKEN": "a" * 15, "BOT_aaaaaaaaaaaaaaa/CHAT_ID": "123456789:abcdefg_hijklmnop/12315544"}
    for address in addresses:
        for word, value in real.items():
            address = address.replace(word, value)
        assert Apprise().add(address), address


def test_every_entity_is_on_the_page() -> None:
    for entity in ENTITIES:
        assert entity.name in DOCS["home-assistant.md"], entity.name
