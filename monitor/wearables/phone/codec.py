"""Messages of Sensor Logger: JSON with an envelope and a list of sensor readings, each with its time in nanoseconds.

The app names gravity and the acceleration without it apart (m/s^2); Android can add their sum, ``totalacceleration``.
``accelerometeruncalibrated`` is in g on iOS and in m/s^2 on Android; its magnitude tells which. A reading that is no
number is left out, whatever else the message has.

Source: tszheichoi/awesome-sensor-logger, PUSHING.md, UNITS.md and CROSSPLATFORM.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from monitor.model import Floats
from monitor.rules import FaultsError, check, dotted
from monitor.wearables.base import G_MS2, DecodeError

LARGEST_BYTES = 262_144
"""Two seconds of three sensors at 400 Hz are less."""
_TOTAL, _MOVEMENT, _GRAVITY = "totalacceleration", "accelerometer", "gravity"
_RAW = "accelerometeruncalibrated"
_LOWEST_MS2 = 3.0
"""A mean magnitude below cannot be m/s^2, for gravity alone is 9.8; above cannot be g."""
_GRAVITY_REACH_S = 0.5
"""Gravity turns slowly, and is carried so far beyond its own readings."""


class Envelope(Struct, frozen=True, kw_only=True):
    """What is around the readings."""

    messageId: Annotated[int, Meta(ge=0)]  # noqa: N815  named by the app
    sessionId: Annotated[str, Meta(max_length=200)]  # noqa: N815
    deviceId: Annotated[str, Meta(max_length=200)] = ""  # noqa: N815
    payload: Annotated[list[Any], Meta(max_length=20_000)]


@dataclass(frozen=True, eq=False)
class Message:
    """One message, understood."""

    number: int
    session: str
    device: str
    t_s: Floats
    """(N,) seconds since the Unix epoch on the phone's clock, strictly increasing; N may be 0."""
    xyz_g: NDArray[np.float32]
    """(N, 3) with gravity."""
    battery_pct: int | None


def decode(data: bytes) -> Message:
    """One message. Raises DecodeError."""
    if len(data) > LARGEST_BYTES:
        raise DecodeError(f"longer than {LARGEST_BYTES} bytes: set a shorter batch period in the app", data[:32])
    try:
        envelope = check(Envelope, json.loads(data))
    except FaultsError as error:
        first = error.faults[0]
        raise DecodeError(f"{dotted(first.place) or 'message'}: {first.problem}") from None
    except (ValueError, RecursionError):
        raise DecodeError("not JSON", data[:32]) from None
    items = [item for item in envelope.payload if isinstance(item, dict) and isinstance(item.get("values"), dict)]
    t_s, xyz_g = _acceleration(items)
    return Message(
        number=envelope.messageId,
        session=envelope.sessionId,
        device=envelope.deviceId,
        t_s=t_s,
        xyz_g=xyz_g.astype(np.float32),
        battery_pct=_battery(items),
    )


def _acceleration(items: list[dict[str, Any]]) -> tuple[Floats, Floats]:
    t_s, total_ms2 = _series(items, _TOTAL)
    if len(t_s):
        return t_s, total_ms2 / G_MS2
    t_s, movement_ms2 = _series(items, _MOVEMENT)
    gravity_s, gravity_ms2 = _series(items, _GRAVITY)
    if len(t_s) and len(gravity_s):
        near = (t_s >= gravity_s[0] - _GRAVITY_REACH_S) & (t_s <= gravity_s[-1] + _GRAVITY_REACH_S)
        t_s, movement_ms2 = t_s[near], movement_ms2[near]
        carried_ms2 = np.stack([np.interp(t_s, gravity_s, gravity_ms2[:, axis]) for axis in range(3)], axis=1)
        return t_s, (movement_ms2 + carried_ms2) / G_MS2
    t_s, raw = _series(items, _RAW)
    strength = float(np.linalg.norm(raw, axis=1).mean()) if len(raw) else 0.0
    return t_s, raw / (G_MS2 if strength > _LOWEST_MS2 else 1.0)


def _series(items: Iterable[dict[str, Any]], name: str) -> tuple[Floats, Floats]:
    """Times (N,) and values (N, 3) of one sensor, in order, each moment once."""
    rows = {row[0]: row[1:] for item in items if item.get("name") == name and (row := _row(item)) is not None}
    moments = sorted(rows)
    values = np.array([rows[moment] for moment in moments], np.float64).reshape(-1, 3)
    return np.array(moments, np.float64) / 1e9, values


def _row(item: dict[str, Any]) -> tuple[int, float, float, float] | None:
    moment, values = item.get("time"), item["values"]
    parts = [values.get(axis) for axis in "xyz"]
    if not isinstance(moment, int) or isinstance(moment, bool) or not 0 < moment < 1 << 62:
        return None
    if not all(isinstance(part, int | float) and not isinstance(part, bool) and abs(part) < 1e4 for part in parts):
        return None
    return moment, float(parts[0]), float(parts[1]), float(parts[2])


def _battery(items: Iterable[dict[str, Any]]) -> int | None:
    levels = [item["values"].get("batteryLevel") for item in items if item.get("name") == "battery"]
    known = [level for level in levels if isinstance(level, int | float) and 0 <= level <= 1]
    return round(100 * known[-1]) if known else None
