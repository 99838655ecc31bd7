"""What drivers share whose devices only tell: advertisements and messages come, nothing can be asked or stopped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from monitor.model import BatteryLevel, Nudge, WearableFacts
from monitor.wearables.base import Action, Outcome, Reply, Resume


@dataclass(kw_only=True)
class ToldDriver:
    """Begins, introduces itself with the first packet, remembers; a device's own driver understands what comes."""

    SILENCE_IS_LEGAL: ClassVar[bool] = False
    MAY_PAIR: ClassVar[bool] = False
    MODEL: ClassVar[str]
    """What the device is called, for it does not say so itself."""

    introduced: bool = False
    battery_pct: int | None = None
    """Last level told."""

    # --- the contract ---------------------------------------------------------------------------------------

    def start(self, resume: Resume | None, now_s: float) -> Reply:
        """It is heard; there is nothing to ask it."""
        if resume is not None:
            self._remember(resume)
        self.introduced, self.battery_pct = False, None
        return []

    def done(self, action: Action, outcome: Outcome) -> Reply:
        """Nothing was asked."""
        return []

    def tick(self, now_s: float) -> Reply:
        """Nothing happens by itself."""
        return []

    def stored(self, segment: int, upto_index: int) -> Reply:
        """The device keeps no samples."""
        return []

    def alert(self, nudge: Nudge, now_s: float) -> Reply:
        """It cannot call anybody."""
        return []

    def lost(self, now_s: float) -> Reply:
        """Too long unheard; nothing was held back."""
        return []

    def stop(self) -> Reply:
        """Nothing to stop."""
        return []

    # --- for a device's own driver --------------------------------------------------------------------------

    def _remember(self, resume: Resume) -> None:
        """Take up what was remembered before a crash."""

    def _introduction(self) -> Reply:
        """What it is, once a link."""
        if self.introduced:
            return []
        self.introduced = True
        return [WearableFacts(self.MODEL)]

    def _tell_battery(self, percent: int | None, at_s: float) -> Reply:
        """Its battery, where it says something new of it."""
        if percent is None or percent == self.battery_pct:
            return []
        self.battery_pct = percent
        return [BatteryLevel(percent, at_s)]
