"""Has the parts built and runs them: drivers and pipelines, links, outlets, and the history between."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor import __version__, checkpoint, lasting, systemd
from monitor.asked import Asked
from monitor.assembly.links import Links
from monitor.assembly.outlets import OutletAssembly
from monitor.assembly.wearer import fingerprint, new_driver, new_pipeline, restored, ways
from monitor.backfill import Backfill
from monitor.bus import Bus
from monitor.checkpoint import CheckpointError
from monitor.clock import Clock, SteadyClock
from monitor.exchange import Command
from monitor.gauges import WearersGauges
from monitor.history import HISTORY_FILE
from monitor.history.outbox import History
from monitor.intake import no_record
from monitor.live import LiveWearer
from monitor.lock import state_lock
from monitor.logs import of_wearer
from monitor.model import Nudge, WearableFacts
from monitor.outlets.base import Outlet
from monitor.rules import plain
from monitor.settings.sections import Settings
from monitor.transport.supervisor import Supervisor
from monitor.wearables.base import Resume, Wearable
from monitor.wrong_cases import RecentSamples

if TYPE_CHECKING:
    from monitor.transport.packet_log import PacketLog

_log = logging.getLogger(__name__)

DRAIN_S = 0.7
"""Wall seconds that the outlets get at the end to say that nothing is known any more."""


@dataclass
class Part:
    """One wearer's live parts."""

    live: LiveWearer
    link: Supervisor
    packet_log: PacketLog | None


