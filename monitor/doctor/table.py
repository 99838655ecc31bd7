"""The table of checks, in the order in which one thing needs another, and the round through it."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from monitor.doctor.adapter import adapter
from monitor.doctor.broker import broker
from monitor.doctor.certificate import certificate
from monitor.doctor.config import config
from monitor.doctor.daemon import daemon
from monitor.doctor.extras import extras
from monitor.doctor.finding import Case, Finding, Look, failed
from monitor.doctor.host_clock import host_clock
from monitor.doctor.pairing import pairing
from monitor.doctor.pushes import pushes
from monitor.doctor.storage import disk, history, state_directory
from monitor.doctor.topics import topics
from monitor.errors import MonitorError

LIMIT_S = 30.0
"""No check takes longer: what hangs is told as hanging."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the table."""

    subject: str
    look: Look
    wants_settings: bool = True
    """Says nothing of use while the settings are wrong."""


CHECKS: tuple[Check, ...] = (
    Check("daemon", daemon, wants_settings=False),
    Check("config", config),
    Check("extras", extras),
    Check("state", state_directory, wants_settings=False),
    Check("history", history, wants_settings=False),
    Check("disk", disk, wants_settings=False),
    Check("clock", host_clock, wants_settings=False),
    Check("adapter", adapter),
    Check("pairing", pairing),
    Check("certificate", certificate),
    Check("broker", broker),
    Check("topics", topics),
    Check("push", pushes),
)


async def examine(case: Case, checks: Sequence[Check] = CHECKS) -> AsyncIterator[tuple[str, Finding]]:
    """Every check's subject and findings, as they come."""
    for check in checks:
        for finding in await _looked(check, case):
            yield check.subject, finding


async def _looked(check: Check, case: Case) -> Sequence[Finding]:
    try:
        async with asyncio.timeout(LIMIT_S):
            found = check.look(case)
            return await found if inspect.isawaitable(found) else found
    except MonitorError as error:
        return [failed(str(error), "see the line itself")]
    except TimeoutError:
        return [failed(f"no answer within {LIMIT_S:.0f} s", "what it asked hangs: restart that service")]
