"""docs/topics.md: every topic, command, payload and entity, from the tables and messages of the program itself.

The sentences are written here; that each belongs to something and nothing is left out, a lookup by name makes sure.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from monitor.coach.commands import COMMANDS
from monitor.diagnostics import Meter
from monitor.event_ids import event_id
from monitor.events import EVENT_NAMES, BreakDue, CommandAnswered, DayEnded, Suggestion
from monitor.exchange import Message, WearerState
from monitor.outlets.mqtt.discovery import discovery
from monitor.outlets.mqtt.entities import ENTITIES, Entity
from monitor.outlets.mqtt.messages import Phrasebook, Topics, Wearer
from monitor.outlets.mqtt.payloads import EVENT_TYPES, state_payload

AT_S = 1_795_343_250.0
"""The moment of the examples: 2026-11-22 10:27:30 UTC."""
TOPICS = Topics("sitbreak", "<node>")
WEARER = Wearer("me", "<node>", model="DeskBand", firmware="1.2.0")
SAID = {
    "state": "what is true now; on every change, and once a minute",
    "event": "what somebody should be told at once (below)",
    "log": "every event of the program (below)",
    "text": "one sentence, for clients that can only show text",
    "availability": "`online` / `offline`: the daemon; `offline` is also its will",
    "link": "`online` / `offline`: fresh samples of the wearable",
    "day": "the totals of the day that ended, at local midnight",
    "info": "version, settings' hash, model of the wearable",
    "diagnostics": "losses, reconnects, latency of alerts, what waits, pushes ([what they mean](observability.md))",
    "cmd/snooze/result": "what became of the command: `ok`, `error`, `value`",
}
"""What each topic is for, by what follows the node."""
ORDERED: dict[str, tuple[tuple[str, ...], str]] = {
    "snooze": (
        ("PRESS", "15", "RESET"),
        "quiet for `coach.snooze_min`, or for so many minutes (1 to 120); `RESET` ends it",
    ),
    "break": (("PRESS",), "I start a break now; the credit comes from the sensor"),
    "done": (("PRESS",), "I have taken it; the credit still comes from the sensor"),
    "skip": (("PRESS",), "no more calls in this bout"),
    "wrong": (("PRESS",), "I was not sitting"),
    "pause": (("ON", "45", "OFF"), "no calls until switched off, or for so many minutes"),
    "busy": (("ON", "30", "OFF"), "in a call or a meeting; the clock runs on, nobody calls"),
    "limit": (("25", "RESET"), "minutes of sitting until a call (1 to 240); `RESET`: as in the settings"),
    "profile": (("gentle", "strict", "RESET"), "`gentle`, `normal` or `strict`; `RESET`: as in the settings"),
    "hurts": (
        ("PRESS", "bird_dog", "OFF", "RESET"),
        "the exercise suggested last, or this one, never again, none for now; `OFF`: the others; `RESET`: all again",
    ),
    "why": (("PRESS", "14:05"), "why it spoke, or did not, now or at a time of the last day; the answer is the result"),
    "standing": (("PRESS",), "now stand upright for ten seconds: shows what upright is, without a walk"),
    "test": (("PRESS",), "an alert, to try the ways it takes"),
}
"""Payloads that are obeyed, and what they mean; a test sends each to a coach."""
TOLD = {
    "break_due": "a break is due: the first call of a bout",
    "break_overdue": "the call comes again, unanswered",
    "break_taken": "the sensor has seen the break",
    "exercise_seen": "the sensor has seen the exercise, or it ended on your word",
    "standing_long": "you have been standing for long (`coach.standing_limit_s`)",
    "snoozed": "quiet until `until`",
    "day_summary": "the day so far, at `coach.summary_at`: `date`, `until`, and the totals",
    "test": "you asked for a test",
}
KEYS = {
    "v": "version of this form",
    "ts": "when this was said",
    "posture": "what the body does; the words are the options of the entity Posture",
    "sitting": "sitting or lying",
    "bout_min": "minutes on the clock of the running bout",
    "next_break": "when a break falls due; null while no clock runs",
    "alert": "`none`, `due`, `overdue`, `snoozed` or `paused`",
    "snoozed_until": "end of the snooze",
    "today_min": "minutes sat today",
    "longest_min": "longest bout today, in minutes",
    "breaks": "breaks today",
    "day_start": "when today began",
    "limit_min": "the limit in force",
    "profile": "the profile in force",
    "paused": "whether calls are paused",
    "battery": "charge of the wearable in percent; null where it does not say",
    "rssi": "signal strength in dBm",
    "last_sample": "when the newest sample was measured",
    "busy": "whether you are busy",
    "bout_id": "the running bout; null for none",
    "alert_id": "the open alert; null for none",
    "confidence": "how sure the posture is, 0 to 1",
    "exercise": "the exercise that is expected: `id`, `title`, `seen`, `of`, `hold_s`, `side`, `text`; null for none",
}
INTRO = """\
# Every topic, command and entity

