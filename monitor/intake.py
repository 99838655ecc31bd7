"""Where all inputs of one wearer meet, in one order: what the wearable says, commands, and time.

``Intake`` stands in the driver's place before the transport. What the driver knows goes into the pipeline at
once, inside the driver's own call, so that there is one order of inputs, which can be recorded as it comes
(``record``) and played again (``play``) to the same events. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from monitor.backfill import Backfill, joined
from monitor.event_ids import alert_number
from monitor.exchange import Command
from monitor.model import (
    AccelBlock,
    Answer,
    AnswerKind,
    BatteryLevel,
    HoleClosed,
    HoleOpened,
    Nudge,
    WearableFacts,
)
from monitor.pipeline import Step
from monitor.wearables.base import (
    Action,
    DecodeError,
    Outcome,
    Packet,
    Read,
    Reconnect,
    Reply,
    Resume,
    Subscribe,
    Unsubscribe,
    Wearable,
    Write,
)

MOST_HELD = 256
"""Blocks that wait at most for those behind them: minutes of any wearable."""

ANSWERS = {AnswerKind.ACKNOWLEDGED: "break", AnswerKind.SNOOZED: "snooze"}
"""What a button on the wearable means: one press "I take it now", two "later"."""

Record = Callable[[str, float, dict[str, Any]], None]
"""Takes the kind of an input, its stream time, and its JSON-ready values."""


def no_record(kind: str, now_s: float, values: dict[str, Any]) -> None:
    """Keeps nothing."""


class Intake:
    """The wearer's driver as the transport sees it, and the door for commands and time."""

    def __init__(
        self, driver: Wearable, backfill: Backfill, collect: Callable[[Step], None], record: Record = no_record
    ) -> None:
        self.ADVERTISED = driver.ADVERTISED
        self.REACH = driver.REACH
        self.SILENCE_IS_LEGAL = driver.SILENCE_IS_LEGAL
        self.MAY_PAIR = driver.MAY_PAIR
        self.backfill = backfill
        self.facts: WearableFacts | None = None
        self.battery_pct: int | None = None
        self.progress: tuple[int, int] | None = None
        """Segment and index up to which samples have been fed; None where the device does not count."""
        self.has_samples = False
        self._driver, self._collect, self._record = driver, collect, record
        self._held: list[AccelBlock] = []
        self._more_follows = False

    # --- commands and time ----------------------------------------------------------------------------------

    def command(self, command: Command, now_s: float) -> None:
        """Something the wearer wants, from any surface."""
        self.settle()
        values = {"name": command.name, "value": command.value, "alert_id": command.alert_id, "source": command.source}
        self._record("command", now_s, values)
        self._collect(self.backfill.command(command, now_s))

    def pass_time(self, now_s: float) -> None:
        """Samples older than ``now_s`` (a whole second) will not come any more, unless by replay."""
        self.settle()
        self._record("tick", now_s, {})
        self._collect(self.backfill.tick(now_s))

    # --- the driver's contract ------------------------------------------------------------------------------

    def start(self, resume: Resume | None, now_s: float) -> Reply:
        """A link is up."""
        self._record("start", now_s, {"resume": resume})
        return self._taken(self._driver.start(resume, now_s))

    def receive(self, packet: Packet) -> Reply:
        """A notification has come."""
        self._record("packet", packet.at_s, {"characteristic": packet.characteristic, "data": packet.data.hex()})
        return self._taken(self._driver.receive(packet))

    def done(self, action: Action, outcome: Outcome) -> Reply:
        """An action was carried out or failed."""
        values = {"action": _action_as_dict(action), "sent_at_s": outcome.sent_at_s, "error": outcome.error}
        values |= {"value": None if outcome.value is None else outcome.value.hex(), "att_error": outcome.att_error}
        self._record("done", outcome.at_s, values)
        return self._taken(self._driver.done(action, outcome))

    def tick(self, now_s: float) -> Reply:
        """The driver's own time passes."""
        self._record("link_tick", now_s, {})
        return self._taken(self._driver.tick(now_s))

    def stored(self, segment: int, upto_index: int) -> Reply:
        """Samples are safe on disk."""
        self._record("stored", 0.0, {"segment": segment, "upto_index": upto_index})
        return self._taken(self._driver.stored(segment, upto_index))

    def alert(self, nudge: Nudge, now_s: float) -> Reply:
        """Buzz the wearable."""
        values = {"kind_of_alert": nudge.kind, "alert_number": nudge.alert_number}
        values |= {"time_to_live_s": nudge.time_to_live_s, "title": nudge.title, "message": nudge.message}
        self._record("alert", now_s, values)
        return self._taken(self._driver.alert(nudge, now_s))

    def lost(self, now_s: float) -> Reply:
        """The link is gone."""
        self._record("lost", now_s, {})
        return self._taken(self._driver.lost(now_s))

    def stop(self) -> Reply:
        """A clean end of the link."""
        self._record("stop", 0.0, {})
        return self._taken(self._driver.stop())

    def resume(self) -> Resume:
        """The driver's memory worth keeping."""
        return self._driver.resume()

    # --- what the driver knows ------------------------------------------------------------------------------

    def expect(self, more: bool) -> None:
        """Say whether packets wait behind the next one: then its samples go into the pipeline together with theirs.

        The pipeline's cost is in blocks, not in samples, and where they are cut changes nothing of what it says. So a
        daemon that has fallen behind, or is sent an hour from a wearable's memory, catches up.
        """
        self._more_follows = more

    def _taken(self, reply: Reply) -> Reply:
        for fact in reply:
            if isinstance(fact, AccelBlock):
                self._hold(fact)
            elif isinstance(fact, HoleOpened | HoleClosed):
                self.settle()
                self._collect(self.backfill.feed(fact))
            elif isinstance(fact, BatteryLevel):
                self.battery_pct = fact.percent
            elif isinstance(fact, WearableFacts):
                self.settle()
                self.facts = fact
                self.backfill.hear(fact)
            elif isinstance(fact, Answer):
                self.settle()
                self._answered(fact)
        more, self._more_follows = self._more_follows, False
        if not more or len(self._held) >= MOST_HELD:
            self.settle()
        return reply

    def _hold(self, block: AccelBlock) -> None:
        self.has_samples = True
        if self._held and block.t_s[0] <= self._held[-1].t_s[-1]:  # late: not one run with what came before it
            self.settle()
        self._held.append(block)

    def settle(self) -> None:
        """Let the pipeline have what is held back."""
        held, self._held = self._held, []
        for block in joined(held):
            self._collect(self.backfill.feed(block))
        for block in held:
            self._count(block)

    def _count(self, block: AccelBlock) -> None:
        if block.first_index is not None:
            self.progress = (block.segment, block.first_index + len(block.t_s))

    def _answered(self, answer: Answer) -> None:
        """An answer on the wearable counts only for the alert that is open now."""
        alert_id, name = self.backfill.state(answer.at_s).alert_id, ANSWERS.get(answer.kind)
        if name is not None and alert_id is not None and alert_number(alert_id) == answer.alert_number:
            self._collect(self.backfill.command(Command(name, "PRESS", alert_id, "wearable"), answer.at_s))


