"""Whether what was learned of a mounting may be used: the sensor may sit otherwise since, or be on no body at all.

*Doubted*: it lay still for minutes. *Withheld*: it was suspected of not being worn, and nobody may use the direction
until a few steps confirm it, or life in the same pose does. *Settled*: it was surely not worn, and only steps do.
*Remembered*: it was kept from an earlier day, and steps or the kept poses have to prove it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.accel.candidates import between_deg


@dataclass
class Trust:
    """How far the mounting is trusted."""

    doubted: bool = False
    withheld: bool = False
    settled: bool = False
    """Withheld because it was surely not worn: the same pose proves nothing, only steps do."""
    remembered: bool = False
    """What is withheld was kept from an earlier day and has not been proven yet."""
    confirmed_s: float = 0.0
    pose: list[float] = field(default_factory=list)
    """Direction of gravity while it lay still."""

    @property
    def is_full(self) -> bool:
        """Steps need not confirm anything."""
        return not (self.doubted or self.withheld)

    def restore(self, doubted: bool = False) -> None:
        """It may be used again."""
        self.doubted, self.withheld, self.settled, self.remembered = doubted, False, False, False
        self.confirmed_s = 0.0

    def begin_with_remembered(self) -> None:
        """What was kept from another day is withheld until it is proven."""
        self.doubted = self.withheld = self.settled = self.remembered = True
        self.confirmed_s = 0.0

    def doubt(self) -> None:
        """It lay still for minutes."""
        self.doubted, self.confirmed_s = True, 0.0

    def withhold(self, pose: list[float]) -> None:
        """Perhaps not worn."""
        self.doubt()
        self.withheld, self.pose = True, pose

    def settle(self, pose: list[float]) -> None:
        """Surely not worn."""
        self.withhold(pose)
        self.settled = True

    def confirm(self, weight_s: float, enough_s: float) -> None:
        """Seconds of steps that fit; ``weight_s`` 0 for one that does not: then the count begins anew."""
        self.confirmed_s = self.confirmed_s + weight_s if weight_s else 0.0
        if self.confirmed_s >= enough_s:
            self.restore()

    def notice_life(self, direction: list[float], pose_deg: float) -> None:
        """A sensor that moves for long in the pose in which it lay still was on a still body all the time."""
        if self.withheld and not self.settled and between_deg(self.pose, direction) <= pose_deg:
            self.restore(doubted=True)

    def notice_fit(self) -> None:
        """Standing and sitting look as they did before: the sensor was left on, or put on the same way round."""
        if self.remembered:
            self.restore(doubted=True)
