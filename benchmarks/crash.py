"""Kill -9 at random moments of a simulated week: is anything lost, doubled or invented?

    python -m benchmarks.crash [--kills 300] [--days 7] [--seed 1]

The real daemon runs as a process, with a real SQLite file, a real mosquitto and a subscriber that keeps every message.
It is killed and started again until the week is over; then its history, its last checkpoint and what the subscriber
has are compared, row by row, with those of a run that nobody killed. Needs mosquitto.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sqlite3
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.ledger import Broker, Ledger
from benchmarks.tape import SETTINGS, STEP_S, first_step, make_tape
from benchmarks.taped import daemon
from monitor import checkpoint
from monitor.assembly.wearer import restored
from monitor.checkpoint import CheckpointError
from monitor.settings.loading import load
from monitor.words import words

TABLES = ("events", "bouts", "breaks", "gaps", "alerts", "exercises", "posture_runs")
ANSWERS = ("command_answered", "snoozed", "alert_cleared")
AT_START, START_S = 0.15, 0.15
"""This share of the kills falls into the first moments of a start, the others anywhere on the tape."""
JITTER_S = 0.02
"""A step of the tape takes about as long: the kill falls anywhere in it, into a commit or between two messages."""


@dataclass
class Seen:
    """What stood on the disk while the daemon was dead."""

    step: int
    """How far the stored state has got."""
    bout: str | None
    """The bout that was open."""
    mounting: bool
    """Upright was known."""
    ids: frozenset[str]
    """Of all committed events."""
    pending: frozenset[str]
    """What the broker has not acknowledged, as the ledger names it."""


@dataclass
class Verdict:
    """Figures for the table; every count of a fault is to be 0."""

    kills: int
    rows: list[tuple[str, Any, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def count(self, what: str, number: int, of: str, faults: list[str]) -> None:
        """A line of the table; ``faults`` are what is wrong, in words."""
        self.rows.append((what, number, of if not faults else f"WRONG: {len(faults)}"))
        self.faults += [f"{what}: {fault}" for fault in faults]

    def __str__(self) -> str:
        lines = ["| what | count | verdict |", "|---|---|---|"]
        return "\n".join([*lines, *(f"| {what} | {number} | {verdict} |" for what, number, verdict in self.rows)])


# --- one run -----------------------------------------------------------------------------------------------


@dataclass
class Run:
    """One life of the daemon, with as many deaths as asked for."""

    folder: Path
    ledger: Ledger
    wall_s: float = 0.0
    seen: list[Seen] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def history(self) -> Path:
        """The file."""
        return self.folder / "history.sqlite3"


def run(tape: Path, folder: Path, steps: int, kills: int = 0, rng: np.random.Generator | None = None) -> Run:
    """Play the tape to its end, killing the daemon so many times on the way."""
    folder.mkdir()
    rng = rng or np.random.default_rng()
    targets = sorted(rng.integers(first_step(None), steps, kills).tolist())
    with Broker(folder) as broker, Ledger(broker.plain_port) as ledger:
        done, began_s = Run(folder, ledger), time.monotonic()
        for target in targets:
            process, step = _start(tape, folder, broker.port)
            if rng.random() < AT_START:
                process.join(rng.uniform(0.0, START_S))
            else:
                while step.value < target and process.exitcode is None:
                    time.sleep(rng.uniform(0.0, JITTER_S))
            process.kill()
            process.join()
            done.seen.append(look(done.history))
        process, _ = _start(tape, folder, broker.port)
        process.join()
        if process.exitcode:
            done.failed.append(f"the daemon ended with {process.exitcode}")
        done.wall_s = time.monotonic() - began_s
        ledger.settle()
        return done


def _start(tape: Path, folder: Path, port: int) -> tuple[ForkServerProcess, Any]:
    """The process, and where it stands on the tape."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["benchmarks.taped"])
    step = context.Value("i", 0, lock=False)
    process = context.Process(target=daemon, args=(str(tape), str(folder), port, step))
    process.start()
    return process, step


def look(path: Path) -> Seen:
    """What stands in the history of a dead daemon."""
    nothing = Seen(first_step(None), None, False, frozenset(), frozenset())
    if not path.exists():
        return nothing
    connection = sqlite3.connect(path)  # as the next daemon will: the write-ahead log is read too
    try:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'checkpoints'").fetchone():
            return nothing
        stored = connection.execute("SELECT body FROM checkpoints").fetchone()
        ids = frozenset(id_ for (id_,) in connection.execute("SELECT id FROM events"))
        waiting = connection.execute("SELECT topic, event_id, payload FROM outbox WHERE state = 'pending'")
        pending = frozenset(key for row in waiting for key in _keys(*row))
    finally:
        connection.close()
    if stored is None:
        return Seen(first_step(None), None, False, ids, pending)
    state = _state(stored[0])
    pipeline = state["backfill"].pipeline
    bout = pipeline.bouts.bout
    return Seen(state["resume"]["step"], bout and bout.id, pipeline.placement.known() is not None, ids, pending)


def _keys(topic: str, id_: str | None, payload: str) -> list[str]:
    """How the ledger may know a row."""
    return [f"{topic} {id_ or payload}", f"{topic} {id_} {payload}"]


def _state(text: str) -> Any:
    return restored(text, load(None, SETTINGS, {}).settings, "me")


def _settled(text: str) -> str:
    """The state when its exercise has been looked at: a look that was only put off, for nobody asked, is none lost."""
    state = _state(text)
    backfill = state["backfill"]
    for pipeline in (backfill.pipeline, *([backfill.mark.pipeline] if backfill.mark is not None else [])):
        watching = pipeline.watching
        if watching is not None and watching.expected is not None:
            watching.progress(words("en"))
            watching.release(watching.expected.decided_s)
    return checkpoint.dumps(state, "")


