"""The door of the web page: requests of every shape, and a log-in that nobody gets through."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

from starlette.responses import PlainTextResponse

from benchmarks.fuzz.nonsense import Step, Unfit, garbled
from monitor.web.guard import COOKIE, LOGIN, LOGOUT, Guard
from monitor.web.sessions import EVERYBODY, Sessions
from monitor.words import words

HASH = "no hash: nobody gets in"
PATHS = ("/", LOGIN, LOGOUT, "/exercise/squat.svg", "/exercise/../etc.svg", "/_nicegui/x", "//", "/\0", "/日本")
HOSTS = (b"127.0.0.1:8080", b"localhost", b"[::1]:80", b"[::", b"evil.example", b"", b"\xff\xfe", b"a" * 300)
ORIGINS = (b"http://127.0.0.1:8080", b"null", b"http://[::", b"http://evil.example", b"", b"http://\xff", b"//]")
BODIES = (b"password=x", b"password=%FF%00", b"password=" + b"x" * 5000, b"", b"&&&=;=%", b"password[]=1&password")


def of_visits(rng: random.Random, _: Path) -> Step:
    """Fuzz what a browser, or something that says it is one, may ask."""
    reached: list[str] = []

    async def page(scope: Any, receive: Any, send: Any) -> None:
        reached.append(scope["path"])
        await PlainTextResponse("the page")(scope, receive, send)

    guard = Guard(
        page, {EVERYBODY: HASH}, Sessions(3600.0), words("en"), secure=False, now_s=lambda: float(len(reached))
    )

    def step(_: int) -> None:
        scope, body = _scope(rng), garbled(rng, list(BODIES), longest=6000)
        sent: list[Any] = []
        asyncio.run(_ask(guard, scope, body, sent))
        begun = [message["type"] for message in sent]
        if begun[:1] not in (["http.response.start"], ["websocket.close"], ["websocket.http.response.start"]):
            raise Unfit(f"answered by {begun[:1]}")
        if reached and not reached[-1].startswith("/exercise/"):
            raise Unfit(f"{reached[-1]} was reached without a password")

    return step


async def _ask(guard: Guard, scope: Any, body: bytes, sent: list[Any]) -> None:
    asked = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Any:
        return asked.pop() if asked else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await guard(scope, receive, send)


def _scope(rng: random.Random) -> dict[str, Any]:
    headers = [(b"host", garbled(rng, list(HOSTS)) if rng.random() < 0.5 else HOSTS[0])]
    if rng.random() < 0.6:
        headers.append((b"origin", garbled(rng, list(ORIGINS)) if rng.random() < 0.6 else ORIGINS[0]))
    if rng.random() < 0.5:
        headers.append((b"cookie", garbled(rng, [COOKIE.encode() + b"=abc", b"=;=;", b'a="\\"'])))
    if rng.random() < 0.3:
        headers.append((b"content-type", garbled(rng, [b"application/x-www-form-urlencoded", b"multipart/form-data"])))
    kind = rng.choice(("http", "http", "http", "websocket"))
    path = rng.choice(PATHS)
    scope: dict[str, Any] = {"type": kind, "path": path, "raw_path": path.encode(), "query_string": rng.randbytes(4)}
    client = rng.choice((None, ("127.0.0.1", 1), (f"10.0.0.{rng.randrange(9)}", 2)))
    scope |= {"headers": headers, "client": client, "scheme": "http", "root_path": "", "http_version": "1.1"}
    return scope | ({"method": rng.choice(("GET", "HEAD", "POST", "PUT", "OPTIONS", "X"))} if kind == "http" else {})
