"""The daemon in one process with a virtual band on a real air: the day, its history, and the recording of it."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from firmware_sim.air import Air
from firmware_sim.clock import ScaledClock
from firmware_sim.peripheral import virtual_band
from firmware_sim.profiles.deskband_state import DeskBandSettings
from firmware_sim.scenario import Activity, Scenario
from monitor.app import App
from monitor.bus import Subscription
from monitor.clock import Clock
from monitor.events import event_as_dict
from monitor.exchange import WearerState
from monitor.replay.replaying import replay_packet_log
from monitor.settings.loading import load
from tests.support.receiver import Receiver

SPEED = 60.0
LIMIT_S = 60.0
SHORT = ("coach.limit_s=120", "coach.early_s=0", "bouts.break_min_s=30", "history.keep_posture_days=3650")
SCENARIO = Path(__file__).parent / "scenarios" / "short_morning.toml"


@asynccontextmanager
async def worn_band(origin_s: float) -> AsyncIterator[int]:
    """A band on a body, on the air at a port."""
    async with (
        Air() as air,
        virtual_band(air=air, scenario=str(SCENARIO), seed=1, clock=ScaledClock(origin_s, SPEED)),
    ):
        yield await air.serve("127.0.0.1", 0)


async def live_until(
    done: Callable[[WearerState], bool],
    port: int,
    state_dir: Path,
    origin_s: float,
    log_dir: Path | None = None,
    more: tuple[str, ...] = (),
) -> None:
    """Run the daemon until something is true of its wearer; then end it as Ctrl-C does."""
    overrides = (*SHORT, *more, f"radio.backend=bumble:tcp-client:127.0.0.1:{port}")
    app = App(load(None, overrides, {}).settings, state_dir, Clock(origin_s, SPEED), log_dir=log_dir)
    seen = asyncio.create_task(_see(app.bus.subscribe(), done))
    running = asyncio.create_task(app.run())
    await asyncio.wait({running, seen}, timeout=LIMIT_S, return_when=asyncio.FIRST_COMPLETED)
    running.cancel()
    await asyncio.wait({running})
    if not running.cancelled():
        running.result()
    assert seen.done()


async def _see(updates: Subscription, done: Callable[[WearerState], bool]) -> None:
    async for update in updates:
        if done(update.state):
            return


def stored(state_dir: Path) -> list[dict[str, Any]]:
    with sqlite3.connect(f"file:{state_dir / 'history.sqlite3'}?mode=ro", uri=True) as connection:
        rows = connection.execute("SELECT body FROM events ORDER BY rowid").fetchall()
    return [json.loads(body) for (body,) in rows]


async def test_a_recorded_morning_played_again_gives_the_same_events(tmp_path: Path) -> None:
    origin_s = time.time()
    async with worn_band(origin_s) as port:
        await live_until(lambda state: state.breaks >= 1, port, tmp_path / "state", origin_s, tmp_path / "log")
    (log,) = (tmp_path / "log").iterdir()
    played = [json.loads(json.dumps(event_as_dict(event))) for step in replay_packet_log(log) for event in step.events]
    lived = stored(tmp_path / "state")
    calls = [event["type"] for event in lived if event["type"] in ("break_due", "break_taken")]
    assert calls[:2] == ["break_due", "break_taken"]
    assert played == lived


async def test_the_running_bout_goes_on_over_a_restart(tmp_path: Path) -> None:
    origin_s = time.time()
    async with worn_band(origin_s) as port:
        await live_until(lambda state: state.bout_s > 30, port, tmp_path, origin_s)
        (started,) = [event for event in stored(tmp_path) if event["type"] == "bout_started"]
        await live_until(lambda state: state.bout_s > 140, port, tmp_path, origin_s)
    assert [event["id"] for event in stored(tmp_path) if event["type"] == "bout_started"] == [started["id"]]


async def test_an_alert_goes_from_the_band_to_the_phone_and_is_settled_in_the_history(tmp_path: Path) -> None:
    origin_s = time.time()
    async with worn_band(origin_s) as port, Receiver() as phone:
        more = (f"push.urls={phone.address}", "push.from_level=1")
        await live_until(lambda _: bool(phone.pushes), port, tmp_path, origin_s, more=more)
    (due, *_) = [event for event in stored(tmp_path) if event["type"] == "break_due"]
    assert (phone.pushes[0]["title"], phone.pushes[0]["message"]) == (due["title"], due["message"])
    with sqlite3.connect(f"file:{tmp_path / 'history.sqlite3'}?mode=ro", uri=True) as connection:
        assert connection.execute("SELECT count(*) FROM outbox WHERE outlet = 'push'").fetchone() == (0,)


async def test_two_wearers_have_a_band_and_books_of_their_own(tmp_path: Path) -> None:
    origin_s = time.time()
    clock = ScaledClock(origin_s, SPEED)
    ada, bob = (DeskBandSettings(device_id=number) for number in (0xAAAA, 0xBBBB))
    still = Scenario(title="Lies on the table", activities=(Activity(do="off_body", duration_s=3600),))
    async with (
        Air() as air,
        virtual_band(air=air, radio_name="a", scenario=str(SCENARIO), seed=1, clock=clock, settings=ada) as first,
        virtual_band(air=air, radio_name="b", scenario=still, seed=2, clock=clock, settings=bob) as second,
    ):
        port = await air.serve("127.0.0.1", 0)
        names = (f"wearers.ada.name={first.name}", f"wearers.bob.name={second.name}")
        overrides = (*SHORT, *names, f"radio.backend=bumble:tcp-client:127.0.0.1:{port}")
        app = App(load(None, overrides, {}).settings, tmp_path, Clock(origin_s, SPEED))
        seen = asyncio.create_task(_see_both(app.bus.subscribe()))
        running = asyncio.create_task(app.run())
        await asyncio.wait({running, seen}, timeout=LIMIT_S, return_when=asyncio.FIRST_COMPLETED)
        running.cancel()
        await asyncio.wait({running})
    assert seen.done()
    with sqlite3.connect(f"file:{tmp_path / 'history.sqlite3'}?mode=ro", uri=True) as connection:
        sitting = connection.execute("SELECT name, count(*) FROM bouts JOIN wearers USING (wearer_id) GROUP BY name")
        assert sitting.fetchall() == [("ada", 1)]
        assert connection.execute("SELECT count(DISTINCT node_id) FROM wearers").fetchone() == (2,)


async def _see_both(updates: Subscription) -> None:
    states: dict[str, WearerState] = {}
    async for update in updates:
        states[update.wearer] = update.state
        if len(states) == 2 and states["ada"].bout_s > 30 and states["bob"].last_sample_s is not None:
            return
