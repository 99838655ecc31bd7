"""A real Home Assistant without a screen, in a process of its own, and a phone that it can push to."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from benchmarks.listening import free_port

ROOT = Path(__file__).parents[2]
BLUEPRINT = ROOT / "config" / "home_assistant" / "break_alert.yaml"
START_S, WAIT_S = 60.0, 20.0
WHEN = "2026-01-01T00:00:00+00:00"

CONFIGURATION = """
homeassistant:
  name: Test
  time_zone: UTC
http:
  server_host: 127.0.0.1
  server_port: {port}
api:
mqtt:
mobile_app:
voice:
light:
  - platform: template
    lights:
      desk:
        turn_on: []
        turn_off: []
automation: !include automations.yaml
logger:
  default: warning
"""
AUTOMATION = """
- id: break_alert
  alias: Break alert
  use_blueprint:
    path: sitbreak/break_alert.yaml
    input: {inputs}
"""


class HomeAssistant:
    """``async with HomeAssistant(folder, mqtt_port) as house:`` runs until the block ends."""

    def __init__(self, folder: Path, mqtt_port: int) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder, self._program = folder, os.environ["HASS"]
        self._process: asyncio.subprocess.Process | None = None
        self._secret, self._token_id = secrets.token_hex(32), secrets.token_hex(16)
        (folder / ".storage").mkdir()
        (folder / "configuration.yaml").write_text(CONFIGURATION.format(port=self.port))
        (folder / "custom_components").mkdir()
        shutil.copytree(Path(__file__).parent / "voice", folder / "custom_components" / "voice")
        (folder / "automations.yaml").write_text("[]\n")
        shutil.copytree(BLUEPRINT.parent, folder / "blueprints" / "automation" / "sitbreak")
        self._keep("core.config_entries", 1, 5, {"entries": [_mqtt_entry(mqtt_port)]})
        self._keep("auth", 1, 1, self._owner())

    # --- its life -----------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start, and return when everything is set up."""
        log = (self._folder / "output.log").open("ab")
        command = [self._program, "-c", str(self._folder), "--skip-pip", "--log-no-color"]
        self._process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log)
        log.close()
        await self.until(self._is_up, START_S)

    async def stop(self) -> None:
        """As at a restart of the machine."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()

    def _is_up(self) -> bool:
        assert self._process is not None
        assert self._process.returncode is None, self.log
        try:
            found = self.ask("/api/config")
        except OSError:
            return False
        assert not found["recovery_mode"], self.log
        return bool(found["state"] == "RUNNING")

    @property
    def log(self) -> str:
        """All that it has printed."""
        return (self._folder / "output.log").read_text()

    def complaints(self) -> list[str]:
        """Warnings and errors that could be about us."""
        about_us = ("mqtt", "sitbreak", "automation", "blueprint", "template", "mobile_app")
        lines = [line for line in self.log.splitlines() if " WARNING " in line or " ERROR " in line]
        return [line for line in lines if any(word in line for word in about_us)]

    # --- what one does in it ------------------------------------------------------------------------------------

    def ask(self, path: str, body: Any = None, method: str = "") -> Any:
        """A request to the REST interface, with the owner's token."""
        data = None if body is None else json.dumps(body).encode()
        head = {"Authorization": f"Bearer {self._token()}", "Content-Type": "application/json"}
        request = Request(self.url + path, data, head, method=method or ("GET" if data is None else "POST"))
        try:
            with urlopen(request, timeout=10) as answer:
                text = answer.read()
        except HTTPError as error:
            error.close()
            raise
        return json.loads(text) if text.startswith((b"{", b"[")) else text.decode()

    def states(self) -> dict[str, dict[str, Any]]:
        """Every entity's state by its id."""
        return {state["entity_id"]: state for state in self.ask("/api/states")}

    def state(self, entity: str) -> str | None:
        """The state of one entity; None where there is none."""
        found = self.states().get(entity)
        return None if found is None else str(found["state"])

    def render(self, template: str) -> str:
        """A template as Home Assistant reads it."""
        return str(self.ask("/api/template", {"template": template}))

    def call(self, service: str, **data: Any) -> None:
        """Call ``domain.service``."""
        self.ask(f"/api/services/{service.replace('.', '/')}", data)

    async def until(self, true: Callable[[], bool], limit_s: float = WAIT_S) -> None:
        """Wait until Home Assistant says so; asked a few times a second, in a thread."""
        deadline_s = time.monotonic() + limit_s
        while not await asyncio.to_thread(true):
            if time.monotonic() > deadline_s:
                raise TimeoutError(self.log[-4000:])
            await asyncio.sleep(0.2)

    async def until_state(self, entity: str, state: str) -> None:
        """Wait until an entity has a state."""
        await self.until(lambda: self.state(entity) == state)

    async def automate(self, **inputs: Any) -> None:
        """Make the automation of the blueprint anew."""
        (self._folder / "automations.yaml").write_text(AUTOMATION.format(inputs=json.dumps(inputs)))
        await asyncio.to_thread(self.call, "automation.reload")
        await self.until_state("automation.break_alert", "on")

    # --- what it would have kept --------------------------------------------------------------------------------

    def _keep(self, key: str, version: int, minor: int, data: dict[str, Any]) -> None:
        body = {"version": version, "minor_version": minor, "key": key, "data": data}
        (self._folder / ".storage" / key).write_text(json.dumps(body))

    def _owner(self) -> dict[str, Any]:
        user = {"id": "owner", "group_ids": ["system-admin"], "is_owner": True, "is_active": True, "name": "Owner"}
        token = {
            "id": self._token_id,
            "user_id": "owner",
            "client_id": None,
            "client_name": "test",
            "client_icon": None,
        }
        life = {"created_at": WHEN, "access_token_expiration": 1e9, "last_used_at": None, "last_used_ip": None}
        more = {"token": secrets.token_hex(64), "jwt_key": self._secret, "token_type": "long_lived_access_token"}
        names = {"system-admin": "Administrators", "system-users": "Users", "system-read-only": "Read Only"}
        return {
            "users": [{**user, "system_generated": False, "local_only": False}],
            "groups": [{"id": group, "name": name} for group, name in names.items()],
            "credentials": [],
            "refresh_tokens": [{**token, **life, **more, "expire_at": None, "credential_id": None, "version": None}],
        }

    def _token(self) -> str:
        """A JSON web token (RFC 7519), as Home Assistant would have given one to the owner."""
        now_s = int(time.time())
        claims = {"iss": self._token_id, "iat": now_s, "exp": now_s + 3600}
        signed = ".".join(_base64(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
        mark = hmac.new(self._secret.encode(), signed.encode(), hashlib.sha256).digest()
        return f"{signed}.{_base64(mark)}"


class Phone:
    """The Home Assistant app as far as pushes go: it registers, is pushed to, and answers."""

    def __init__(self, house: HomeAssistant) -> None:
        self._house = house
        self._news = asyncio.Event()
        self.pushes: list[dict[str, Any]] = []
        self.device_id = ""
        self._webhook = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        app = {"app_id": "test", "app_name": "Test", "app_version": "1", "device_name": "Pocket", "device_id": "p1"}
        kind = {"manufacturer": "x", "model": "y", "os_name": "z", "os_version": "1", "supports_encryption": False}
        push = {"push_token": "t", "push_url": f"http://127.0.0.1:{port}/push"}
        found = await asyncio.to_thread(
            self._house.ask, "/api/mobile_app/registrations", {**app, **kind, "app_data": push}
        )
        self._webhook = found["webhook_id"]
        name = "{{ device_id('Pocket') or '' }}"
        await self._house.until(lambda: bool(self._house.render(name)))
        self.device_id = self._house.render(name)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def pushed(self, count: int) -> dict[str, Any]:
        """The push of this number, counted from 1."""
        async with asyncio.timeout(WAIT_S):
            while len(self.pushes) < count:
                self._news.clear()
                await self._news.wait()
        return self.pushes[count - 1]

    async def tap(self, action: str) -> None:
        """Tap a button of a notification."""
        event = {"event_type": "mobile_app_notification_action", "event_data": {"action": action}}
        body = {"type": "fire_event", "data": event}
        await asyncio.to_thread(self._house.ask, f"/api/webhook/{self._webhook}", body)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        (length,) = (line.split(":")[1] for line in head.splitlines() if line.startswith("content-length:"))
        self.pushes.append(json.loads(await reader.readexactly(int(length))))
        answer = b'{"rateLimits":{"successful":1,"errors":0,"maximum":500,"resetsAt":"2030-01-01T00:00:00Z"}}'
        writer.write(b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nConnection: close\r\n")
        writer.write(f"Content-Length: {len(answer)}\r\n\r\n".encode() + answer)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        self._news.set()


def _mqtt_entry(port: int) -> dict[str, Any]:
    data = {"broker": "127.0.0.1", "port": port, "protocol": "5", "discovery": True}
    fixed = {"created_at": WHEN, "modified_at": WHEN, "disabled_by": None, "discovery_keys": {}, "options": {}}
    quiet = {"pref_disable_new_entities": False, "pref_disable_polling": False, "subentries": []}
    named = {"domain": "mqtt", "entry_id": "mqtt1", "title": "mosquitto", "source": "user", "unique_id": None}
    return {**fixed, **quiet, **named, "data": data, "version": 1, "minor_version": 2}


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
