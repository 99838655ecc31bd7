"""The page as an outlet: it listens to the bus and serves browsers, inside the daemon and quietly."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

from monitor.errors import MonitorError
from monitor.exchange import Command, Message, Update
from monitor.history import HISTORY_FILE
from monitor.installing import install_line
from monitor.web.desk import Desk, Person
from monitor.web.rules import WebRules

CLOSE_S = 0.5
"""Wall seconds that open connections get at the end."""

CONNECTIONS_MAX = 200
"""More than a household's browsers open; beyond it a 503 keeps memory bounded."""


class WebError(MonitorError):
    """The page cannot be served; the message says what is missing."""

    exit_code = 3


def is_installed() -> bool:
    """Whether the extra is there."""
    return find_spec("nicegui") is not None


class WebOutlet:
    """The page of every wearer. Listens from the start, so that a taken port is known at once."""

    NAME: ClassVar[str] = "web"

    def __init__(
        self,
        rules: WebRules,
        persons: Mapping[str, Person],
        state_dir: Path,
        send: Callable[[str, Command], None],
        now_s: Callable[[], float],
    ) -> None:
        if not is_installed():
            raise WebError(f'the web page needs the extra "web": {install_line("web")}; or web.enabled = false')
        check_certificate(rules)
        self._rules, self._state_dir = rules, state_dir
        self._desk = Desk(persons, state_dir / HISTORY_FILE, send, now_s)
        self._socket = _listening(rules.host, rules.port)

    def durable(self, update: Update) -> list[Message]:
        """Nothing: the page reads the books."""
        return []

    async def run(self, updates: AsyncIterator[Update]) -> None:
        """Serve and listen until cancelled."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._serve(), name="web server")
            both.create_task(self._listen(updates), name="web news")

    async def _listen(self, updates: AsyncIterator[Update]) -> None:
        async for update in updates:
            self._desk.take(update)

    async def _serve(self) -> None:
        try:
            app = await asyncio.to_thread(self._app)  # NiceGUI takes a second to import
            server = _server(app, self._rules)
            serving = asyncio.create_task(server.serve(sockets=[self._socket]), name="web browsers")
            try:
                await asyncio.shield(serving)
            finally:
                server.should_exit = True
                await asyncio.wait({serving}, timeout=2 * CLOSE_S)
                serving.cancel()
        finally:
            self._socket.close()

    def _app(self) -> Any:
        os.environ.setdefault("NICEGUI_STORAGE_PATH", str(self._state_dir / "web"))  # read when NiceGUI is imported
        from monitor.web.page import page_app

        return page_app(self._desk, self._rules)


def check_certificate(rules: WebRules) -> None:
    """Raises WebError where https is wanted and could not begin; uvicorn would wait for ever for a pass phrase."""
    if rules.certificate is None:
        return

    def no_phrase() -> str:
        raise WebError(f"web.key_file {rules.key_file} has a pass phrase; take one without, for you only (chmod 600)")

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(*rules.certificate, no_phrase)
    except ssl.SSLError as error:
        why = f"web.cert_file {rules.cert_file} and web.key_file {rules.key_file} are no certificate and its key"
        raise WebError(f"{why} ({error.reason or 'not PEM files'})") from None
    except OSError as error:
        why = f"web.cert_file {rules.cert_file} or web.key_file {rules.key_file} cannot be read"
        raise WebError(f"{why} ({error.strerror}); check the paths and who may read them") from None


def url_of(rules: WebRules) -> str:
    """Where a browser on this computer finds the page."""
    host = "127.0.0.1" if rules.host in ("0.0.0.0", "::") else rules.host
    return f"{'https' if rules.cert_file else 'http'}://{f'[{host}]' if ':' in host else host}:{rules.port}/"


def free_port(rules: WebRules) -> int:
    """The port of the rules, or any free one where it is taken."""
    for port in (rules.port, 0):
        try:
            with _listening(rules.host, port) as found:
                return int(found.getsockname()[1])
        except WebError:
            continue
    raise WebError(f"nothing can listen at {rules.host}: set web.host to an address of this computer")


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        made = socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        raise WebError(
            f"the web page's {host}:{port} {why}; set web.port or web.host, or web.enabled = false"
        ) from None
    made.setblocking(False)
    return made


def _server(app: Any, rules: WebRules) -> Any:
    """A uvicorn server that leaves signals alone: ending is the daemon's business, by cancellation."""
    import uvicorn

    class QuietServer(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    certificate, key = rules.certificate or (None, None)
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="on",
        timeout_graceful_shutdown=1,
        limit_concurrency=CONNECTIONS_MAX,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )
    return QuietServer(config)
