"""The page's door with real requests to the real server: cookies, Origin, web sockets, guessing, https."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from http.cookies import Morsel, SimpleCookie
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from monitor.web.guard import COOKIE
from monitor.web.server import is_installed
from tests.support.browser import ServedPage

pytestmark = pytest.mark.skipif(not is_installed(), reason="needs the extra web")

PASSWORD = "the word of the house"
SOCKET = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
POLLING = "/_nicegui_ws/socket.io/?EIO=4&transport=polling"
KNOCK = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


class Caller:
    """Sends requests as they are told, with a cookie once it has one."""

    def __init__(self, page: ServedPage, trust: Path | None = None) -> None:
        self.own = page.url.rstrip("/")
        self._netloc, self._trust = urlsplit(page.url).netloc, trust
        self.cookie: Morsel[str] | None = None

    def ask(
        self, method: str, path: str, fields: dict[str, str] | None = None, **headers: str | None
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Status, headers and the beginning of the answer; a header that is None is not sent."""
        sent: dict[str, str | None] = {"Origin": self.own, "Content-Type": "application/x-www-form-urlencoded"}
        if self.cookie is not None:
            sent["Cookie"] = f"{COOKIE}={self.cookie.value}"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = self._connection()
        body = urlencode(fields or {}) if method == "POST" else None
        connection.request(method, path, body, {name: value for name, value in sent.items() if value is not None})
        answer = connection.getresponse()
        said = b"" if answer.status == 101 else answer.read()
        connection.close()
        for cookie in SimpleCookie(answer.headers["set-cookie"] or "").values():
            self.cookie = cookie
        return answer.status, answer.headers, said

    def status(self, method: str, path: str, fields: dict[str, str] | None = None, **headers: str | None) -> int:
        return self.ask(method, path, fields, **headers)[0]

    def log_in(self, password: str = PASSWORD, name: str = "") -> int:
        return self.status("POST", "/login", {"name": name, "password": password})

    def _connection(self) -> http.client.HTTPConnection:
        if self._trust is None:
            return http.client.HTTPConnection(self._netloc, timeout=20)
        context = ssl.create_default_context(cafile=str(self._trust))
        return http.client.HTTPSConnection(self._netloc, timeout=20, context=context)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    served = ServedPage(tmp_path_factory.mktemp("page"), PASSWORD, "ada=the word of ada")
    yield served
    served.end()


def test_nothing_but_the_log_in_and_pictures_is_answered_to_a_stranger(page: ServedPage) -> None:
    stranger = Caller(page)
    for path in ("/", "/?wearer=ada", "/docs", "/openapi.json", "/_nicegui/auto/static/utils.js", POLLING):
        status, headers, said = stranger.ask("GET", path)
        assert (status, headers["location"], said) == (303, "/login", b""), path
    assert stranger.status("GET", "/exercise/lunge_stretch.svg") == 200
    for path in ("/exercise/%2e%2e/", "/exercise/..%2fhistory.sqlite3", "//", "/login/../"):
        assert stranger.status("GET", path) in (303, 404), path
    assert stranger.status("GET", SOCKET, **KNOCK) == 403


def test_the_cookie_is_for_the_page_alone(page: ServedPage) -> None:
    caller = Caller(page)
    assert caller.log_in() == 303
    cookie = caller.cookie
    assert cookie is not None
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "lax", "/", "")
    assert not cookie["secure"]  # the browser would never send it back over http
    assert len(cookie.value) >= 43  # 256 random bits
    again = Caller(page)
    again.log_in()
    assert again.cookie is not None
    assert again.cookie.value != cookie.value


def test_a_visitor_opens_the_page_and_its_web_socket(page: ServedPage) -> None:
    caller = Caller(page)
    caller.log_in()
    assert caller.status("GET", "/") == 200
    assert caller.status("GET", SOCKET, **KNOCK) == 101
    assert caller.status("GET", POLLING) == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1.evil.example"])
