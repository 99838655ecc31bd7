"""A real Node-RED without a screen, in a process of its own, with the flow that is shipped."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Self

from benchmarks.listening import free_port

FLOW = Path(__file__).parents[2] / "config" / "node_red" / "flows.json"
START_S = 60.0
SETTINGS = """
module.exports = {{
    uiHost: "127.0.0.1", uiPort: {port}, flowFile: "flows.json", credentialSecret: false,
    disableEditor: true, telemetry: {{ enabled: false, updateNotification: false }}, mqttReconnectTime: 500,
}};
"""


class NodeRed:
    """``async with NodeRed(folder, mqtt_port, user) as red:`` runs until the block ends."""

    def __init__(self, folder: Path, mqtt_port: int, user: tuple[str, str], wearer: str = "") -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/dashboard/sitbreak"
        self.said: list[str] = []
        self._folder, self._program = folder, Path(os.environ["NODE_RED"])
        folder.mkdir()
        flow = json.loads(FLOW.read_text(encoding="utf-8"))
        (broker,) = [node for node in flow if node["type"] == "mqtt-broker"]
        broker.update(broker="127.0.0.1", port=mqtt_port)
        flow[0]["env"][0]["value"] = wearer
        (folder / "flows.json").write_text(json.dumps(flow))
        (folder / "flows_cred.json").write_text(json.dumps({broker["id"]: {"user": user[0], "password": user[1]}}))
        (folder / "settings.js").write_text(SETTINGS.format(port=self.port))
        (folder / "node_modules").symlink_to(self._program.parent.parent)

    async def __aenter__(self) -> Self:
        command = [str(self._program), "--userDir", str(self._folder)]
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=asyncio.subprocess.STDOUT)
        self._reader = asyncio.create_task(self._read())
        async with asyncio.timeout(START_S):
            while not self._heard("Connected to broker"):
                assert self._process.returncode is None, self.said
                await asyncio.sleep(0.1)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._process.terminate()
        await self._reader
        await self._process.wait()

    def complaints(self) -> list[str]:
        """What it warned of, but for how it is set up here."""
        ours = ("Projects disabled", "unencrypted credentials")
        loud = [line for line in self.said if "[warn]" in line or "[error]" in line]
        return [line for line in loud if not any(words in line for words in ours)]

    def _heard(self, words: str) -> bool:
        return any(words in line for line in self.said)

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self.said.append(line.decode(errors="replace").rstrip())
