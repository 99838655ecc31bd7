"""One expected motion, followed sample by sample: what was seen of it so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from monitor.accel.holds import Holder
from monitor.accel.leaning import Leaning
from monitor.accel.limb import Binning, Reference, Seen, Signal
from monitor.accel.motions import Motion
from monitor.accel.repetitions import Counter
from monitor.accel.seeking import Seeker
from monitor.accel.sinking import Sinking
from monitor.model import Floats
from monitor.rules import changed


@dataclass
class Follower:
    """Counts what can be counted of a motion, and adds up what is held."""

    reference: Reference
    signal: Signal = "flexion"
    binning: Binning = field(default_factory=Binning)
    counter: Counter | None = None
    holder: Holder | None = None
    seeker: Seeker | None = None
    """For motions whose direction is not known beforehand."""
    trunk: Leaning | Sinking | None = None
    seen_s: float | None = None
    """When the count or the holds last changed."""

    @classmethod
    def of(cls, motion: Motion, reference: Reference, on_leg: bool) -> Follower:
        """Follow a motion at a leg, or at the trunk, where only holds can be seen."""
        if not on_leg:
            return cls(reference, trunk=_at_the_trunk(motion))
        knows_pose = reference.upright is not None or reference.seat is not None or reference.begins_seated
        count, hold, against_upright = motion.count, motion.hold, knows_pose
        if count is not None and count.lying and reference.upright is None:
            count, against_upright = changed(count, signal="turn"), False
        return cls(
            reference,
            binning=Binning(smooth=count.smooth_bins if count else 5),
            signal=count.signal if count else hold.signal if hold else "flexion",
            counter=Counter.of(count, against_upright) if count and knows_pose else None,
            holder=Holder(hold, knows_pose) if hold else None,
            seeker=Seeker(count, reference) if count and count.signal == "aside" else None,
        )

    @property
    def repetitions(self) -> int:
        """So many were seen."""
        return self.counter.repetitions if self.counter else 0

    @property
    def hold_s(self) -> float:
        """Seconds held; of holds only if there were enough to believe them."""
        if self.trunk is not None:
            return self.trunk.set.held_s
        if self.holder is not None:
            return self.holder.held_s if self.holder.is_believed else 0.0
        return self.counter.held_s if self.counter else 0.0

    def feed(self, t_s: Floats, xyz_g: NDArray[np.float32]) -> bool:
        """Samples of whole bins, in order of time; whether anything new was seen."""
        bins = self.binning.feed(t_s, xyz_g)
        if self.trunk is not None:
            changed_s = self.trunk.feed(bins)
            self.seen_s = self.seen_s if changed_s is None else changed_s
            return changed_s is not None
        seeker = self.seeker
        return self._see(seeker.rows(bins) if seeker is not None else self.reference.rows(bins, self.signal))

    def _see(self, rows: Sequence[Seen]) -> bool:
        news_s = [] if self.counter is None else self.counter.follow(rows)
        if self.holder is not None:
            news_s += self.holder.follow(rows)
        self.seen_s = max(news_s, default=self.seen_s)
        return bool(news_s)

    def may_hold(self, at_s: float) -> bool:
        """Whether what looks like sitting may be a hold that is not over yet."""
        return isinstance(self.trunk, Sinking) and self.trunk.may_hold(at_s)

    @property
    def span_s(self) -> tuple[float, float] | None:
        """From the first to the last that was counted or held; None if nothing was."""
        parts = [(each.start_s, each.end_s) for each in (self.counter.counted if self.counter else [])]
        parts += [(each.start_s, each.end_s) for each in (self.holder.holds if self.holder else [])]
        parts += [(each.start_s, each.end_s) for each in (self.trunk.set.holds if self.trunk else [])]
        return (parts[0][0], parts[-1][1]) if parts else None

    def finish(self, at_s: float) -> None:
        """Nothing more comes."""
        if self.seeker is not None:
            self._see(self.seeker.finish(at_s))
        if self.counter is not None:
            self.counter.finish(at_s)


def _at_the_trunk(motion: Motion) -> Leaning | Sinking | None:
    if motion.trunk_lean is not None:
        return Leaning.of(motion.trunk_lean)
    return Sinking.of(motion.trunk_sink) if motion.trunk_sink is not None else None