def test_another_site_can_do_nothing_with_a_visitors_cookie(page: ServedPage, origin: str) -> None:
    caller = Caller(page)
    caller.log_in()
    assert caller.status("GET", SOCKET, Origin=origin, **KNOCK) == 403
    assert caller.status("POST", POLLING, Origin=origin) == 403
    assert caller.status("POST", "/logout", Origin=origin) == 403
    assert caller.status("POST", "/login", {"password": PASSWORD}, Origin=origin) == 403
    assert caller.status("GET", "/") == 200  # and is still logged in


def test_no_get_does_anything(page: ServedPage) -> None:
    caller = Caller(page)
    caller.log_in()
    for path in ("/logout", f"/login?password={PASSWORD.replace(' ', '+')}", "/?cmd=done"):
        caller.status("GET", path, Origin=None)
    assert caller.status("GET", "/") == 200
    stranger = Caller(page)
    assert stranger.status("GET", f"/login?password={PASSWORD.replace(' ', '+')}") == 200
    assert stranger.cookie is None


def test_logging_out_ends_the_session_for_whoever_has_the_cookie(page: ServedPage) -> None:
    caller = Caller(page)
    caller.log_in()
    kept = caller.cookie
    assert caller.status("POST", "/logout") == 303
    caller.cookie = kept
    assert caller.status("GET", "/") == 303
    assert caller.status("GET", SOCKET, **KNOCK) == 403


def test_ones_own_password_shows_ones_own_page_only(page: ServedPage) -> None:
    ada = Caller(page)
    assert ada.log_in("the word of ada", "ada") == 303
    status, _, said = ada.ask("GET", "/")
    assert status == 200
    assert b"bob" not in said
    assert ada.ask("GET", "/?wearer=bob")[1]["location"] == "/"


def test_every_answer_says_what_a_browser_may_do_with_it(page: ServedPage) -> None:
    for path in ("/login", "/", "/exercise/lunge_stretch.svg"):
        _, headers, _ = Caller(page).ask("GET", path)
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["server"] is None


def test_guessing_has_to_wait_and_a_long_body_is_not_read(tmp_path: Path) -> None:
    served = ServedPage(tmp_path, PASSWORD)
    try:
        caller = Caller(served)
        assert caller.log_in("x" * 100_000) == 401
        assert [caller.log_in(f"guess {number}") for number in range(2)] == [401, 401]
        status, headers, said = caller.ask("POST", "/login", {"password": PASSWORD})
        assert status == 429
        assert int(headers["retry-after"]) >= 1
        assert PASSWORD.encode() not in said
        assert caller.cookie is None
    finally:
        served.end()


def test_without_a_password_only_this_computers_names_are_answered(tmp_path: Path) -> None:
    served = ServedPage(tmp_path)
    try:
        caller = Caller(served)
        assert caller.status("GET", "/") == 200
        for host in ("evil.example", "127.0.0.1.evil.example", ""):
            assert caller.status("GET", "/", Host=host) == 403
        assert caller.status("GET", SOCKET, Origin="http://evil.example", **KNOCK) == 403
    finally:
        served.end()


def test_by_https_the_cookie_is_for_https_only(tmp_path: Path) -> None:
    pytest.importorskip("cryptography", reason="needs the extra bthome")
    from tests.support.authority import Authority

    authority = Authority(tmp_path, "house")
    served = ServedPage(tmp_path, PASSWORD, https=authority.sign("page"))
    try:
        caller = Caller(served, trust=authority.ca_file)
        assert served.url.startswith("https://")
        assert caller.log_in() == 303
        assert caller.cookie is not None
        assert caller.cookie["secure"]
        assert caller.status("GET", "/") == 200
        assert caller.status("GET", SOCKET, **KNOCK) == 101
        with pytest.raises((http.client.BadStatusLine, ConnectionError)):
            Caller(served).status("GET", "/")  # no http beside it
    finally:
        served.end()
