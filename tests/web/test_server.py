"""The page as an outlet: it takes a port at once, serves quietly, and ends when it is cancelled."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.rules import changed
from monitor.web.rules import WebRules
from monitor.web.server import WebError, WebOutlet, check_certificate, free_port, is_installed, url_of

needs_the_extra = pytest.mark.skipif(not is_installed(), reason="needs the extra web")
ONE_LIFE = """
import asyncio, signal, sys, urllib.request
from pathlib import Path
from datetime import UTC
from monitor.rules import changed
from monitor.web.desk import Person
from monitor.web.rules import WebRules
from monitor.web.server import WebOutlet, free_port, url_of
from monitor.words import words
from tests.support.outboxes import Feed

async def main():
    rules = WebRules(enabled=True)
    rules = changed(rules, port=free_port(changed(rules, port=0)))
    folder = Path(sys.argv[1])
    outlet = WebOutlet(rules, {"me": Person("me", words("en"), UTC, 10.0)}, folder, print, lambda: 0.0)
    before = signal.getsignal(signal.SIGINT)
    task = asyncio.create_task(outlet.run(aiter(Feed())))
    def ask(path):
        with urllib.request.urlopen(url_of(rules) + path, timeout=10) as answer:
            return answer.status, answer.headers["content-type"]
    print(await asyncio.to_thread(ask, "exercise/lunge_stretch.svg"))
    print(await asyncio.to_thread(ask, ""))
    assert signal.getsignal(signal.SIGINT) is before
    start_s = asyncio.get_running_loop().time()
    task.cancel()
    await asyncio.wait([task])
    print(task.cancelled(), asyncio.get_running_loop().time() - start_s < 2)

asyncio.run(main())
"""


@needs_the_extra
def test_it_serves_leaves_signals_alone_and_ends_within_two_seconds(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ONE_LIFE, str(tmp_path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["(200, 'image/svg+xml')", "(200, 'text/html; charset=utf-8')", "True True"]
    assert not (tmp_path / ".nicegui").exists()


@needs_the_extra
def test_a_taken_port_is_said_at_once_with_the_remedy_and_the_demo_takes_another(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        rules = WebRules(enabled=True, port=taken.getsockname()[1])
        with pytest.raises(WebError, match=r"is taken; set web\.port"):
            WebOutlet(rules, {}, tmp_path, lambda *_: None, lambda: 0.0)
        assert free_port(rules) != rules.port
    assert WebError("x").exit_code == 3


def test_https_that_cannot_begin_is_said_at_once_and_no_pass_phrase_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("cryptography", reason="needs the extra bthome")
    from tests.support.authority import Authority

    authority = Authority(tmp_path, "house")
    (certificate, key), (_, other) = authority.sign("page"), authority.sign("other")
    check_certificate(WebRules(cert_file=str(certificate), key_file=str(key)))
    monkeypatch.setenv("HOME", str(tmp_path))
    check_certificate(WebRules(cert_file=f"~/{certificate.name}", key_file=f"~/{key.name}"))
    for wrong, said in (
        (other, "no certificate and its key"),
        (authority.lock(key, "a phrase"), "has a pass phrase"),
        (certificate, "no certificate and its key"),
        (tmp_path / "nowhere", "cannot be read"),
    ):
        with pytest.raises(WebError, match=said) as refused:
            check_certificate(WebRules(cert_file=str(certificate), key_file=str(wrong)))
        assert str(wrong) in str(refused.value)


def test_a_bare_daemon_needs_nothing_of_the_extra() -> None:
    libraries = ("nicegui", "fastapi", "starlette", "uvicorn")
    code = f"import sys; sys.modules.update(dict.fromkeys({libraries}, None)); import monitor.app, monitor.demo"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_without_the_extra_the_daemon_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "nicegui", None)
    with pytest.raises(WebError, match="pip install"):
        WebOutlet(WebRules(enabled=True), {}, tmp_path, lambda *_: None, lambda: 0.0)


@pytest.mark.parametrize(
    ("values", "url"),
    [
        ({}, "http://127.0.0.1:8321/"),
        ({"host": "0.0.0.0"}, "http://127.0.0.1:8321/"),
        ({"host": "::1", "port": 9000}, "http://[::1]:9000/"),
        ({"cert_file": "a", "key_file": "b"}, "https://127.0.0.1:8321/"),
    ],
)
def test_the_url_is_one_that_a_browser_here_can_open(values: dict[str, object], url: str) -> None:
    assert url_of(changed(WebRules(), **values)) == url