Written by `python docs/generate` from the program's own tables and messages.

`<node>` is a random id made once for each wearer, so that topics name nobody; `sitbreak config topics` prints yours.
`sitbreak` is the setting `mqtt.base`. Topics and keys are a contract: some are added, none is ever renamed. Times are
ISO 8601 in UTC; every key is always there, `null` where it is not known.
"""
COMMANDS_INTRO = """\
Plain text to `sitbreak/<node>/cmd/<name>`, not retained. What became of one is published under `.../result`."""
COMMANDS_OUTRO = """\
```sh
mosquitto_pub -t 'sitbreak/<node>/cmd/snooze' -m 15
mosquitto_pub -t 'sitbreak/<node>/cmd/snooze' -m '{"value": 15, "id": "<the alert it answers>"}'
```

With the alert's id a late answer never hits the next alert: the first answer wins, the same again changes nothing."""
EVENTS_OUTRO = """\
`level` is how far a call may go: 1 the wearable, 2 the phone, 3 the room. The same `id` twice is the same event, sent
again after a broken line."""
ENTITIES_INTRO = """\
Announced on one retained topic a wearer, as one device; with `mqtt.discovery = "components"` on one topic an entity.
[Home Assistant in five minutes](home-assistant.md) tells what to do with them."""
ENTITIES_OUTRO = """\
*Live*: unavailable while the wearable is out of reach, too; the others only while the daemon is away, and the event
never, so that no restart looks like an alert. Each event type is also a device trigger.
"""


def page() -> str:
    """The whole page."""
    return "\n\n".join(
        (
            INTRO.rstrip(),
            "## Topics",
            topics_table(),
            "## Commands",
            COMMANDS_INTRO,
            commands_table(),
            COMMANDS_OUTRO,
            "## The state",
            _json(state().payload),
            _table(("key", "meaning"), state_rows()),
            "## Events",
            "On `.../event`, never retained, by the key `event_type`:",
            events_table(),
            _json(alert().payload),
            EVENTS_OUTRO,
            "## The log",
            "On `.../log`, by the key `type`, everything that happens:",
            log_table(),
            "## Home Assistant entities",
            ENTITIES_INTRO,
            entities_table(),
            ENTITIES_OUTRO,
        )
    )


def messages() -> list[Message]:
    """One of each kind that is published for a wearer."""
    book = Phrasebook(WEARER, TOPICS)
    day = DayEnded(id="01K", at_s=AT_S, date="2026-11-22", sedentary_min=412.0, longest_min=47.5, breaks=14, alerts=9)
    answer = CommandAnswered(id="01K", at_s=AT_S, command="snooze", ok=True, value=15.0)
    return [
        state(),
        *book.news(due()),
        book.text("Seated for 30 minutes."),
        book.availability(True),
        book.link(True),
        next(message for message in book.news(day) if message.topic.endswith("/day")),
        book.info(),
        book.diagnostics(Meter().read(AT_S, 0)),
        book.result(answer),
    ]


def topics_table() -> str:
    """Where what is published, and how."""
    rows = [
        (
            _shown(message.topic),
            SAID[message.topic.removeprefix(f"{TOPICS.root}/")],
            _yes(message.retain),
            str(message.qos),
        )
        for message in messages()
    ]
    (config,) = discovery(WEARER, TOPICS, "device", "homeassistant")
    rows.append(
        (
            _shown(config.topic),
            "Home Assistant discovery: the device appears by itself",
            _yes(config.retain),
            str(config.qos),
        )
    )
    rows.append(("`sitbreak/<node>/cmd/<name>`", "in: a command (below); a retained one is not obeyed", "no", "1"))
    rows.append(("`homeassistant/status`", "in: Home Assistant is back, everything is announced again", "-", "1"))
    return _table(("topic", "payload", "retained", "QoS"), rows)


