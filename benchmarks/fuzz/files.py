"""Recordings: files of samples and packet logs, and what the pipeline makes of those that can be read."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from benchmarks.fuzz.nonsense import Step, checked, garbled, odd_number
from monitor.assembly.wearer import new_pipeline
from monitor.events import event_as_dict
from monitor.replay.replaying import replay_packet_log, replay_recording
from monitor.rules import plain
from monitor.settings.sections import Settings
from monitor.transport.packet_log import PacketLog
from monitor.transport.recording import open_recording
from monitor.transport.source import RecordingError

CSV = b"time_s,x_g,y_g,z_g\n" + b"".join(
    b"%d.%02d,0.01,-0.02,%d.0\n" % (k // 50, k % 50 * 2, k % 2) for k in range(100)
)
REPLAYED_EVERY = 20
"""Of so many files one goes through the whole pipeline."""
LONGEST_S = 3600.0
"""Longer ones do not: a time that leaps by a year costs seconds and shows nothing more."""


def of_recordings(rng: random.Random, folder: Path) -> Step:
    """Fuzz what ``sitbreak replay`` may be given."""
    arrays = {"acc": np.tile(np.array([[0, 0, 1000]], np.int16), (500, 1)), "fs": 50.0}
    np.savez(folder / "seed.npz", seg_start=np.array([0]), seg_t0=np.array([1e9]), **arrays)
    _log_in(folder / "log")
    (log,) = (folder / "log").iterdir()
    seeds = {
        ".csv": [CSV],
        ".npz": [(folder / "seed.npz").read_bytes()],
        ".parquet": [b"PAR1" + bytes(40) + b"PAR1"],
        ".jsonl": [log.read_bytes()],
    }
    makers: dict[str, Callable[[random.Random, Path], None]] = {".csv": _odd_csv, ".npz": _odd_npz, ".jsonl": _odd_log}

    def step(number: int) -> None:
        ending = rng.choice((".csv", ".csv", ".npz", ".parquet", ".jsonl"))
        path = folder / f"recording{ending}"
        path.write_bytes(garbled(rng, seeds[ending]))
        if ending in makers and rng.random() < 0.5:
            if ending == ".jsonl":
                path.write_bytes(log.read_bytes())
            makers[ending](rng, path)
        with suppress(RecordingError):
            _read(path, number % REPLAYED_EVERY == 0)

    return step


def _read(path: Path, replayed: bool) -> None:
    if path.suffix == ".jsonl":
        for step in replay_packet_log(path):
            for event in step.events:
                json.dumps(event_as_dict(event), allow_nan=False)
        return
    newest_s = -math.inf
    recording = open_recording(path)
    for block in recording.blocks():
        newest_s = checked(block, newest_s)
    if replayed and recording.duration_s < LONGEST_S:
        for _, step in replay_recording(recording, new_pipeline(Settings(), "me")):
            for event in step.events:
                json.dumps(event_as_dict(event), allow_nan=False)


def _odd_csv(rng: random.Random, path: Path) -> None:
    """Rows with holes, leaps, times that stand still or go back, and magnitudes that nobody survives."""
    lines, t_s = ["time_s,x_g,y_g,z_g"], rng.choice((0.0, 1e9, -1e9, 1e12, 1.7e18))
    for _ in range(rng.choice((0, 1, 2, 30, 300))):
        t_s += rng.choice((0.02, 0.02, 0.02, 0.02, 0.0, -0.02, 5.0, -3600.0, 86400.0))
        cells = [f"{t_s:.3f}", "0.01", "-0.02", "1.0"]
        if rng.random() < 0.2:
            cells[rng.randrange(4)] = odd_number(rng)
        lines.append(",".join(cells[: rng.choice((4, 4, 4, 3, 0))]))
    path.write_text(rng.choice(("\n", "\r\n", "\r")).join(lines), encoding="utf-8")


def _odd_npz(rng: random.Random, path: Path) -> None:
    """Arrays of every kind and size, with numbers out of all proportion."""
    count = rng.choice((0, 1, 2, 100))
    scale = rng.choice((1000.0, 1e12, np.nan, np.inf, 0.0))
    acc = np.full((count, rng.choice((3, 3, 3, 2, 4))), scale, np.float64)
    kind = rng.choice(("f8", "i2", "i8", "f4", "U3", "?", "c16"))
    with np.errstate(all="ignore"), suppress(ValueError, TypeError):
        acc = np.nan_to_num(acc).astype(kind) if kind not in ("f8", "f4") else acc.astype(kind)
    steps = np.array([rng.choice((0.02, 0.02, 0.0, -1.0, np.nan, 1e300)) for _ in range(count)])
    arrays = {
        "acc": acc,
        "fs": np.array(rng.choice(([50.0], 50.0, [], [0.0], [-1.0], [np.nan], [1e9], ["x"], [50.0, 25.0]))),
        "seg_start": np.array(rng.choice(([0], [], [5], [0, 1], [0, 0], [-1], [0.5], [[0]], [2**62]))),
        "seg_t0": np.array(rng.choice(([1e9], [], [np.nan], [1e9, 1e9 + 5], [1e300], ["a"], [-1e18]))),
        "t": np.cumsum(steps) + 1e9,
    }
    left_out = rng.choice((*arrays, *["t"] * 5, ""))
    np.savez(path, **{name: array for name, array in arrays.items() if name != left_out})


def _odd_log(rng: random.Random, path: Path) -> None:
    """Lines in any order, doubled, left out, or with one value of another kind."""
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    rng.shuffle(lines)
    chosen = [rng.choice(lines) for _ in range(rng.randrange(6))]
    for index, line in enumerate(chosen):
        form = json.loads(line)
        key = rng.choice(list(form))
        form[key] = rng.choice((None, -1, 1e300, float("nan"), "x", [], {}, True, "ff" * 300, form[key]))
        chosen[index] = json.dumps(form)
    if rng.random() < 0.1:
        form = json.loads(header)
        form[rng.choice(list(form))] = rng.choice((None, 1, "x", [], {}))
        header = json.dumps(form)
    path.write_text("\n".join([header, *chosen]), encoding="utf-8")


def _log_in(folder: Path) -> None:
    """A packet log with a line of every kind."""
    settings = plain(Settings())
    log = PacketLog(folder, {"version": "0", "wearer": "me", "settings": settings, "checkpoint": ""})
    now_s = 1_795_323_870.0
    log.write("start", now_s, {"resume": None})
    log.write("packet", now_s + 1, {"characteristic": "5eb1e001", "data": "00ff"})
    log.write("done", now_s + 2, {"action": {"is": "Read", "characteristic": "2a19"}, **_OUTCOME})
    log.write("tick", now_s + 3)
    log.write("link_tick", now_s + 4)
    log.write("command", now_s + 5, {"name": "snooze", "value": "15", "alert_id": None, "source": "mqtt"})
    log.write("stored", now_s + 6, {"segment": 0, "upto_index": 100})
    told = {"time_to_live_s": 60.0, "title": "Stand up", "message": "please"}
    log.write("alert", now_s + 7, {"kind_of_alert": "nudge", "alert_number": 7, **told})
    log.write("lost", now_s + 8)
    log.write("stop", now_s + 9)
    log.close()


_OUTCOME = {"sent_at_s": 1_795_323_871.0, "value": "57", "error": None, "att_error": None}
