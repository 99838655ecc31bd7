"""Seeded nonsense for everything that bytes from outside reach: only the declared error may come out.

    python -m benchmarks.fuzz [--inputs 100000] [--seconds 60] [--seed 1] [--only polar,commands]

Every driver has a talk that was recorded from the simulator (`talks.py`); between its packets come the same and
published ones mutated, cut off, put together and lengthened, plain noise, actions that fail, ticks, alerts, lost links
and leaps of the clock. It may refuse a packet with DecodeError and do nothing else that is an error, and the samples
that it delivers must be fit for the stages behind it. The same for MQTT commands, settings and recordings. A failure
prints the target, the seed and the number of the input, which make it happen again.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from monitor.errors import MonitorError
from monitor.model import AccelBlock, Fact, Nudge, Quality
from monitor.outlets.mqtt.commands import CommandError, read_busy, read_command
from monitor.settings import SettingsError, load
from monitor.template import settings_template
from monitor.transport.recording import RecordingError, open_recording
from monitor.wearables import WEARABLES
from monitor.wearables.base import Action, DecodeError, Outcome, Packet, Reach, Read, Reconnect, Reply, Resume, Wearable

VECTORS = Path(__file__).parent.parent / "tests" / "vectors"
TALKS = VECTORS / "talks.json"
START_S = 1_795_323_870.0
EPISODE = 500
"""Inputs after which a driver is made anew."""
NUDGES = ("stop", "nudge", "stand_up", "urgent", "well_done", "identify")
PHONE = (
    b'{"messageId":7,"sessionId":"s1","deviceId":"d1","payload":['
    b'{"name":"gravity","time":1795323870000000000,"values":{"x":0.0,"y":-9.61,"z":1.95}},'
    b'{"name":"accelerometer","time":1795323870020000000,"values":{"x":0.02,"y":-0.01,"z":0.03}},'
    b'{"name":"totalacceleration","time":1795323870040000000,"values":{"x":0.0,"y":0.0,"z":9.8}}]}'
)
COMMANDS = (b"PRESS", b"15", b'{"value":"PRESS","id":"a-1"}', b'{"value":30}', b"ON", b"RESET", b"")
CSV = b"time_s,x_g,y_g,z_g\n" + b"".join(
    b"%d.%02d,0.01,-0.02,%d.0\n" % (k // 50, k % 50 * 2, k % 2) for k in range(100)
)


class Unfit(Exception):  # noqa: N818  what is wrong with samples that were delivered
    """Samples that no stage could use."""


# --- nonsense -----------------------------------------------------------------------------------------------


def garbled(rng: random.Random, seeds: list[bytes], nearer: list[bytes] | None = None, longest: int = 260) -> bytes:
    """One of the seeds as it is or spoilt, or noise; mostly one of the ``nearer`` ones, where there are any."""
    data = bytearray(rng.choice(nearer if nearer and rng.random() < 0.7 else seeds))
    match rng.randrange(8):
        case 0:
            return bytes(data)
        case 1:
            return rng.randbytes(rng.choice((0, 1, 2, 6, 17, 20, 64, longest)))
        case 2:
            del data[rng.randint(0, len(data)) :]
        case 3:
            data += rng.randbytes(rng.randint(1, 40))
        case 4:
            data += rng.choice(seeds)
        case 5:
            at = rng.randint(0, len(data))
            data[at:at] = rng.randbytes(rng.randint(1, 3))
        case _:
            for _ in range(rng.choice((1, 1, 1, 2, 8)) if data else 0):
                data[rng.randrange(len(data))] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
    return bytes(data)


def published(kind: str) -> list[bytes]:
    """Every packet of a device's vectors."""
    path = VECTORS / f"{kind}.json"
    if not path.exists():
        return [PHONE]
    return list(_hex_of(json.loads(path.read_text(encoding="utf-8"))))


def _hex_of(form: Any) -> Iterator[bytes]:
    if isinstance(form, list):
        for each in form:
            yield from _hex_of(each)
    elif isinstance(form, dict):
        for key, value in form.items():
            if key == "hex" and isinstance(value, str):
                yield bytes.fromhex(value)
            else:
                yield from _hex_of(value)


# --- a driver -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Talk:
    """What a device of a kind says: values that can be read, and its packets with their distances in time."""

    reads: dict[str, bytes]
    packets: list[tuple[str, bytes, float]]


def talks_of(kind: str) -> list[Talk]:
    """Talks recorded from the simulator; for a phone a made-up one."""
    if kind == "phone":
        return [Talk({}, [("sensor-logger", message, 1.0) for message in _of_a_phone()])]
    talks = json.loads(TALKS.read_text(encoding="utf-8")).values()
    return [
        Talk(
            {characteristic: bytes.fromhex(value) for characteristic, value in talk["reads"].items()},
            [(door, bytes.fromhex(data), passed_s) for door, data, passed_s in talk["packets"]],
        )
        for talk in talks
        if talk["kind"] == kind
    ]


