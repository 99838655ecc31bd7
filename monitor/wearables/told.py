"""What drivers share whose devices only tell: advertisements and messages come, nothing can be asked or stopped."""

from __future__ import annotations

from typing import ClassVar

from monitor.model import Nudge
from monitor.wearables.base import Action, Outcome, Reply


class ToldDriver:
    """The contract's calls that mean nothing here; a device's own driver begins, receives, is lost and remembers."""

    SILENCE_IS_LEGAL: ClassVar[bool] = False
    MAY_PAIR: ClassVar[bool] = False

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

    def stop(self) -> Reply:
        """Nothing to stop."""
        return []
