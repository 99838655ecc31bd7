"""Who may pass: from the page itself only, and with a password only those who have it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

pytest.importorskip("starlette", reason="needs the extra web")

from starlette.types import Message, Receive, Scope, Send

from monitor.web.guard import COOKIE, VISIT, Guard
from monitor.web.passwords import hash_of
from monitor.web.sessions import EVERYBODY, Sessions, Visit
from monitor.words import words

ONE = {EVERYBODY: hash_of("the word")}
SEVERAL = ONE | {"ada": hash_of("of ada"), "bob": hash_of("of bob")}
OWN = "http://pi.lan:8321"


async def inside(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
    else:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"inside"})


class Client:
    """Sends what a browser would, and keeps the cookie."""

    def __init__(self, hashes: Mapping[str, str] = ONE, host: str = "pi.lan:8321") -> None:
        self.now_s = 0.0
        self.visits: list[Visit | None] = []

        async def keeping(scope: Scope, receive: Receive, send: Send) -> None:
            self.visits.append(scope[VISIT])
            await inside(scope, receive, send)

        self.guard = Guard(keeping, hashes, Sessions(3600), words("en"), False, lambda: self.now_s)
        self.host, self.cookie = host, ""

    async def ask(self, method: str, path: str, body: str = "", origin: str = "", **changed: Any) -> list[Message]:
        headers = {"host": self.host, "cookie": self.cookie, "origin": origin}
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "client": ("10.0.0.5", 5000),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items() if value],
            **changed,
        }
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body.encode(), "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.guard(scope, receive, send)
        for name, value in sent[0].get("headers", []):
            if name == b"set-cookie":
                self.cookie = value.decode().split(";")[0]
        return sent

    async def status(self, method: str, path: str, body: str = "", origin: str = "") -> int:
        return int((await self.ask(method, path, body, origin))[0]["status"])

    async def socket(self, origin: str = "") -> str:
        (first, *_) = await self.ask("", "/_nicegui_ws/socket.io/", origin=origin, type="websocket")
        return str(first["type"])


async def test_without_the_password_one_sees_the_log_in_and_pictures_only() -> None:
    client = Client()
    assert await client.status("GET", "/") == 303
    assert await client.status("GET", "/_nicegui/anything.js") == 303
    assert await client.status("GET", "/login") == 200
    assert await client.status("GET", "/exercise/lunge_stretch.svg") == 200
    assert await client.status("GET", "/exercise/../_nicegui/anything.svg") == 303
    assert await client.socket(OWN) == "websocket.close"


async def test_the_password_opens_and_logging_out_closes() -> None:
    client = Client()
    assert await client.status("POST", "/login", "password=the+word", OWN) == 303
    assert client.cookie.startswith(f"{COOKIE}=")
    assert await client.status("GET", "/") == 200
    assert await client.socket(OWN) == "websocket.accept"
    kept = client.cookie
    assert await client.status("GET", "/logout") == 303  # a GET does nothing
    assert await client.status("GET", "/") == 200
    assert await client.status("POST", "/logout", "", OWN) == 303
    client.cookie = kept
    assert await client.status("GET", "/") == 303


async def test_a_session_ends_by_itself_and_a_made_up_one_opens_nothing() -> None:
    client = Client()
    client.cookie = f"{COOKIE}=made-up"
    assert await client.status("GET", "/") == 303
    await client.status("POST", "/login", "password=the+word", OWN)
    client.now_s = 3601
    assert await client.status("GET", "/") == 303


async def test_the_cookie_is_for_this_site_and_out_of_reach_of_scripts() -> None:
    (start, *_) = await Client().ask("POST", "/login", "password=the+word", OWN)
    cookie = dict(start["headers"])[b"set-cookie"].decode()
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()


async def test_another_site_can_do_nothing_even_with_the_cookie() -> None:
    client = Client()
    await client.status("POST", "/login", "password=the+word", OWN)
    for origin in ("http://evil.example", "null", "http://pi.lan", "http://pi.lan:8321.evil.example"):
        assert await client.socket(origin) == "websocket.close"
        assert await client.status("POST", "/logout", "", origin) == 403
    assert await client.status("GET", "/") == 200


async def test_wrong_passwords_have_to_wait_and_the_right_one_too() -> None:
    client = Client()
    for _ in range(3):
        assert await client.status("POST", "/login", "password=guess", OWN) == 401
    assert await client.status("POST", "/login", "password=the+word", OWN) == 429
    client.now_s = 2.1
    assert await client.status("POST", "/login", "password=the+word", OWN) == 303


async def test_many_addresses_together_guess_no_faster_than_one_try_in_ten_seconds() -> None:
    client = Client()

    async def attempt(number: int, password: str) -> int:
        (start, *_) = await client.ask(
            "POST", "/login", f"password={password}", OWN, client=(f"10.0.{number // 256}.{number % 256}", 5000)
        )
        return int(start["status"])

    for _ in range(100):
        client.guard._tries_of_all.wrong("", client.now_s)
    client.now_s = 3.0
    for number in range(4):
        assert await attempt(number, "guess") == 401
        assert await attempt(1000 + number, "guess") == 429
        client.now_s += 10.0
    assert await attempt(2000, "the+word") == 303  # and who has the password gets in all the same


@pytest.mark.parametrize("body", ["", "password=", "x" * 100_000, "password=%ff%00"])
async def test_whatever_is_sent_as_a_password_gets_an_answer(body: str) -> None:
    assert await Client().status("POST", "/login", body, OWN) == 401


async def test_without_a_password_only_this_computers_own_names_are_answered() -> None:
    for host in ("127.0.0.1:8321", "localhost:8321", "[::1]:8321"):
        assert await Client({}, host).status("GET", "/") == 200
    for host in ("evil.example", "127.0.0.1.evil.example", "", "[::1"):
        assert await Client({}, host).status("GET", "/") == 403


async def test_every_page_forbids_frames_and_foreign_scripts() -> None:
    (start, *_) = await Client({}, "localhost").ask("GET", "/")
    policy = dict(start["headers"])[b"content-security-policy"].decode()
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy


async def entered(client: Client, name: str, password: str) -> str | None:
    """Who one is after logging in so; None where one is not let in."""
    if await client.status("POST", "/login", f"name={name}&password={password}", OWN) != 303:
        return None
    assert await client.status("GET", "/") == 200
    visit = client.visits[-1]
    assert visit is not None
    return visit.whose


@pytest.mark.parametrize(
    ("name", "password", "whose"),
    [
        ("ada", "of+ada", "ada"),
        ("+Ada+", "of+ada", "ada"),  # as a telephone types it
        ("bob", "of+bob", "bob"),
        ("", "the+word", EVERYBODY),
        ("ada", "of+bob", None),
        ("ada", "the+word", None),
        ("", "of+ada", None),
        ("nobody", "of+ada", None),
    ],
)
async def test_a_name_opens_with_its_own_password_only(name: str, password: str, whose: str | None) -> None:
    assert await entered(Client(SEVERAL), name, password) == whose


async def test_without_a_password_for_all_nobody_sees_everybody() -> None:
    alone = {name: kept for name, kept in SEVERAL.items() if name}
    for password in ("", "of+ada", "the+word"):
        assert await entered(Client(alone), "", password) is None
    assert await entered(Client(alone), "ada", "of+ada") == "ada"


async def test_ones_own_password_is_no_way_to_go_on_guessing_anothers() -> None:
    client = Client(SEVERAL)
    for guess in range(3):
        assert await entered(client, "bob", f"guess{guess}") is None
        client.cookie = ""
        assert await entered(client, "ada", "of+ada") == "ada"
        client.cookie = ""
    assert await client.status("POST", "/login", "name=bob&password=of+bob", OWN) == 429


async def test_made_up_names_share_one_wait() -> None:
    client = Client(SEVERAL)
    for guess in range(3):
        assert await client.status("POST", "/login", f"name=made-up-{guess}&password=x", OWN) == 401
    assert await client.status("POST", "/login", "name=another&password=x", OWN) == 429


async def test_a_visit_ends_with_its_session_and_not_with_anothers() -> None:
    client, other = Client(SEVERAL), Client(SEVERAL)
    other.guard = client.guard
    for each, name in ((client, "ada"), (other, "bob")):
        await each.status("POST", "/login", f"name={name}&password=of+{name}", OWN)
        await each.status("GET", "/")
    ada, bob = client.visits
    assert ada is not None
    assert bob is not None
    assert await client.status("POST", "/logout", "", OWN) == 303
    assert not ada.lasts()
    assert bob.lasts()
    client.now_s = 3601
    assert not bob.lasts()
