"""One of every kind of event, for rules that hold for all of them."""

from __future__ import annotations

import dataclasses
from typing import Any, get_type_hints

from monitor.events import Event

SAMPLES: dict[type, Any] = {str: "word", float: 60.0, int: 3, bool: True}


def any_event(cls: type[Event], at_s: float) -> Event:
    """An event of this kind with something plain in each field, and nothing where nothing may stand."""
    hints = get_type_hints(cls)
    values = {f.name: SAMPLES.get(hints[f.name]) for f in dataclasses.fields(cls)}
    return cls(**{**values, "at_s": at_s})