# --- the comparison ----------------------------------------------------------------------------------------


def judge(whole: Run, killed: Run) -> Verdict:
    """Everything that the promise says, counted."""
    verdict = Verdict(len(killed.seen))
    verdict.rows.append(("kills", len(killed.seen), "done"))
    verdict.count("ends that were clean", 2, "both", [*whole.failed, *killed.failed])
    for table in TABLES:
        right, ours = rows_of(whole.folder, table), rows_of(killed.folder, table)
        if table == "posture_runs":  # a mean of float32, whose last digits depend on where the commits fell
            right, ours = ([(*row[:-1], round(row[-1], 5)) for row in rows] for rows in (right, ours))
        verdict.count(f"history: {table}", len(right), "the same, word for word", differences(right, ours))
    answers = [row for row in rows_of(whole.folder, "events") if row[3] in ANSWERS]
    verdict.rows.append(("of these, answers", len(answers), "the same, word for word"))
    verdict.count("committed events lost by a later start", *_lost(killed))
    verdict.count("running bouts at a kill", *_bouts(whole, killed))
    verdict.count("kills with the mounting learned", *_mountings(killed))
    verdict.count("last checkpoints", 1, "the same bytes", _checkpoints(whole, killed))
    _judge_broker(verdict, whole, killed)
    return verdict


def rows_of(folder: Path, table: str) -> list[tuple[Any, ...]]:
    """All that stands in a table."""
    with closing(sqlite3.connect(folder / "history.sqlite3")) as connection:
        return sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)


def differences(right: list[tuple[Any, ...]], ours: list[tuple[Any, ...]]) -> list[str]:
    """Rows that only one of both has, in words."""
    more, less = Counter(ours) - Counter(right), Counter(right) - Counter(ours)
    return [f"too many {row}" for row in more] + [f"missing {row}" for row in less]


def _lost(killed: Run) -> tuple[int, str, list[str]]:
    known: set[str] = set()
    final = {row[1] for row in rows_of(killed.folder, "events")}
    for seen in killed.seen:
        known |= seen.ids
    return len(known), "all are there", sorted(known - final)


def _bouts(whole: Run, killed: Run) -> tuple[int, str, list[str]]:
    """A bout that was open at a kill goes on as in the unkilled run: there too a second reading may have undone it."""
    right, ours = (Counter(row[1] for row in rows_of(each.folder, "bouts")) for each in (whole, killed))
    open_then = [seen.bout for seen in killed.seen if seen.bout]
    return len(open_then), "all went on", [bout for bout in open_then if ours[bout] != right[bout]]


def _mountings(killed: Run) -> tuple[int, str, list[str]]:
    learned = [seen.mounting for seen in killed.seen]
    first = learned.index(True) if True in learned else len(learned)
    forgotten = [f"kill {number}" for number in range(first, len(learned)) if not learned[number]]
    return sum(learned), "never forgotten", forgotten


def _checkpoints(whole: Run, killed: Run) -> list[str]:
    bodies = []
    for each in (whole, killed):
        with closing(sqlite3.connect(each.history)) as connection:
            (text,) = connection.execute("SELECT body FROM checkpoints").fetchone()
        try:
            bodies.append(_settled(text))
        except CheckpointError as error:
            return [str(error)]
    return [] if bodies[0] == bodies[1] else ["they differ"]


def _judge_broker(verdict: Verdict, whole: Run, killed: Run) -> None:
    right, ours = whole.ledger.news(), killed.ledger.news()
    verdict.count("broker: distinct news", len(right), "none missing", sorted(set(right) - set(ours)))
    verdict.count("broker: news of the killed run", len(ours), "none invented", sorted(set(ours) - set(right)))
    repeated = {key: heard.times - 1 for key, heard in ours.items() if heard.times > 1}
    allowed = Counter(key for seen in killed.seen for key in seen.pending)
    wrong = [f"{key} {times + 1} times" for key, times in repeated.items() if times > allowed[key]]
    verdict.count("broker: repeats", sum(repeated.values()), "of rows unacknowledged at a kill only", wrong)
    twice = [key for key, heard in right.items() if heard.times > 1]
    verdict.count("broker: repeats of the unkilled run", len(twice), "none", twice)
    unsent = [f"{row[4]} {row[6]}" for each in (whole, killed) for row in rows_of(each.folder, "outbox")]
    verdict.count("outbox at the end", len(unsent), "empty", unsent)


# --- the tool ----------------------------------------------------------------------------------------------


def crash(folder: Path, kills: int, days: float, seed: int) -> Verdict:
    """Make the tape, play it whole, play it killed, compare."""
    tape, rng = folder / "tape", np.random.default_rng([seed, 0xDEAD])
    steps = len(make_tape(tape, days, seed).kinds)
    whole = run(tape, folder / "whole", steps)
    killed = run(tape, folder / "killed", steps, kills, rng)
    verdict = judge(whole, killed)
    verdict.rows.insert(0, ("simulated days", f"{(steps - first_step(None)) * STEP_S / 86400:.2f}", f"seed {seed}"))
    verdict.rows.insert(2, ("wall seconds", f"{killed.wall_s:.0f}", f"{whole.wall_s:.0f} unkilled"))
    return verdict


def main() -> None:
    """Kill, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--days", type=float, default=7.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="keep everything here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        verdict = crash(options.folder or Path(made), options.kills, options.days, options.seed)
    print(verdict)
    for fault in verdict.faults[:20]:
        print(fault)
    raise SystemExit(bool(verdict.faults))


if __name__ == "__main__":
    main()