def _of_a_phone() -> Iterator[bytes]:
    for number in range(50):
        times = [int(START_S + number + k / 20) * 10**9 + k * 50_000_000 for k in range(20)]
        readings = [{"name": "totalacceleration", "time": t, "values": {"x": 0.1, "y": -9.8, "z": 0.2}} for t in times]
        message = {"messageId": number, "sessionId": "s1", "deviceId": "d1", "payload": readings}
        yield json.dumps(message).encode()


@dataclass
class Conversation:
    """A driver in the middle of a talk that goes wrong again and again."""

    kind: str
    rng: random.Random
    seeds: list[bytes]
    """Published packets."""
    talks: list[Talk]
    driver: Wearable = field(init=False)
    talk: Talk = field(init=False)
    place: int = 0
    """How far the talk has come."""
    now_s: float = START_S
    waiting: list[Action] = field(default_factory=list)
    newest_s: float = -math.inf
    delivered: int = 0
    """Samples, in all."""

    def __post_init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.driver, self.newest_s = WEARABLES[self.kind](), -math.inf
        self._link(self.rng.choice((None, {}, {"clock": None})))

    def _link(self, memory: Resume | None) -> None:
        self.talk, self.place = self.rng.choice(self.talks), 0
        self.waiting.clear()
        self._take(self.driver.start(memory, self.now_s))

    def step(self, number: int) -> None:
        """Let one thing happen."""
        if number % EPISODE == EPISODE - 1:
            self._begin()
        draw = self.rng.random()
        if self.waiting and draw < 0.5:
            self._answer(fails=0.03)
        elif draw < 0.65:
            self._go_on()
        elif draw < 0.9:
            self._receive(self.rng.choice(self.talk.packets)[0], garbled(self.rng, self.seeds, self._spoken()))
        elif draw < 0.96:
            self.now_s += 1.0
            self._take(self.driver.tick(self.now_s))
        elif draw < 0.985:
            self._ask()
        elif draw < 0.995:
            self.now_s += self.rng.choice((60.0, 700.0, 1e5, -3.0))
        else:
            self._lose()

    def _spoken(self) -> list[bytes]:
        """What may be said about now."""
        return [data for _, data, _ in self.talk.packets[self.place : self.place + 3]]

    def _go_on(self) -> None:
        """The next packet of the talk, in its time."""
        if self.place >= len(self.talk.packets):
            self._lose()
            return
        door, data, passed_s = self.talk.packets[self.place]
        self.place += 1
        self.now_s += passed_s
        self._receive(door, data)

    def _receive(self, door: str, data: bytes) -> None:
        try:
            self._take(self.driver.receive(Packet(door, data, self.now_s)))
        except DecodeError as error:
            if not error.reason:
                raise Unfit("a refusal without a reason") from error

    def _answer(self, fails: float) -> None:
        action = self.waiting.pop(0)
        sent_s = self.now_s - self.rng.choice((0.0, 0.03, 2.0))
        value = self.talk.reads.get(action.characteristic, b"") if isinstance(action, Read) else None
        if value is not None and self.rng.random() < 0.1:
            value = garbled(self.rng, self.seeds, [value])
        outcome = Outcome(self.now_s, sent_s, value)
        if self.rng.random() < fails:
            outcome = Outcome(self.now_s, sent_s, None, "refused by the test", self.rng.choice((None, 5, 14, 0x80)))
        self._take(self.driver.done(action, outcome))

    def _ask(self) -> None:
        nudge = Nudge(self.rng.choice(NUDGES), self.rng.randrange(65536), 60.0, "Stand up", "please")
        self._take(self.driver.alert(nudge, self.now_s))
        self._take(self.driver.stored(self.rng.randrange(3), self.rng.randrange(100_000)))

    def _lose(self) -> None:
        self._take(self.driver.lost(self.now_s))
        json.dumps(self.driver.resume(), allow_nan=False)
        self.newest_s = -math.inf  # the talk begins anew: a device that counts its samples sends old ones again
        self._link(None)

    def _take(self, reply: Reply) -> None:
        for part in reply:
            if isinstance(part, AccelBlock):
                # What a tag says has the time at which it came; the stages drop what is late.
                tells = WEARABLES[self.kind].REACH is Reach.ADVERTISEMENT
                self.newest_s = checked(part, -math.inf if tells else self.newest_s)
                self.delivered += len(part.t_s)
            elif isinstance(part, Action):
                if not isinstance(part, Reconnect):
                    self.waiting.append(part)
            elif not isinstance(part, Fact):
                raise Unfit(f"{part!r} is neither an action nor a fact")


