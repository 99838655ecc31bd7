"""What is asked of us over MQTT: commands and the foreign busy topic go to the pipeline, answers come back here."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable

from monitor.events import CommandAnswered
from monitor.exchange import Command, Message
from monitor.outlets.mqtt.commands import (
    NAMES,
    Allowance,
    CommandError,
    read_busy,
    read_command,
    reply_allowed,
)
from monitor.outlets.mqtt.messages import Phrasebook
from monitor.outlets.mqtt.rules import MqttRules
from monitor.outlets.mqtt.signals import Received, Reply

log = logging.getLogger(__name__)


class Ear:
    """Hears one wearer's commands and remembers who waits for which answer."""

    def __init__(
        self,
        rules: MqttRules,
        words: Phrasebook,
        send: Callable[[str, Command], None],
        publish: Callable[[Message, bytes | None], None],
    ) -> None:
        self._rules, self._words, self._send, self._publish = rules, words, send, publish
        self._allowance = Allowance()
        self._asked: dict[str, deque[Reply | None]] = {name: deque(maxlen=32) for name in NAMES}
        self._busy: str | None = None
        self._said: set[str] = set()

    def command(self, received: Received) -> None:
        """A message below ``cmd/``."""
        prefix = self._words.topics.of("cmd/")
        if received.retain:
            self._say_once(f"a retained command waits below {prefix}: ignored; clear it at the broker")
        elif not self._allowance.take(time.monotonic()):
            self._say_once(f"more than {self._allowance.per_s:.0f} commands a second: the rest is dropped")
        else:
            self._obey(received.topic.removeprefix(prefix), received.payload, self._checked(received.reply))

    def busy(self, received: Received) -> None:
        """The foreign topic; retained on purpose, so heard again at each reconnect: only a change is news."""
        command = read_busy(received.payload)
        if command is not None and command.value != self._busy and self._allowance.take(time.monotonic()):
            self._busy = command.value
            self._hand_on(command, None)

    def answered(self, answer: CommandAnswered) -> None:
        """Tell what became of a command, whoever gave it."""
        waiting = self._asked.get(answer.command) if answer.source == "mqtt" else None
        self._reply(answer, waiting.popleft() if waiting else None)

    def _obey(self, name: str, payload: bytes, reply: Reply | None) -> None:
        try:
            command = read_command(name, payload)
        except CommandError as refusal:
            error = refusal.told(self._words.said.refused)
            refused = CommandAnswered(id="", at_s=0.0, command=name, ok=False, error=error, source="mqtt")
            self._reply(refused, reply)
            return
        if command is not None:
            self._hand_on(command, reply)

    def _hand_on(self, command: Command, reply: Reply | None) -> None:
        self._asked[command.name].append(reply)
        self._send(self._words.wearer.name, command)

    def _checked(self, reply: Reply | None) -> Reply | None:
        allowed = reply and reply_allowed(reply.topic, self._rules.base, self._rules.discovery_prefix)
        return reply if allowed else None

    def _reply(self, answer: CommandAnswered, reply: Reply | None) -> None:
        """Where an MQTT 5 client has named a topic, there; else beside the command."""
        message = self._words.result(answer)
        if reply is None:
            self._publish(message, None)
        else:
            self._publish(Message(reply.topic, message.payload, qos=0), reply.correlation)

    def _say_once(self, words: str) -> None:
        if words not in self._said:
            self._said.add(words)
            log.warning(words)
