"""What a driver wants of a link: asked, asked again when it fails, given up with a reason that a user understands."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated

from msgspec import Meta

from monitor.rules import Rules
from monitor.wearables.base import Action, Outcome, Read, Reconnect, Reply, Subscribe, Write

Askable = Read | Write | Subscribe
NEEDS_PAIRING = frozenset({0x05, 0x08, 0x0F})
"""ATT: insufficient authentication, authorization, encryption; the error then says itself what to do."""


class AskingRules(Rules, frozen=True):
    """How long a driver keeps asking."""

    request_timeout_s: Annotated[
        float, Meta(ge=2, le=120, description="How long to wait for the wearable's answer.")
    ] = 10.0
    request_pause_s: Annotated[
        float, Meta(ge=0, le=60, description="Pause before a request that failed is made again.")
    ] = 2.0
    request_tries: Annotated[int, Meta(ge=1, le=10, description="How often to ask before giving a request up.")] = 3


class Settled(Enum):
    """What became of something asked for."""

    DONE = "done"
    AGAIN = "again"
    """It failed and will be asked again."""
    GIVEN_UP = "given up"
    STRANGER = "stranger"
    """It is not watched here."""


@dataclass
class Request:
    """One thing asked for."""

    key: str
    kind: str
    characteristic: str
    data: str
    """Hexadecimal, of a write."""
    response: bool
    remedy: str
    """What to do where it cannot be had; empty where the driver can live without."""
    due_s: float
    """When to ask again."""
    tries: int = 1


@dataclass
class Asking:
    """The requests of one link that have not been settled."""

    rules: AskingRules
    requests: list[Request] = field(default_factory=list)
    leaving: bool = False
    """A new link was asked for; nothing more is sent on this one."""

    def ask(self, action: Askable, now_s: float, remedy: str = "") -> Reply:
        """Ask once more than before; the same thing is watched once."""
        if self.leaving:
            return []
        self.requests = [each for each in self.requests if each.key != key_of(action)]
        data, response = (action.data.hex(), action.response) if isinstance(action, Write) else ("", True)
        due_s = now_s + self.rules.request_timeout_s
        kind = type(action).__name__
        self.requests.append(Request(key_of(action), kind, action.characteristic, data, response, remedy, due_s))
        return [action]

    def is_open(self, action: Askable) -> bool:
        """Whether this was asked and is not settled."""
        return any(each.key == key_of(action) for each in self.requests)

    def settle(self, action: Action, outcome: Outcome) -> tuple[Settled, Reply]:
        """An action was carried out or failed; what became of it, and what follows."""
        request = next((each for each in self.requests if each.key == key_of(action)), None)
        if request is None:
            return Settled.STRANGER, []
        if outcome.error is None:
            self.requests.remove(request)
            return Settled.DONE, []
        request.due_s = outcome.at_s + self.rules.request_pause_s
        if request.tries < self.rules.request_tries:
            return Settled.AGAIN, []
        paired = outcome.att_error not in NEEDS_PAIRING
        return Settled.GIVEN_UP, self._give_up(request, outcome.error, request.remedy if paired else "")

    def overdue(self, now_s: float) -> tuple[Reply, list[Action]]:
        """Whatever is due: asked again, and the actions that are given up because nothing ever came back."""
        reply: Reply = []
        hopeless: list[Action] = []
        for request in [each for each in self.requests if now_s >= each.due_s]:
            if self.leaving:
                break
            if request.tries >= self.rules.request_tries:
                reply += self._give_up(request, "no answer", request.remedy)
                hopeless.append(_action(request))
                continue
            request.tries += 1
            request.due_s = now_s + self.rules.request_timeout_s
            reply.append(_action(request))
        return reply, hopeless

    def leave(self, reason: str) -> Reply:
        """Only a new link, and perhaps the user, can help."""
        if self.leaving:
            return []
        self.leaving = True
        return [Reconnect(reason)]

    def _give_up(self, request: Request, error: str, advice: str) -> Reply:
        self.requests.remove(request)
        if not request.remedy:
            return []
        return self.leave(f"{error}; {advice}" if advice else error)


def key_of(action: Action) -> str:
    """Names an action among those asked for: one of a kind for each characteristic."""
    return f"{type(action).__name__} {'' if isinstance(action, Reconnect) else action.characteristic}"


def _action(request: Request) -> Action:
    if request.kind == "Read":
        return Read(request.characteristic)
    if request.kind == "Subscribe":
        return Subscribe(request.characteristic)
    return Write(request.characteristic, bytes.fromhex(request.data), request.response)
