"""Telling systemd: ready, alive, stopping (the sd_notify datagrams); nothing where systemd is not there."""

from __future__ import annotations

import asyncio
import os
import socket


def notify(state: str) -> None:
    """Send one assignment such as ``READY=1`` to the service manager, if there is one."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address or not hasattr(socket, "AF_UNIX"):
        return
    if address.startswith("@"):  # an abstract socket is written with a leading NUL
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams:
        try:
            datagrams.connect(address)
            datagrams.sendall(state.encode())
        except OSError:  # the manager has gone; the service goes on
            return


async def keep_watchdog_calm() -> None:
    """Say that the event loop is alive, twice as often as systemd wants to hear it; until cancelled."""
    interval_us = int(os.environ.get("WATCHDOG_USEC", "0") or 0)
    while interval_us > 0:
        notify("WATCHDOG=1")
        await asyncio.sleep(interval_us / 2e6)