def _shown(topic: str) -> str:
    return f"`{topic.replace('cmd/snooze', 'cmd/<name>')}`"


def commands_table() -> str:
    """Every command, what may be sent, and what it does."""
    rows = [(f"`{name}`", ", ".join(f"`{given}`" for given in ORDERED[name][0]), ORDERED[name][1]) for name in COMMANDS]
    return _table(("command", "for example", "what it means"), rows)


def state() -> Message:
    """A state as it is published."""
    known = WearerState(
        at_s=AT_S,
        posture="sitting",
        sedentary=True,
        confidence=0.97,
        bout_id=event_id(AT_S - 1830, "bout"),
        bout_start_s=AT_S - 1830,
        bout_s=1830.0,
        next_break_s=AT_S - 30,
        alert="due",
        alert_id=due().alert_id,
        today_s=10860.0,
        longest_s=3840.0,
        breaks=5,
        day_start_s=AT_S - 37650,
        battery_pct=81,
        rssi_dbm=-61,
        link_fresh=True,
        last_sample_s=AT_S,
    )
    return Phrasebook(WEARER, TOPICS).state(known)


def due() -> BreakDue:
    """A first call, with an exercise."""
    exercise = Suggestion(
        "standing_hip_flexion",
        "Standing hip flexion",
        "10-12 per side",
        "Stand tall and lift one bent knee.",
        "left first",
        "",
        "",
        "repetitions",
    )
    return BreakDue(
        id=event_id(AT_S, "due"),
        at_s=AT_S,
        alert_id=event_id(AT_S, "due"),
        bout_id=event_id(AT_S - 1830, "bout"),
        bout_start_s=AT_S - 1830,
        due_s=AT_S - 30,
        sedentary_s=1830.0,
        limit_s=1800.0,
        repeat=0,
        level=1,
        confidence=0.97,
        why_now="limit",
        clears="1 minute upright, or an answer",
        title="Time to stand up",
        message="Seated for 30 minutes. Fancy 10 knee lifts?",
        exercise=exercise,
        expires_s=AT_S + 600,
    )


def alert() -> Message:
    """The call as it is published."""
    return Phrasebook(WEARER, TOPICS).news(due())[0]


def state_rows() -> list[tuple[str, str]]:
    """Every key of the state, with its meaning."""
    return [(f"`{key}`", KEYS[key]) for key in state_payload(WearerState(at_s=AT_S))]


def events_table() -> str:
    """The kinds of event that people are told."""
    return _table(("event_type", "when"), [(f"`{name}`", TOLD[name]) for name in EVENT_TYPES])


def log_table() -> str:
    """Every event class, by its own first sentence."""
    said = {name: _first_sentence(kind.__doc__ or "") for kind, name in EVENT_NAMES.items()}
    return _table(("type", "what it says"), [(f"`{name}`", sentence) for name, sentence in said.items()])


def entities_table() -> str:
    """The table of entities, as it is announced."""
    rows = [
        (f"`{entity.platform}`", f"`{entity.key}`", entity.name, _told_by(entity), _yes(entity.measured))
        for entity in ENTITIES
    ]
    return _table(("platform", "key", "name", "from and to", "live"), rows)


def _told_by(entity: Entity) -> str:
    config = asdict(entity)["config"]
    parts = []
    if entity.command:
        parts.append(f"command `{entity.command}`")
    if words := config.get("options") or config.get("event_types"):
        parts.append(", ".join(f"`{word}`" for word in words))
    if unit := config.get("unit_of_measurement"):
        span = f"{config['min']} to {config['max']} " if "min" in config else ""
        parts.append(f"{span}{unit}")
    if config.get("enabled_by_default") is False:
        parts.append("switched off at first")
    return "; ".join(parts)


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"


def _first_sentence(doc: str) -> str:
    return " ".join(doc.split("\n\n")[0].split()).replace("``", "`").replace("|", "\\|")


def _table(head: tuple[str, ...], rows: Any) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _json(payload: str) -> str:
    return f"```json\n{json.dumps(json.loads(payload), indent=2, ensure_ascii=False)}\n```"
