"""The contract of a placement: one body part, what can be known there, and the rows it says.

Learning and predicting are interleaved: what is learned in row k is used from row k + 1, so that an hour at
once equals an hour live. All memory is plain data (dataclass fields), so that it can be copied and stored.
"""

from __future__ import annotations

from typing import ClassVar, Protocol

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
