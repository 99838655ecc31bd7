"""One recording of a study, from the file to its rows: what a worker does."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitor import __version__
from monitor.assembly.wearer import new_pipeline
from monitor.backfill import BOOKS, Backfill
from monitor.errors import MonitorError
from monitor.history import HISTORY_FILE, queries
from monitor.history.day import DayBooks
from monitor.history.reading import extent
from monitor.history.retention import HistoryRules
from monitor.history.store import Commit, Store
from monitor.pipeline import Step
from monitor.replay.replaying import replay_packet_log, replay_recording
from monitor.reporting.tidy import Cell
from monitor.rules import changed, plain
from monitor.settings.sections import Settings, settings_of
from monitor.study.tables import Row, bout_rows, day_row, recording_row
from monitor.transport.devices import open_any

KEEP = HistoryRules(keep_posture_days=3650.0)


@dataclass(frozen=True, slots=True)
class Work:
    """What a worker needs to know: plain values, so that it can be sent."""

    path: str
    wearer: str
    settings: dict[str, Any]
    """As ``chosen`` gives them."""
    version: str = __version__


@dataclass(slots=True)
class Part:
    """What came out of one recording: rows of the study's tables, or why there are none."""

    bouts: list[Row] = field(default_factory=list)
    days: list[Row] = field(default_factory=list)
    recordings: list[Row] = field(default_factory=list)
    error: str = ""


def chosen(settings: Settings, placement: str) -> dict[str, Any]:
    """The settings that bear on a study, JSON-ready: a change of any other finds all parts finished."""
    zone = {"time_zone": settings.coach.time_zone or "UTC"}  # never a worker's own zone
    sections = {"bouts": plain(settings.bouts), "backfill": plain(settings.backfill)}
    return {"wearers": {"me": {"placement": placement}}, "coach": zone, **sections}


def failed(work: Work, error: str) -> Part:
    """The part of a recording that could not be used."""
    error = error.removeprefix(f"{work.path}: ")  # its own columns say which
    return Part(recordings=[recording_row({**_about(work), "error": error}, None, 0)], error=error)


def examine(work: Work) -> Part:
    """Run one recording through the pipeline. What is wrong with the file is told in the part, not raised."""
    if work.version != __version__:
        return failed(work, f"the worker has sitbreak {__version__}, this machine {work.version}; install the same")
    try:
        return _examined(work)
    except MonitorError as error:
        return failed(work, str(error))
    except MemoryError:
        return failed(work, f"{work.path}: needs more memory than there is; cut it, or use fewer workers")


def _examined(work: Work) -> Part:
    about = _about(work)
    with _workshop() as folder:
        history = folder / HISTORY_FILE
        store = Store(history, KEEP)
        try:
            for step in _steps(work, about):
                store.commit(_commit(work.wearer, step))
        finally:
            store.close()
        return _part(history, work, about)


@contextmanager
def _workshop() -> Iterator[Path]:
    """A folder for the books of one recording; those of workers of this machine that were killed go first."""
    ours = f"sitbreak-study-{socket.gethostname()}-"
    for left in Path(tempfile.gettempdir()).glob(f"{ours}*"):
        process = left.name.removeprefix(ours).partition("-")[0]
        if process.isdigit() and not _lives(int(process)):
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{ours}{os.getpid()}-") as folder:
        yield Path(folder)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True


def _about(work: Work) -> dict[str, Cell]:
    is_log = Path(work.path).suffix.lower() == ".jsonl"
    placement = None if is_log else work.settings["wearers"]["me"]["placement"]
    return {"placement": placement, "time_zone": work.settings["coach"]["time_zone"]}


def _steps(work: Work, about: dict[str, Cell]) -> Iterator[Step]:
    """Everything the pipeline says of a recording; ``about`` learns what the file says of itself."""
    path = Path(work.path)
    if path.suffix.lower() == ".jsonl":
        yield from replay_packet_log(path)
        return
    recording = open_any(path, str(about["time_zone"]))
    about |= {"start": recording.start_s, "end": recording.end_s, "recorded_s": recording.duration_s}
    about |= {"rate_hz": recording.rate_hz, "samples": recording.sample_count}
    for _, step in replay_recording(recording, _pipeline(work)):
        yield step
    about["samples_dropped"] = recording.dropped


def _pipeline(work: Work) -> Backfill:
    settings = settings_of(work.settings)
    # a wearer of a study has a name from a file, which may be no name for a wearer of the daemon
    settings = changed(settings, wearers={work.wearer: settings.wearers["me"]})
    backfill = new_pipeline(settings, work.wearer)
    return replace(backfill, pipeline=replace(backfill.pipeline, coach=None, watching=None))  # nobody is called


def _commit(wearer: str, step: Step) -> Commit:
    books = tuple(event for event in step.events if isinstance(event, BOOKS))
    return Commit(wearer, step.postures, books, correction=step.correction)


def _part(history: Path, work: Work, about: dict[str, Cell]) -> Part:
    known_s = extent(history, work.wearer)
    if known_s is None:
        return failed(work, f"{work.path}: is too short; nothing can be said of it")
    observed: dict[str, Cell] = {"start": known_s[0], "end": known_s[1], "recorded_s": known_s[1] - known_s[0]}
    about = observed | about
    zone = ZoneInfo(str(about["time_zone"]))
    first, last = (datetime.fromtimestamp(at_s, zone).date() for at_s in known_s)
    whole = queries.stretch(history, work.wearer, first, last, zone)
    days = [day_row(day, after) for day, after in _days(history, work.wearer, first, last, zone)]
    return Part(bout_rows(whole), days, [recording_row(about, whole, len(days))])


def _days(history: Path, wearer: str, first: date, last: date, zone: ZoneInfo) -> Iterator[tuple[DayBooks, DayBooks]]:
    """Every day that has a record, with the day after it."""
    day = queries.day(history, wearer, first, zone)
    while day.date <= last:
        after = queries.day(history, wearer, day.date + timedelta(days=1), zone)
        if day.records:
            yield day, after
        day = after