# --- the recorded lines -------------------------------------------------------------------------------------

_ACTIONS: dict[str, type[Action]] = {cls.__name__: cls for cls in (Read, Write, Subscribe, Unsubscribe, Reconnect)}


def _action_as_dict(action: Action) -> dict[str, Any]:
    values = {name: getattr(action, name) for name in action.__dataclass_fields__}
    return {"is": type(action).__name__} | {k: v.hex() if isinstance(v, bytes) else v for k, v in values.items()}


def _action_of(values: Mapping[str, Any]) -> Action:
    arguments = {key: value for key, value in values.items() if key != "is"}
    if "data" in arguments:
        arguments["data"] = bytes.fromhex(arguments["data"])
    return _ACTIONS[values["is"]](**arguments)


def play(intake: Intake, line: Mapping[str, Any]) -> None:
    """Do again what a recorded line says. Lines of an unknown kind are passed over."""
    now_s = line["now_s"]
    match line["kind"]:
        case "packet":
            with suppress(DecodeError):  # refused then, refused now
                intake.receive(Packet(line["characteristic"], bytes.fromhex(line["data"]), now_s))
        case "tick":
            intake.pass_time(now_s)
        case "link_tick":
            intake.tick(now_s)
        case "command":
            if not all(isinstance(line[key], str) for key in ("name", "value", "source")):
                raise TypeError("a command is text")
            intake.command(Command(line["name"], line["value"], line["alert_id"], line["source"]), now_s)
        case "start":
            intake.start(line["resume"], now_s)
        case "done":
            value = None if line["value"] is None else bytes.fromhex(line["value"])
            outcome = Outcome(now_s, line["sent_at_s"], value, line["error"], line["att_error"])
            intake.done(_action_of(line["action"]), outcome)
        case "stored":
            intake.stored(line["segment"], line["upto_index"])
        case "alert":
            nudge = Nudge(
                line["kind_of_alert"], line["alert_number"], line["time_to_live_s"], line["title"], line["message"]
            )
            intake.alert(nudge, now_s)
        case "lost":
            intake.lost(now_s)
        case "stop":
            intake.stop()
