"""What the broker keeps of one wearer for whoever comes later, and what of it must be told anew: link, state, text."""

from __future__ import annotations

import math
from typing import Any

from monitor.exchange import Message, Update, WearerState
from monitor.outlets.mqtt.messages import Phrasebook
from monitor.outlets.mqtt.payloads import state_payload
from monitor.outlets.mqtt.sentences import sentence, sentence_of_state

STATE_EVERY_S = 60.0
"""So often the state is told although nothing has happened but time, while the wearer sits or the link is fresh."""
_RUNNING = frozenset({"ts", "bout_min", "today_min", "longest_min", "last_sample", "rssi", "confidence"})
"""Keys that run with time: they go along each minute and are no reason to publish."""


class Retained:
    """The newest that is known, beside what the broker has been told of it."""

    def __init__(self, words: Phrasebook) -> None:
        self._words = words
        self._state: WearerState | None = None
        self._sentence: str | None = None
        """What the last event that concerns the reader had to say."""
        self.forget()

    def forget(self) -> None:
        """Nothing of it stands at the broker: all is to be told."""
        self.link: bool | None = None
        """What it has been told of the link."""
        self._text: str | None = None
        self._standing: dict[str, Any] = {}
        self._told_s = -math.inf

    @property
    def has_state(self) -> bool:
        """The broker has been told a state."""
        return bool(self._standing)

    def take(self, update: Update) -> None:
        """News of the wearer."""
        self._state = update.state
        for event in update.events:
            self._sentence = sentence(event, self._words.said) or self._sentence

    def changes(self) -> list[Message]:
        """What the broker must be told now; it counts as told."""
        state, messages = self._state, []
        if (fresh := state is not None and state.link_fresh) != self.link:
            self.link = fresh
            messages.append(self._words.link(fresh))
        if state is None:
            return messages
        if self._is_news(state):
            self._standing, self._told_s = _standing(state), state.at_s
            messages.append(self._words.state(state))
        if (text := self._sentence or sentence_of_state(state, self._words.said)) != self._text:
            self._text = text
            messages.append(self._words.text(text))
        return messages

    def _is_news(self, state: WearerState) -> bool:
        if _standing(state) != self._standing:
            return True
        return (state.sedentary or state.link_fresh) and state.at_s - self._told_s >= STATE_EVERY_S


def _standing(state: WearerState) -> dict[str, Any]:
    """What is worth a message when it changes; the next break's time moves with every pause, its being known counts."""
    payload = {key: value for key, value in state_payload(state).items() if key not in _RUNNING}
    return {**payload, "next_break": payload["next_break"] is not None}
