"""The contract of a placement: one body part, what can be known there, and the rows it says.

Learning and predicting are interleaved: what is learned in row k is used from row k + 1, so that an hour at
once equals an hour live. All memory is plain data (dataclass fields), so that it can be copied and stored.
"""

from __future__ import annotations

from typing import ClassVar, Protocol, runtime_checkable

from monitor.accel.remembered import KnownUpright
from monitor.model import Epochs, PostureEpochs


class Placement(Protocol):
    """Posture from one body part."""

    NAME: ClassVar[str]
    KNOWS: ClassVar[str]
    """One sentence for ``sitbreak placements``: what it can tell."""
    CANNOT: ClassVar[str]
    """One sentence: what it cannot."""

    def advance(self, epochs: Epochs) -> PostureEpochs:
        """One posture row for every epoch row, in order."""
        ...

    def teach_standing(self, start_s: float, end_s: float) -> None:
        """The wearer stands upright in [start_s, end_s): used when the stream gets there, not before."""
        ...


@runtime_checkable
class Remembers(Protocol):
    """A placement whose mounting is worth keeping when all other state is lost."""

    def known(self) -> KnownUpright | None:
        """What is worth keeping of the mounting; None if nothing is proven yet."""
        ...

    def remember(self, known: KnownUpright) -> None:
        """Begin with a mounting kept from before; used once the body has shown that it still fits."""
        ...


@runtime_checkable
class KnowsUpright(Protocol):
    """A placement that can say which way gravity points while the wearer stands."""

    def upright_at(self, start_s: float) -> tuple[float, float, float] | None:
        """Unit vector in the sensor's axes, as known in a row of the last ``advance``; None where it is not."""
        ...


def decides_after_s(placement: Placement) -> int:
    """Seconds after its start at which a row of this placement is final: 3, when its window is full, or its own word.

    A placement with a class variable ``DECIDES_AFTER_S`` of 4 or 5 gets to see in ``Epochs.ahead_*`` what comes next.
    """
    return int(getattr(placement, "DECIDES_AFTER_S", 3))
