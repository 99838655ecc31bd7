"""What goes wrong with Bluetooth: what it means, whether the wearable or the machine is at fault, and what to do.

BlueZ answers by names of D-Bus errors. Only a few say that the machine's own Bluetooth is not there (switched off,
unplugged, stopped, not permitted); everything else that a failed connection tells is about the one device. The
difference matters: a device that fails again and again is forgotten and heard anew, a radio that is away is waited for.
"""

from __future__ import annotations

import sys

from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakError,
)

from monitor.errors import MonitorError

if sys.platform == "linux":
    from monitor.transport.bluez import BusError
else:

    class BusError(Exception):
        """Nobody raises it where there is no D-Bus."""


RADIO_FAULTS = (BleakError, OSError, EOFError, TimeoutError, AttributeError, KeyError, BusError)
"""What bleak and D-Bus raise when the radio fails; bleak's BlueZ side answers AttributeError when its bus dies, and
KeyError for an object that has vanished under its hands."""


class RadioError(MonitorError):
    """Bluetooth cannot be used. ``problem`` says why, ``remedy`` what to do."""

    exit_code = 3

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}: {remedy}")
        self.problem = problem
        self.remedy = remedy


_NO_HARDWARE = "or set radio.backend to a bumble transport, or try `sitbreak demo`, which needs no Bluetooth"
_PERMISSION = "add your user to the group `bluetooth` and log in again; in a container mount /run/dbus and allow it"
_DENIED = "Bluetooth is not permitted"
_SWITCH_ON = "turn it on with `bluetoothctl power on` (`rfkill unblock bluetooth` if that is refused)"
_START = "`sudo systemctl start bluetooth`"
_RESTART = "`sudo systemctl restart bluetooth`, and plug the adapter out and in if that does not help"

Told = tuple[str, str]
"""Problem and remedy."""

_OFF: Told = ("Bluetooth is switched off", _SWITCH_ON)
_STOPPED: Told = ("BlueZ is not running", _START)
_FORBIDDEN: Told = ("no permission to use Bluetooth", _PERMISSION)
_UNPLUGGED: Told = ("the Bluetooth adapter is gone", "plug it in again; see `bluetoothctl list`, and radio.adapter")
_NOT_INSTALLED: Told = (
    "BlueZ cannot be started",
    "install it (`sudo apt install bluez`) and see `systemctl status bluetooth`",
)
_BUSY: Told = ("the Bluetooth adapter is busy", "stop the other program that scans or connects, or wait for it")

_UNAVAILABLE: dict[BleakBluetoothNotAvailableReason, Told] = {
    BleakBluetoothNotAvailableReason.NO_BLUETOOTH: ("no Bluetooth adapter", f"plug one in, {_NO_HARDWARE}"),
    BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE: (
        "the Bluetooth adapter knows no Bluetooth Low Energy",
        f"use a Bluetooth 4.0 or newer adapter, {_NO_HARDWARE}",
    ),
    BleakBluetoothNotAvailableReason.POWERED_OFF: _OFF,
    BleakBluetoothNotAvailableReason.DENIED_BY_USER: (_DENIED, "allow it in the system's settings"),
    BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM: (_DENIED, "ask who administers this machine"),
    BleakBluetoothNotAvailableReason.DENIED_BY_UNKNOWN: (_DENIED, _PERMISSION),
}

_MACHINE: dict[str, Told] = {
    "org.freedesktop.DBus.Error.ServiceUnknown": _STOPPED,
    "org.freedesktop.DBus.Error.NameHasNoOwner": _STOPPED,
    "org.freedesktop.DBus.Error.Spawn.ServiceNotFound": _NOT_INSTALLED,
    "org.freedesktop.DBus.Error.Spawn.ChildExited": _NOT_INSTALLED,
    "org.freedesktop.DBus.Error.Spawn.Failed": _NOT_INSTALLED,
    "org.freedesktop.systemd1.NoSuchUnit": _NOT_INSTALLED,
    "org.freedesktop.DBus.Error.AccessDenied": _FORBIDDEN,
    "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired": _FORBIDDEN,
    "org.freedesktop.PolicyKit1.Error.NotAuthorized": _FORBIDDEN,
    "org.freedesktop.DBus.Error.Disconnected": ("the D-Bus system bus has closed", "`sudo systemctl status dbus`"),
    "org.bluez.Error.NotReady": _OFF,
}
"""Errors that are the machine's, whatever was asked."""

