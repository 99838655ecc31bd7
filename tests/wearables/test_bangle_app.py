"""The app that makes a Bangle.js speak DeskBand Lite: its core runs under node, against vectors and our driver."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from monitor.model import (
    AccelBlock,
    Answer,
    AnswerKind,
    BatteryLevel,
    Fact,
    HoleClosed,
    HoleOpened,
    Quality,
    WearableFacts,
)
from monitor.wearables.bangle import Bangle
from monitor.wearables.base import Outcome, Packet, Read, Reply, Subscribe, Unsubscribe, Write
from monitor.wearables.deskband_profile import codec
from tests.support.vectors import Vector, each, valid

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="node is not installed; the app's core is JavaScript")

LITE = valid("bangle")
PROFILE = valid("deskband")
CHARACTERISTICS = {"control": codec.CONTROL, "live": codec.LIVE, "replay": codec.REPLAY, "status": codec.STATUS}
CHARACTERISTICS["alert"] = codec.ALERT
EVENTS = {"STARTED": 1, "FINISHED": 2, "ACKNOWLEDGED": 3, "SNOOZED": 4, "REFUSED": 5}
PERIOD_US = 80_000


class App:
    """The core in a node process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.out: list[tuple[str, bytes]] = []

    def ask(self, what: str, **arguments: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"do": what, **arguments}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        self.out += [(CHARACTERISTICS[name], bytes.fromhex(data)) for name, data in answer["out"]]
        return answer["value"]

    def indicated(self) -> list[str]:
        """What came by the control point since last asked."""
        said, self.out = [data.hex() for name, data in self.out if name == codec.CONTROL], []
        return said


