"""Polar's sensors in words, and what their refusals mean."""

from __future__ import annotations

from monitor.wearables.base import About
from monitor.wearables.polar.codec import Status

ABOUT = About(
    title="Polar H10, Verity Sense or OH1",
    products=("Polar H10", "Polar Verity Sense", "Polar OH1"),
    placements=("thigh", "chest"),
    rate="H10: 25, 50, 100 or 200 Hz; Verity Sense: 52 Hz, in SDK mode 26 to 416 Hz; OH1: 50 Hz",
    clock="every packet bears the time of its last sample, so that times are good to about 20 ms and every loss is"
    " seen; what happens out of reach is not kept",
    alert="",
    pairing="accept the pairing when the system asks (no code); it mostly pairs by itself, else on Linux"
    " `bluetoothctl pair ADDRESS` once. Close the Polar apps on the phone first",
    battery="H10: a coin cell (CR2025) that lasts some weeks of working days; Verity Sense: about a day from its"
    " battery (estimates)",
    wearing=(
        "Verity Sense: with its strap around the thigh or the upper leg, the sensor on bare skin; it may sit any"
        " way round.",
        "H10: on its chest strap, with the electrodes wetted; from the chest, sitting and standing look alike.",
    ),
    limits=(
        "Nothing on these sensors buzzes or lights up: let the phone, the desktop or a lamp call you.",
        "A Verity Sense switches itself off after ten minutes without a heart beat, for example over clothes:"
        " `sdk_mode = true` stops that, and stops its heart rate, too.",
        "An H10 is only found while it is worn, and for a minute after.",
        "Stop the program in the regular way: an H10 that is left streaming empties its cell.",
        "Watches and the bands Polar 360 and Loop are not supported.",
    ),
)

PAIR_IT = (
    "pair the sensor with this machine, and close the Polar apps that may hold it; after a change of firmware remove"
    " the old pairing first"
)
SWITCH_OFF_AND_ON = (
    "the sensor is silent: take it off the strap for a minute or switch it off and on, and close other apps that use it"
)
NO_SETTINGS = "the sensor lists no rates for acceleration: only H10, Verity Sense and OH1 are known to stream it"
OUTDATED = "the sensor does not offer raw acceleration: update its firmware in the Polar app; H10, Verity Sense, OH1 do"
REFUSALS: dict[int, str] = {
    Status.INVALID_OP: OUTDATED,
    Status.INVALID_TYPE: OUTDATED,
    Status.NOT_SUPPORTED: OUTDATED,
    Status.ALREADY_IN_STATE: "the sensor is streaming or recording for somebody else: stop the recording in the Polar"
    " app, or switch the sensor off and on",
    Status.INVALID_MTU: "the Bluetooth adapter takes only short packets: use another adapter, or update the system",
    Status.INVALID_STATE: "the sensor is busy with something else: close other apps, or switch it off and on",
    Status.IN_CHARGER: "the sensor is in its charger: take it out and put it on",
    Status.DISK_FULL: "the sensor's memory is full: synchronise it with the Polar app",
}
"""What to do, by what the device says to a command."""


def refusal(status: int) -> str:
    """A refused command in words."""
    name = next((each.name.lower().replace("_", " ") for each in Status if each == status), f"status {status}")
    return f"{REFUSALS.get(status, 'switch the sensor off and on, or update its firmware')} ({name})"