_SCAN: dict[str, Told] = {
    "org.bluez.Error.NotAuthorized": _FORBIDDEN,
    "org.bluez.Error.NotPermitted": _FORBIDDEN,
    "org.bluez.Error.NotAvailable": _UNPLUGGED,
    "org.bluez.Error.NotSupported": ("the Bluetooth adapter cannot scan", _RESTART),
    "org.bluez.Error.DoesNotExist": _UNPLUGGED,
    "org.freedesktop.DBus.Error.UnknownObject": _UNPLUGGED,
    "org.freedesktop.DBus.Error.UnknownMethod": _UNPLUGGED,
    "org.freedesktop.DBus.Error.UnknownInterface": _UNPLUGGED,
    "org.bluez.Error.InProgress": _BUSY,
    "org.bluez.Error.Failed": ("the Bluetooth adapter refuses to scan", _RESTART),
    "org.freedesktop.DBus.Error.NoReply": ("BlueZ does not answer", _RESTART),
    "org.freedesktop.DBus.Error.TimedOut": ("BlueZ does not answer", _RESTART),
}
"""Errors that are the machine's where the scan was asked for; from a connection they are the device's."""

_POWERLESS = ("Not Powered", "Resource Not Ready", "No such device", "Host is down")
"""What BlueZ adds to ``org.bluez.Error.Failed`` when it is the adapter that fails, not the device."""


def trouble_of(error: BaseException) -> RadioError | None:
    """The machine's own trouble behind a failed connection; None where the device is at fault, or may be."""
    for cause in _chain(error):
        if isinstance(cause, BleakBluetoothNotAvailableError) and cause.reason in _UNAVAILABLE:
            return RadioError(*_UNAVAILABLE[cause.reason])
        if isinstance(cause, BleakDBusError):
            if cause.dbus_error in _MACHINE:
                return RadioError(*_MACHINE[cause.dbus_error])
            if any(word in str(cause) for word in _POWERLESS):
                return RadioError(*_OFF)
        if isinstance(cause, BleakError) and str(cause).startswith("adapter '"):
            return RadioError(*_UNPLUGGED)
        if isinstance(cause, FileNotFoundError | ConnectionRefusedError | PermissionError):  # the bus itself
            return explain_scan(cause)
    return None


def explain_scan(error: BaseException) -> RadioError:
    """Why the machine's own Bluetooth cannot scan."""
    if isinstance(error, BleakBluetoothNotAvailableError) and error.reason in _UNAVAILABLE:
        return RadioError(*_UNAVAILABLE[error.reason])
    if isinstance(error, BleakDBusError):
        known = _MACHINE | _SCAN
        if any(word in str(error) for word in _POWERLESS):
            return RadioError(*_OFF)
        if error.dbus_error in known:
            problem, remedy = known[error.dbus_error]
            detail = f" ({error.dbus_error_details})" if error.dbus_error in _SCAN and error.dbus_error_details else ""
            return RadioError(problem + detail, remedy)
    if isinstance(error, PermissionError) or type(error).__name__ == "AuthError":  # the latter is dbus_fast's
        return RadioError("no permission to talk to BlueZ", _PERMISSION)
    if isinstance(error, OSError) and not isinstance(error, TimeoutError):
        return RadioError(
            f"no D-Bus system bus, so no BlueZ ({in_words(error)})",
            f"install and start them (`sudo apt install bluez`, {_START}), {_NO_HARDWARE}",
        )
    return RadioError(
        f"Bluetooth does not work ({in_words(error)})",
        "see `bluetoothctl show`, and radio.adapter if there are several",
    )


def in_words(error: BaseException) -> str:
    """What an error says of itself, or its name."""
    return str(error.args[0] if isinstance(error, BleakError) and error.args else error) or type(error).__name__


def _chain(error: BaseException) -> list[BaseException]:
    """The error and what it was raised from: bleak-retry-connector wraps what bleak said."""
    found: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in found:
        found.append(link)
        link = link.__cause__ or link.__context__
    return found
