"""A device of dictionaries, and a driver talking to it: what simple linked wearables are tested with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from monitor.model import AccelBlock, Fact
from monitor.wearables.base import (
    Action,
    Outcome,
    Packet,
    Read,
    Reconnect,
    Reply,
    Subscribe,
    Unsubscribe,
    Wearable,
    Write,
)

NOW_S = 1.8e9


@dataclass
class Talk:
    """The driver, what the device lets be read, and everything that was said."""

    driver: Wearable
    values: dict[str, bytes] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    """Characteristics that answer with an error."""
    mute: bool = False
    """Nothing is ever answered."""
    now_s: float = NOW_S
    facts: list[Fact] = field(default_factory=list)
    written: list[tuple[str, bytes]] = field(default_factory=list)
    subscribed: list[str] = field(default_factory=list)
    reconnects: list[str] = field(default_factory=list)
    reads: int = 0

    def link(self, resume: Any = None) -> Talk:
        self._take(self.driver.start(resume, self.now_s))
        return self

    def lose(self, away_s: float = 10.0) -> None:
        self._take(self.driver.lost(self.now_s))
        self.now_s += away_s

    def tick(self, seconds: float = 1.0) -> None:
        self.now_s += seconds
        self._take(self.driver.tick(self.now_s))

    def hear(self, characteristic: str, data: bytes, at_s: float | None = None) -> None:
        self.now_s = self.now_s if at_s is None else at_s
        self._take(self.driver.receive(Packet(characteristic, data, self.now_s)))

    def alert(self, nudge: Any) -> None:
        self._take(self.driver.alert(nudge, self.now_s))

    def stop(self) -> None:
        self._take(self.driver.stop())

    def of(self, kind: type[Any]) -> list[Any]:
        return [fact for fact in self.facts if isinstance(fact, kind)]

    @property
    def t_s(self) -> np.ndarray[Any, Any]:
        blocks = self.of(AccelBlock)
        return np.concatenate([block.t_s for block in blocks]) if blocks else np.empty(0)

    @property
    def xyz_g(self) -> np.ndarray[Any, Any]:
        blocks = self.of(AccelBlock)
        return np.concatenate([block.xyz_g for block in blocks]) if blocks else np.empty((0, 3))

    def _take(self, reply: Reply) -> None:
        for part in reply:
            if isinstance(part, Reconnect):
                self.reconnects.append(part.reason)
            elif isinstance(part, Read | Write | Subscribe | Unsubscribe):
                self._perform(part)
            else:
                self.facts.append(part)

    def _perform(self, action: Action) -> None:
        assert not isinstance(action, Reconnect)
        uuid, value, error = action.characteristic, None, None
        if self.mute:
            return
        if uuid in self.refused:
            error = "not there"
        elif isinstance(action, Read):
            self.reads += 1
            value = self.values.get(uuid)
            error = None if value is not None else "no such characteristic"
        elif isinstance(action, Write):
            self.written.append((uuid, action.data))
            self.wrote(uuid, action.data)
        elif isinstance(action, Subscribe):
            self.subscribed.append(uuid)
        else:
            self.subscribed.remove(uuid)
        self._take(self.driver.done(action, Outcome(self.now_s, self.now_s, value, error, 1 if error else None)))

    def wrote(self, uuid: str, data: bytes) -> None:
        """What the device does with a write; by default a readable value takes it."""
        if uuid in self.values:
            self.values[uuid] = data
