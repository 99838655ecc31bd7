"""The proof: the daemon itself on the virtual air, and somebody who does what they are asked."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

from firmware_sim.air import Air
from firmware_sim.clock import ScaledClock
from firmware_sim.peripheral import virtual_band
from monitor.clock import Clock
from monitor.first_run.guide import Flags
from monitor.first_run.proof import TASKS, for_the_proof, prove, show_it
from monitor.history import queries
from monitor.settings.loading import load
from tests.support.scripted_talk import ScriptedTalk, guide_of

SPEED = 20.0
SCENARIOS = Path(__file__).parents[1] / "scenarios"


async def proven(scenario: str, folder: Path, patience_s: float) -> tuple[dict[str, bool], str]:
    origin_s = time.time()
    talk = ScriptedTalk(asks=False)
    async with (
        Air() as air,
        virtual_band(air=air, scenario=str(SCENARIOS / scenario), seed=1, clock=ScaledClock(origin_s, SPEED)),
    ):
        port = await air.serve("127.0.0.1", 0)
        settings = load(None, [f"radio.backend=bumble:tcp-client:127.0.0.1:{port}"], {}).settings
        seen = await prove(settings, folder, "me", talk, patience_s, Clock(origin_s, SPEED))
    return seen, talk.said


async def test_who_stands_sits_stands_and_walks_is_seen_and_upright_is_learned(tmp_path: Path) -> None:
    seen, said = await proven("first_run.toml", tmp_path, patience_s=30.0)
    assert seen == {"stand": True, "sit": True, "rise": True, "walk": True}
    lines = [line for line in said.splitlines() if "seen" in line]
    assert [line.split()[1].rstrip(":") for line in lines] == ["Standing", "Sitting", "Standing", "Walking"]
    text = queries.checkpoint(tmp_path / "history.sqlite3", "me")
    assert text is not None  # the daemon begins with what was learned
    assert "upright" in text


async def test_what_is_not_seen_in_time_is_said_and_left_out(tmp_path: Path) -> None:
    seen, said = await proven("on_the_table.toml", tmp_path, patience_s=1.0)
    assert not any(seen[name] for name in ("sit", "rise", "walk"))
    assert "was not seen" in said or "No data has come" in said


def test_without_a_radio_the_remedy_is_said_and_the_way_goes_on(tmp_path: Path) -> None:
    talk = ScriptedTalk(asks=False)
    flags = Flags(set_=("radio.backend=bumble:tcp-client:127.0.0.1:1",), patience_s=5.0)
    guide = guide_of(talk, tmp_path, flags)
    guide.answers.wearable, guide.answers.placement = "deskband", "thigh"
    show_it(guide)
    assert "start the simulator" in talk.said
    assert guide.failed == ["proof"]


def test_it_may_be_left_out(tmp_path: Path) -> None:
    for talk, flags in ((ScriptedTalk("n"), Flags()), (ScriptedTalk(), Flags(proof=False))):
        guide = guide_of(talk, tmp_path, flags)
        show_it(guide)
        assert not guide.failed
        assert "setup --proof" in talk.said


def test_the_proof_tells_nobody_but_a_phone_is_heard_through_the_broker() -> None:
    overrides = ["mqtt.host=b", "web.enabled=true", 'push.urls=["ntfy://x"]', "wearers.anna.wearable=polar"]
    quiet = for_the_proof(load(None, overrides, {}).settings, "anna")
    assert not quiet.mqtt.enabled
    assert not quiet.web.enabled
    assert not quiet.push.enabled
    assert list(quiet.wearers) == ["anna"]
    phone = for_the_proof(load(None, [*overrides, "wearers.anna.wearable=phone"], {}).settings, "anna")
    assert phone.mqtt.enabled


def test_no_task_is_seen_by_what_was_asked_for_before_it() -> None:
    postures = {"stand": "standing", "sit": "sitting", "rise": "standing", "walk": "stepping"}
    for before, task in pairwise(TASKS):
        assert postures[before.name] not in task.seen_as
    assert all(postures[task.name] in task.seen_as for task in TASKS)