@pytest.fixture(scope="module")
def node() -> Iterator[subprocess.Popen[str]]:
    command = [str(NODE), str(Path(__file__).parent / "bangle_app.js")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def app(node: subprocess.Popen[str]) -> App:
    app = App(node)
    app.ask("boot", session=7, blocks=20)
    return app


def told_by(table: list[Vector], kind: str) -> pytest.MarkDecorator:
    return each(v for v in table if v["kind"] == kind and v["expect"].get("fmt", 0) == 0)


def tilt(index: int) -> tuple[float, float, float]:
    """A slow nod, so that every sample is another one."""
    return math.sin(index / 50), 0.0, -math.cos(index / 50)


def wear(app: App, first: int, count: int) -> None:
    app.ask("samples", samples=[[*tilt(i), (i + 1) * PERIOD_US] for i in range(first, first + count)])


@told_by(LITE + PROFILE, "block")
def test_it_packs_motion_blocks(app: App, vector: dict[str, Any]) -> None:
    expect = vector["expect"]
    packed = app.ask("block", **{name: expect[name] for name in ("session", "index", "t_us", "flags", "samples")})
    assert packed == vector["hex"]
    assert "bytes" not in expect or len(packed) == 2 * expect["bytes"]


@told_by(LITE, "info")
def test_it_packs_info(app: App, vector: dict[str, Any]) -> None:
    assert app.ask("info", **vector["expect"]) == vector["hex"]


@told_by(LITE, "status")
def test_it_packs_status(app: App, vector: dict[str, Any]) -> None:
    assert app.ask("status", **vector["expect"]) == vector["hex"]


@told_by(PROFILE, "alert_event")
def test_it_packs_alert_events(app: App, vector: dict[str, Any]) -> None:
    expect = vector["expect"]
    packed = app.ask("alert_event", event=EVENTS[expect["event"]], alert_id=expect["alert_id"], t_us=expect["t_us"])
    assert packed == vector["hex"]


@told_by(PROFILE, "alert")
def test_it_reads_alerts(app: App, vector: dict[str, Any]) -> None:
    read, expect = app.ask("alert", hex=vector["hex"]), vector["expect"]
    names = {"kind": "kind", "channels": "channels", "intensity": "intensity", "repeats": "repeats", "on": "on_ms"}
    names |= {"off": "off_ms", "number": "alert_id", "lives": "ttl_s"}
    assert {name: read[name] for name in names} == {name: expect[ours] for name, ours in names.items()}


def test_info_and_status_say_how_it_is(app: App) -> None:
    wear(app, 0, 19 * 3 + 5)
    info, status = (bytes.fromhex(app.ask(f"read_{what}")) for what in ("info", "status"))
    assert (
        codec.Feature(codec.decode_info(info).features)
        == codec.Feature.HAPTIC | codec.Feature.BUTTON | codec.Feature.DISPLAY
    )
    said = codec.decode_status(status)
    assert (said.session, said.next_index, said.oldest_index, said.battery) == (7, 57, 0, 87)


@pytest.mark.parametrize(
    ("request_hex", "answer_hex"),
    [
        ("0101", "81010007001300" + "0000"),  # START: session 7, next 19
        ("0202", "820200"),
        ("0903", "890300" + "803117000000"),  # PING: 1.52 s
        ("062380338769d6600600", "862300" + "803117000000"),  # TIME_SYNC
        ("0604", "860402"),  # too short
        ("0705010000" + "00", "870501"),  # SET_CONFIG is not in Lite
        ("0b0600", "8b0601"),  # nor GET_SESSION
        ("0508070013000000", "850800"),  # ACK
        ("0508080013000000", "850805"),  # of another session
        ("0309080000000000ffffffff", "830905"),  # REPLAY of another session
        ("030a070013000000ffffffff", "830a06" + "13000000" * 2),  # nothing there
        ("030b070000000000" + "63000000", "830b06" + "00000000" + "13000000"),  # only part of it
    ],
)
def test_it_answers_requests(app: App, request_hex: str, answer_hex: str) -> None:
    wear(app, 0, 19)
    app.ask("control", hex=request_hex)
    assert app.indicated() == [answer_hex]


def test_a_replay_brings_what_was_asked_and_says_so(app: App) -> None:
    wear(app, 0, 19 * 4)
    app.ask("control", hex="0321" + "0700" + "05000000" + "28000000")
    while app.ask("step"):
        pass
    assert [data.hex() for name, data in app.out if name == codec.CONTROL] == [
        "832100" + "05000000" + "28000000",
        "c32100" + "0700" + "28000000" + "0300",
    ]
    blocks = [codec.decode_block(data) for name, data in app.out if name == codec.REPLAY]
    assert [(block.first_index, block.end_index) for block in blocks] == [(5, 19), (19, 38), (38, 40)]
    assert [block.stamp_us for block in blocks] == [block.end_index * PERIOD_US for block in blocks]
    assert all(block.flags & codec.BlockFlag.REPLAYED for block in blocks)


def test_an_abort_ends_a_replay(app: App) -> None:
    wear(app, 0, 19 * 4)
    app.ask("control", hex="0321" + "0700" + "00000000" + "4c000000")
    app.ask("step")
    app.ask("control", hex="0422")
    assert app.indicated()[1:] == ["842200", "c32109" + "0700" + "13000000" + "0100"]


def test_what_is_overwritten_before_it_was_safe_is_counted(app: App) -> None:
    wear(app, 0, 19 * 23)
    status = codec.decode_status(bytes.fromhex(app.ask("read_status")))
    assert (status.oldest_index, status.dropped_blocks) == (19 * 3, 3)
    assert status.flags & codec.StatusFlag.OVERWRITTEN


def test_a_clock_that_jumps_makes_a_new_session(app: App) -> None:
    wear(app, 0, 19)
    app.ask("samples", samples=[[0, 0, -1, (i + 1) * PERIOD_US + 3_600_000_000] for i in range(19, 57)])
    assert codec.decode_status(bytes.fromhex(app.ask("read_status"))).session == 8


# --- the driver and the app, in conversation ----------------------------------------------------------------------


@dataclass
class Talk:
    """Our driver at work on the app."""

    app: App
    driver: Bangle = field(default_factory=Bangle)
    facts: list[Fact] = field(default_factory=list)
    count: int = 0
    deaf: bool = False
    """Live notifications are lost on the air."""

    @property
    def now_s(self) -> float:
        return 1.8e9 + self.count * PERIOD_US * 1e-6

    def take(self, reply: Reply) -> None:
        for part in reply:
            if isinstance(part, Read | Write | Subscribe | Unsubscribe):
                self.perform(part)
            else:
                self.facts.append(part)  # type: ignore[arg-type]
        self.hear()

    def perform(self, action: Read | Write | Subscribe | Unsubscribe) -> None:
        value = None
        match action:
            case Read(characteristic=codec.INFO | codec.STATUS as uuid):
                value = bytes.fromhex(self.app.ask("read_info" if uuid == codec.INFO else "read_status"))
            case Write(characteristic=codec.CONTROL):
                self.app.ask("control", hex=action.data.hex())
        self.take(self.driver.done(action, Outcome(self.now_s, self.now_s, value)))

    def hear(self) -> None:
        while self.app.out:
            name, data = self.app.out.pop(0)
            if not (self.deaf and name == codec.LIVE):
                self.take(self.driver.receive(Packet(name, data, self.now_s + 0.01)))

    def live(self, seconds: int) -> None:
        for _ in range(seconds):
            wear(self.app, self.count, 12)
            self.count += 12
            while self.app.ask("step"):
                self.hear()
            self.hear()
            self.take(self.driver.tick(self.now_s))

    def of(self, kind: type[Any]) -> list[Any]:
        return [fact for fact in self.facts if isinstance(fact, kind)]


def test_the_driver_hears_every_sample_and_fetches_what_it_missed(app: App) -> None:
    talk = Talk(app)
    talk.take(talk.driver.start(None, talk.now_s))
    talk.live(20)
    talk.deaf = True
    talk.live(6)
    talk.deaf = False
    talk.live(30)
    blocks = sorted(talk.of(AccelBlock), key=lambda block: block.first_index)
    indices = [i for block in blocks for i in range(block.first_index, block.first_index + len(block.t_s))]
    assert indices == list(range(indices[0], indices[0] + len(indices)))
    assert len(indices) > 12 * 50
    assert np.allclose(np.concatenate([b.xyz_g for b in blocks]), [tilt(i) for i in indices], atol=2e-4)
    assert np.all(np.diff(np.concatenate([block.t_s for block in blocks])) > 0)
    assert any(Quality.REPLAYED in block.quality for block in blocks)
    assert talk.of(HoleOpened)
    assert all(closed.filled for closed in talk.of(HoleClosed))
    assert talk.of(BatteryLevel)[0].percent == 87
    assert talk.of(WearableFacts)[0] == WearableFacts("Bangle.js 2", "100 (protocol 1.0)", None, True)


def test_a_press_on_the_watch_answers_the_alert(app: App) -> None:
    talk = Talk(app)
    talk.take(talk.driver.start(None, talk.now_s))
    talk.live(3)
    app.ask("tell_alert", event=4, alert_id=258)
    talk.hear()
    (answer,) = talk.of(Answer)
    assert (answer.kind, answer.alert_number) == (AnswerKind.SNOOZED, 258)
