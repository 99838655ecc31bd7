"""What push services answer, and how what they took is taken back from the phone.

apprise tells whether a service took a message, and throws away what it answered. But three services name the message
in their answer, and with that name it can be taken back: ntfy from 2.16 on deletes it from every subscribed phone,
Telegram deletes what its bot wrote, Pushover ends the repetition of an emergency and tells when it was acknowledged.
So an ear is laid at the plugins' ``requests.post``, which changes nothing of what is sent or returned.
"""

from __future__ import annotations

import base64
import json
import ssl
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

_listening = threading.local()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back to one POST: the status and the words, or the name of what went wrong."""

    status: int
    """0 where nothing came back."""
    text: str

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object; empty where there is none."""
        with suppress(ValueError):
            found = json.loads(self.text)
            return found if isinstance(found, dict) else {}
        return {}


class Unwilling(Exception):  # noqa: N818  never leaves the push outlet
    """A service has answered that it will not take a message back; ``status`` is HTTP's."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


class _Ear:
    """Stands where a plugin's module has ``requests``: hands everything on, and keeps the answer for who listens."""

    def __init__(self, requests: Any) -> None:
        self._requests = requests

    def __getattr__(self, name: str) -> Any:
        return getattr(self._requests, name)

    def post(self, *args: Any, **named: Any) -> Any:
        """``requests.post``."""
        answers: list[Answer] = getattr(_listening, "answers", [])
        try:
            response = self._requests.post(*args, **named)
        except Exception as problem:
            answers.append(Answer(0, type(problem).__name__))
            raise
        answers.append(Answer(response.status_code, response.text[:4000]))
        return response


def listen(plugin: Any) -> list[Answer]:
    """Every answer that this plugin gets from now on is added to the list, in the order of its requests.

    A plugin that does not ask through ``requests.post`` is left as it is, and the list stays empty.
    """
    answers: list[Answer] = []
    module = sys.modules[type(plugin).__module__]
    requests = getattr(module, "requests", None)
    if requests is None:
        return answers
    if not isinstance(requests, _Ear):
        module.requests = _Ear(requests)  # type: ignore[attr-defined]
    notify = plugin.notify

    def heard(*args: Any, **named: Any) -> Any:  # runs in a thread of apprise, which other plugins use, too
        _listening.answers = answers
        try:
            return notify(*args, **named)
        finally:
            del _listening.answers

    plugin.notify = heard
    return answers


# --- the services that let a message be taken back -----------------------------------------------------------


class Taker(Protocol):
    """How one kind of service names what it took, and how that is taken back."""

    removes: bool
    """Whether it is off the phone then; else it only stops calling."""

    def named(self, plugin: Any, answer: dict[str, Any]) -> Any:
        """By what the message can be taken back, JSON-ready and no secret; None where it cannot."""
        ...

    def take_back(self, plugin: Any, name: Any, timeout_s: float) -> float | None:
        """Take it off the phone. Returns when it was acknowledged, if the service knows. Raises Unwilling, OSError."""
        ...


class Ntfy:
    """https://docs.ntfy.sh/publish/ "Updating + deleting notifications": DELETE /topic/id."""

    removes = True

    def named(self, plugin: Any, answer: dict[str, Any]) -> Any:
        """The message id, and which of the address's topics: a topic is as good as a password."""
        topic, id_ = answer.get("topic"), answer.get("id")
        return [plugin.topics.index(topic), id_] if topic in plugin.topics and isinstance(id_, str) else None

    def take_back(self, plugin: Any, name: Any, timeout_s: float) -> float | None:
        """Older servers answer 404 or 405, and the message stays."""
        topic, id_ = (urllib.parse.quote(str(part), safe="") for part in (plugin.topics[name[0]], name[1]))
        _asked(plugin, "DELETE", f"{self._base(plugin)}/{topic}/{id_}", timeout_s, self._head(plugin))
        return None

    def _base(self, plugin: Any) -> str:
        if str(plugin.mode) == "cloud":
            return str(plugin.cloud_notify_url).rstrip("/")
        port = f":{plugin.port}" if isinstance(plugin.port, int) else ""
        return f"{'https' if plugin.secure else 'http'}://{plugin.host}{port}"

    def _head(self, plugin: Any) -> dict[str, str]:
        if plugin.token:
            return {"Authorization": f"Bearer {plugin.token}"}
        if plugin.user:
            pair = base64.b64encode(f"{plugin.user}:{plugin.password or ''}".encode()).decode()
            return {"Authorization": f"Basic {pair}"}
        return {}


