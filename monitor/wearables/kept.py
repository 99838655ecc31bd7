"""What a driver keeps over a crash: a dataclass, written as plain data and read back."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from monitor.wearables.base import Resume

Memory = TypeVar("Memory")


class Kept(Generic[Memory]):
    """Memories of one kind."""

    def __init__(self, kind: type[Memory]) -> None:
        self._adapter = TypeAdapter(kind)

    def written(self, memory: Memory) -> Resume:
        """JSON-ready."""
        resume: Resume = self._adapter.dump_python(memory, mode="json")
        return resume

    def read(self, resume: object) -> Memory | None:
        """The memory; None where another version or another program wrote it."""
        try:
            return self._adapter.validate_python(resume)
        except ValidationError:
            return None
