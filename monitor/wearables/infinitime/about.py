"""The PineTime in words."""

from __future__ import annotations

from monitor.wearables.base import About

ABOUT = About(
    title="PineTime with InfiniTime",
    products=("PINE64 PineTime with InfiniTime 1.16 or newer (1.14 at least)",),
    placements=("wrist", "pocket", "thigh"),
    rate="10 a second, and only while something changes",
    clock="the watch sends no times and no numbers: times are reconstructed from arrivals, good to about 0.1 s;"
    " nothing is lost while it is connected, and what happens out of reach is not kept",
    alert="vibration and text; with `ring_when_repeated` a repeated alert rings until it is answered on the watch",
    pairing="none needed; disconnect the phone's companion app first, for the watch speaks to one at a time",
    battery="one to three days while connected all day (an estimate, nobody has published a measurement);"
    " charges on its cradle",
    wearing=(
        "On the wrist as usual: steps are seen well, sitting and standing look alike there.",
        "On a strap around the thigh or in the trouser pocket the same watch tells sitting from standing.",
        "It may sit any way round.",
    ),
    limits=(
        "Notifications must be switched on in the watch: in sleep mode, or with notifications off, it takes an alert"
        " and shows nothing, and nobody can tell.",
        "An ordinary alert cannot be answered on the watch.",
        "A hit harder than 2 g is cut off.",
        "While the watch lies perfectly still it is silent; every two seconds it is asked whether it is still there.",
    ),
)