class Telegram:
    """https://core.telegram.org/bots/api#deletemessage: a bot's own messages, within 48 hours."""

    removes = True

    def named(self, plugin: Any, answer: dict[str, Any]) -> Any:
        """Chat and message id."""
        with suppress(KeyError, TypeError):
            return [int(answer["result"]["chat"]["id"]), int(answer["result"]["message_id"])]
        return None

    def take_back(self, plugin: Any, name: Any, timeout_s: float) -> float | None:
        """Out of the chat, and out of the phone's notifications with it."""
        url, body = f"{plugin.notify_url}{plugin.bot_token}/deleteMessage", {"chat_id": name[0], "message_id": name[1]}
        head = {"Content-Type": "application/json"}
        _asked(plugin, "POST", url, timeout_s, head, json.dumps(body).encode())
        return None


class Pushover:
    """https://pushover.net/api/receipts: only messages with ``priority=emergency`` have a receipt."""

    removes = False

    def named(self, plugin: Any, answer: dict[str, Any]) -> Any:
        """The receipt."""
        receipt = answer.get("receipt")
        return receipt if isinstance(receipt, str) and receipt else None

    def take_back(self, plugin: Any, name: Any, timeout_s: float) -> float | None:
        """End its repetition; the message itself stays on the phone. Nothing to end where it was acknowledged."""
        base = str(plugin.notify_url).rpartition("/")[0] + f"/receipts/{urllib.parse.quote(name, safe='')}"
        token = urllib.parse.urlencode({"token": plugin.token})
        told = _asked(plugin, "GET", f"{base}.json?{token}", timeout_s)
        if told.get("acknowledged") == 1:
            return float(told.get("acknowledged_at") or 0) or None
        _asked(plugin, "POST", f"{base}/cancel.json", timeout_s, {}, token.encode())
        return None


TAKERS: dict[str, Taker] = {"NotifyNtfy": Ntfy(), "NotifyTelegram": Telegram(), "NotifyPushover": Pushover()}
"""By the name of apprise's plugin."""


def handle_of(plugin: Any, answers: list[Answer]) -> str:
    """By what all that the service took can be taken back; empty where it cannot."""
    taker = TAKERS.get(type(plugin).__name__)
    taken = [answer.body for answer in answers if answer.status == 200]
    names = [name for body in taken if taker and (name := taker.named(plugin, body)) is not None]
    return json.dumps(names) if names else ""


def removes(plugin: Any) -> bool:
    """Whether what this service takes back is off the phone then."""
    return TAKERS[type(plugin).__name__].removes


def taking_back(plugin: Any, handle: str, timeout_s: float) -> Callable[[], float | None]:
    """What a thread shall do to take a message back; it returns when it was acknowledged."""
    taker, names = TAKERS[type(plugin).__name__], json.loads(handle)

    def take() -> float | None:
        seen = [taker.take_back(plugin, name, timeout_s) for name in names]
        return max((each for each in seen if each is not None), default=None)

    return take


def _asked(
    plugin: Any, method: str, url: str, timeout_s: float, head: dict[str, str] | None = None, body: bytes | None = None
) -> dict[str, Any]:
    request = urllib.request.Request(url, body, {"User-Agent": str(plugin.app_id), **(head or {})}, method=method)
    context = None if plugin.verify_certificate else ssl._create_unverified_context()  # as the address asks for
    try:
        with urllib.request.urlopen(request, timeout=timeout_s, context=context) as response:
            return Answer(response.status, response.read(4000).decode(errors="replace")).body
    except urllib.error.HTTPError as error:
        with error:
            raise Unwilling(error.code) from None
