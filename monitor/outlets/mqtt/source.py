"""A topic that a wearer's wearable publishes to, heard over the wearer's own connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from monitor.outlets.mqtt.signals import Received

Heard = Callable[[str, bytes, int | None], None]
"""Takes the topic, the payload, and None: a broker knows no signal strength."""


class TopicSource:
    """Hands on what comes in on one topic, while somebody listens."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self._heard: Heard | None = None

    @contextmanager
    def hear(self, heard: Heard) -> Iterator[None]:
        """Hand on what is heard, as long as the block lasts."""
        self._heard = heard
        try:
            yield
        finally:
            self._heard = None

    def silent(self, understood: bool) -> None:
        """Nothing to do: a topic is nobody's."""

    def take(self, received: Received) -> None:
        """A message; a retained one is of the past and says nothing about now."""
        if self._heard is not None and not received.retain:
            self._heard(received.topic, received.payload, None)
