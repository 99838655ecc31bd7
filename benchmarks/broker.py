"""What the daemon does while its broker is away, mute, slow, full or hostile, and after.

    python -m benchmarks.broker [--hours 6] [--seed 1] [--only away,silent]

The real daemon plays a simulated stretch of a day against a real mosquitto; for the middle half of it something is
wrong with the broker. Then the history is compared with that of a quiet run, and what the broker got with what it
should have. Pauses between attempts to connect are cut short, because the stream is played much faster than life.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from benchmarks.broker_faults import FAULTS, Fault, Scene
from benchmarks.crash import differences, rows_of
from benchmarks.ledger import Broker, Ledger
from benchmarks.tape import ORIGIN_S, SETTINGS, STEP_S, Tape, first_step, make_tape
from benchmarks.taped import TapedApp
from benchmarks.wire import Wire
from monitor.outlets.mqtt import delivery, session
from monitor.settings.loading import load

PAUSE_S = 0.2
"""Between two attempts, in the place of up to a minute."""
HOPE_S = 30.0
"""Wall seconds in which the daemon notices that something is wrong, and later that it is not."""
ALERT_LIFE_S = 600.0
LATE_S = 60.0
"""What the tape may have gone on while an alert was on its way."""
QUEUE_BAR = 60
"""Messages inside the program for one connection: announcements, ten rows, a state."""


@dataclass
class Result:
    """What one fault did."""

    fault: str
    stored: int = 0
    """Events in the history."""
    waited: int = 0
    """Rows in the outbox when the fault ended."""
    queued: int = 0
    """Messages inside the program, at most."""
    expired: int = 0
    repeats: int = 0
    said: list[str] = field(default_factory=list)
    """What the log says, each once."""
    lines: int = 0
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        """A row of the table."""
        verdict = "yes" if not self.wrong else "NO: " + "; ".join(self.wrong)[:200]
        cells = (self.fault, self.stored, self.waited, self.expired, self.repeats, self.queued, self.lines, verdict)
        return "| " + " | ".join(map(str, cells)) + " |"


HEAD = (
    "| the broker | events stored | rows waiting at its end | alerts expired at home | repeats"
    " | messages in memory, at most | lines in the log | nothing lost, late, doubled or out of order |\n"
    "|---|---|---|---|---|---|---|---|"
)


class Heard(logging.Handler):
    """The warnings of the MQTT outlet."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.lines.append(record.getMessage())


class Director:
    """Switches the fault on and off where the tape gets there."""

    def __init__(self, app: TapedApp, fault: Fault, scene: Scene, steps: int, heard: Heard, result: Result) -> None:
        length = steps - first_step(None)
        self._on_s = ORIGIN_S + STEP_S * (first_step(None) + length / 4)
        self._off_s = ORIGIN_S + STEP_S * (first_step(None) + length * 3 / 4)
        self._app, self._fault, self._scene, self._heard, self._result = app, fault, scene, heard, result
        self._phase = 0

    async def step(self, now_s: float) -> None:
        """A minute of the tape has been played."""
        self._result.queued = max(self._result.queued, self._queued())
        if self._phase == 0 and now_s >= self._on_s:
            self._phase = 1
            await self._app.told()
            await self._fault.on(self._scene)
        elif self._phase == 1 and now_s >= self._off_s:
            if self._fault.said:
                await _until(lambda: any(self._fault.said in line for line in self._heard.lines), HOPE_S)
            self._result.queued = max(self._result.queued, self._queued())
            self._result.waited = len(await self._app.waiting(100_000))
            await self._fault.off(self._scene)
            self._phase = 2
        elif self._phase != 1 or self._fault.passes:
            await self._app.wait_for_broker(now_s)

    def _queued(self) -> int:
        assert self._app.assembly.mqtt is not None
        return sum(
            len(one._connection._paho._out_messages) + one._connection.signals.qsize()
            for one in self._app.assembly.mqtt._sessions.values()
            if one._connection is not None
        )


async def _until(true: Callable[[], bool], limit_s: float) -> None:
    async with asyncio.timeout(limit_s):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


# --- one fault ----------------------------------------------------------------------------------------------


