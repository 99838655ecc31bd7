"""The real page in a process of its own, with a morning in the books and an alert open; says which commands came.

    python -m tests.support.served_page FOLDER [PASSWORD | NAME=PASSWORD ...]

PAGE_CERTIFICATE may name certificate and key, for https.

Prints ``URL``, then a line for each command: wearer, name, value, alert. Any answer closes the alert.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitor.event_ids import event_id
from monitor.events import CommandAnswered
from monitor.exchange import Command, ExerciseProgress, Update, WearerState
from monitor.history.store import Commit, Store
from monitor.rules import Secret, changed
from monitor.web.desk import Person
from monitor.web.passwords import hash_of
from monitor.web.rules import WebRules
from monitor.web.server import WebOutlet, free_port, url_of
from monitor.web.sessions import EVERYBODY
from monitor.words import words
from tests.history.builders import office_hour
from tests.support.living_outlet import HIPS, break_due
from tests.support.outboxes import Feed

NOON_S = 1_795_343_250.0


def _fill(folder: Path) -> None:
    with closing(Store(folder / "history.sqlite3")) as store:
        for name, hours in (("ada", 3), ("bob", 1)):
            for hour in range(hours, 0, -1):
                postures, events = office_hour(NOON_S - 3600 * hour)
                store.commit(Commit(name, postures, events))


def _state(alert: str = "due") -> WearerState:
    call = break_due(NOON_S)
    return WearerState(
        at_s=NOON_S,
        posture="sitting",
        sedentary=True,
        confidence=0.93,
        bout_id=call.bout_id,
        bout_start_s=NOON_S - 1860,
        bout_s=1860.0,
        next_break_s=NOON_S - 60,
        alert=alert,
        alert_id=call.alert_id if alert == "due" else None,
        today_s=9000.0,
        longest_s=2400.0,
        breaks=3,
        battery_pct=82,
        rssi_dbm=-61,
        link_fresh=True,
    )


def counted(repetitions: int) -> ExerciseProgress:
    """So far in the exercise that the alert suggests."""
    return ExerciseProgress(
        exercise_id="my_own",
        title="One of my own",
        dose="10 times",
        how="Turn round once.",
        seen=repetitions,
        of=10,
        hold_s=0.0,
        side="sensor",
        sentence=f"{repetitions} of 10",
    )


async def main(folder: Path, passwords: dict[str, str]) -> None:
    """Serve until told to end; ``passwords`` by wearer, that for everybody's pages by EVERYBODY."""
    _fill(folder)
    feed, states = Feed(), {"ada": _state(), "bob": _state("none")}

    def send(wearer: str, command: Command) -> None:
        state = states[wearer]
        print("command", wearer, command.name, command.value, command.alert_id or "-", flush=True)
        ok = (command.name, command.value) != ("limit", "900")
        changed: dict[str, Any] = {
            "limit": {"limit_s": 3000.0},
            "pause": {"paused": command.value == "ON"},
            "busy": {"busy": command.value != "OFF"},
            "break": {"exercise": counted(state.exercise.seen + 1 if state.exercise else 4)},
        }.get(command.name, {})
        state = replace(state if command.alert_id is None else _state("none"), **(changed if ok else {}))
        states[wearer] = state
        answer = CommandAnswered(
            id=event_id(time.time(), command.name),
            at_s=NOON_S,
            command=command.name,
            ok=ok,
            value="Because the limit is reached." if command.name == "why" else None,
            error=None if ok else '"900": not a number of minutes from 1 to 240',
            source=command.source,
        )
        feed.put(Update(wearer, (answer,), state))

    persons = {
        "ada": Person("ada", words("en"), ZoneInfo("Europe/Vienna"), 10.0),
        "bob": Person("bob", words("de"), ZoneInfo("Europe/Vienna"), 10.0),
    }
    hashes = {name: Secret(hash_of(password)) for name, password in passwords.items()}
    common = hashes.pop(EVERYBODY, Secret(""))
    rules = WebRules(enabled=True, password_hash=common, password_hashes=hashes)
    if given := os.environ.get("PAGE_CERTIFICATE"):
        rules = changed(rules, **dict(zip(("cert_file", "key_file"), given.split(os.pathsep), strict=True)))
    rules = changed(rules, port=free_port(changed(rules, port=0)))
    outlet = WebOutlet(rules, persons, folder, send, lambda: NOON_S)
    feed.put(Update("ada", (break_due(NOON_S, exercise=replace(HIPS, exercise_id="lunge_stretch")),), states["ada"]))
    print(url_of(rules), flush=True)
    await outlet.run(aiter(feed))


if __name__ == "__main__":
    given = [argument.rpartition("=") for argument in sys.argv[2:]]
    asyncio.run(main(Path(sys.argv[1]), {name: password for name, _, password in given}))
