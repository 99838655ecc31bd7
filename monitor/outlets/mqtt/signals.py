"""What a connection tells of itself: the words between the network thread and the session."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Opened:
    """The broker has let us in."""

    protocol: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The broker has answered, and the answer is no."""

    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection is over; always the last signal."""

    reason: str
    reached: bool = False
    """Somebody listened at the port."""
    problem: BaseException | None = None


class SilentBroker(TimeoutError):  # noqa: N818  a fact, named as the others are
    """Somebody takes the connection and never answers: a hung broker, or no broker at all."""


class ClosedUnheard(ConnectionError):  # noqa: N818
    """Somebody takes the connection and closes it without an answer."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Where an MQTT 5 client wants its answer."""

    topic: str
    correlation: bytes | None


@dataclass(frozen=True, slots=True)
class Received:
    """A message from the broker, its payload cut."""

    topic: str
    payload: bytes
    retain: bool
    reply: Reply | None = None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The broker has taken a publication, or refused it with a reason."""

    number: int
    failure: str | None = None
    later: bool = False
    """It may be taken another time: the broker is full."""


Signal = Opened | Refused | Lost | Received | Acknowledged