class App:
    """The daemon: wearers on one side, outlets on the other, history between."""

    def __init__(
        self,
        settings: Settings,
        state_dir: Path,
        clock: Clock | None = None,
        own_outlets: Sequence[Outlet] = (),
        log_dir: Path | None = None,
        nodes: Mapping[str, str] | None = None,
    ) -> None:
        """``own_outlets`` serve beside the configured ones; ``log_dir`` keeps packet logs.

        ``nodes`` are the wearers' names in topics where they shall not be random.
        """
        self.settings = settings
        self.clock = clock or SteadyClock(idle=self._is_idle)
        self.bus = Bus()
        self.parts: dict[str, Part] = {}
        self.sampled = asyncio.Event()
        """The first sample of any wearer has come."""
        self._state_dir, self._log_dir, self._own_outlets = state_dir, log_dir, own_outlets
        self._history_file = state_dir / HISTORY_FILE
        self._nodes = nodes or {}
        self._used: dict[str, str] = {}
        """The wearable that each wearer used in the last run, as its link wants to be told."""

    async def run(self) -> None:
        """Serve until cancelled; the end is clean, in the order of what depends on what."""
        with state_lock(self._state_dir):
            await self._run()

    async def _run(self) -> None:
        history = await History.open(self._history_file, self.settings.history)
        try:
            await self._live(history)
        finally:
            await history.close()

    async def _live(self, history: History) -> None:
        if isinstance(self.clock, SteadyClock):
            self.clock.not_before(await history.latest_s())
        self.gauges = WearersGauges(self.settings.wearers, history, self.clock, "mqtt")
        self.assembly = OutletAssembly(
            self.settings, self._state_dir, self.clock, history, self.gauges, self.command, self.nudge, self._nodes
        )
        links = self._links()
        try:
            outlets = await self.assembly.build(self._own_outlets)
            for wearer in self.settings.wearers:
                with of_wearer(wearer):
                    self.parts[wearer] = await self._part(wearer, history, links, outlets)
            await self._serve(links, outlets)
        finally:
            await links.close()

    def command(self, wearer: str, command: Command) -> None:
        """Something a wearer wants, from whatever surface."""
        self.parts[wearer].live.command(command)

    def nudge(self, wearer: str, nudge: Nudge) -> None:
        """Buzz a wearable."""
        self.parts[wearer].link.alert(nudge)

    # --- running --------------------------------------------------------------------------------------------

    async def _serve(self, links: Links, outlets: Mapping[str, Outlet]) -> None:
        async with asyncio.TaskGroup() as telling:
            tasks = [
                telling.create_task(outlet.run(self.bus.subscribe()), name=f"outlet {name}")
                for name, outlet in outlets.items()
            ]
            try:
                async with asyncio.TaskGroup() as sensing:
                    sensing.create_task(links.run(), name="scanner")
                    sensing.create_task(systemd.keep_watchdog_calm(), name="watchdog")
                    for wearer, part in self.parts.items():
                        with of_wearer(wearer):
                            sensing.create_task(part.link.run(), name=f"link {wearer}")
                            sensing.create_task(part.live.run(), name=f"live {wearer}")
                        sensing.create_task(self._wait_for_a_sample(part.live), name=f"first sample {wearer}")
                    systemd.notify("READY=1")
            finally:
                systemd.notify("STOPPING=1")
                await self._close(tasks)

    def _is_idle(self) -> bool:
        """Whether no wearer's wearable has sent anything for so long that its gap is one anyway."""
        return all(part.live.is_idle for part in self.parts.values())

    async def _wait_for_a_sample(self, live: LiveWearer) -> None:
        await live.first_sample.wait()
        self.sampled.set()

    async def _close(self, outlet_tasks: list[asyncio.Task[None]]) -> None:
        """The links are down: store what is left, let the outlets say it, and end them."""
        for part in self.parts.values():
            await part.live.close()
            if part.packet_log is not None:
                part.packet_log.close()
        await self.bus.drained(DRAIN_S)
        for task in outlet_tasks:
            task.cancel()

    # --- building -------------------------------------------------------------------------------------------

    def _links(self) -> Links:
        """What brings the samples; a taped day puts its own in the place."""
        return Links(self.settings, self.clock, self.assembly.topic_of)

    def _described(self, wearer: str, facts: WearableFacts) -> None:
        """The wearable has said what it is."""
        plan = self.settings.wearers[wearer]
        if facts.placement not in (None, plan.placement):
            _log.warning(
                "%s: the wearable is set to %s, the settings say %s; the settings win",
                *(wearer, facts.placement, plan.placement),
            )
        self.assembly.describe(wearer, facts)

    async def _part(self, wearer: str, history: History, links: Links, outlets: Mapping[str, Outlet]) -> Part:
        driver = new_driver(self.settings, wearer)
        backfill, resume = await self._remembered(wearer, history)
        packet_log = self._packet_log(wearer, driver, backfill) if self._log_dir else None
        live = LiveWearer(
            wearer=wearer,
            driver=driver,
            backfill=backfill,
            history=history,
            bus=self.bus,
            outlets=outlets,
            clock=self.clock,
            fingerprint=fingerprint(self.settings, wearer),
            record=packet_log.write if packet_log else no_record,
            recent=RecentSamples(self._state_dir / "wrong", wearer),
            meter=self.gauges.meters[wearer],
        )
        link = links.link(live, resume, self._used.get(wearer, ""))
        live.on_stored = link.stored
        link.expect = live.intake.expect
        live.on_facts = partial(self._described, wearer)
        asked = Asked(ways(self.settings, wearer, self._history_file))
        live.on_command, live.complete = asked.note, asked.completed
        return Part(live, link, packet_log)

    async def _remembered(self, wearer: str, history: History) -> tuple[Backfill, Resume | None]:
        """The state of the last run with today's rules, or a fresh one; a stored state that does not fit is said."""
        answers = await history.readiness(wearer)
        if answers is None and self.settings.exercises.floor_allowed:
            _log.warning("%s: nothing on the floor is suggested before the readiness check: sitbreak ready", wearer)
        fresh = new_pipeline(self.settings, wearer, answers.conditions if answers else None)
        text = await history.checkpoint(wearer)
        if text is None:
            return fresh, None
        try:
            kept = restored(text, self.settings, wearer)
        except CheckpointError as error:
            written_for, lasts = checkpoint.lasting(text)
            lasting.hand_over_wishes(lasts, fresh)
            fits = written_for == fingerprint(self.settings, wearer) and lasting.hand_over_mounting(lasts, fresh)
            remains = "; how the sensor sits is kept" if fits else ""
            _log.warning("%s: %s%s", wearer, error, remains)
            await history.close_open(wearer)
            return fresh, None
        kept["backfill"].take_rules_of(fresh)
        self._used[wearer] = kept.get("wearable", "")
        return kept["backfill"], kept["resume"]

    def _packet_log(self, wearer: str, driver: Wearable, backfill: Backfill) -> PacketLog:
        from monitor.transport.packet_log import PacketLog

        assert self._log_dir is not None
        plan = self.settings.wearers[wearer]

        def header() -> dict[str, Any]:  # of every file anew, so that each can be played on its own
            state = {"driver": driver, "backfill": backfill}
            return {
                "version": __version__,
                "wearer": wearer,
                "wearable": plan.wearable,
                "placement": plan.placement,
                "settings_hash": self.settings.digest,
                "settings": plain(self.settings),
                "checkpoint": checkpoint.dumps(state, fingerprint(self.settings, wearer)),
            }

        return PacketLog(self._log_dir, header)
