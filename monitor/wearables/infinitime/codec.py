"""InfiniTime on the wire: motion, steps, alerts and the answer to a call."""

from __future__ import annotations

from monitor.wearables.base import DecodeError

MOTION = "00030002-78fc-48fe-8e23-433b3a1942d0"
CALL_ANSWER = "00020001-78fc-48fe-8e23-433b3a1942d0"

SIMPLE, CALL = 0, 3
"""Categories of a new alert: a message, or a call that rings until it is answered on the watch."""
MESSAGE_BYTES = 100
"""Most that the watch keeps of a new alert, with the NUL at its end."""
DECLINED, ACCEPTED, MUTED = 0, 1, 2


def decode_call_answer(data: bytes) -> int:
    """Which of the three buttons of a call was pressed."""
    if not data:
        raise DecodeError("answer to a call: empty")
    return data[0]


def encode_new_alert(title: str, body: str, category: int = SIMPLE) -> bytes:
    """Category, one alert, title and body; cut to what the watch keeps, never inside a character."""
    text = f"{title}\0{body}".encode()
    return bytes((category, 1, 0)) + text[: MESSAGE_BYTES - 4].decode("utf-8", "ignore").encode()


def decode_version(text: str) -> tuple[int, int] | None:
    """Major and minor of a firmware revision such as "1.16.1"; None where it is none."""
    parts = text.split(".")
    if len(parts) < 2 or not all(part.isdecimal() and part.isascii() for part in parts[:2]):
        return None
    return int(parts[0][:9]), int(parts[1][:9])