async def play(tape: Tape, folder: Path, fault: Fault) -> tuple[Result, Ledger]:
    """One run, with its fault; the folder is there and empty."""
    result, heard, made = Result(fault.name), Heard(), fault.prepare(folder)
    logger = logging.getLogger("monitor.outlets.mqtt")
    logger.addHandler(heard)
    try:
        with Broker(folder, made.guard, made.limits) as broker:
            async with Wire(broker.port, encrypted="certfile" in made.guard) as wire:
                overrides = (*SETTINGS, f"mqtt.port={wire.port}", *made.settings)
                app = TapedApp(load(None, overrides, {}).settings, folder, tape, _Place())
                with Ledger(broker.plain_port, app.hand.now_s) as ledger:
                    scene = Scene(folder, broker, ledger, wire)
                    director = Director(app, fault, scene, len(tape.kinds), heard, result)
                    app.each_minute = director.step
                    await app.play()
                    await asyncio.to_thread(ledger.settle)
    finally:
        logger.removeHandler(heard)
    result.lines, result.said = len(heard.lines), list(dict.fromkeys(heard.lines))
    return result, ledger


class _Place:
    """Where the tape stands; nobody asks here."""

    value = 0


def judge(result: Result, folder: Path, ledger: Ledger, quiet: Path, right: Ledger) -> None:
    """Compare with the quiet run."""
    events, wanted = rows_of(folder, "events"), rows_of(quiet, "events")
    result.stored = len(events)
    result.wrong += [f"history: {each}" for each in differences(wanted, events)]
    ours, theirs = ledger.news(), right.news()
    settled = {(row[4], row[6], row[11]) for row in rows_of(folder, "outbox")}
    expired = {f"{topic} {id_}" for state, topic, id_ in settled if state == "expired"}
    result.wrong += [f"{state} in the outbox: {topic} {id_}" for state, topic, id_ in settled if state != "expired"]
    result.expired = len(expired)
    result.repeats = sum(heard.times - 1 for heard in ours.values())
    result.wrong += [f"missing {key}" for key in theirs if key not in ours and key not in expired]
    result.wrong += [f"invented {key}" for key in ours if key not in theirs]
    result.wrong += [f"late {key}" for key, heard in ours.items() if _is_late(key, heard.payload, heard.at_s)]
    log = [key for key in ours if "/log " in key]
    if log != [key for key in theirs if key in set(log)]:
        result.wrong.append("out of order")
    if result.queued > QUEUE_BAR:
        result.wrong.append(f"{result.queued} messages in memory")


def _is_late(key: str, payload: str, at_s: float) -> bool:
    """An alert that came when it was of no use any more."""
    return "/event " in key and at_s > born_s(payload) + ALERT_LIFE_S + LATE_S


def born_s(payload: str) -> float:
    """When an alert was given, from its own words."""
    return datetime.fromisoformat(json.loads(payload)["ts"]).timestamp()


async def compare(folder: Path, hours: float, seed: int, names: list[str], tell: Callable[[Result], None]) -> None:
    """A quiet run, then one with each fault."""
    session.FIRST_DELAY_S, session.LAST_DELAY_S, delivery.FULL_PAUSE_S = PAUSE_S, PAUSE_S, PAUSE_S
    tape = make_tape(folder / "tape", hours / 24, seed)
    for name in ("quiet", *names):
        (folder / name).mkdir()
    quiet, right = await play(tape, folder / "quiet", Fault("as it should be", passes=True))
    judge(quiet, folder / "quiet", right, folder / "quiet", right)
    tell(quiet)
    for name in names:
        result, ledger = await play(tape, folder / name, FAULTS[name])
        judge(result, folder / name, ledger, folder / "quiet", right)
        if FAULTS[name].said and len(result.said) > FAULTS[name].lines:
            result.wrong.append(f"{len(result.said)} different lines in the log")
        tell(result)


def main() -> None:
    """Run every fault and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=6.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default=",".join(FAULTS))
    options = parser.parse_args()
    results: list[Result] = []

    def tell(result: Result) -> None:
        results.append(result)
        print(result.line(), flush=True)

    logging.getLogger("monitor").addHandler(logging.NullHandler())
    logging.getLogger("monitor").propagate = False
    print(HEAD)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(compare(Path(folder), options.hours, options.seed, options.only.split(","), tell))
    print("\n| the broker | what the log says, once |\n|---|---|")
    for result in results:
        for said in result.said:
            print(f"| {result.fault} | {said} |")
    raise SystemExit(any(result.wrong for result in results))


if __name__ == "__main__":
    main()