def checked(block: AccelBlock, newest_s: float) -> float:
    """See that a block keeps its contract; returns the time of the newest sample."""
    t_s, xyz_g = block.t_s, block.xyz_g
    if not (len(t_s) and xyz_g.shape == (len(t_s), 3) and xyz_g.dtype == np.float32):
        raise Unfit(f"{len(t_s)} times, samples {xyz_g.shape} {xyz_g.dtype}")
    if not (np.isfinite(t_s).all() and np.isfinite(xyz_g).all() and math.isfinite(block.rate_hz) and block.rate_hz > 0):
        raise Unfit("not finite")
    if (np.diff(t_s) <= 0).any():
        raise Unfit("times do not grow within a block")
    if block.gap_before_s is not None and not block.gap_before_s >= 0:
        raise Unfit(f"a gap of {block.gap_before_s} s")
    if block.quality & Quality.REPLAYED:
        return newest_s
    if t_s[0] <= newest_s:
        raise Unfit(f"live samples {newest_s - t_s[0]:.3f} s before the last ones")
    return float(t_s[-1])


# --- the targets --------------------------------------------------------------------------------------------

Step = Callable[[int], None]


def of_driver(kind: str) -> Callable[[random.Random, Path], Step]:
    """Fuzz a driver."""
    return lambda rng, _: Conversation(kind, rng, published(kind), talks_of(kind)).step


def of_commands(rng: random.Random, _: Path) -> Step:
    """Fuzz what comes in over MQTT."""
    names = ("snooze", "limit", "why", "wrong", "nonsense", "")

    def step(_: int) -> None:
        payload = garbled(rng, list(COMMANDS))
        read_busy(payload)
        with suppress(CommandError):
            read_command(rng.choice(names), payload)

    return step


def of_settings(rng: random.Random, folder: Path) -> Step:
    """Fuzz the settings file, the command line and the environment."""
    path = folder / "sitbreak.toml"
    sections = [part.replace("\n# ", "\n").encode() for part in settings_template().split("\n[")]
    lines = [b"limit_s = 90", b'[wearers.me]\nwearable = "polar"', b"[coach]\nlimit_s = 1e9", b"a = [1, {b = 2}]"]
    seeds = [*(b"[" + part for part in sections[1:]), *lines]

    def step(_: int) -> None:
        path.write_bytes(garbled(rng, seeds))
        text = garbled(rng, [b"coach.limit_s=90", b"wearers.me.coach={}", b"mqtt.port=1883"]).decode(errors="replace")
        name = garbled(rng, [b"SITBREAK_COACH__LIMIT_S", b"SITBREAK_MQTT__HOST"]).decode(errors="replace")
        try:
            load(path if rng.random() < 0.7 else None, [text] if rng.random() < 0.5 else [], {name: text[:20]})
        except SettingsError as error:
            if "\n" in str(error):
                raise Unfit("a complaint of several lines") from error

    return step


def of_recordings(rng: random.Random, folder: Path) -> Step:
    """Fuzz files of samples."""
    arrays = {"acc": np.tile(np.array([[0, 0, 1000]], np.int16), (500, 1)), "fs": 50.0}
    np.savez(folder / "seed.npz", seg_start=np.array([0]), seg_t0=np.array([1e9]), **arrays)
    seeds = {".csv": [CSV], ".npz": [(folder / "seed.npz").read_bytes()], ".parquet": [b"PAR1" + bytes(40) + b"PAR1"]}

    def step(_: int) -> None:
        ending = rng.choice((".csv", ".csv", ".npz", ".parquet"))
        path = folder / f"recording{ending}"
        path.write_bytes(garbled(rng, seeds[ending]))
        newest_s = -math.inf
        with suppress(RecordingError):
            for block in open_recording(path).blocks():
                newest_s = checked(block, newest_s)

    return step


TARGETS: dict[str, Callable[[random.Random, Path], Step]] = {
    **{kind: of_driver(kind) for kind in WEARABLES},
    "commands": of_commands,
    "settings": of_settings,
    "recordings": of_recordings,
}


class Found(MonitorError):  # noqa: N818  what a fuzz is for
    """Something else than the declared error came out."""

    exit_code = 1


def fuzz(target: str, inputs: int, seed: int, until_s: float = math.inf) -> int:
    """Send so many inputs, or until this moment of ``time.monotonic``; returns how many. Raises Found."""
    rng = random.Random(f"{target} {seed}")
    with tempfile.TemporaryDirectory() as folder:
        step = TARGETS[target](rng, Path(folder))
        for number in range(inputs):
            if time.monotonic() > until_s:
                return number
            try:
                step(number)
            except Exception as error:
                what = f"{type(error).__name__}: {error}"
                raise Found(f"{target}, seed {seed}, input {number}: {what}") from error
    return inputs


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=100_000, help="inputs a target")
    parser.add_argument("--seconds", type=float, default=math.inf, help="at most so many seconds in all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default=",".join(TARGETS), help="targets")
    options = parser.parse_args()
    chosen, failed = options.only.split(","), False
    each_s = options.seconds / len(chosen)
    for target in chosen:
        began_s = time.monotonic()
        try:
            count = fuzz(target, options.inputs, options.seed, began_s + each_s)
            print(f"{target:<12} {count:>8} inputs {time.monotonic() - began_s:7.1f} s  nothing found", flush=True)
        except Found as found:
            failed = True
            sys.excepthook(type(found), found, found.__traceback__)
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
