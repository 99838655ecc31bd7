"""A real D-Bus of one's own, and a BlueZ on it that has an adapter, or none, or one that is switched off."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/><allow user="*"/>
</policy></busconfig>
"""
ROLES = ["central", "peripheral"]


@asynccontextmanager
async def system_bus(folder: Path) -> AsyncIterator[str]:
    """The address of a bus without anybody on it; the test is skipped where there can be none."""
    if shutil.which("dbus-daemon") is None:
        pytest.skip("dbus-daemon is not installed")
    socket, config = folder / "bus", folder / "bus.conf"
    await asyncio.to_thread(config.write_text, CONFIG.format(socket=socket))
    daemon = await asyncio.create_subprocess_exec(
        *("dbus-daemon", "--nofork", "--print-address=1", f"--config-file={config}"), stdout=asyncio.subprocess.PIPE
    )
    assert daemon.stdout is not None
    try:
        await daemon.stdout.readline()
        yield f"unix:path={socket}"
    finally:
        daemon.terminate()
        await daemon.wait()


@asynccontextmanager
async def in_place_of_bluez(address: str, answer: Callable[[Message], Message | bool | None]) -> AsyncIterator[None]:
    """Let somebody answer as BlueZ on this bus."""
    bus = await MessageBus(bus_address=address).connect()
    bus.add_message_handler(answer)
    await bus.request_name("org.bluez")
    try:
        yield
    finally:
        bus.disconnect()
        await bus.wait_for_disconnect()


class FakeBlueZ:
    """Answers what bleak asks before it scans; ``refuses`` is the error that StartDiscovery gets."""

    def __init__(self) -> None:
        self.adapters: dict[str, bool] = {"/org/bluez/hci0": True}
        """Paths, and whether they are switched on."""
        self.refuses: tuple[str, str] | None = None
        self.asked: list[str] = []

    @asynccontextmanager
    async def on(self, address: str) -> AsyncIterator[FakeBlueZ]:
        """At work on a bus."""
        async with in_place_of_bluez(address, self._answer):
            yield self

    def _answer(self, message: Message) -> Message | bool:
        if message.message_type is not MessageType.METHOD_CALL or message.destination == "org.freedesktop.DBus":
            return False
        self.asked.append(message.member or "")
        match message.member:
            case "GetManagedObjects":
                objects = {path: {"org.bluez.Adapter1": self._adapter(on)} for path, on in self.adapters.items()}
                return Message.new_method_return(message, "a{oa{sa{sv}}}", [objects])
            case "StartDiscovery" if self.refuses is not None:
                name, detail = self.refuses
                return Message.new_error(message, name, detail)
            case _:
                return Message.new_method_return(message)

    @staticmethod
    def _adapter(powered: bool) -> dict[str, Variant]:
        return {
            "Address": Variant("s", "00:11:22:33:44:55"),
            "Powered": Variant("b", powered),
            "Discovering": Variant("b", False),
            "Roles": Variant("as", ROLES),
        }
