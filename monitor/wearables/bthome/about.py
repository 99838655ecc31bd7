"""BTHome in words."""

from __future__ import annotations

from monitor.wearables.base import About

ABOUT = About(
    title="BTHome v2 sensor or button",
    products=("sensors of your own with BTHome firmware", "Shelly BLU Button, as the button that answers"),
    placements=("thigh", "pocket", "waist", "chest"),
    rate="as often as it advertises, about once a second",
    clock="the time of arrival, good to a second; a packet number shows repeats",
    alert="",
    pairing="an encrypted sensor needs its address and bind key in [bthome.bind_keys]",
    battery="months to years, from a coin cell",
    wearing=(
        "It must advertise three accelerations (object 0x63) in one packet, in the order x, y, z.",
        "A press of its button takes the break, a double or a long press puts it off.",
        "It cannot see steps: say once that you stand, so that upright is known.",
    ),
    limits=(
        "No BTHome sensor in the shops sends three axes: you program it yourself.",
        "Steps and exercises cannot be seen at this rate; posture comes from the tilt alone.",
    ),
)
