"""What a driver keeps over a crash: a dataclass, written as plain data and read back."""

from __future__ import annotations

from typing import Generic, TypeVar

from monitor.rules import FaultsError, check, plain
from monitor.wearables.base import Resume

Memory = TypeVar("Memory")


class Kept(Generic[Memory]):
    """Memories of one kind."""

    def __init__(self, kind: type[Memory]) -> None:
        self._kind = kind

    def written(self, memory: Memory) -> Resume:
        """JSON-ready."""
        resume: Resume = plain(memory)
        return resume

    def read(self, resume: object) -> Memory | None:
        """The memory; None where another version or another program wrote it."""
        try:
            return check(self._kind, resume)
        except FaultsError:
            return None
