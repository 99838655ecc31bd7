"""Polar's control point: what a model offers, and its answers to commands, refusals included.

What the vendor's page leaves open is decided here: stopping what does not run is "already in state"; measurements
other than acceleration are listed as the model has them, but starting them is "not supported"; a setting that was
not listed is an invalid parameter.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

ACC, SDK_MODE = 2, 9
ANSWER, STOPPED_BY_ITSELF = 0xF0, 0x01
ONLINE = 0x40
"""In the status reply, above the measurement's type: it is streamed."""
MEASUREMENTS = (0, 1, 2, 3, 5, 6, 7, 9, 10, 11, 12, 13, 14)
LEAST_MTU = 70
ANSWER_HEADER_BYTES = 5


class Op(IntEnum):
    """First byte of a command."""

    GET_SETTINGS = 1
    START = 2
    STOP = 3
    GET_SDK_SETTINGS = 4
    GET_STATUS = 5
    GET_SDK_STATUS = 6
    GET_TRIGGER = 7
    SET_TRIGGER_MODE = 8
    SET_TRIGGER = 9


class Status(IntEnum):
    """Fourth byte of an answer."""

    SUCCESS = 0
    INVALID_OP_CODE = 1
    INVALID_MEASUREMENT_TYPE = 2
    NOT_SUPPORTED = 3
    INVALID_LENGTH = 4
    INVALID_PARAMETER = 5
    ALREADY_IN_STATE = 6
    INVALID_RESOLUTION = 7
    INVALID_SAMPLE_RATE = 8
    INVALID_RANGE = 9
    INVALID_MTU = 10
    INVALID_NUMBER_OF_CHANNELS = 11
    INVALID_STATE = 12
    DEVICE_IN_CHARGER = 13


class Setting(IntEnum):
    """Type of a setting."""

    SAMPLE_RATE = 0
    RESOLUTION = 1
    RANGE = 2
    RANGE_MILLIUNIT = 3
    CHANNELS = 4
    FACTOR = 5
    SECURITY = 6


