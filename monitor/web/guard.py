"""The door of the page: whose request may pass, the log-in, and what every answer says to the browser.

Nothing is done by a GET, and everything else (the page's web socket, log-in, log-out) must come from the page itself:
its ``Origin`` must be the host it is sent to. Without a password only this computer's own names are answered, so that
no foreign name can be made to point here (DNS rebinding).

Whoever passes carries a ``Visit`` in the request's scope: the page shows what that one may see, and nothing else.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.web.login import login_page
from monitor.web.passwords import NOBODYS, matches
from monitor.web.rules import LOOPBACK
from monitor.web.sessions import EVERYBODY, FREE_OF_ALL, LONGEST_OF_ALL_S, Sessions, Tries, Visit, neighbourhood
from monitor.words import Words

COOKIE = "sitbreak_session"
VISIT = "sitbreak.visit"
"""Where the scope of a request carries its ``Visit``."""
LOGIN, LOGOUT, PICTURES = "/login", "/logout", "/exercise/"
PICTURE = re.compile(rf"{PICTURES}[a-z0-9_]+\.svg")
"""What is answered without a session: it is the same for everybody, and links in alerts lead there."""
BODY_MAX = 4096
"""Bytes of a log-in that are read."""
NOBODY = 4401
"""Close code of a web socket that is not logged in."""
HEADERS = {
    # Vue compiles its templates in the browser, hence eval; nothing at all is loaded from elsewhere.
    "content-security-policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval';"
    " style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self';"
    " frame-ancestors 'none'; base-uri 'self'; form-action 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # with "no-referrer" browsers send no Origin with a form either
    "cross-origin-resource-policy": "same-site",
}


@dataclass
class Guard:
    """Stands before the page, for requests and web sockets alike."""

    app: ASGIApp
    hashes: Mapping[str, str]
    """The hash of each one's password, by wearer or ``EVERYBODY``; empty where nobody needs one."""
    sessions: Sessions
    words: Words
    secure: bool
    """Whether the page is served by https only."""
    now_s: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._tries, self._tries_of_all = Tries(), Tries(FREE_OF_ALL, LONGEST_OF_ALL_S)
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through, answer, or refuse."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        asked = HTTPConnection(scope)
        visit = self._visit(asked)
        if not self._comes_from_here(asked, scope):
            await _refuse(scope, receive, send, PlainTextResponse("This must come from the page itself.\n", 403))
        elif PICTURE.fullmatch(scope["path"]) or visit is not None:
            scope[VISIT] = visit
            await self._pass(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == LOGIN:
            await (await self._log_in(Request(scope, receive)))(scope, receive, _with_headers(send))
        else:
            await _refuse(scope, receive, send, RedirectResponse(LOGIN, 303))

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in (LOGIN, LOGOUT):
            answer = self._log_out(Request(scope)) if scope["path"] == LOGOUT else RedirectResponse("/", 303)
            await answer(scope, receive, send)
        else:
            await self.app(scope, receive, _with_headers(send) if scope["type"] == "http" else send)

    def _comes_from_here(self, asked: HTTPConnection, scope: Scope) -> bool:
        host, origin = asked.headers.get("host", ""), asked.headers.get("origin")
        if not self.hashes and _name_of(host) not in LOOPBACK:
            return False
        acts = scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD")
        return not acts or origin is None or _netloc_of(origin) == host.lower()

    def _visit(self, asked: HTTPConnection) -> Visit | None:
        """Who this is, where they may pass."""
        if not self.hashes:
            return Visit(EVERYBODY, lambda: True)
        token = _token(asked)
        whose = self.sessions.whose(token, self.now_s())
        return None if whose is None else Visit(whose, lambda: self.sessions.whose(token, self.now_s()) == whose)

    async def _log_in(self, request: Request) -> Response:
        if request.method != "POST":
            return self._form()
        address = neighbourhood(request.client.host) if request.client else ""
        whose, given = await _given_in(request)
        async with self._one_at_a_time:  # so that many tries at once are no way round the wait, nor a load
            # Counted by name too: one's own right password is no way to go on guessing another's.
            tried = f"{address} {whose if whose in self.hashes else '?'}"
            wait_s = max(self._tries.wait_s(tried, self.now_s()), self._tries_of_all.wait_s("", self.now_s()))
            if wait_s > 0:
                said = self.words.page.password_wait.format(length=self.words.duration(wait_s))
                return self._form(said, 429, {"retry-after": f"{wait_s + 1:.0f}"})
            # Who is not known takes as long as a wrong password, and is told the same.
            if not await asyncio.to_thread(matches, given, self.hashes.get(whose, NOBODYS)):
                self._tries.wrong(tried, self.now_s())
                self._tries_of_all.wrong("", self.now_s())
                return self._form(self.words.page.password_wrong, 401)
            self._tries.right(tried)
        answer = RedirectResponse("/", 303)
        token, lasts_s = self.sessions.begin(self.now_s(), whose), int(self.sessions.lasts_s)
        answer.set_cookie(COOKIE, token, max_age=lasts_s, httponly=True, samesite="lax", secure=self.secure)
        return answer

    def _form(self, said: str = "", status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        several = set(self.hashes) != {EVERYBODY}
        return HTMLResponse(login_page(self.words, said, several), status, headers)

    def _log_out(self, request: Request) -> Response:
        if request.method != "POST":
            return RedirectResponse("/", 303)
        self.sessions.end(_token(request))
        answer = RedirectResponse(LOGIN, 303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=self.secure)
        return answer


def _name_of(host: str) -> str:
    """The name in a Host header, without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _netloc_of(origin: str) -> str | None:
    """Host and port of an Origin header; None where it makes no sense."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None


def _token(asked: HTTPConnection) -> str:
    return asked.cookies.get(COOKIE, "")


async def _given_in(request: Request) -> tuple[str, str]:
    """Name and password of a log-in; telephones begin a name with a capital."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > BODY_MAX:
            return EVERYBODY, ""
    fields = parse_qs(body.decode(errors="replace"))
    return fields.get("name", [EVERYBODY])[0].strip().lower(), fields.get("password", [""])[0]


async def _refuse(scope: Scope, receive: Receive, send: Send, answer: Response) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": NOBODY})
    else:
        await answer(scope, receive, _with_headers(send))


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
