"""Two people in one home, from their bands to every surface: nothing of the one reaches the other's."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

pytest.importorskip("selenium", reason="needs selenium (the extra test)")

from benchmarks.listening import free_port
from monitor.cli import app
from monitor.history.store import Store
from monitor.web.passwords import hash_of
from monitor.web.server import is_installed
from tests.support.brokers import Listener
from tests.support.browser import browser, errors, named, needs_chromium, shot, until
from tests.support.guarded_broker import guarded_broker, user
from tests.support.living_daemon import day, living_daemon
from tests.support.receiver import Receiver

pytestmark = [
    pytest.mark.mosquitto,
    pytest.mark.chromium,
    needs_chromium,
    pytest.mark.skipif(not is_installed(), reason="needs the extra web"),
]
SETTINGS = """
[coach]
limit_s = 120
early_s = 0
[bouts]
break_min_s = 30
[history]
keep_posture_days = 3650
[mqtt]
host = "127.0.0.1"
port = {mqtt}
username = "sitbreak"
password = "pw-sitbreak"
[push]
urls = ["ada={ada_phone}", "bob={bob_phone}"]
from_level = 1
[web]
enabled = true
port = {web}
[web.password_hashes]
ada = "{ada_hash}"
bob = "{bob_hash}"
"""


@dataclass(frozen=True)
class Home:
    """A running daemon for Ada and Bob, and the way to its surfaces."""

    folder: Path
    settings: Path
    nodes: dict[str, str]
    mqtt_port: int
    url: str
    phones: dict[str, Receiver]

    def run(self, *arguments: str) -> str:
        """What a command of the program says."""
        shared = ("--config", str(self.settings), "--state-dir", str(self.folder))
        done = CliRunner().invoke(app, [*arguments, *shared])
        assert done.exit_code == 0, done.output
        return done.output

    def ids(self, wearer: str) -> set[str]:
        """Of every event, bout and alert of one of them."""
        with sqlite3.connect(f"file:{self.folder / 'history.sqlite3'}?mode=ro", uri=True) as connection:
            query = "SELECT body FROM events JOIN wearers USING (wearer_id) WHERE name = ?"
            bodies = [str(body) for (body,) in connection.execute(query, (wearer,))]
        return set(re.findall(r'"([0-9A-HJKMNP-TV-Z]{26})"', " ".join(bodies)))


@asynccontextmanager
async def home(folder: Path) -> AsyncIterator[Home]:
    with closing(Store(folder / "history.sqlite3")) as store:  # the nodes are the phones' names at the broker
        nodes = {name: store.node_id(name) for name in ("ada", "bob")}
    with guarded_broker(folder, "sitbreak", "homeassistant", *nodes.values()) as broker:
        async with Receiver() as ada_phone, Receiver() as bob_phone:
            port = free_port()
            settings = SETTINGS.format(
                mqtt=broker.port,
                web=port,
                ada_phone=ada_phone.address,
                bob_phone=bob_phone.address,
                ada_hash=hash_of("word of ada"),
                bob_hash=hash_of("word of bob"),
            )
            async with living_daemon(folder, settings, {"ada": day("sit"), "bob": day("stand")}) as path:
                url = f"http://127.0.0.1:{port}/"
                yield Home(folder, path, nodes, broker.port, url, {"ada": ada_phone, "bob": bob_phone})


def page_of(house: Home, name: str) -> str:
    """Everything that the page holds for who logs in by this name."""
    with browser(390, 844) as window:
        window.shot_name = "phone"
        window.get(f"{house.url}login")
        named(window, "Name", "input").send_keys(name)
        named(window, "Password", "input").send_keys(f"word of {name}\n")
        named(window, "Why?")
        until(window, lambda driver: driver.find_elements("css selector", ".ribbon rect"))
        shot(window, f"two-people-{name}")
        assert errors(window) == []
        return str(window.page_source).split("</style>")[-1]


def of(heard: Listener, node: str) -> list[dict[str, Any]]:
    return [json.loads(each.text) for each in heard.heard if each.topic == f"sitbreak/{node}/state"]


async def test_nothing_of_the_one_reaches_the_others_surfaces(tmp_path: Path) -> None:
    async with home(tmp_path) as house:
        ada, bob = house.nodes["ada"], house.nodes["bob"]
        async with (
            Listener(house.mqtt_port, "#", "sitbreak/#", user=user(ada)) as adas,
            Listener(house.mqtt_port, "#", "sitbreak/#", user=user(bob)) as bobs,
            Listener(house.mqtt_port, "sitbreak/#", user=user("homeassistant")) as hall,
        ):
            await hall.topic(f"sitbreak/{bob}/link", "online", within_s=40)
            await adas.topic(f"sitbreak/{ada}/event", within_s=40)
            await bobs.until(lambda each: '"posture":"standing"' in each.text, within_s=40)
            # commands: each their own, and no other's
            bobs.publish(f"sitbreak/{ada}/cmd/pause", "ON")
            assert await bobs.refused() == "Not authorized"
            bobs.publish(f"sitbreak/{bob}/cmd/limit", "45")
            await bobs.topic(f"sitbreak/{bob}/cmd/limit/result")
            # the page
            shown = {name: await asyncio.to_thread(page_of, house, name) for name in house.nodes}
            ids = {name: house.ids(name) for name in house.nodes}
        # topics
        assert all(each.topic.startswith(f"sitbreak/{ada}/") for each in adas.heard)
        assert all(each.topic.startswith(f"sitbreak/{bob}/") for each in bobs.heard)
        assert "break_due" in adas.texts(f"sitbreak/{ada}/event")[0]
        assert not bobs.texts(f"sitbreak/{bob}/event")
        assert {state["limit_min"] for state in of(adas, ada)} == {2}
        assert of(bobs, bob)[-1]["limit_min"] == 45
        # ids, names and nodes of the one are nowhere in what the other is told
        assert ids["ada"]
        assert ids["bob"]
        assert not ids["ada"] & ids["bob"]
        told = {
            "ada": [*(each.text for each in adas.heard), shown["ada"], str(house.phones["ada"].pushes)],
            "bob": [*(each.text for each in bobs.heard), shown["bob"], str(house.phones["bob"].pushes)],
        }
        for name, other in (("ada", "bob"), ("bob", "ada")):
            foreign = {*ids[other], house.nodes[other], f"Band of {other.title()}"}
            assert not [text for text in told[name] if any(word in text for word in foreign)]
            assert not re.search(rf"\b{other}\b", shown[name], re.IGNORECASE)
        assert house.phones["ada"].pushes
        assert not house.phones["bob"].pushes
    # the books, and why
    assert house.run("config", "topics").split() == ["ada", f"sitbreak/{ada}", "bob", f"sitbreak/{bob}"]
    for name, other in (("ada", "bob"), ("bob", "ada")):
        assert not re.search(rf"\b{other}\b", house.run("report", "--wearer", name))
    whys = {name: house.run("why", "--wearer", name) for name in ("ada", "bob")}
    assert re.findall(r"push address \d", whys["ada"]) == ["push address 1"]
    assert "push address" not in whys["bob"]