VALUE_BYTES = {
    Setting.SAMPLE_RATE: 2,
    Setting.RESOLUTION: 2,
    Setting.RANGE: 2,
    Setting.RANGE_MILLIUNIT: 4,
    Setting.CHANNELS: 1,
    Setting.FACTOR: 4,
    Setting.SECURITY: 16,
}
REFUSALS = {
    Setting.SAMPLE_RATE: Status.INVALID_SAMPLE_RATE,
    Setting.RESOLUTION: Status.INVALID_RESOLUTION,
    Setting.RANGE: Status.INVALID_RANGE,
    Setting.CHANNELS: Status.INVALID_NUMBER_OF_CHANNELS,
}
Choices = Mapping[Setting, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Model:
    """What one product offers."""

    features: bytes
    """What a read of the control point gives."""
    choices: Choices
    """Acceleration settings in normal mode."""
    sdk_choices: Choices | None
    """The same in SDK mode; None where there is no such mode."""
    offered: tuple[int, ...]
    """Types of measurement."""


H10 = Model(
    bytes.fromhex("0f05") + bytes(15),
    {Setting.SAMPLE_RATE: (25, 50, 100, 200), Setting.RESOLUTION: (16,), Setting.RANGE: (2, 4, 8)},
    None,
    (0, ACC),
)
VERITY = Model(
    bytes.fromhex("0f6e02") + bytes(14),
    {Setting.SAMPLE_RATE: (52,), Setting.RESOLUTION: (16,), Setting.RANGE: (8,), Setting.CHANNELS: (3,)},
    {
        Setting.SAMPLE_RATE: (26, 52, 104, 208, 416),
        Setting.RESOLUTION: (16,),
        Setting.RANGE: (2, 4, 8, 16),
        Setting.CHANNELS: (3,),
    },
    (1, ACC, 3, 5, 6, SDK_MODE),
)


class RefusedError(Exception):
    """A command is answered with another status than success."""

    def __init__(self, status: Status) -> None:
        super().__init__(status.name)
        self.status = status


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream of acceleration as it was started."""

    rate_hz: int
    range_g: int


class PolarControl:
    """The state that commands change: what streams, and in which mode."""

    def __init__(self, model: Model, factors: Mapping[int, float]) -> None:
        """`factors`: by range, what a count is in g; empty for firmware that sends mg."""
        self.model = model
        self.factors = factors
        self.stream: Stream | None = None
        self.starts = 0
        self.sdk_mode = False
        self.charging = False

    def reset(self) -> None:
        """Begin as after power-up."""
        self.stream, self.sdk_mode = None, False

    def stop_by_itself(self) -> list[bytes]:
        """Stop what streams; return the unasked message about it."""
        running, self.stream = self.stream, None
        return [bytes((STOPPED_BY_ITSELF, ACC))] if running else []

    def answer(self, command: bytes, payload: int) -> list[bytes]:
        """Carry out a command; return its answer, cut into as many indications as `payload` bytes demand."""
        op, kind = command[0], command[1] if len(command) > 1 else 0
        try:
            status, parameters = Status.SUCCESS, self._carry_out(command, payload)
        except RefusedError as refusal:
            status, parameters = refusal.status, b""
        room = payload - ANSWER_HEADER_BYTES
        pieces = [parameters[at : at + room] for at in range(0, len(parameters), room)] or [b""]
        last = len(pieces) - 1
        return [bytes((ANSWER, op, kind, status, index < last)) + piece for index, piece in enumerate(pieces)]

    def _carry_out(self, command: bytes, payload: int) -> bytes:
        op, body = command[0], command[1:]
        if op not in list(Op):
            raise RefusedError(Status.INVALID_OP_CODE)
        if op == Op.GET_STATUS:
            running = ONLINE if self.stream else 0
            return bytes(kind | (running if kind == ACC else 0) for kind in self.model.offered if kind != SDK_MODE)
        if op == Op.GET_SDK_STATUS and self.model.sdk_choices is not None:
            return bytes((self.sdk_mode,))
        if op >= Op.GET_SDK_STATUS:
            raise RefusedError(Status.NOT_SUPPORTED)
        if not body:
            raise RefusedError(Status.INVALID_LENGTH)
        self._check_kind(body[0])
        if body[0] == SDK_MODE:
            return self._switch_sdk_mode(Op(op))
        if op == Op.START:
            return self._start(body[1:], payload)
        return self._stop() if op == Op.STOP else self._settings(Op(op))

    def _check_kind(self, kind: int) -> None:
        if kind & 0x3F not in MEASUREMENTS:
            raise RefusedError(Status.INVALID_MEASUREMENT_TYPE)
        if kind not in (ACC, SDK_MODE) or kind not in self.model.offered:  # bit 7 asks for an offline recording
            raise RefusedError(Status.NOT_SUPPORTED)

    def _settings(self, op: Op) -> bytes:
        choices = self._choices() if op == Op.GET_SETTINGS else self.model.sdk_choices
        if choices is None:
            raise RefusedError(Status.NOT_SUPPORTED)
        return b"".join(encode_setting(setting, values) for setting, values in choices.items())

    def _choices(self) -> Choices:
        return self.model.sdk_choices if self.sdk_mode and self.model.sdk_choices else self.model.choices

    def _switch_sdk_mode(self, op: Op) -> bytes:
        if op not in (Op.START, Op.STOP):
            raise RefusedError(Status.NOT_SUPPORTED)
        if self.stream is not None:
            raise RefusedError(Status.INVALID_STATE)
        if self.sdk_mode == (op == Op.START):
            raise RefusedError(Status.ALREADY_IN_STATE)
        self.sdk_mode = not self.sdk_mode
        return b""

    def _start(self, parameters: bytes, payload: int) -> bytes:
        if self.charging:
            raise RefusedError(Status.DEVICE_IN_CHARGER)
        if self.stream is not None:
            raise RefusedError(Status.ALREADY_IN_STATE)
        chosen = chosen_settings(parameters, self._choices())
        if payload + 3 < LEAST_MTU:
            raise RefusedError(Status.INVALID_MTU)
        self.stream = Stream(chosen[Setting.SAMPLE_RATE], chosen[Setting.RANGE])
        self.starts += 1
        factor = self.factors.get(self.stream.range_g)
        return b"" if factor is None else bytes((Setting.FACTOR, 1)) + struct.pack("<f", factor)

    def _stop(self) -> bytes:
        if self.stream is None:
            raise RefusedError(Status.ALREADY_IN_STATE)
        self.stream = None
        return b""


def encode_setting(setting: Setting, values: tuple[int, ...]) -> bytes:
    """Pack a setting with its choices."""
    packed = b"".join(value.to_bytes(VALUE_BYTES[setting], "little") for value in values)
    return bytes((setting, len(values))) + packed


def chosen_settings(parameters: bytes, choices: Choices) -> dict[Setting, int]:
    """Read what a START asks for: exactly one value for each setting on offer."""
    chosen: dict[Setting, int] = {}
    while parameters:
        if len(parameters) < 2:
            raise RefusedError(Status.INVALID_LENGTH)
        kind, count = parameters[0], parameters[1]
        if kind not in choices or count != 1:
            raise RefusedError(Status.INVALID_PARAMETER)
        setting, end = Setting(kind), 2 + VALUE_BYTES[Setting(kind)]
        if len(parameters) < end:
            raise RefusedError(Status.INVALID_LENGTH)
        chosen[setting] = int.from_bytes(parameters[2:end], "little")
        parameters = parameters[end:]
    if chosen.keys() != choices.keys():
        raise RefusedError(Status.INVALID_PARAMETER)
    for setting, value in chosen.items():
        if value not in choices[setting]:
            raise RefusedError(REFUSALS[setting])
    return chosen
